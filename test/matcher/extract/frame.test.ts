import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { CELL, MARGIN, PATCH, blur, frameOf } from '../../../matcher/extract/frame.ts'

const promises = suite('a frame')

promises('holds the image and its margins in whole cells, and cells in whole patches', () => {
  for (const [width, height] of [
    [1, 1],
    [30, 31],
    [388, 374],
  ] as const) {
    const { stride, rows, across, down } = frameOf({ width, height })
    is(stride, across * CELL)
    is(rows, down * CELL)
    ok(stride >= width + 2 * MARGIN && stride < width + 2 * MARGIN + CELL)
    ok(rows >= height + 2 * MARGIN && rows < height + 2 * MARGIN + CELL)
  }
  is(MARGIN % CELL, 0)
  is(CELL % PATCH, 0)
})

promises('blurs to the mean of what a window holds, also at the edges', () => {
  for (const [width, height, radius] of [
    [1, 1, 3],
    [2, 9, 3],
    [5, 4, 1],
    [12, 7, 2],
    [13, 11, 30],
  ] as const) {
    const plane = Float32Array.from({ length: width * height }, (_, at) => (at * 37) % 101)
    const expected = Float32Array.from(plane, (_, at) =>
      meanAround(plane, at % width, Math.floor(at / width), { width, height, radius }),
    )
    const out = new Float32Array(plane.length)
    blur(plane, { width, height, radius }, out)
    ok(out.every((value, at) => Math.abs(value - expected[at]!) < 1e-3))
  }
})

promises.run()

function meanAround(
  plane: Float32Array,
  x: number,
  y: number,
  { width, height, radius }: { width: number; height: number; radius: number },
): number {
  const held = [...plane].filter((_, at) => {
    const dx = (at % width) - x
    const dy = Math.floor(at / width) - y
    return Math.abs(dx) <= radius && Math.abs(dy) <= radius && at < width * height
  })
  return held.reduce((sum, value) => sum + value, 0) / held.length
}
