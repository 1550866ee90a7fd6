import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { angleBetween } from '../../../matcher/integer.ts'
import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import type { FingerView, Minutia } from '../../../matcher/template/template.ts'
import { fvcImage } from '../support/real-prints.ts'
import { fvcTemplate } from '../support/templates.ts'

const SET = 'fvc2002/DB1_B'
const FINGERS = [101, 102, 103, 104, 105]

/** Pixels, and byte angles: 30°. */
const NEAR = 12
const ALIKE = 21

/** Of the other's minutiae. Two good extractors agree about as much on these prints. */
const SHARED_MIN = 0.65

/** Strangers stay below the one, a finger seen again is above the other. */
const STRANGE = 40
const CERTAIN = 70

const promises = suite('extraction from real prints')

promises('agrees with what another extractor finds in the same image', () => {
  for (const finger of FINGERS) {
    const image = fvcImage(SET, finger, 1)
    const bytes = fvcTemplate(SET, 'fingerjet', finger, 1)
    const theirs = bytes && readTemplate(bytes).views[0]
    if (!image || !theirs) return
    const ours = extract(image).view
    const shared = sharedBy(theirs, ours) / theirs.minutiae.length
    const exact = sharedBy(ours, theirs) / ours.minutiae.length
    ok(shared >= SHARED_MIN, `${finger}: ${shared} of theirs`)
    ok(exact >= SHARED_MIN, `${finger}: ${exact} of ours`)
    ok(score(pack(ours), pack(theirs)) >= CERTAIN)
  }
})

promises('knows a finger again, and no other', () => {
  const fingers = FINGERS.flatMap((finger) => {
    const images = [fvcImage(SET, finger, 1), fvcImage(SET, finger, 2)]
    return images.every((image) => image !== undefined) ? [images.map(packedOf)] : []
  })
  for (const [index, [first]] of fingers.entries()) {
    for (const [other, [, second]] of fingers.entries()) {
      const found = score(first!, second!)
      if (index === other) ok(found >= CERTAIN, `finger ${index} scores ${found}`)
      else ok(found < STRANGE, `fingers ${index} and ${other} score ${found}`)
    }
  }
})

promises('finds a template in the worst of them', () => {
  for (const set of ['fvc2002/DB3_B', 'fvc2002/DB4_B', 'fvc2004/DB1_B'] as const) {
    for (const impression of [1, 4, 7]) {
      const image = fvcImage(set, 110, impression)
      if (!image) return
      const { minutiae, quality } = extract(image).view
      ok(minutiae.length >= 8, `${set} 110_${impression} has ${minutiae.length}`)
      ok(quality >= 1 && quality <= 100)
    }
  }
})

promises.run()

function packedOf(image: GreyImage): Uint8Array {
  return pack(extract(image).view)
}

/** How many minutiae of one view have a counterpart in the other. */
function sharedBy({ minutiae }: FingerView, other: FingerView): number {
  return minutiae.filter((minutia) => other.minutiae.some((there) => isSame(minutia, there))).length
}

function isSame(one: Minutia, two: Minutia): boolean {
  return (
    Math.hypot(one.x - two.x, one.y - two.y) < NEAR &&
    Math.abs(angleBetween(one.angle, two.angle)) < ALIKE
  )
}
