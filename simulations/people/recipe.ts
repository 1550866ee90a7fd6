/**
 * Every constant that shapes synthetic fingers and their impressions, in one place.
 *
 * The values are fitted: with them this house's scores on synthetic templates agree with those on
 * FVC 2002 and 2004 as `npm run people:gate` demands. Whoever changes the matcher runs the gate
 * again, and turns these until it passes. Lengths are pixels at 500 dpi, angles radians, qualities
 * 0 to 1; a `deviation` is that of a normal distribution.
 */
export const RECIPE = {
  /** Half axes of a fingertip's pad: 12.7 mm by 19.3 mm. */
  pad: { x: 125, y: 190 },

  /** Cores and deltas, from the middle of the pad. */
  flow: {
    core: { y: -2, deviation: 10 },
    /** Between a whorl's two cores, half of it. */
    whorl: { min: 15, max: 60 },
    tentedDelta: { y: 65, deviation: 12 },
    delta: { x: { min: 85, max: 120 }, y: { min: 86, max: 108 } },
    /** How freely the flow turns around them, once and twice a turn, and how it leans. */
    bend: { once: 0.05, twice: 0.04, tilt: 0.04 },
    /** How much straighter ridges run above and below a core than a circle would. */
    straight: { core: 0.45, delta: -0.45 },
  },

  /** The true minutiae of one finger. */
  master: {
    /** On a whole pad. */
    count: { mean: 86, deviation: 25, min: 46 },
    /** Two minutiae are never closer than `min` and keep each other away up to `free`. */
    distance: { min: 5, free: 21 },
    /** Share of candidates kept at the least distance. */
    closeShare: 0.33,
    /** How far a direction strays from the flow. */
    directionDeviation: 0.07,
    /** Share of endings. */
    endings: 0.6,
  },

  /** Where minutiae gather: weights of candidates on top of `base`; 1 keeps every candidate. */
  density: {
    base: 0.48,
    /** Per birth a pixel², and at most. */
    births: 100,
    birthsMax: 0.48,
    core: { weight: 0.16, reach: 42 },
    delta: { weight: 0.08, reach: 36 },
  },

  /** Ridges that begin or end for reasons the flow does not show. */
  births: {
    /** From ridge to ridge: about half a millimetre. */
    ridgePeriod: 9,
    /** Minutiae a pixel² whose sense is a coin toss: they come in pairs that cancel out. */
    chance: 0.00115,
    /** From ridges that grow wider and narrower over `wave`: some fingers' more than others'. */
    sway: { min: 0, max: 0.006 },
    wave: { min: 140, max: 800 },
  },

  /** People: all impressions of all their fingers have this in common. */
  person: {
    /** How well skin prints: dry, worn or wet skin stays so all day. */
    legibility: { mean: 0.738, deviation: 0.152 },
    /** Of what touches the sensor, as a share of the usual. */
    size: { deviation: 0.13, min: 0.8 },
    /** The left index finger has the right one's pattern mirrored for this very reason. */
    samePatternShare: 0.35,
  },

  /** One impression's quality around its person's legibility. */
  quality: {
    deviation: 0.1,
    /** Poor whoever gives them: a hurried or wet finger, a dirty sensor. */
    poorShare: 0.038,
    poor: { min: 0.05, max: 0.35 },
  },

  /** Quality varies over a finger, the same in each impression, and over each impression anew. */
  unevenness: {
    finger: 0.12,
    impression: 0.12,
    wave: { min: 120, max: 400 },
    /** Lost at the very edge of what touches. */
    edge: 0.2,
  },

  /** Where the finger lies on the sensor. */
  placement: {
    rotationDeviation: 0.157,
    shiftDeviation: { x: 19, y: 28 },
    /** Put down askew, so that little is common to two impressions: times (1 - quality)... */
    askewShare: 0.28,
    /** ...and how much farther off. */
    askew: 2,
    /** Half axes of the part that touches. */
    window: { x: { min: 88, max: 112 }, y: { min: 115, max: 200 } },
    /** Plastic distortion at a pad's half width from the middle. */
    warpDeviation: 3,
  },

  /** What the extractor makes of it, at local quality q. */
  extraction: {
    /** Overlooked: `best` and `worst` times (1 - q)², more of the less clear. */
    missed: { best: 0.03, worst: 0.9 },
    /** In a smudge. */
    missedInSmudge: 0.75,
    smudges: { most: 4, radius: { min: 15, max: 60 } },
    /** Invented, as a share of those found: `best` and `worst` times (1 - quality)². */
    invented: { best: 0.05, worst: 1 },
    /** How far the directions of the invented stray: `best` and `worst` times (1 - quality). */
    inventedSpread: { best: 0.0793, worst: 0.15 },
    /** Share of the invented that crowd in smudges, where there are any. */
    crowded: 0.8,
    /** Residual displacement and turn at q = 1, and how much more at q = 0. */
    jitter: { distance: 0.8, turn: 0.062, worse: 1.5 },
    /** How sure it says it is: shares of the place and of the minutia, less for the invented. */
    confidence: { local: 0.5, clarity: 0.4, doubt: 0.2, deviation: 0.08 },
    /** Endings taken for bifurcations and the other way round. */
    mistyped: 0.15,
  },
}

/** The same parts with other figures, when trying. */
export type Recipe = typeof RECIPE
