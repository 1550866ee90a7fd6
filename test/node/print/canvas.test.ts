import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { Canvas } from '../../../node/print/canvas.ts'
import { lettered } from '../../../node/print/lettering.ts'
import type { Path } from '../../../node/print/picture.ts'

const SIDE = 20
const BLACK = { colour: '#000000', width: 4 } as const
const ACROSS: Path = [
  [4, 10],
  [16, 10],
]
const DOWN: Path = [
  [10, 4],
  [10, 16],
]

const promises = suite('a canvas')

promises('is white where nothing was drawn, and takes the colour where a line lies', () => {
  const canvas = new Canvas(SIDE, SIDE)
  canvas.lines([ACROSS], { ...BLACK, colour: '#102030' })
  equal(pixel(canvas, 0, 0), [255, 255, 255])
  equal(pixel(canvas, 10, 10), [16, 32, 48])
  for (const [row, isInside] of [
    [7, false],
    [8, true],
    [11, true],
    [12, false],
  ] as const) {
    is(pixel(canvas, 10, row)[0]! < 128, isInside, `row ${row}`)
  }
})

promises('gets no darker where lines of one stroke cross, and does where two strokes do', () => {
  const pen = { ...BLACK, opacity: 0.5 }
  const once = new Canvas(SIDE, SIDE)
  once.lines([ACROSS, DOWN], pen)
  equal(pixel(once, 10, 10), pixel(once, 5, 10))
  const twice = new Canvas(SIDE, SIDE)
  twice.lines([ACROSS], pen)
  twice.lines([DOWN], pen)
  ok(pixel(twice, 10, 10)[0]! < pixel(twice, 5, 10)[0]!)
})

promises('leaves out what lies beyond its edges', () => {
  const canvas = new Canvas(SIDE, SIDE)
  canvas.lines(
    [
      [
        [-50, -50],
        [90, 90],
      ],
      [
        [40, 2],
        [60, 2],
      ],
    ],
    BLACK,
  )
  equal(pixel(canvas, 10, 10), [0, 0, 0])
  equal(pixel(canvas, 19, 2), [255, 255, 255])
})

promises('stretches an image, with levels in between', () => {
  const canvas = new Canvas(40, 20)
  const image = { width: 2, height: 1, pixels: Uint8Array.of(0, 200), dpi: undefined }
  canvas.image({ x: 0, y: 0, width: 40, height: 20 }, image)
  is(pixel(canvas, 0, 0)[0], 0)
  is(pixel(canvas, 39, 19)[0], 200)
  const row = Array.from({ length: 40 }, (_, x) => pixel(canvas, x, 5)[0]!)
  equal(
    row,
    row.toSorted((one, two) => one - two),
  )
  ok(row.some((level) => level > 80 && level < 120))
})

promises('has a letter for everything that a legend says, none wider than it is said to be', () => {
  const words = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 .,:;-–+/()%×·°'
  const unknown = JSON.stringify(lettered('\u{1f44d}', 10).paths)
  for (const letter of words.replaceAll(' ', '')) {
    const { paths, width } = lettered(letter, 10)
    ok(paths.length > 0 && JSON.stringify(paths) !== unknown, letter)
    ok(
      paths.flat().every(([x, y]) => x >= 0 && x <= width && y >= -7.3 && y <= 2.5),
      letter,
    )
  }
})

promises.run()

function pixel({ pixels, width }: Canvas, x: number, y: number): number[] {
  return [...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]
}
