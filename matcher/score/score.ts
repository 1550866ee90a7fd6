/**
 * How much two fingers look like one: an integer, 0 for not at all, without an upper end.
 *
 * First pass: each described minutia of the probe with the one most like it on the candidate, then
 * how well these pairs support each other. What gets nowhere there ends there, with 0. Second pass:
 * the best supported pairs lay the probe over the candidate, the fit follows the skin's distortion,
 * and all minutiae that meet are weighed against those that should have met and do not.
 *
 * The weights are a logistic regression on FVC2002 DB1..4_B, templates of two extractors together.
 */
import { squareRoots } from '../integer.ts'
import { DESCRIBED_MAX, MINUTIAE_MAX, checkPacked } from '../packed.ts'
import { emptyColumns, sortIntoColumns } from './columns.ts'
import { emptyLaid, lay, type Anchors } from './lay.ts'
import { emptyMeetings, meet, tolerance } from './meet.ts'
import { overlap } from './overlap.ts'
import { areConsistent, emptyPairs, findPairs } from './pairs.ts'
import { stretch } from './stretch.ts'
import { emptyRecord, fieldsOf, prepareProbe, unpack, type Probe } from './probe.ts'

/**
 * Mean support, of 1,024, below which a second pass is not worth its time: it stops most strangers,
 * and of genuine pairs those that a second pass would not have saved.
 */
const SUPPORT_MIN = 150

/** Pairs from which the probe is laid; each opens a new attempt only if no earlier one used it. */
const ATTEMPTS = 4

const ROUGH = tolerance(16, 22)
const PRECISE = tolerance(13, 18)

/** Rounds of following the skin. */
const STRETCHES = 2

/** Weights, of 8,192 to a point of score for each 1,024 of evidence. */
const WEIGHTS = { nearness: 55, likeness: 38, similarity: 77, support: 150, expected: 24 } as const
const WEIGHT_BITS = 13

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
const used = new Uint8Array(DESCRIBED_MAX)

/** @throws InvalidPacked where one is not a record of this version */
export function score(probe: Uint8Array, candidate: Uint8Array): number {
  checkPacked(candidate)
  return scorePrepared(prepareProbe(probe), fieldsOf(candidate), 0)
}

/** Of a prepared probe and the record at `offset`, checked when it was put there. */
export function scorePrepared(probe: Probe, records: DataView, offset: number): number {
  unpack(records, offset, record)
  if (probe.described === 0 || record.described === 0) return 0
  findPairs(probe, record, pairs)
  if (pairs.mean < SUPPORT_MIN) return 0
  sortIntoColumns(record, columns)
  if (!layBest(probe)) return 0
  for (let round = 0; round < STRETCHES; round += 1) {
    stretch(probe, record, meetings, laid)
    meet(probe, record, columns, laid, PRECISE, meetings)
  }
  return weigh(probe)
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
    if (i !== seed && !areConsistent(probe, record, pairs, seed, i)) continue
    used[i] = 1
    addAnchor(i, pairs.partner[i]!, pairs.similarity[i]! >> 4)
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

function weigh(probe: Probe): number {
  let nearness = 0
  let likeness = 0
  let similarity = 0
  for (let at = 0; at < meetings.count; at += 1) {
    nearness += meetings.nearness[at]!
    likeness += meetings.likeness[at]!
    const i = meetings.probe[at]!
    const isPair = i < probe.described && pairs.partner[i] === meetings.candidate[at]
    if (isPair) similarity += pairs.similarity[i]!
  }
  const [ofProbe, ofCandidate] = overlap(probe, record, columns, laid)
  const evidence =
    WEIGHTS.nearness * nearness +
    WEIGHTS.likeness * likeness +
    WEIGHTS.similarity * similarity +
    WEIGHTS.support * pairs.mean -
    WEIGHTS.expected * ROOTS[ofProbe * ofCandidate]!
  return Math.max(0, evidence >> WEIGHT_BITS)
}
