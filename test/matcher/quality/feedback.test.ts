import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import type { Feedback } from '../../../matcher/quality/feedback.ts'
import * as poor from '../../../simulations/tune/poor-print.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { drawnFinger } from '../support/drawn-finger.ts'
import { fvcImage } from '../support/real-prints.ts'
import { textures } from '../support/textures.ts'

/** Of each set the first impressions; all of them are clear. */
const SETS = ['fvc2002/DB1_B', 'fvc2002/DB2_B'] as const
const FINGERS = [101, 103, 105, 107]

const promises = suite('feedback')

promises('is empty for a print that lacks nothing', () => {
  equal(extract(drawnFinger('one')).feedback, [])
  for (const image of realPrints()) equal(extract(image).feedback, [])
})

for (const [name, image] of Object.entries(textures())) {
  promises(`takes ${name} for no finger, and says nothing else`, () => {
    equal(extract(image).feedback, ['not-a-finger'])
  })
}

promises('tells a finger that is too dry', () => {
  const random = new SeededRandom('feedback 1')
  mostly('dry', (image) => poor.dried(image, { share: 0.55, random }, poor.everywhere))
})

promises('tells a finger that is too wet', () => {
  mostly('wet', (image) => poor.wetted(image, 3, poor.everywhere))
})

promises('tells a finger that has moved, whichever way', () => {
  for (const way of [
    { dx: 18, dy: 0 },
    { dx: 3, dy: 16 },
    { dx: -9, dy: 9 },
  ]) {
    mostly('smeared', (image) => poor.smeared(image, way, poor.everywhere))
  }
})

promises('tells that too little is to be seen', () => {
  mostly('small', (image) => {
    const { width, height } = image
    return poor.cropped(image, (x, y) => Math.hypot(x - width / 2, y - height / 2) < 85)
  })
})

promises('tells that the finger is off centre, to whichever side', () => {
  mostly('off-centre', (image) => poor.shifted(image, Math.round(image.width * 0.4), 0))
  mostly('off-centre', (image) => poor.shifted(image, -Math.round(image.width * 0.4), 0))
  mostly('off-centre', (image) => poor.shifted(image, 0, -Math.round(image.height * 0.4)))
})

promises('tells light ridges where there is something around the print', () => {
  mostly('inverted', (image) => {
    const { width, height } = image
    const isKept = (x: number, y: number) => Math.hypot(x - width / 2, y - height / 2) < 130
    return poor.inverted(poor.cropped(image, isKept))
  })
})

promises('says of what is nothing at all, however small, that it is no finger', () => {
  for (const size of [1, 7, 33, 64]) {
    const pixels = new Uint8Array(size * size).fill(90)
    const { feedback } = extract({ pixels, width: size, height: size, dpi: 500 })
    equal(feedback, ['not-a-finger'])
  }
})

promises.run()

/** One in four may be told otherwise, or not at all: rules are rough. */
function mostly(code: Feedback, spoilt: (image: GreyImage) => GreyImage): void {
  const images = realPrints()
  const told = images.map((image) => extract(spoilt(image)).feedback)
  const right = told.filter((codes) => codes.includes(code)).length
  ok(right >= 0.75 * images.length, `${code}: ${JSON.stringify(told)}`)
}

function realPrints(): GreyImage[] {
  return SETS.flatMap((set) => {
    return FINGERS.flatMap((finger) => fvcImage(set, finger, 1) ?? [])
  })
}
