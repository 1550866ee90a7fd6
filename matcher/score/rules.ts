/**
 * How far pairs of minutiae may disagree and still speak for each other. Chosen on FVC2002
 * DB1..4_B with `npm run tune`, which shows what other values would have given.
 */
export interface Rules {
  /** Between two distances from minutia to minutia: skin stretches. Pixels at 500 dpi. */
  readonly distanceTolerance: number
  /** Between how much two pairs turn the finger, byte angle. */
  readonly turnTolerance: number
  /** Between two ways from minutia to minutia: a tangent, in sixteenths. */
  readonly wayTangent: number
}

/** The kernels are built with these: they and `PACKED_VERSION` change together. */
export const RULES: Rules = { distanceTolerance: 6, turnTolerance: 12, wayTangent: 3 }
