import { assert, integer, property, record } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import { SIDE_MAX } from '../../../matcher/extract/fit-image.ts'
import { FOUND_MAX } from '../../../matcher/extract/minutiae.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'
import { angleBetween } from '../../../matcher/integer.ts'
import { checkPacked, pack } from '../../../matcher/packed.ts'
import { coreDelta, PLACES_MAX } from '../../../matcher/template/core-delta.ts'
import type { FingerView, Minutia } from '../../../matcher/template/template.ts'
import {
  ODD_SIZES,
  PLAIN,
  drawn,
  noisy,
  placed,
  type Drawing,
  type Planted,
} from '../support/drawn-print.ts'

const PLANTED: readonly Planted[] = [
  { x: -52, y: -41, isAlong: true },
  { x: 47, y: -58, isAlong: false },
  { x: 3, y: 4, isAlong: true },
  { x: -58, y: 49, isAlong: false },
  { x: 55, y: 38, isAlong: true },
  { x: 4, y: 71, isAlong: false },
]

/** Pixels, and byte angles: what a few degrees are. */
const NEAR = 2.5
const ALIKE = 6

const promises = suite('extraction')

promises('finds planted minutiae where they are and as they point, and no others', () => {
  for (const noise of [0, 40]) exactly({ ...PLAIN, planted: PLANTED, noise })
})

promises('finds them in fine ridges and in coarse ones', () => {
  for (const period of [6.5, 8, 11]) exactly({ ...PLAIN, planted: PLANTED, period })
})

promises('turns with the finger', () => {
  for (let turn = 11; turn < 256; turn += 35) exactly({ ...PLAIN, planted: PLANTED, turn })
})

promises('moves with the finger', () => {
  const still = viewOf(drawn({ ...PLAIN, planted: PLANTED })).minutiae
  const whole = drawn({ ...PLAIN, planted: PLANTED })
  const margin = { ...PLAIN, width: PLAIN.width + 48, height: PLAIN.height + 80 }
  const moved = viewOf(drawn({ ...margin, planted: PLANTED }))
  is(moved.width, whole.width + 48)
  equal(
    moved.minutiae.map(place),
    still.map(place).map(([x, y, a]) => [x! + 24, y! + 40, a]),
  )
})

promises('tells a ridge that ends from one that parts', () => {
  for (const isAlong of [true, false]) {
    const planted = [{ x: 2, y: 0, isAlong }]
    is(only(viewOf(drawn({ ...PLAIN, planted })).minutiae).type, 'ending')
    is(only(viewOf(drawn({ ...PLAIN, planted, phase: 0.5 })).minutiae).type, 'bifurcation')
  }
})

promises('is sure of clear minutiae, less so of noisy ones and of those near the border', () => {
  const planted = [{ x: 0, y: 0, isAlong: true }]
  const clear = only(viewOf(drawn({ ...PLAIN, planted })).minutiae).quality
  const noisiest = only(viewOf(drawn({ ...PLAIN, planted, noise: 220 })).minutiae).quality
  const outside = [{ x: 130, y: 0, isAlong: true }]
  const outermost = only(viewOf(drawn({ ...PLAIN, planted: outside })).minutiae).quality
  ok(clear > noisiest, `${clear} and ${noisiest}`)
  ok(clear > outermost, `${clear} and ${outermost}`)
})

promises('takes neither a hairline gap nor a pore for a minutia', () => {
  const image = drawn(PLAIN)
  for (let row = 40; row < 280; row += 1) image.pixels.fill(230, row * 300 + 120, row * 300 + 122)
  for (const middle of [100, 190]) {
    for (let row = middle; row < middle + 3; row += 1) {
      image.pixels.fill(240, row * 300 + 170, row * 300 + 173)
    }
  }
  equal(viewOf(image).minutiae, [])
})

promises('finds nothing where there is no finger, and says how little that is worth', () => {
  const empty = [
    drawn({ ...PLAIN, radius: 0 }),
    { pixels: new Uint8Array(90_000), width: 300, height: 300, dpi: MATCHER_DPI },
    { pixels: new Uint8Array(90_000).fill(255), width: 300, height: 300, dpi: MATCHER_DPI },
    noisy(300, 300, 4),
  ]
  for (const image of empty) {
    const view = viewOf(image)
    equal(view.minutiae, [])
    is(view.quality, 1)
    checkPacked(pack(view))
  }
})

promises('finds hardly anything it is sure of in loud noise', () => {
  const { minutiae } = viewOf(noisy(300, 300, 127))
  ok(minutiae.length <= FOUND_MAX)
  ok(minutiae.every(({ quality }) => quality < 60))
})

promises('gives a view for an image of any size', () => {
  for (const [width, height] of ODD_SIZES) {
    const view = viewOf(noisy(width, height, 100))
    is(view.width, width)
    is(view.height, height)
    equal(view.minutiae, [])
  }
})

promises('keeps within the image, and puts the best first', () => {
  const sizes = record({
    width: integer({ min: 1, max: 160 }),
    height: integer({ min: 1, max: 160 }),
  })
  assert(
    property(sizes, ({ width, height }) => {
      const { minutiae } = viewOf(noisy(width, height, 120))
      ok(minutiae.every(({ x, y }) => x >= 0 && y >= 0 && x < width && y < height))
      ok(minutiae.every(({ quality }, index) => quality <= (minutiae[index - 1]?.quality ?? 100)))
    }),
    { numRuns: 40 },
  )
})

promises('is the same whenever it is done', () => {
  const image = drawn({ ...PLAIN, planted: PLANTED, noise: 60 })
  const before = { ...image, pixels: image.pixels.slice() }
  const first = extract(image)
  extract(noisy(200, 240, 90))
  equal(extract(image), first)
  equal(image, before)
})

promises('is the same on every machine', () => {
  const image = drawn({ ...PLAIN, planted: PLANTED, noise: 60, turn: 19 })
  equal(
    viewOf(image).minutiae.map((minutia) => [...place(minutia), minutia.type, minutia.quality]),
    [
      [154, 164, 19, 'bifurcation', 98],
      [206, 198, 20, 'ending', 98],
      [196, 103, 146, 'bifurcation', 97],
      [99, 119, 19, 'ending', 97],
      [91, 210, 144, 'bifurcation', 97],
      [153, 232, 145, 'ending', 97],
    ],
  )
})

promises('gives a view of a sheet with more cores than a template can hold', () => {
  const side = SIDE_MAX
  const tile = 110
  const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
    const x = ((at % side) % tile) - tile / 2
    const y = (Math.floor(at / side) % tile) - tile / 2
    return 128 - 90 * Math.cos((2 * Math.PI * Math.hypot(x, Math.min(0, y))) / 9)
  })
  const view = viewOf({ pixels, width: side, height: side, dpi: MATCHER_DPI })
  is(coreDelta(view)?.cores.length, PLACES_MAX)
})

promises('refuses what is no image, or none that anybody scans', () => {
  const pixels = new Uint8Array(12)
  const dpi = MATCHER_DPI
  for (const [width, height] of [
    [0, 12],
    [12, 0],
    [-3, -4],
    [2.5, 4.8],
    [Number.NaN, 12],
    [SIDE_MAX + 1, 1],
  ] as const) {
    throws(() => extract({ pixels, width, height, dpi }), isInvalid('size'))
  }
  throws(() => extract({ pixels, width: 4, height: 4, dpi }), isInvalid('length'))
  throws(() => extract({ pixels, width: 11, height: 1, dpi }), isInvalid('length'))
  for (const other of [undefined, 499, 1_000]) {
    throws(() => extract({ pixels, width: 4, height: 3, dpi: other }), isInvalid('resolution'))
  }
})

promises.run()

function viewOf(image: GreyImage): FingerView {
  return extract(image).view
}

function exactly(drawing: Drawing): void {
  const { minutiae } = viewOf(drawn(drawing))
  const said = JSON.stringify(minutiae.map(place))
  is(minutiae.length, drawing.planted.length, said)
  for (const planted of drawing.planted) {
    const there = placed(planted, drawing)
    ok(
      minutiae.some(
        ({ x, y, angle }) =>
          Math.hypot(x - there.x, y - there.y) <= NEAR &&
          Math.abs(angleBetween(angle, there.angle)) <= ALIKE,
      ),
      `${JSON.stringify(there)} is not among ${said}`,
    )
  }
}

function place({ x, y, angle }: Minutia): number[] {
  return [x, y, angle]
}

function only(minutiae: readonly Minutia[]): Minutia {
  const [first] = minutiae
  if (minutiae.length !== 1 || !first) throw new Error(`${minutiae.length} minutiae, not one`)
  return first
}

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidImage && error.code === code
}
