/**
 * From an image of a print to its minutiae.
 *
 * Total: every image of a fit size gives a view; one without a print gives a view without minutiae.
 * The same image gives the same view on every machine: all arithmetic is of whole numbers, or sums,
 * products, quotients and square roots of IEEE 754 in a fixed order, rounded as the language wants;
 * tables of cosines and bells are rounded once, far above the last bit of any library.
 */
import { clamp } from '../integer.ts'
import type { GreyImage } from '../image/image.ts'
import type { FingerView, Minutia } from '../template/template.ts'
import { checkFit } from './fit-image.ts'
import { minutiaeOf } from './minutiae.ts'
import { ridgePattern, type Stage } from './ridge-pattern.ts'

/** 500 dpi in pixels per centimetre, as ISO/IEC 19794-2 rounds it. */
const RESOLUTION = 197

/** A template with this many good minutiae lacks nothing. */
const ENOUGH = 32

/**
 * `done` hears of each stage when it ends, for whoever measures.
 *
 * @throws InvalidImage as `checkFit` says
 */
export function extract(
  image: GreyImage,
  done: (stage: Stage) => void = () => undefined,
): FingerView {
  checkFit(image)
  const minutiae = minutiaeOf(ridgePattern(image, done))
  done('minutiae')
  return {
    position: 0,
    view: 0,
    impression: 0,
    quality: qualityOf(minutiae),
    minutiae,
    width: image.width,
    height: image.height,
    resolutionX: RESOLUTION,
    resolutionY: RESOLUTION,
  }
}

/** Mean quality of the best minutiae, missing ones counted as 0; 1 where there are none. */
function qualityOf(minutiae: readonly Minutia[]): number {
  const sum = minutiae.slice(0, ENOUGH).reduce((total, { quality }) => total + quality, 0)
  return clamp(Math.floor(sum / ENOUGH), 1, 100)
}
