/** A print with all that the extractor has seen in it. */
import { extract, type Extracted } from '../../matcher/extract/extract.ts'
import { ridgePattern, type RidgePattern } from '../../matcher/extract/ridge-pattern.ts'
import { singularPoints, type SingularPoint } from '../../matcher/extract/singular-points.ts'
import type { GreyImage } from '../../matcher/image/image.ts'
import { heldBy } from '../../matcher/packed.ts'

export interface ExaminedPrint extends Extracted {
  /** What the picture calls it. */
  readonly name: string
  readonly image: GreyImage
  readonly pattern: RidgePattern
  readonly points: readonly SingularPoint[]
  /** Indexes of the minutiae that a record holds, in its order. */
  readonly held: readonly number[]
}

/** @throws InvalidImage where it is not at 500 dpi, or too large */
export function examine(name: string, image: GreyImage): ExaminedPrint {
  const extracted = extract(image)
  const pattern = ridgePattern(image, () => undefined)
  const points = singularPoints(pattern)
  return { ...extracted, name, image, pattern, points, held: heldBy(extracted.view) }
}
