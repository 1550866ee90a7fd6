/** Images of fingers that say which finger they are of, as records of several hold them. */
import type { GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { readImage } from './read.ts'

export interface FingerImage {
  /**
   * ISO finger position: 0 unknown, 1 right thumb to 5 right little, 6 left thumb to 10; 13 the
   * right four, 14 the left four, 15 both thumbs.
   */
  position: number
  /** Impression type as coded by the standards; 0 is live-scan plain. */
  impression: number
  /** 0 where nothing is reported, else 1 to 100. */
  quality: number
  image: GreyImage
}

/** Images of one record: ten rolled and four plain ones, with room. */
export const FINGER_IMAGES_MAX = 32

/** Pixels of one record together: ten rolled fingers and three slaps at 1,000 dpi, with room. */
export const RECORD_PIXELS_MAX = 60_000_000

export const POSITION_MAX = 15

/** How the pixels of one image in a record are kept, whatever its standard calls that. */
export type Coding = 'raw' | 'image'

export interface Payload {
  data: Uint8Array
  coding: Coding
  width: number
  height: number
  /** What the record says; it goes over what the image says. */
  dpi: number | undefined
}

/** Decodes images of one record, and stops where there are too many of them. */
export class PayloadReader {
  #pixels = 0
  #images = 0

  /** @throws InvalidImage `content` too where the image is not of the size that is declared */
  read({ data, coding, width, height, dpi }: Payload): GreyImage {
    this.#images += 1
    this.#pixels += width * height
    if (this.#images > FINGER_IMAGES_MAX || this.#pixels > RECORD_PIXELS_MAX) {
      throw new InvalidImage('size', `${this.#images} images of ${this.#pixels} pixels`)
    }
    const raw = coding === 'raw' ? { width, height } : undefined
    const image = readImage(data, { dpi, raw })
    if (image.width === width && image.height === height) return image
    const found = `${image.width} x ${image.height}`
    throw new InvalidImage('content', `${found} pixels, ${width} x ${height} are declared`)
  }
}
