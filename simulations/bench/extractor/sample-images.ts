/** Images to extract: those below a folder, or drawn ones. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { writePng } from '../../../matcher/image/write-png.ts'
import { drawn, PLAIN } from '../../../test/matcher/support/drawn-print.ts'

export interface SampleImage {
  /** As it is in its file. */
  readonly bytes: Uint8Array
  /** At 500 dpi. */
  readonly image: GreyImage
}

const IMAGE_NAME = /\.(?:png|wsq|bmp|pgm|tiff?|jpe?g|jp2|j2k)$/i

/** Deeper folders are not looked into. */
const DEPTH_MAX = 4

/** `count` at most, spread evenly over all; those that say no resolution are left out. */
export function imagesBelow(folder: string, count: number): SampleImage[] {
  const files = filesBelow(folder, DEPTH_MAX)
  const step = Math.max(1, files.length / count)
  return Array.from({ length: Math.min(count, files.length) }, (_, index) => {
    return files[Math.floor(index * step)]!
  }).flatMap((file) => sampleOf(new Uint8Array(readFileSync(file))) ?? [])
}

/** As large as those of FVC2002 DB1, no two alike. */
export function drawnImages(count: number): SampleImage[] {
  return Array.from({ length: count }, (_, index) => {
    const planted = Array.from({ length: 16 }, (_unused, at) => ({
      x: ((at % 4) - 1.5) * 52 + ((at * 31 + index * 7) % 19),
      y: (Math.floor(at / 4) - 1.5) * 56 + ((at * 17 + index * 5) % 23),
      isAlong: (at + index) % 2 === 0,
    }))
    const size = { width: 388, height: 374, radius: 160 }
    const image = drawn({ ...PLAIN, ...size, planted, noise: 30, turn: (index * 37) & 0xff })
    return { image, bytes: writePng(image) }
  })
}

function sampleOf(bytes: Uint8Array): SampleImage | undefined {
  try {
    return { bytes, image: at500Dpi(readImage(bytes)) }
  } catch (error) {
    if (error instanceof InvalidImage) return undefined
    throw error
  }
}

function filesBelow(folder: string, depth: number): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .toSorted((one, two) => (one.name < two.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return depth === 0 ? [] : filesBelow(path, depth - 1)
      return IMAGE_NAME.test(entry.name) ? [path] : []
    })
}
