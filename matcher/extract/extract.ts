/**
 * From an image of a print to its minutiae.
 *
 * Total: every image of a fit size gives a view; one without a print gives a view without minutiae.
 * The same image gives the same view on every machine: all arithmetic is of whole numbers, or sums,
 * products, quotients and square roots of IEEE 754 in a fixed order, rounded as the language wants;
 * tables of cosines and bells are rounded once, far above the last bit of any library.
 */
import type { GreyImage } from '../image/image.ts'
import { feedbackOf, type Feedback } from '../quality/feedback.ts'
import { qualityOf } from '../quality/quality.ts'
import type { FingerView } from '../template/template.ts'
import { checkFit } from './fit-image.ts'
import { minutiaeOf } from './minutiae.ts'
import { ridgePattern, type Stage } from './ridge-pattern.ts'

/** 500 dpi in pixels per centimetre, as ISO/IEC 19794-2 rounds it. */
const RESOLUTION = 197

export interface Extracted {
  readonly view: FingerView
  /** What to tell the person at the sensor; empty for a good print. */
  readonly feedback: readonly Feedback[]
}

/**
 * `done` hears of each stage when it ends, for whoever measures.
 *
 * @throws InvalidImage as `checkFit` says
 */
export function extract(
  image: GreyImage,
  done: (stage: Stage) => void = () => undefined,
): Extracted {
  checkFit(image)
  const pattern = ridgePattern(image, done)
  const minutiae = minutiaeOf(pattern)
  done('minutiae')
  const quality = qualityOf(minutiae)
  const feedback = feedbackOf(pattern)
  done('quality')
  const { width, height } = image
  const size = { width, height, resolutionX: RESOLUTION, resolutionY: RESOLUTION }
  return {
    view: { position: 0, view: 0, impression: 0, quality, minutiae, ...size },
    feedback,
  }
}
