import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { outsideData } from '../../support/data.ts'
import { largestDifference, psnr } from '../support/images.ts'

const promises = suite('an image at 500 dpi')

promises('is itself where it was that already', () => {
  const image = waves(64, 64, 500)
  is(at500Dpi(image), image)
})

for (const dpi of [300, 400, 499, 569, 600, 1000, 1200]) {
  promises(`from ${dpi}: shows what a scanner of 500 would have`, () => {
    const [width, height] = [Math.round(160 * (dpi / 500)), Math.round(120 * (dpi / 500))]
    const resampled = at500Dpi(waves(width, height, dpi))
    equal(
      [resampled.width, resampled.height, resampled.dpi],
      [Math.round((width * 500) / dpi), Math.round((height * 500) / dpi), 500],
    )
    const wanted = waves(resampled.width, resampled.height, 500)
    const margin = 6
    ok(psnr(inner(wanted, margin), inner(resampled, margin)) > 30)
  })
}

promises('is of one grey where it was, to the edge', () => {
  for (const grey of [0, 1, 128, 254, 255]) {
    for (const dpi of [300, 333, 569, 1000, 1200]) {
      const image = { width: 150, height: 91, pixels: new Uint8Array(150 * 91).fill(grey), dpi }
      const { pixels } = at500Dpi(image)
      equal([Math.min(...pixels), Math.max(...pixels)], [grey, grey])
    }
  }
})

promises('has lost what is finer than its pixels, not folded it into stripes', () => {
  const width = 240
  const pixels = Uint8Array.from({ length: width * 120 }, (_, at) => ((at % width) % 2) * 255)
  const resampled = at500Dpi({ width, height: 120, pixels, dpi: 1200 })
  ok(largestDifference(inner(resampled, 4), new Uint8Array(92 * 42).fill(128)) < 24)
})

promises('is the same on every machine: these bytes', () => {
  const { pixels } = at500Dpi(waves(96, 96, 569))
  is(
    pixels.reduce((sum, pixel) => (sum * 31 + pixel) % 1_000_003, 7),
    220_488,
  )
})

promises('of a real finger scanned at 569 dpi is 500 : 569 as large', () => {
  const file = outsideData('fingerprints', 'fvc2002', 'DB2_B', '101_1.png')
  if (!file) return
  const image = at500Dpi(readImage(readFileSync(file)))
  equal([image.width, image.height, image.dpi], [260, 492, 500])
})

promises('is not made where nobody knows how many dpi there were, or it gets too small', () => {
  for (const [image, code] of [
    [{ ...waves(64, 64, 500), dpi: undefined }, 'resolution'],
    [waves(64, 64, 1200), 'size'],
  ] as const) {
    try {
      at500Dpi(image)
      ok(false)
    } catch (error) {
      is(error instanceof InvalidImage && error.code, code)
    }
  }
})

promises.run()

/** A pattern with ridges half a millimetre apart, as a scanner of so many dpi would see it. */
function waves(width: number, height: number, dpi: number): GreyImage {
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [x, y] = [((column + 0.5) * 25.4) / dpi, ((row + 0.5) * 25.4) / dpi]
      const wave = triangle(x + 0.3 * y) + triangle(0.7 * y - 0.2 * x)
      pixels[row * width + column] = Math.round(128 + 50 * wave)
    }
  }
  return { width, height, pixels, dpi }
}

/** -1..1 with a period of one millimetre; smooth, and of basic operations only. */
function triangle(millimetres: number): number {
  const phase = 4 * Math.abs(millimetres - Math.floor(millimetres) - 0.5) - 1
  return phase * (1.5 - 0.5 * phase * phase)
}

function inner({ width, height, pixels }: GreyImage, margin: number): Uint8Array {
  const rows = Array.from({ length: height - 2 * margin }, (_, row) => {
    const start = (row + margin) * width
    return [...pixels.subarray(start + margin, start + width - margin)]
  })
  return Uint8Array.from(rows.flat())
}
