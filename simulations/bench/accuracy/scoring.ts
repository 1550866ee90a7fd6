/** What this bench takes from the matcher. */
import { fieldsOf, prepareProbe } from '../../../matcher/score/probe.ts'
import { scorePrepared } from '../../../matcher/score/score.ts'

/** The precise score of a probe's record with any number of candidates' records. */
export function scorerOf(record: Uint8Array): (candidate: Uint8Array) => number {
  const probe = prepareProbe(record)
  return (candidate) => scorePrepared(probe, fieldsOf(candidate), 0)
}
