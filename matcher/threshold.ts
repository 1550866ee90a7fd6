/**
 * From which score on two fingers, or two people, are taken for one.
 *
 * Measured with `npm run bench:accuracy` on the within-set impostor pairs of FVC2002 DB1..4_B and
 * FVC2004 DB1_B and DB3_B, templates of mindtct and of FingerJet: 34,560 scores of 60 fingers. Read
 * it as optimistic: the weights of the score were tuned on two thirds of these fingers, and no
 * false match in 34,560 says only that the rate is below 1 in 11,500 (rule of three, 95 %). What a
 * register of millions needs cannot be seen here; it takes several fingers, and a measurement on
 * its own data.
 *
 * It also depends on the extractor: on SecuGen's templates of the same sets, made from images
 * squeezed out of shape, strangers reach 149 and the score for 1 in 1,000 is 109.
 *
 * Fingers are fused by the sum of their scores (see `gallery.ts`). For two, every two fingers of a
 * set were taken as a person: 2.5 million sums, which are not independent of one another.
 */
export interface Threshold {
  /** At most this fraction of different fingers, or of different people, reaches the score. */
  readonly fmr: number
  readonly oneFinger: number
  readonly twoFingers: number
}

export const THRESHOLDS: readonly Threshold[] = [
  { fmr: 1e-1, oneFinger: 16, twoFingers: 27 },
  { fmr: 1e-2, oneFinger: 43, twoFingers: 59 },
  { fmr: 1e-3, oneFinger: 65, twoFingers: 89 },
  { fmr: 1e-4, oneFinger: 89, twoFingers: 115 },
]

/** For a single finger: above every impostor score measured. */
export const DEFAULT_THRESHOLD = 110

/**
 * What each further finger adds. A stranger's fingers mostly score 0, so that ten convolved with
 * one another reach 1 in 10,000 at 199; this stays above it for every number of fingers.
 */
const FURTHER_FINGER = 15

/** For the sum over this many fingers of a probe. */
export function thresholdFor(fingers: number): number {
  return DEFAULT_THRESHOLD + FURTHER_FINGER * Math.max(0, fingers - 1)
}
