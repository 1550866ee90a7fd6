/** How much of what an extractor says of a scan is so, and how much of what is there it says. */
import { angleBetween } from '../../../matcher/integer.ts'
import type { FingerView } from '../../../matcher/template/template.ts'
import type { Scan, ScannedMinutia } from './scan.ts'

export interface Agreement {
  /** Minutiae of the finger that an extractor can be asked for: well inside of what touches. */
  readonly planted: number
  /** How many of them were found. */
  readonly recalled: number
  /** What the extractor has found, and how many of these are minutiae of the finger. */
  readonly found: number
  readonly right: number
}

/** Pixels, and byte angles: 20°. */
const NEAR = 8
const ALIKE = 14

/** At the rim of what touches, and of the image, nobody can say whether a ridge goes on. */
const ECCENTRICITY_MAX = 0.9
const RIM = 16

export function agreementOf(
  { minutiae }: FingerView,
  { image, minutiae: touching }: Scan,
): Agreement {
  const pairs = touching
    .flatMap((planted) =>
      minutiae.flatMap((found) => {
        const distance = Math.hypot(found.x - planted.x, found.y - planted.y)
        const isAlike = Math.abs(angleBetween(found.angle, planted.angle)) <= ALIKE
        return distance <= NEAR && isAlike ? [{ planted, found, distance }] : []
      }),
    )
    .sort((one, two) => one.distance - two.distance)
  const taken = new Set<unknown>()
  let recalled = 0
  let right = 0
  for (const { planted, found } of pairs) {
    if (taken.has(planted) || taken.has(found)) continue
    taken.add(planted).add(found)
    right += 1
    if (isInside(planted, image)) recalled += 1
  }
  const planted = touching.filter((minutia) => isInside(minutia, image)).length
  return { planted, recalled, found: minutiae.length, right }
}

function isInside(
  { x, y, eccentricity }: ScannedMinutia,
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  const rim = Math.min(x, y, width - x, height - y)
  return eccentricity <= ECCENTRICITY_MAX && rim >= RIM
}
