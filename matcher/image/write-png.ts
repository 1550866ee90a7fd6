/**
 * Writes PNG, for eyes and for programs that read nothing of the field's own: grey and colour, of 8
 * bits each.
 *
 * Source: W3C PNG (third edition). The pixels are the image's own; how small the file gets is up to
 * the zlib of this Node.
 */
import { crc32, deflateSync } from 'node:zlib'
import { METRES_PER_INCH, type GreyImage } from './image.ts'
import { PNG_MAGIC } from './png.ts'

const BITS = 8

/** §11.2.1: the code of each colour type, and how many bytes a pixel takes. */
const COLOURS = { grey: { code: 0, bytes: 1 }, rgb: { code: 2, bytes: 3 } } as const

const METRE_UNIT = 1

/** §9.2: each byte less the one above it, which suits ridges and costs one subtraction. */
const FILTER_UP = 2

/** Red, green and blue of every pixel, row by row from the top left. */
export interface ColourImage {
  width: number
  height: number
  /** `3 * width * height` bytes. */
  pixels: Uint8Array
}

/** The resolution is written where it is known. */
export function writePng(image: GreyImage): Uint8Array {
  return written(image, COLOURS.grey, image.dpi)
}

export function writeColourPng(image: ColourImage): Uint8Array {
  return written(image, COLOURS.rgb, undefined)
}

function written(
  { width, height, pixels }: ColourImage | GreyImage,
  { code, bytes }: (typeof COLOURS)[keyof typeof COLOURS],
  dpi: number | undefined,
): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([BITS, code], 8)
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from(PNG_MAGIC),
      chunk('IHDR', header),
      ...(dpi === undefined ? [] : [chunk('pHYs', resolution(dpi))]),
      chunk('IDAT', deflateSync(filtered(pixels, width * bytes, height))),
      chunk('IEND', new Uint8Array()),
    ]),
  )
}

function resolution(dpi: number): Buffer {
  const bytes = Buffer.alloc(9)
  const perMetre = Math.round(dpi / METRES_PER_INCH)
  bytes.writeUInt32BE(perMetre, 0)
  bytes.writeUInt32BE(perMetre, 4)
  bytes[8] = METRE_UNIT
  return bytes
}

function filtered(pixels: Uint8Array, rowBytes: number, height: number): Uint8Array {
  const rows = new Uint8Array((rowBytes + 1) * height)
  for (let row = 0; row < height; row += 1) {
    const start = row * (rowBytes + 1)
    rows[start] = FILTER_UP
    for (let byte = 0; byte < rowBytes; byte += 1) {
      const at = row * rowBytes + byte
      rows[start + 1 + byte] = pixels[at]! - (row === 0 ? 0 : pixels[at - rowBytes]!)
    }
  }
  return rows
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  const checksum = crc32(bytes.subarray(4, 8 + data.length))
  bytes.writeUInt32BE(checksum, 8 + data.length)
  return bytes
}
