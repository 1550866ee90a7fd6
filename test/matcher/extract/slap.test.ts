import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import { cutSlap, fingersOfSlap } from '../../../matcher/extract/slap.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'
import { pack } from '../../../matcher/packed.ts'
import { REPEAT_SCORE } from '../../../matcher/repeats.ts'
import { score } from '../../../matcher/score/score.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { composedSlap, type Composed } from '../support/composed-slap.ts'
import { drawnFinger } from '../support/drawn-finger.ts'
import { drawn, noisy, PLAIN } from '../support/drawn-print.ts'
import { fvcImage } from '../support/real-prints.ts'

const FINGERS = ['a', 'b', 'c', 'd', 'e'].map((name) => drawnFinger(name, { radius: 120 }))
const FOUR = FINGERS.slice(0, 4)
const TWO = FINGERS.slice(0, 2)

const promises = suite('a slap')

promises('falls into its fingers, each in its place, however the hand is turned', () => {
  for (const step of [-90, -40, 0, 40, 90]) {
    cutsInto([2, 3, 4, 5], { fingers: FOUR, step }, 13)
    cutsInto([10, 9, 8, 7], { fingers: FOUR, step }, 14)
    cutsInto([6, 1], { fingers: TWO, step }, 15)
  }
})

promises('does so in any light', () => {
  cutsInto([2, 3, 4, 5], { fingers: FOUR, ground: 250 }, 13)
  cutsInto([2, 3, 4, 5], { fingers: FOUR.map(paler), ground: 230 }, 13)
})

promises('of real prints falls into them too', () => {
  for (const set of ['fvc2002/DB1_B', 'fvc2002/DB2_B', 'fvc2002/DB3_B', 'fvc2002/DB4_B'] as const) {
    for (const [impression, step] of [
      [1, 0],
      [3, 70],
    ] as const) {
      const fingers = [101, 102, 103, 104].map((finger) => fvcImage(set, finger, impression))
      if (fingers.some((finger) => finger === undefined)) return
      const whole = { fingers: fingers as GreyImage[], step, gap: 60, ground: 255 }
      cutsInto([2, 3, 4, 5], whole, 13)
    }
  }
})

promises('stays whole where not as many fingers stand apart as it should show', () => {
  const others = [FINGERS, FINGERS.slice(0, 3), FINGERS.slice(0, 1)]
  for (const fingers of others) ok(isWhole(composedSlap({ fingers }), 13), `${fingers.length}`)
  ok(isWhole(composedSlap({ fingers: FOUR }), 15), 'four thumbs')
  ok(isWhole(drawn({ ...PLAIN, width: 1_600, height: 1_200 }), 13), 'one wide finger')
  ok(isWhole(drawn({ ...PLAIN, radius: 0, width: 1_600 }), 13), 'nothing')
  ok(isWhole(noisy(1_000, 900, 120), 13), 'noise')
  for (const other of [0, 2, 11, 12]) ok(isWhole(composedSlap({ fingers: TWO }), other), `${other}`)
  for (const side of [1, 15, 16, 40]) ok(isWhole(noisy(side, side, 100), 15), `${side}`)
})

promises('is cut or stays whole, whatever is put on the sensor', () => {
  let cut = 0
  for (let seed = 0; seed < 150; seed += 1) {
    const sheet = clutter(new SeededRandom(`clutter ${seed}`))
    const fingers = cutSlap(sheet, 15)
    if (!fingers) continue
    cut += 1
    is(fingers.length, 2)
    for (const { image } of fingers) is(image.pixels.length, image.width * image.height)
  }
  ok(cut > 0)
})

promises('is one of three kinds', () => {
  equal([12, 13, 14, 15, 16, 0].map(fingersOfSlap), [
    [],
    [2, 3, 4, 5],
    [10, 9, 8, 7],
    [6, 1],
    [],
    [],
  ])
})

promises.run()

function cutsInto(positions: readonly number[], whole: Composed, slap: number): void {
  const found = cutSlap(composedSlap(whole), slap)
  ok(found, `slap ${slap} with a step of ${whole.step} on ${whole.ground}`)
  equal(
    found.map(({ position }) => position),
    positions,
  )
  const known = whole.fingers.map(packedOf)
  for (const [place, { image }] of found.entries()) {
    const piece = packedOf(image)
    const alike = known.map((finger) => score(piece, finger) >= REPEAT_SCORE)
    equal(
      alike,
      known.map((_, other) => other === place),
    )
  }
}

function isWhole(image: GreyImage, slap: number): boolean {
  return cutSlap(image, slap) === undefined
}

/** Up to nine stripy things of any size, anywhere. */
function clutter(random: SeededRandom): GreyImage {
  const [width, height] = [200 + random.integer(400), 100 + random.integer(400)]
  const pixels = new Uint8Array(width * height).fill(230)
  for (let things = 1 + random.integer(9); things > 0; things -= 1) {
    const [left, top] = [random.integer(width), random.integer(height)]
    const [right, bottom] = [left + 16 + random.integer(300), top + 16 + random.integer(400)]
    for (let y = top; y < Math.min(height, bottom); y += 1) {
      for (let x = left; x < Math.min(width, right); x += 1) {
        pixels[y * width + x] = y % 8 < 4 ? 40 : 220
      }
    }
  }
  return { pixels, width, height, dpi: MATCHER_DPI }
}

function packedOf(image: GreyImage): Uint8Array {
  return pack(extract(image).view)
}

function paler(image: GreyImage): GreyImage {
  return { ...image, pixels: image.pixels.map((level) => 150 + (level >> 2)) }
}
