/**
 * Every constant that shapes images of synthetic fingers, in one place.
 *
 * Chosen so that our extractor and matcher have about as much trouble with them as with the sets of
 * FVC: `npm run people:images` shows both. Lengths are pixels at 500 dpi; a height is that of the
 * skin, -1 in a valley to 1 on a ridge; grey levels are 0 to 255; qualities 0 to 1.
 */
export const SCAN_RECIPE = {
  /** Of the image: a common sensor's 16 mm by 20 mm. */
  width: 320,
  height: 400,

  /** How the finger is pressed. */
  pressure: {
    /** Height from which skin touches: dry or lightly pressed ridges are thin, wet ones thick. */
    touch: { deviation: 0.22, most: 0.62 },
    /** By how much that differs over one impression. */
    uneven: 0.22,
    wave: { min: 90, max: 320 },
    /** Heights from touching hardly to touching fully. */
    softness: 0.9,
    /** By how much the edge of what touches comes and goes, as a share of its distance. */
    rim: { uneven: 0.025, wave: { min: 40, max: 240 }, fade: 0.09 },
  },

  /** Heights that are not the skin's: at quality 1, and how much more of them at 0. */
  roughness: {
    /** Grains of about a pixel, and flakes of about a third of a ridge. */
    grain: { best: 0.4, worse: 0.5 },
    flake: { best: 0.25, worse: 0.9 },
  },

  /** Spots where moisture hides the ridges: more and larger ones the worse the quality. */
  smudges: { most: 5, radius: { min: 12, max: 55 }, left: 0.25 },

  /** The sensor. */
  grey: {
    paper: { min: 205, max: 250 },
    ink: { min: 25, max: 95 },
    /** Light that differs over the sensor, and noise of every pixel. */
    uneven: 9,
    wave: { min: 250, max: 900 },
    noise: { min: 3, max: 9 },
  },
}

export type ScanRecipe = typeof SCAN_RECIPE
