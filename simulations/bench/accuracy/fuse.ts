/**
 * What several fingers say together: the sum of their scores. Fingers that are missing on either
 * side are left out by the caller; of no finger at all the sum is 0.
 */
export function fuse(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0)
}
