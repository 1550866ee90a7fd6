/** What this bench takes from the matcher: the score of two fingers, and of several together. */
import { fieldsOf, prepareProbe } from '../../../matcher/score/probe.ts'
import { scorePrepared } from '../../../matcher/score/score.ts'

/** The precise score of a probe's record with any number of candidates' records. */
export function scorerOf(record: Uint8Array): (candidate: Uint8Array) => number {
  const probe = prepareProbe(record)
  return (candidate) => scorePrepared(probe, fieldsOf(candidate), 0)
}

/**
 * What several fingers say together: the sum of their scores. Fingers that are missing on either
 * side are left out by the caller; of no finger at all the sum is 0.
 */
export function fuse(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0)
}
