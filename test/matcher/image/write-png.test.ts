import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { readImage } from '../../../matcher/image/read.ts'
import { writePng } from '../../../matcher/image/write-png.ts'
import { vector } from '../../support/data.ts'

const pattern = readImage(readFileSync(vector('images', 'ridges.pgm')))

const written = suite('a PNG file of ours')

written('is read as the image that was written, resolution included', () => {
  for (const dpi of [undefined, 500, 1000]) {
    equal(readImage(writePng({ ...pattern, dpi })), { ...pattern, dpi })
  }
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
