/** First pass: which minutiae look alike, and which of those pairs tell the same story. */
import { DESCRIPTOR_BITS, DESCRIPTOR_WORDS, differingBits } from '../descriptor.ts'
import { COSINES, SINES, angleBetween, squareRoots } from '../integer.ts'
import { DESCRIBED_MAX } from '../packed.ts'
import type { Probe, Unpacked } from './probe.ts'

/** Similarities are fractions of this. */
export const SIMILARITY_ONE = 1024

const ROOT_SCALE = 64
const ROOTS = squareRoots(DESCRIPTOR_BITS, ROOT_SCALE)
const RECIPROCAL_ONE = 1 << 20
const RECIPROCALS = Int32Array.from({ length: 2 * ROOTS.at(-1)! + 1 }, (_, sum) =>
  sum === 0 ? 0 : Math.floor(RECIPROCAL_ONE / sum),
)

/** How far two pairs may differ in how much they turn the finger, byte angle: 22.5°. */
const TURN_TOLERANCE = 16

/** For how many of the best supported pairs support is averaged, by the smaller described count. */
const AVERAGED = Uint8Array.from([
  4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 7, 8, 9, 10, 10, 11, 11, 11, 12, 12, 12,
  12, 12, 12,
])

/** Where the first pass leaves its findings, by described minutia of the probe. */
export interface Pairs {
  /** The candidate's minutia that looks most alike, -1 for none. */
  readonly partner: Int32Array
  /** How alike, of `SIMILARITY_ONE`. */
  readonly similarity: Int32Array
  /** Byte angle by which the pair turns the probe. */
  readonly turn: Int32Array
  /** Similarity times that of all pairs consistent with it, of `SIMILARITY_ONE`. */
  readonly support: Int32Array
  /** Mean of the best supports. */
  mean: number
}

export function emptyPairs(): Pairs {
  return {
    partner: new Int32Array(DESCRIBED_MAX),
    similarity: new Int32Array(DESCRIBED_MAX),
    turn: new Int32Array(DESCRIBED_MAX),
    support: new Int32Array(DESCRIBED_MAX),
    mean: 0,
  }
}

export function findPairs(probe: Probe, candidate: Unpacked, pairs: Pairs): void {
  for (let i = 0; i < probe.described; i += 1) bestPartner(probe, candidate, i, pairs)
  addSupport(probe, candidate, pairs)
  const { support } = pairs
  for (let i = 0; i < probe.described; i += 1) {
    support[i] = Math.floor((support[i]! * pairs.similarity[i]!) / SIMILARITY_ONE)
  }
  const count = AVERAGED[Math.min(probe.described, candidate.described)]!
  pairs.mean = Math.floor(sumOfLargest(support, probe.described, count) / count)
}

/**
 * Similarity is 1 - √|a ⊕ b| / (√|a| + √|b|): bits that differ, measured against bits set, so that
 * a crowded neighbourhood gains nothing from being crowded.
 */
function bestPartner(probe: Probe, candidate: Unpacked, i: number, pairs: Pairs): void {
  const { words, bitCounts, described } = candidate
  const at = i * DESCRIPTOR_WORDS
  const root = ROOTS[probe.bitCounts[i]!]!
  let best = RECIPROCAL_ONE
  let partner = -1
  for (let j = 0; j < (root > 0 ? described : 0); j += 1) {
    const bits = differingBits(probe.words, at, words, j * DESCRIPTOR_WORDS)
    const distance = ROOTS[bits]! * RECIPROCALS[root + ROOTS[bitCounts[j]!]!]!
    if (distance < best && bitCounts[j]! > 0) {
      best = distance
      partner = j
    }
  }
  pairs.partner[i] = partner
  pairs.similarity[i] = SIMILARITY_ONE - (best >> 10)
  pairs.turn[i] =
    partner < 0 ? 0 : angleBetween(probe.directions[i]!, candidate.directions[partner]!)
  pairs.support[i] = 0
}

function addSupport(probe: Probe, candidate: Unpacked, pairs: Pairs): void {
  const { partner, similarity, support } = pairs
  for (let i = 0; i < probe.described; i += 1) {
    if (partner[i]! < 0) continue
    for (let k = i + 1; k < probe.described; k += 1) {
      if (!areConsistent(probe, candidate, pairs, i, k)) continue
      support[i]! += similarity[k]!
      support[k]! += similarity[i]!
    }
  }
}

/**
 * Whether two pairs can both be right: they turn the finger alike, the way from one minutia to the
 * other is as long on both fingers, and it runs in the same direction once the finger is turned.
 */
export function areConsistent(
  probe: Probe,
  candidate: Unpacked,
  { partner, turn }: Pairs,
  i: number,
  k: number,
): boolean {
  const j = partner[i]!
  const l = partner[k]!
  if (l < 0 || l === j) return false
  const between = angleBetween(turn[i]!, turn[k]!)
  if (between > TURN_TOLERANCE || between < -TURN_TOLERANCE) return false
  const bx = candidate.x[l]! - candidate.x[j]!
  const by = candidate.y[l]! - candidate.y[j]!
  const squared = bx * bx + by * by
  const at = i * DESCRIBED_MAX + k
  if (squared < probe.nearest[at]! || squared > probe.farthest[at]!) return false
  const ax = probe.x[k]! - probe.x[i]!
  const ay = probe.y[k]! - probe.y[i]!
  const angle = (turn[i]! & 0xff) * 4
  // Quarter pixels: finer would leave 31 bits below.
  const turnedX = (COSINES[angle]! * ax - SINES[angle]! * ay) >> 12
  const turnedY = (SINES[angle]! * ax + COSINES[angle]! * ay) >> 12
  const along = turnedX * bx + turnedY * by
  const across = Math.abs(turnedX * by - turnedY * bx)
  // The tangent of 20.6° is 3/8.
  return across * 8 <= along * 3
}

function sumOfLargest(values: Int32Array, length: number, count: number): number {
  const sorted = values.slice(0, length).sort()
  return sorted.subarray(Math.max(0, length - count)).reduce((sum, value) => sum + value, 0)
}
