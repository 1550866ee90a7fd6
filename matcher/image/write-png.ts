/**
 * Writes PNG, for eyes and for programs that read nothing of the field's own: 8-bit grey.
 *
 * Source: W3C PNG (third edition). The pixels are the image's own; how small the file gets is up to
 * the zlib of this Node.
 */
import { crc32, deflateSync } from 'node:zlib'
import { METRES_PER_INCH, type GreyImage } from './image.ts'
import { PNG_MAGIC } from './png.ts'

const BITS = 8
const GREY = 0
const METRE_UNIT = 1

/** §9.2: each byte less the one above it, which suits ridges and costs one subtraction. */
const FILTER_UP = 2

/** The resolution is written where it is known. */
export function writePng({ width, height, pixels, dpi }: GreyImage): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([BITS, GREY], 8)
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from(PNG_MAGIC),
      chunk('IHDR', header),
      ...(dpi === undefined ? [] : [chunk('pHYs', resolution(dpi))]),
      chunk('IDAT', deflateSync(filtered(pixels, width, height))),
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

function filtered(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((width + 1) * height)
  for (let row = 0; row < height; row += 1) {
    const start = row * (width + 1)
    rows[start] = FILTER_UP
    for (let column = 0; column < width; column += 1) {
      const at = row * width + column
      rows[start + 1 + column] = pixels[at]! - (row === 0 ? 0 : pixels[at - width]!)
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
