/** Real prints below a folder, packed: set by set, finger by finger. */
import { readSets } from '../../bench/accuracy/sets.ts'
import type { Prints } from './sample.ts'

/** Sets without a template of the extractor are left out. */
export function readPrints(folder: string, extractor: string): Prints[][] {
  return readSets(folder, extractor).map(({ impressions }) => {
    const fingers = new Map<number, (Uint8Array | undefined)[]>()
    for (const { finger, record } of impressions) {
      fingers.set(finger, [...(fingers.get(finger) ?? []), record])
    }
    return [...fingers.values()]
  })
}
