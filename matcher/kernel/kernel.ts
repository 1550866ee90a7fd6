/**
 * The first stage over many records at once, by whatever this machine does it fastest with.
 *
 * All kernels compute what `score/pairs.ts` defines, bit for bit: an auditor's TypeScript gets the
 * same numbers as a node's vector instructions. What they need of the probe and of our tables they
 * get laid out here, so that each of them only computes.
 */
import { DESCRIPTOR_WORDS } from '../descriptor.ts'
import { COSINES, SINES } from '../integer.ts'
import { DESCRIBED_MAX, PACKED_BYTES } from '../packed.ts'
import { SHARES, SIMILARITIES } from '../score/pairs.ts'
import type { Probe } from '../score/probe.ts'

export type KernelName = 'avx512' | 'avx2' | 'portable' | 'wasm' | 'typescript'

export interface Kernel {
  readonly name: KernelName
  /**
   * Puts into `scores` the first-stage score of the probe with each record that `rows` names, in
   * this order; record r is the `PACKED_BYTES` of `records` from r times that on. Rows that were
   * checked when they were packed score what the definition says; of anything else the score may
   * be any, and nothing outside `records` is read.
   *
   * @throws RangeError where a row is not in `records`, or `scores` is shorter than `rows`
   */
  scan(probe: KernelProbe, records: Uint8Array, rows: Uint32Array, scores: Uint16Array): void
}

/** A probe with what kernels need of it. */
export interface KernelProbe {
  readonly probe: Probe
  /** `PROBE_WORDS`, see `layOut`. */
  readonly words: Int32Array
}

const LANES = DESCRIBED_MAX
const MATRIX = LANES * LANES

/** Where things are in a probe's words; each starts on 64 bytes. */
export const PROBE_AT = {
  described: 0,
  /** Word by word, of all minutiae next to each other; zeros where there is none. */
  descriptors: 16,
  norms: 16 + DESCRIPTOR_WORDS * LANES,
  directions: 16 + (DESCRIPTOR_WORDS + 1) * LANES,
  nearest: 16 + (DESCRIPTOR_WORDS + 2) * LANES,
  span: 16 + (DESCRIPTOR_WORDS + 2) * LANES + MATRIX,
  /** The way from minutia to minutia, x in the low half and y in the high half. */
  ways: 16 + (DESCRIPTOR_WORDS + 2) * LANES + 2 * MATRIX,
  /** The same turned left by a quarter: minus y low, x high. */
  turnedWays: 16 + (DESCRIPTOR_WORDS + 2) * LANES + 3 * MATRIX,
} as const

export const PROBE_WORDS = PROBE_AT.turnedWays + MATRIX

/** Where things are in `KERNEL_TABLES`. */
export const TABLES_AT = {
  similarities: 0,
  /** By byte angle: its cosine low and its sine high, each of 2^14. */
  turns: 256,
  /** Minus its sine low, its cosine high. */
  turnedTurns: 512,
  shares: 768,
} as const

export const TABLE_WORDS = 816

export const KERNEL_TABLES = tables()

export function layOut(probe: Probe): KernelProbe {
  const words = new Int32Array(PROBE_WORDS)
  const { described, x, y } = probe
  words[PROBE_AT.described] = described
  for (let i = 0; i < described; i += 1) {
    for (let word = 0; word < DESCRIPTOR_WORDS; word += 1) {
      words[PROBE_AT.descriptors + word * LANES + i] = probe.words[i * DESCRIPTOR_WORDS + word]!
    }
    words[PROBE_AT.norms + i] = probe.norms[i]!
    words[PROBE_AT.directions + i] = probe.directions[i]!
    for (let k = 0; k < described; k += 1) {
      const dx = x[k]! - x[i]!
      const dy = y[k]! - y[i]!
      words[PROBE_AT.ways + i * LANES + k] = halves(dx, dy)
      words[PROBE_AT.turnedWays + i * LANES + k] = halves(-dy, dx)
    }
  }
  words.set(probe.nearest, PROBE_AT.nearest)
  words.set(probe.span, PROBE_AT.span)
  return { probe, words }
}

/** @throws RangeError as `Kernel.scan` says */
export function checkRows(records: Uint8Array, rows: Uint32Array, scores: Uint16Array): void {
  const held = Math.floor(records.length / PACKED_BYTES)
  if (scores.length < rows.length) throw new RangeError('there is no room for the scores')
  for (const row of rows) if (row >= held) throw new RangeError(`there is no row ${row}`)
}

function tables(): Int32Array {
  const words = new Int32Array(TABLE_WORDS)
  words.set(SIMILARITIES, TABLES_AT.similarities)
  words.set(SHARES, TABLES_AT.shares)
  for (let angle = 0; angle < 256; angle += 1) {
    const cosine = COSINES[angle * 4]!
    const sine = SINES[angle * 4]!
    words[TABLES_AT.turns + angle] = halves(cosine, sine)
    words[TABLES_AT.turnedTurns + angle] = halves(-sine, cosine)
  }
  return words
}

function halves(low: number, high: number): number {
  return (low & 0xffff) | (high << 16)
}
