/**
 * First stage: which minutiae look alike, and which of those pairs tell the same story.
 *
 * This is the definition; the kernels in `kernel/` compute the same integer for every record, and
 * it is what a search runs over everybody. All of it is integers of at most 31 bits, of coordinates
 * within `OFFSET_MAX`.
 */
import { commonBits, DESCRIPTOR_WORDS } from '../descriptor.ts'
import { COSINES, SINES, angleBetween, rootOf } from '../integer.ts'
import { COSINE_BITS, DESCRIBED_MAX } from '../packed.ts'
import type { Probe, Unpacked } from './probe.ts'
import { RULES, type Rules } from './rules.ts'

/** Similarities go from 0 to this. */
export const SIMILARITY_MAX = 255

/** The cosine of two descriptors, of which this many bits are looked at, ... */
export const COSINE_SHIFT = COSINE_BITS - 8

/** ... and how alike it makes them: 1 - √((1 - cosine) / 2), what differs against what is set. */
export const SIMILARITIES = Uint8Array.from({ length: 256 }, (_, index) => {
  const cosine = (index + 0.5) / 256
  return Math.round(SIMILARITY_MAX * (1 - Math.sqrt((1 - cosine) / 2)))
})

/** As if so many more minutiae had found nobody: little is said by few. */
const DOUBTS = 4

/** 2^16 over the described minutiae that could have been supported, by their number. */
export const SHARES = Int32Array.from({ length: DESCRIBED_MAX + 1 }, (_, count) =>
  Math.floor(2 ** 16 / (count + DOUBTS)),
)

/** Where the first stage leaves its findings, by described minutia of the probe. */
export interface Pairs {
  /** The candidate's minutia that looks most alike, the first of equals; -1 for none. */
  readonly partner: Int32Array
  /** How alike, of `SIMILARITY_MAX`. */
  readonly similarity: Int32Array
  /** Byte angle by which the pair turns the probe. */
  readonly turn: Int32Array
  /** Similarity times that of all pairs that vouch for this one. */
  readonly support: Int32Array
  /** The root of the mean square of support: the score of the first stage, 0..7,424. */
  score: number
}

export function emptyPairs(): Pairs {
  return {
    partner: new Int32Array(DESCRIBED_MAX),
    similarity: new Int32Array(DESCRIBED_MAX),
    turn: new Int32Array(DESCRIBED_MAX),
    support: new Int32Array(DESCRIBED_MAX),
    score: 0,
  }
}

export function findPairs(
  probe: Probe,
  candidate: Unpacked,
  pairs: Pairs,
  rules: Rules = RULES,
): void {
  for (let i = 0; i < probe.described; i += 1) findPartner(probe, candidate, i, pairs)
  addSupport(probe, candidate, pairs, rules)
  const { similarity, support } = pairs
  let squares = 0
  for (let i = 0; i < probe.described; i += 1) {
    support[i] = (support[i]! * similarity[i]!) >> 8
    squares += support[i]! * support[i]!
  }
  const share = SHARES[Math.min(probe.described, candidate.described)]!
  pairs.score = rootOf(Math.floor((squares * share) / 2 ** 16))
}

function findPartner(probe: Probe, candidate: Unpacked, i: number, pairs: Pairs): void {
  const { words, norms, described } = candidate
  let most = 0
  let partner = -1
  for (let j = 0; j < described; j += 1) {
    const common = commonBits(probe.words, i * DESCRIPTOR_WORDS, words, j * DESCRIPTOR_WORDS)
    if (common * norms[j]! <= most) continue
    most = common * norms[j]!
    partner = j
  }
  const cosine = (most * probe.norms[i]!) >> COSINE_SHIFT
  pairs.partner[i] = partner
  pairs.similarity[i] = partner < 0 ? 0 : SIMILARITIES[Math.min(cosine, SIMILARITIES.length - 1)]!
  pairs.turn[i] =
    partner < 0 ? 0 : angleBetween(probe.directions[i]!, candidate.directions[partner]!)
  pairs.support[i] = 0
}

function addSupport(probe: Probe, candidate: Unpacked, pairs: Pairs, rules: Rules): void {
  const { similarity, support } = pairs
  for (let i = 0; i < probe.described; i += 1) {
    for (let k = 0; k < probe.described; k += 1) {
      if (vouches(probe, candidate, pairs, i, k, rules)) support[k]! += similarity[i]!
    }
  }
}

/**
 * Whether pair `i`, if it is right, makes pair `k` likely: they turn the finger alike, the way from
 * one minutia to the other is as long on both fingers, and it runs in the same direction once the
 * finger is turned as `i` turns it.
 */
export function vouches(
  probe: Probe,
  candidate: Unpacked,
  { partner, turn }: Pairs,
  i: number,
  k: number,
  { turnTolerance, wayTangent }: Rules = RULES,
): boolean {
  const j = partner[i]!
  const l = partner[k]!
  if (j < 0 || l < 0 || l === j) return false
  const between = angleBetween(turn[i]!, turn[k]!)
  if (between > turnTolerance || between < -turnTolerance) return false
  const bx = candidate.x[l]! - candidate.x[j]!
  const by = candidate.y[l]! - candidate.y[j]!
  const at = i * DESCRIBED_MAX + k
  const beyond = bx * bx + by * by - probe.nearest[at]!
  if (beyond < 0 || beyond > probe.span[at]!) return false
  const angle = (turn[i]! & 0xff) * 4
  const backX = (COSINES[angle]! * bx + SINES[angle]! * by) >> 14
  const backY = (COSINES[angle]! * by - SINES[angle]! * bx) >> 14
  const ax = probe.x[k]! - probe.x[i]!
  const ay = probe.y[k]! - probe.y[i]!
  const along = ax * backX + ay * backY
  const across = Math.abs(ax * backY - ay * backX)
  return across * 16 <= along * wayTangent
}
