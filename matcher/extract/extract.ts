/**
 * From an image of a print to its template, and how well it was taken.
 *
 * Total: every image of a fit size gives a view; one without a print gives a view without minutiae.
 * The same image gives the same view on every machine: all arithmetic is of whole numbers, or sums,
 * products, quotients and square roots of IEEE 754 in a fixed order, rounded as the language wants;
 * tables of cosines and bells are rounded once, far above the last bit of any library.
 */
import type { GreyImage } from '../image/image.ts'
import { feedbackOf, type Feedback } from '../quality/feedback.ts'
import { measuresOf } from '../quality/measures.ts'
import { qualityOf } from '../quality/quality.ts'
import { coreDeltaArea, PLACES_MAX } from '../template/core-delta.ts'
import { ridgeSampleArea } from '../template/ridge-samples.ts'
import type { ExtendedArea, FingerView, Minutia } from '../template/template.ts'
import { checkFit } from './fit-image.ts'
import { minutiaeOf } from './minutiae.ts'
import { patternClass, type PatternClass } from './pattern-class.ts'
import { ridgePattern, type RidgePattern, type Stage } from './ridge-pattern.ts'
import { sampleRidges } from './sample-ridges.ts'
import { singularPoints, type SingularPoint } from './singular-points.ts'

/** 500 dpi in pixels per centimetre, as ISO/IEC 19794-2 rounds it. */
const RESOLUTION = 197

/** Byte angles from one way out of a delta to each of the three. */
const DELTA_WAYS = [0, 85, 171]

export interface Extracted {
  /** With cores and deltas, and samples of the ridges, as extended areas. */
  readonly view: FingerView
  /** By-product; nothing is decided by it. */
  readonly patternClass: PatternClass
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
  const points = singularPoints(pattern)
  const extensions = extendedAreas(minutiae, points, pattern)
  done('points')
  const measures = measuresOf(image, pattern, minutiae)
  const quality = qualityOf(measures)
  const feedback = feedbackOf(measures)
  done('quality')
  const { width, height } = image
  const size = { width, height, resolutionX: RESOLUTION, resolutionY: RESOLUTION }
  return {
    view: { position: 0, view: 0, impression: 0, quality, minutiae, ...size, extensions },
    patternClass: patternClass(points, pattern),
    feedback,
  }
}

function extendedAreas(
  minutiae: readonly Minutia[],
  points: readonly SingularPoint[],
  pattern: RidgePattern,
): ExtendedArea[] {
  const places = (kind: SingularPoint['kind']) => {
    return (
      points
        .filter((point) => point.kind === kind)
        // No finger has as many; a sheet of prints may.
        .slice(0, PLACES_MAX)
        .map(({ x, y, angle }) => {
          const angles = kind === 'core' ? [angle] : DELTA_WAYS.map((way) => (angle + way) & 0xff)
          return { x, y, angles }
        })
    )
  }
  const samples = ridgeSampleArea(sampleRidges(minutiae, pattern))
  if (points.length === 0) return minutiae.length === 0 ? [] : [samples]
  return [coreDeltaArea({ cores: places('core'), deltas: places('delta') }), samples]
}
