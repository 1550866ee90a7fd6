/** Pixels without a header: 8-bit grey, whose size somebody else has stated. */
import { checkSize, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'

/** What is said beside the pixels. */
export interface RawSize {
  width: number
  height: number
}

/** @throws InvalidImage `size`, or `length` where there are not exactly as many bytes as pixels */
export function readRaw(bytes: Uint8Array, { width, height }: RawSize): GreyImage {
  checkSize(width, height, bytes.length)
  if (bytes.length !== width * height) {
    throw new InvalidImage('length', `${bytes.length} bytes for ${width} x ${height} pixels`)
  }
  return { width, height, pixels: bytes.slice(), dpi: undefined }
}
