/**
 * How much of a log others have seen and hold: its cosigned checkpoints, weighed by the roster. The
 * newest checkpoint may be too new for its cosignatures, so the ones before it are looked at, too.
 */
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { witnessedOf } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import { COVERS_TRIED_MAX } from './limits.ts'
import { CODES, type Remarks } from './remarks.ts'

/** The newest checkpoint whose cosignatures are enough. */
export interface Cover {
  readonly size: number
  readonly by: readonly string[]
  /** When the last of those that it took cosigned, ms. */
  readonly at: number | undefined
}

/** What a quorum of witnesses has seen, and what enough nodes hold durably. */
export interface CoveredBy {
  readonly witnessed: Cover | undefined
  readonly safe: Cover | undefined
}

/** @param checkpoints of one history, whose log's signature was verified */
export function coverOf(
  log: string,
  checkpoints: readonly OpenedCheckpoint[],
  roster: Roster,
): CoveredBy {
  const newest = checkpoints.toSorted((a, b) => Number(b.size - a.size))
  let witnessed: Cover | undefined
  let safe: Cover | undefined
  for (const { note, size } of newest.slice(0, COVERS_TRIED_MAX)) {
    const { witnesses, mirrors, at, ...found } = witnessedOf(note, log, roster)
    if (found.isWitnessed) witnessed ??= { size: Number(size), by: namesOf(witnesses), at }
    if (found.isSafe) safe ??= { size: Number(size), by: namesOf(mirrors), at: mirrors[0]?.at }
    if (witnessed && safe) break
  }
  return { witnessed, safe }
}

export function remarkCover(
  { log, size }: { log: string; size: number },
  { witnessed, safe }: CoveredBy,
  { isUnwitnessedTaken }: { isUnwitnessedTaken: boolean },
  remarks: Remarks,
): void {
  if (!witnessed) {
    const severity = isUnwitnessedTaken ? 'note' : CODES['not-witnessed']
    const what = 'no quorum of witnesses has cosigned any checkpoint of it that is here'
    remarks.add('not-witnessed', { log, severity }, what)
  } else if (witnessed.size < size) {
    const what = `${lastOnes(size - witnessed.size)} not witnessed yet`
    remarks.add('not-witnessed', { log, severity: 'note' }, what)
  }
  if (!safe) remarks.add('not-safe', { log }, 'too few others say that they hold it')
  else if (safe.size < size) {
    const what = `${lastOnes(size - safe.size)} held by too few others yet, as far as they say`
    remarks.add('not-safe', { log }, what)
  }
}

function lastOnes(count: number): string {
  return count === 1 ? 'the last entry is' : `the last ${count} entries are`
}

function namesOf(cosigned: readonly { readonly node: string }[]): string[] {
  return cosigned.map(({ node }) => node)
}
