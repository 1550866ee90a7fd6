/**
 * Reads and writes PGM: binary grey of 8 or 16 bits.
 *
 * Source: Netpbm's pgm(5). It says nothing about resolution.
 */
import { ranged } from './byte-reader.ts'
import { checkSize, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'

/** Longest header that is looked at, bytes: three numbers, and a comment. */
const HEADER_BYTES_MAX = 512

const VALUE_MAX = 65_535
const HEADER = /^P5(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})\s/

/** @throws InvalidImage */
export function readPgm(bytes: Uint8Array): GreyImage {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, HEADER_BYTES_MAX))
  if (!head.startsWith('P5')) throw new InvalidImage('magic', 'not a PGM file')
  const [header, ...numbers] = HEADER.exec(head) ?? []
  if (header === undefined) throw new InvalidImage('content', 'its header has not three numbers')
  const [width = 0, height = 0, most = 0] = numbers.map(Number)
  checkSize(width, height, bytes.length)
  ranged(most, 1, VALUE_MAX, 'maximum')
  const count = width * height
  const wide = most > 255
  const data = bytes.subarray(header.length)
  if (data.length < count * (wide ? 2 : 1)) {
    throw new InvalidImage('truncated', `${data.length} bytes of pixels`)
  }
  const pixels = Uint8Array.from({ length: count }, (_, place) => {
    const value = wide ? data[2 * place]! * 256 + data[2 * place + 1]! : data[place]!
    return Math.floor((255 * Math.min(value, most) + (most >> 1)) / most)
  })
  return { width, height, pixels, dpi: undefined }
}

export function writePgm({ width, height, pixels }: GreyImage): Uint8Array {
  const header = new TextEncoder().encode(`P5\n${width} ${height}\n255\n`)
  const bytes = new Uint8Array(header.length + pixels.length)
  bytes.set(header)
  bytes.set(pixels, header.length)
  return bytes
}
