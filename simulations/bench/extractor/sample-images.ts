/** Images to extract: those below a folder, or grown ones. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { writePng } from '../../../matcher/image/write-png.ts'
import { SyntheticPopulation } from '../../people/population.ts'

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

/** Of people who were never born, one after the other. */
export function grownImages(count: number): SampleImage[] {
  const population = new SyntheticPopulation({ seed: 'bench:extractor' })
  const images: SampleImage[] = []
  for (let person = 0; images.length < count; person += 1) {
    for (const { image } of population.scans(person)) {
      images.push({ image, bytes: writePng(image) })
    }
  }
  return images.slice(0, count)
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
