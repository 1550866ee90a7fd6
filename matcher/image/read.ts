/**
 * Reads an image of any format we know, told apart by its first bytes.
 */
import { readBmp } from './bmp.ts'
import { checkDpi, IMAGE_BYTES_MAX, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { JP2_MAGIC, readJpeg2000 } from './jpeg-2000.ts'
import { readJpeg } from './jpeg.ts'
import { readPgm } from './pgm.ts'
import { PNG_MAGIC, readPng } from './png.ts'
import { readRaw, type RawSize } from './raw.ts'
import { readTiff } from './tiff.ts'
import { readWsq } from './wsq/read-wsq.ts'

export type ImageFormat = 'wsq' | 'png' | 'bmp' | 'pgm' | 'tiff' | 'jpeg' | 'jpeg-2000'

export interface ReadOptions {
  /** What is known of the resolution from elsewhere; it goes over what the file says. */
  dpi?: number | undefined
  /** Of pixels without a header; then no format is looked for. */
  raw?: RawSize | undefined
}

const FORMATS: readonly [magic: readonly number[], format: ImageFormat][] = [
  [[0xff, 0xa0], 'wsq'],
  [PNG_MAGIC, 'png'],
  [[0xff, 0xd8, 0xff], 'jpeg'],
  [JP2_MAGIC, 'jpeg-2000'],
  [[0xff, 0x4f, 0xff, 0x51], 'jpeg-2000'],
  [[0x49, 0x49, 42, 0], 'tiff'],
  [[0x4d, 0x4d, 0, 42], 'tiff'],
  [[0x42, 0x4d], 'bmp'],
  [[0x50, 0x35], 'pgm'],
]

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => GreyImage>> = {
  wsq: readWsq,
  png: readPng,
  bmp: readBmp,
  pgm: readPgm,
  tiff: readTiff,
  jpeg: readJpeg,
  'jpeg-2000': readJpeg2000,
}

/** Undefined for bytes that begin like no image. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const found = FORMATS.find(([magic]) => magic.every((byte, place) => bytes[place] === byte))
  return found?.[1]
}

/**
 * Trusts nothing. The resolution stays unknown where neither `dpi` nor the file has it.
 *
 * @throws InvalidImage
 */
export function readImage(bytes: Uint8Array, { dpi, raw }: ReadOptions = {}): GreyImage {
  if (bytes.length > IMAGE_BYTES_MAX) {
    const message = `an image has at most ${IMAGE_BYTES_MAX} bytes, this one ${bytes.length}`
    throw new InvalidImage('too-long', message)
  }
  checkDpi(dpi)
  const read = raw ? readRaw(bytes, raw) : readerFor(bytes)(bytes)
  const image = { ...read, dpi: dpi ?? read.dpi }
  checkDpi(image.dpi)
  return image
}

function readerFor(bytes: Uint8Array): (bytes: Uint8Array) => GreyImage {
  const format = formatOf(bytes)
  if (format) return READERS[format]
  throw new InvalidImage('magic', 'it begins like no image that is known here')
}
