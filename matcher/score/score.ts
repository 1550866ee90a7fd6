/**
 * How much two fingers look like one: an integer, 0 for not at all, without an upper end.
 *
 * First stage: each described minutia of the probe with the one most like it on the candidate, then
 * how well these pairs support each other. Second stage: the best supported pairs lay the probe
 * over the candidate, the fit follows the skin's distortion, and all minutiae that meet are weighed
 * against those that should have met and do not.
 *
 * A score is calibrated: ten points more make it ten times likelier that it is one finger, and at
 * `NEUTRAL` one is as likely as the other. Weights are a logistic regression on FVC2002 DB1..4_B,
 * templates of two extractors together: `npm run tune` finds them again.
 */
import { squareRoots } from '../integer.ts'
import { DESCRIBED_MAX, MINUTIAE_MAX, checkPacked } from '../packed.ts'
import { emptyColumns, sortIntoColumns } from './columns.ts'
import { emptyLaid, lay, type Anchors } from './lay.ts'
import { emptyMeetings, meet, tolerance } from './meet.ts'
import { overlap } from './overlap.ts'
import { emptyPairs, findPairs, vouches } from './pairs.ts'
import { stretch } from './stretch.ts'
import { emptyRecord, fieldsOf, prepareProbe, unpack, type Probe } from './probe.ts'

/** What speaks for one finger, and how much might have. */
export interface Evidence {
  /** How near, and how alike in direction, minutiae are that meet: sums of `CLOSENESS_ONE` each. */
  nearness: number
  likeness: number
  /** The score of the first stage. */
  support: number
  /** Geometric mean of how many of either finger lie on the other, in 1,024ths. */
  expected: number
}

/** A comparison that can be looked at. */
export interface Pairing {
  readonly score: number
  /** By which the probe is turned to lie on the candidate: byte angle, counter-clockwise. */
  readonly turn: number
  /** The minutiae that meet, as indexes into either record, the closest first. */
  readonly meetings: readonly { readonly probe: number; readonly candidate: number }[]
}

/** Pairs from which the probe is laid; each opens a new attempt only if no earlier one used it. */
const ATTEMPTS = 2

const ROUGH = tolerance(16, 22)
const PRECISE = tolerance(13, 18)

/** Rounds of following the skin. */
const STRETCHES = 2

/** The score of fingers of which nothing is known: as likely one as two. */
export const NEUTRAL = 16

/** Of 65,536 to a point for each unit of evidence; see `npm run tune`. */
export const WEIGHTS: { readonly [name in keyof Evidence | 'offset']: number } = {
  nearness: 240,
  likeness: 66,
  support: 11_589,
  expected: -70,
  offset: -116_983,
}
export const WEIGHT_BITS = 16

const ROOTS = squareRoots(MINUTIAE_MAX * MINUTIAE_MAX, 1024)

const record = emptyRecord()
const pairs = emptyPairs()
const columns = emptyColumns()
const rough = emptyMeetings()
const meetings = emptyMeetings()
const attempt = emptyLaid()
const laid = emptyLaid()
const anchors: Anchors = {
  count: 0,
  probe: new Int32Array(MINUTIAE_MAX),
  candidate: new Int32Array(MINUTIAE_MAX),
  weight: new Int32Array(MINUTIAE_MAX),
}
const evidence: Evidence = { nearness: 0, likeness: 0, support: 0, expected: 0 }
const used = new Uint8Array(DESCRIBED_MAX)

/** @throws InvalidPacked where one is not a record of this version */
export function score(probe: Uint8Array, candidate: Uint8Array): number {
  checkPacked(candidate)
  return scorePrepared(prepareProbe(probe), fieldsOf(candidate), 0)
}

/**
 * The score, and which minutiae it goes by.
 *
 * @throws InvalidPacked where one is not a record of this version
 */
export function pairing(probe: Uint8Array, candidate: Uint8Array): Pairing {
  checkPacked(candidate)
  const weighed = weigh(gather(prepareProbe(probe), fieldsOf(candidate), 0))
  const met = Array.from({ length: meetings.count }, (_, at) => {
    return { probe: meetings.probe[at]!, candidate: meetings.candidate[at]! }
  })
  return { score: weighed, turn: met.length === 0 ? 0 : laid.turn, meetings: met }
}

/** Of a prepared probe and the record at `offset`, checked when it was put there. */
export function scorePrepared(probe: Probe, records: DataView, offset: number): number {
  return weigh(gather(probe, records, offset))
}

/** What the score is made of; overwritten by the next comparison. */
export function gather(probe: Probe, records: DataView, offset: number): Readonly<Evidence> {
  unpack(records, offset, record)
  clear(evidence)
  findPairs(probe, record, pairs)
  evidence.support = pairs.score
  sortIntoColumns(record, columns)
  meetings.count = 0
  if (!layBest(probe)) return evidence
  for (let round = 0; round < STRETCHES; round += 1) {
    stretch(probe, record, meetings, laid)
    meet(probe, record, columns, laid, PRECISE, meetings)
  }
  for (let at = 0; at < meetings.count; at += 1) {
    evidence.nearness += meetings.nearness[at]!
    evidence.likeness += meetings.likeness[at]!
  }
  const [ofProbe, ofCandidate] = overlap(probe, record, columns, laid)
  evidence.expected = ROOTS[ofProbe * ofCandidate]!
  return evidence
}

function weigh({ nearness, likeness, support, expected }: Readonly<Evidence>): number {
  const sum =
    WEIGHTS.nearness * nearness +
    WEIGHTS.likeness * likeness +
    WEIGHTS.support * support +
    WEIGHTS.expected * expected +
    WEIGHTS.offset
  // Up to 2^36: shifts would lose the top.
  return Math.max(0, Math.floor(sum / 2 ** WEIGHT_BITS))
}

function clear(counted: Evidence): void {
  counted.nearness = 0
  counted.likeness = 0
  counted.support = 0
  counted.expected = 0
}

/** Leaves the attempt with the closest meetings in `laid` and `meetings`. */
function layBest(probe: Probe): boolean {
  used.fill(0)
  let best = 0
  for (let tried = 0; tried < ATTEMPTS; tried += 1) {
    const seed = bestUnused(probe.described)
    if (seed < 0) break
    anchorOn(probe, seed)
    lay(probe, record, anchors, attempt)
    meet(probe, record, columns, attempt, ROUGH, rough)
    if (rough.count >= 2) {
      anchorOnMeetings()
      lay(probe, record, anchors, attempt)
      meet(probe, record, columns, attempt, ROUGH, rough)
    }
    if (rough.closeness <= best) continue
    best = rough.closeness
    keepAttempt()
  }
  return best > 0
}

function bestUnused(described: number): number {
  let best = -1
  let most = 0
  for (let i = 0; i < described; i += 1) {
    if (used[i] === 1 || pairs.support[i]! <= most) continue
    most = pairs.support[i]!
    best = i
  }
  return best
}

function anchorOn(probe: Probe, seed: number): void {
  anchors.count = 0
  for (let i = 0; i < probe.described; i += 1) {
    if (i !== seed && !vouches(probe, record, pairs, seed, i)) continue
    used[i] = 1
    addAnchor(i, pairs.partner[i]!, pairs.similarity[i]! >> 2)
  }
}

function anchorOnMeetings(): void {
  anchors.count = 0
  for (let at = 0; at < rough.count; at += 1) {
    const closeness = rough.nearness[at]! + rough.likeness[at]!
    addAnchor(rough.probe[at]!, rough.candidate[at]!, (closeness >> 5) + 6)
  }
}

function addAnchor(probe: number, candidate: number, weight: number): void {
  anchors.probe[anchors.count] = probe
  anchors.candidate[anchors.count] = candidate
  anchors.weight[anchors.count] = Math.max(1, weight)
  anchors.count += 1
}

function keepAttempt(): void {
  laid.x.set(attempt.x)
  laid.y.set(attempt.y)
  laid.turn = attempt.turn
  meetings.count = rough.count
  meetings.probe.set(rough.probe)
  meetings.candidate.set(rough.candidate)
}
