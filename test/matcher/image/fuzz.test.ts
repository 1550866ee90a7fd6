import { readFileSync, readdirSync } from 'node:fs'
import { array, assert, constantFrom, nat, property, record, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readFingers } from '../../../matcher/image/read-fingers.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { vector } from '../../support/data.ts'
import { bmpOf, tiffOf } from '../support/image-files.ts'
import { isoRecord, nistTransaction } from '../support/image-records.ts'
import { ridges } from '../support/images.ts'

/** Changed files of each format; the long run has many more. */
const RUNS = 250

/** Where headers are: as far as this every byte is changed. */
const HEADER_BYTES = 160

const image = ridges(40, 48)
const [index, thumb] = [2, 6].map((position) => {
  return { position, width: 40, height: 48, data: writeWsq(image) }
})

const files: Readonly<Record<string, readonly Uint8Array[]>> = {
  WSQ: [writeWsq(image), writeWsq(image, 4)],
  PNG: vectors('.png'),
  TIFF: [...vectors('.tiff'), tiffOf(image, { bits: 16, isLittle: false, stripRows: 5 })],
  JPEG: vectors('.jpeg'),
  'JPEG 2000': [...vectors('.j2k'), ...vectors('.jp2')],
  BMP: [bmpOf(image, 8), bmpOf(image, 24), bmpOf(image, 32, true)],
  PGM: vectors('.pgm'),
  'ISO 19794-4': [
    isoRecord([index!, thumb!], 2),
    isoRecord([{ ...index!, data: image.pixels }], 0),
  ],
  'ANSI/NIST-ITL': [nistTransaction(index!, thumb!)],
}

const promises = suite('whatever image a stranger sends')

for (const [format, good] of Object.entries(files)) {
  promises(`${format}: cut off anywhere, it is read or refused`, () => {
    for (const bytes of good) {
      const step = Math.ceil(bytes.length / 150)
      for (let length = 0; length < bytes.length; length += step) {
        readsOrRefuses(bytes.slice(0, length))
      }
    }
  })

  promises(`${format}: with any byte of its headers changed, it is read or refused`, () => {
    const [bytes] = good
    for (let offset = 0; offset < Math.min(HEADER_BYTES, bytes!.length); offset += 1) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const copy = bytes!.slice()
        copy[offset] = byte
        readsOrRefuses(copy)
      }
    }
  })

  promises(`${format}: with many bytes changed, cut or extended, it is read or refused`, () => {
    const mutations = record({
      bytes: constantFrom(...good),
      changes: array(record({ at: nat(), byte: nat(255) }), { maxLength: 8 }),
      cut: nat(400),
      more: uint8Array({ maxLength: 40 }),
    })
    assert(
      property(mutations, ({ bytes, changes, cut, more }) => {
        const copy = Uint8Array.from([...bytes.subarray(0, bytes.length - (cut % 40)), ...more])
        for (const { at, byte } of changes) copy[at % copy.length] = byte
        readsOrRefuses(copy)
      }),
      { numRuns: RUNS },
    )
  })
}

promises('a small file that declares a large image is refused before that is made', () => {
  const before = process.memoryUsage().arrayBuffers
  for (const bytes of [
    Buffer.from('P5 4000 2400 255 '),
    Buffer.concat([Buffer.from('P5 2400 4000 255 '), new Uint8Array(20_000)]),
  ]) {
    ok(!readsOrRefuses(bytes))
  }
  ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
})

promises('a file that would be unpacked over and over is refused at once', () => {
  ok(!readsOrRefuses(tiffOf(image, { bits: 8, isLittle: true, stripRows: 1, statedBytes: 90 })))
  const long = Buffer.concat([Buffer.from('1.001:'), new Uint8Array(1_000_000).fill(0x39)])
  ok(!readsOrRefuses(Buffer.concat([long, Buffer.from('\x1d')])))
})

promises.run()

/** Whether it was read. Fails by any other error, and where pixels are missing. */
function readsOrRefuses(bytes: Uint8Array): boolean {
  try {
    for (const { image: read } of readFingers(bytes)) {
      ok(read.pixels.length === read.width * read.height)
    }
    return true
  } catch (error) {
    if (!(error instanceof InvalidImage)) throw error
    return false
  }
}

function vectors(ending: string): Uint8Array[] {
  return readdirSync(vector('images'))
    .filter((name) => name.endsWith(ending))
    .map((name) => new Uint8Array(readFileSync(vector('images', name))))
}
