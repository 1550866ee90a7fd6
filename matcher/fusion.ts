/**
 * One person's score from those of the fingers. Scores are logarithms of how much likelier the
 * comparison is for one finger than for two, so that independent fingers add up.
 */

/**
 * For a finger of the probe that the person does not have. A finger of which nothing is known
 * would be worth `NEUTRAL`, but most strangers' fingers score 0: with that, whoever has few fingers
 * would be taken for anybody. This is no more than what each further finger adds to the threshold,
 * so that nobody is matched more easily for having fewer.
 */
export const MISSING = 3

/** By finger of the probe; undefined where there was nothing to compare it with. */
export function fuse(scores: readonly (number | undefined)[]): number {
  return scores.reduce<number>((sum, score) => sum + (score ?? MISSING), 0)
}
