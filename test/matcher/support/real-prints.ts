/** FVC's images, where they are at hand: PNG, 8-bit grey, read here as far as these need it. */
import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import type { GreyImage } from '../../../matcher/extract/grey-image.ts'
import { outsideData } from '../../support/data.ts'
import type { FVC_SETS } from './templates.ts'

const SIGNATURE_BYTES = 8

/** Undefined where the data is not at hand. */
export function fvcImage(
  set: (typeof FVC_SETS)[number],
  finger: number,
  impression: number,
): GreyImage | undefined {
  const file = outsideData('fingerprints', set, `${finger}_${impression}.png`)
  return file === undefined ? undefined : greyPng(readFileSync(file))
}

function greyPng(file: Buffer): GreyImage {
  const data: Buffer[] = []
  let header = file.subarray(0, 0)
  for (let at = SIGNATURE_BYTES; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const type = file.toString('latin1', at + 4, at + 8)
    const content = file.subarray(at + 8, at + 8 + file.readUInt32BE(at))
    if (type === 'IHDR') header = content
    if (type === 'IDAT') data.push(content)
  }
  const width = header.readUInt32BE(0)
  const height = header.readUInt32BE(4)
  // Depth 8, grey, not interlaced.
  if (header.toString('hex', 8) !== '0800000000') throw new Error('not a plain grey PNG')
  const lines = inflateSync(Buffer.concat(data))
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row += 1) unfilter(lines, row, width, pixels)
  return { pixels, width, height }
}

function unfilter(lines: Buffer, row: number, width: number, pixels: Uint8Array): void {
  const from = row * (width + 1)
  const filter = lines[from]!
  for (let x = 0; x < width; x += 1) {
    const at = row * width + x
    const left = x > 0 ? pixels[at - 1]! : 0
    const up = row > 0 ? pixels[at - width]! : 0
    const upLeft = x > 0 && row > 0 ? pixels[at - width - 1]! : 0
    const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)]
    pixels[at] = lines[from + 1 + x]! + guesses[filter]!
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft
  const offs = [left, up, upLeft].map((value) => Math.abs(guess - value))
  if (offs[0]! <= offs[1]! && offs[0]! <= offs[2]!) return left
  return offs[1]! <= offs[2]! ? up : upLeft
}
