import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { readImage } from '../../../matcher/image/read.ts'
import { writeColourPng, writePng } from '../../../matcher/image/write-png.ts'
import { vector } from '../../support/data.ts'

const pattern = readImage(readFileSync(vector('images', 'ridges.pgm')))

const written = suite('a PNG file of ours')

written('is read as the image that was written, resolution included', () => {
  for (const dpi of [undefined, 500, 1000]) {
    equal(readImage(writePng({ ...pattern, dpi })), { ...pattern, dpi })
  }
})

written('may be in colour, whose grey our reader sees', () => {
  const { width, height, pixels } = pattern
  const bytes = writeColourPng({ width, height, pixels: Uint8Array.from(tripled(pixels)) })
  equal(readImage(bytes), { ...pattern, dpi: undefined })
  const red = Uint8Array.from({ length: 3 * 32 * 32 }, (_, at) => (at % 3 === 0 ? 255 : 0))
  const seen = readImage(writeColourPng({ width: 32, height: 32, pixels: red })).pixels
  is(new Set(seen).size, 1)
  ok(seen[0]! > 0 && seen[0]! < 128)
})

written('has the checksum that its chunks ask for', () => {
  const bytes = Buffer.from(writePng({ ...pattern, dpi: 500 }))
  const types: string[] = []
  for (let at = 8; at < bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at)
    types.push(bytes.toString('latin1', at + 4, at + 8))
    is(bytes.readUInt32BE(end), crc32(bytes.subarray(at + 4, end)))
    at = end + 4
  }
  equal(types, ['IHDR', 'pHYs', 'IDAT', 'IEND'])
})

written.run()

function tripled(pixels: Uint8Array): number[] {
  return [...pixels].flatMap((level) => [level, level, level])
}
