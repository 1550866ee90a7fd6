/** What this machine can do at most, measured in the same run: see roofline.c. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DESCRIPTOR_BITS } from '../../../matcher/descriptor.ts'
import { DESCRIBED_MAX, PACKED_BYTES } from '../../../matcher/packed.ts'

/** Beside the sources: the build does not copy it. */
const SOURCE = resolve(
  fileURLToPath(new URL('../../../../', import.meta.url)),
  'simulations/bench/matcher/roofline.c',
)

export interface Roofline {
  /** 64-bit words whose set bits one core counts a second. */
  readonly wordsCounted: number
  /** Bytes that it reads from memory a second. */
  readonly bytesRead: number
}

/** Words that one comparison cannot do without: every descriptor with every other. */
const WORDS_NEEDED = (DESCRIBED_MAX * DESCRIBED_MAX * DESCRIPTOR_BITS) / 64

/** Undefined where there is no C compiler. */
export function measureRoofline(): Roofline | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-roofline-'))
  try {
    const program = join(folder, 'roofline')
    const flags = ['-O3', '-march=native', SOURCE, '-o', program]
    if (spawnSync(process.env.CC ?? 'cc', flags, { stdio: 'inherit' }).status !== 0)
      return undefined
    return JSON.parse(spawnSync(program).stdout.toString()) as Roofline
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Comparisons a second that the scarcer of the two would allow one core. */
export function comparisonsAllowed({ wordsCounted, bytesRead }: Roofline): number {
  return Math.min(wordsCounted / WORDS_NEEDED, bytesRead / PACKED_BYTES)
}
