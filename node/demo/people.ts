/** The bundled people: 24 synthetic ones and two real fingers that are free to pass on. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fromHex } from '../../crypto/bytes.ts'
import type { FingerArgument } from '../cli/arguments.ts'

export interface DemoPerson {
  readonly name: string
  /** Name of the node that enrols the person, if there is such a node. */
  readonly region: string
  readonly handle: Uint8Array
  /** Images, or templates of those who only have such. */
  readonly fingers: readonly FingerArgument[]
  /** Other impressions of the same fingers; none of a person who only has one. */
  readonly probes: readonly FingerArgument[]
}

export interface DemoPeople {
  readonly about: string
  readonly people: readonly DemoPerson[]
  /** Fingers of somebody who is not enrolled. */
  readonly stranger: readonly FingerArgument[]
  /** An image in which little is to be seen. */
  readonly poor: string
}

interface BundledFinger {
  readonly position: number
  readonly print?: string
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
  readonly poor: string
}

/** Beside the sources: the compiler carries no data along. */
const FOLDER = new URL('../../../node/demo/', import.meta.url)

export async function demoPeople(): Promise<DemoPeople> {
  const bundle = await readFile(new URL('people.json', FOLDER), 'utf8')
  const { about, people, stranger, poor } = JSON.parse(bundle) as Bundle
  return {
    about,
    people: people.map(({ name, region, handle, fingers }) => ({
      name,
      region,
      handle: fromHex(handle),
      fingers: files(fingers, 'print'),
      probes: files(fingers, 'probe'),
    })),
    stranger: files(stranger.fingers, 'probe'),
    poor: pathOf(poor),
  }
}

function files(fingers: readonly BundledFinger[], which: 'print' | 'probe'): FingerArgument[] {
  return fingers.flatMap(({ position, [which]: file }) => {
    return file === undefined ? [] : [{ position, file: pathOf(file) }]
  })
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, FOLDER))
}
