/** The bundled people: 24 synthetic ones and two real fingers that are free to pass on. */
import { readFile } from 'node:fs/promises'
import { fromBase64, fromHex } from '../../crypto/bytes.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'

export interface DemoPerson {
  readonly name: string
  /** Name of the node that enrols the person, if there is such a node. */
  readonly region: string
  readonly handle: Uint8Array
  readonly fingers: readonly CapturedFinger[]
  /** Other impressions of the same fingers; none of a person who only has one. */
  readonly probes: readonly CapturedFinger[]
}

export interface DemoPeople {
  readonly about: string
  readonly people: readonly DemoPerson[]
  /** Fingers of somebody who is not enrolled. */
  readonly stranger: readonly CapturedFinger[]
}

interface BundledFinger {
  readonly position: number
  readonly template?: string
  readonly probe?: string
}

interface Bundle {
  readonly about: string
  readonly people: readonly {
    readonly name: string
    readonly region: string
    readonly handle: string
    readonly fingers: readonly BundledFinger[]
  }[]
  readonly stranger: { readonly fingers: readonly BundledFinger[] }
}

/** Beside the sources: the compiler carries no data along. */
const BUNDLE = new URL('../../../node/demo/people.json', import.meta.url)

export async function demoPeople(): Promise<DemoPeople> {
  const { about, people, stranger } = JSON.parse(await readFile(BUNDLE, 'utf8')) as Bundle
  return {
    about,
    people: people.map(({ name, region, handle, fingers }) => ({
      name,
      region,
      handle: fromHex(handle),
      fingers: captured(fingers, 'template'),
      probes: captured(fingers, 'probe'),
    })),
    stranger: captured(stranger.fingers, 'probe'),
  }
}

function captured(
  fingers: readonly BundledFinger[],
  which: 'template' | 'probe',
): readonly CapturedFinger[] {
  return fingers.flatMap(({ position, [which]: encoded }) => {
    return encoded === undefined ? [] : [{ position, template: fromBase64(encoded) }]
  })
}
