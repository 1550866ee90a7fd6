/**
 * How well the checkpoints behind an answer are covered by others' signatures, and whether that is
 * enough for whoever reads it. Who reads an answer says what they demand; without a quorum a log's
 * key could still show another history to somebody else.
 */
import { parseTlogProof } from '../../crypto/tlog-proof.ts'
import type { AnswerBundle, ProvenEntry } from '../../protocol/answer.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { witnessedOf, type Witnessed } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'

/** What the least covered of several entries comes to. */
export interface Coverage {
  /** Whether a quorum has cosigned every checkpoint. */
  readonly isWitnessed: boolean
  /** Whether enough nodes hold all of the entries durably. */
  readonly isSafe: boolean
  /** The fewest witnesses and mirrors of any, the log's own node not counted. */
  readonly witnesses: number
  readonly mirrors: number
  /** When the oldest of the quorums was complete, ms; undefined where one has no witness at all. */
  readonly at: number | undefined
}

export interface Demand {
  /** Refuses what no quorum has cosigned. */
  readonly quorum: boolean
  /** Refuses what was cosigned longer ago than this before `now`, ms. */
  readonly ageMsMax?: number | undefined
  readonly now: number
}

/** How the log's entry is covered. Its inclusion and the log's own signature are not looked at. */
export function witnessedBy({ log, proof }: ProvenEntry, roster: Roster): Witnessed {
  return witnessedOf(parseTlogProof(proof).checkpoint, log, roster)
}

/** Every entry that an answer rests on. */
export function coverageOf({ query, parts, enrolments }: AnswerBundle, roster: Roster): Coverage {
  const entries = [query, ...parts.map(({ search }) => search), ...enrolments]
  const notes = new Map(entries.map((entry) => [parseTlogProof(entry.proof).checkpoint, entry.log]))
  const all = [...notes].map(([note, log]) => witnessedOf(note, log, roster))
  const times = all.flatMap(({ at }) => (at === undefined ? [] : [at]))
  return {
    isWitnessed: all.every(({ isWitnessed }) => isWitnessed),
    isSafe: all.every(({ isSafe }) => isSafe),
    witnesses: Math.min(...all.map(({ witnesses }) => witnesses.length)),
    mirrors: Math.min(...all.map(({ mirrors }) => mirrors.length)),
    at: times.length === all.length ? Math.min(...times) : undefined,
  }
}

/** @throws TamgaError `incomplete`: it is not covered as demanded */
export function checkDemand({ isWitnessed, witnesses, at }: Coverage, demand: Demand): void {
  if (demand.quorum && !isWitnessed) {
    throw new TamgaError('incomplete', `not witnessed by a quorum: ${witnesses} cosignatures`)
  }
  const { ageMsMax, now } = demand
  if (ageMsMax === undefined || (at !== undefined && now - at <= ageMsMax)) return
  const age = at === undefined ? 'never' : `${Math.round((now - at) / 1_000)} s ago`
  throw new TamgaError('incomplete', `last witnessed ${age}`)
}
