/**
 * What the live prints are worth, and whether they are the chip's: three lines of an inspection
 * that need no register.
 */
import type { Extractor } from '../../matcher/extract/extractor.ts'
import { templateOf } from '../../matcher/extract/prints.ts'
import { fuse } from '../../matcher/fusion.ts'
import type { GalleryFinger } from '../../matcher/gallery/gallery.ts'
import { score } from '../../matcher/score/score.ts'
import { thresholdFor } from '../../matcher/threshold.ts'
import { found, passed, type Inspected } from '../../protocol/border/check.ts'
import type { Liveness } from '../../protocol/border/crossing.ts'
import type { ChipContents } from '../../protocol/document/chip-contents.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { decodePayload } from '../../protocol/payload.ts'
import { packFingers, readFinger } from '../search/fingers.ts'
import { readPrints } from '../search/prints.ts'
import { CHIP_PRINTS_TIMEOUT_MS, LIVE_QUALITY_MIN } from './limits.ts'

export interface LivePrints {
  /** As `encodePayload` has them; absent where none were taken. */
  readonly payload: Uint8Array | undefined
  readonly liveness: Liveness
  readonly signal?: AbortSignal | undefined
}

/** @throws TamgaError `unprocessable`: live prints that are none */
export async function printLines(
  live: LivePrints,
  chip: ChipContents | undefined,
  extractor: Extractor,
): Promise<readonly Inspected[]> {
  return [livenessLine(live), qualityLine(live.payload), await chipLine(live, chip, extractor)]
}

function livenessLine({ payload, liveness }: LivePrints): Inspected {
  const name = 'capture-liveness'
  if (!payload) return found(name, 'aborted', 'no-prints')
  if (liveness === 'unknown') return found(name, 'not-supported', 'liveness-unknown')
  return liveness === 'live' ? passed(name) : found(name, 'failed', 'not-live')
}

/** By the poorest finger. A template that says nothing of it leaves it open. */
function qualityLine(payload: Uint8Array | undefined): Inspected {
  const name = 'capture-quality'
  if (!payload) return found(name, 'aborted', 'no-prints')
  const qualities = decodePayload(payload).fingers.map((finger) => readFinger(finger).quality)
  const least = Math.min(...qualities)
  if (least === 0) return found(name, 'undetermined', 'quality-low', 'a template without quality')
  const detail = `${least} of 100, at least ${LIVE_QUALITY_MIN}`
  return least < LIVE_QUALITY_MIN
    ? found(name, 'failed', 'quality-low', detail)
    : passed(name, detail)
}

async function chipLine(
  { payload, signal }: LivePrints,
  chip: ChipContents | undefined,
  extractor: Extractor,
): Promise<Inspected> {
  const name = 'live-to-chip'
  if (!payload) return found(name, 'aborted', 'no-prints')
  const file = chip?.files.get(3)
  if (!chip || !file) return found(name, 'not-supported', 'not-read')
  if (chip.fingers?.fault !== undefined) {
    return found(
      name,
      chip.fingers.fault === 'not-supported' ? 'not-supported' : 'aborted',
      'no-image',
    )
  }
  const fingers = packFingers(decodePayload(payload))
  try {
    return comparedLine(fingers, await chipFingers(file, { signal }, extractor))
  } catch (error) {
    const { code } = asTamgaError(error)
    // What a state wrote is not the traveller's fault, nor is what keeps this machine busy.
    if (code === 'unprocessable') return found(name, 'not-supported', 'no-image')
    if (code === 'overloaded' || code === 'deadline') return found(name, 'undetermined', 'busy')
    throw error
  }
}

/** @throws TamgaError as `readPrints` */
async function chipFingers(
  bytes: Uint8Array,
  { signal }: { signal: AbortSignal | undefined },
  extractor: Extractor,
): Promise<GalleryFinger[]> {
  const prints = await readPrints({ bytes, signal, timeoutMs: CHIP_PRINTS_TIMEOUT_MS }, extractor)
  const fingers = prints.map((print) => ({ position: print.position, template: templateOf(print) }))
  return packFingers({ fingers })
}

/** Only fingers that are said to be the same are compared; the sum has to reach its threshold. */
function comparedLine(live: readonly GalleryFinger[], onChip: readonly GalleryFinger[]): Inspected {
  const name = 'live-to-chip'
  const scores = live.flatMap(({ position, packed }) => {
    const other = onChip.find((finger) => position > 0 && finger.position === position)
    return other ? [score(packed, other.packed)] : []
  })
  if (scores.length === 0) return found(name, 'undetermined', 'no-common-finger')
  const [reached, needed] = [fuse(scores), thresholdFor(scores.length)]
  const detail = `${reached} over ${scores.length} fingers, at least ${needed}`
  return reached >= needed ? passed(name, detail) : found(name, 'failed', 'score-below', detail)
}
