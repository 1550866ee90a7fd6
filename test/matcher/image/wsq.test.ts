import { readFileSync, readdirSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readPgm } from '../../../matcher/image/pgm.ts'
import { readPng } from '../../../matcher/image/png.ts'
import { readWsq } from '../../../matcher/image/wsq/read-wsq.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { outsideData } from '../../support/data.ts'
import { largestDifference, psnr, ridges } from '../support/images.ts'

const reading = suite('a WSQ file')

for (const name of ['sample', 'sourceafis-original']) {
  reading(`${name}: within one grey level of NBIS`, () => {
    const file = outsideData('wsq', `${name}.wsq`)
    const reference = outsideData('wsq', `${name}.nbis.dec`)
    if (!file || !reference) return
    const image = readWsq(readFileSync(file))
    is(image.dpi, 500)
    ok(largestDifference(image.pixels, readFileSync(reference)) <= 1)
  })
}

for (const name of ['bsi2008/dg3_finger0_right_index', 'bsi2008/dg3_finger1_left_index']) {
  reading(`${name}: within one grey level of another decoder`, () => {
    const file = outsideData('emrtd', `${name}.wsq`)
    const reference = outsideData('emrtd', `${name}.jnbis.pgm`)
    if (!file || !reference) return
    const image = readWsq(readFileSync(file))
    equal([image.width, image.height, image.dpi], [620, 620, undefined])
    ok(largestDifference(image.pixels, readPgm(readFileSync(reference)).pixels) <= 1)
  })
}

reading('of a real finger: within one grey level of NBIS, at both bit rates', () => {
  for (const { wsq, decoded } of nbisReferences()) {
    ok(largestDifference(readWsq(wsq).pixels, decoded) <= 1)
  }
})

reading.run()

const writing = suite('an image written as WSQ')

writing('keeps as much as NBIS does in as many bytes', () => {
  for (const { original, wsq, decoded, bitRate } of nbisReferences()) {
    const written = writeWsq(original, bitRate)
    ok(Math.abs(written.length / wsq.length - 1) < 0.05)
    const read = readWsq(written)
    const lost = psnr(original.pixels, decoded) - psnr(original.pixels, read.pixels)
    ok(lost < 0.2, `${lost} dB lost`)
  }
})

for (const [width, height] of [
  [32, 32],
  [33, 47],
  [64, 61],
  [101, 150],
] as const) {
  writing(`comes back, ${width} x ${height}`, () => {
    const image = ridges(width, height)
    const read = readWsq(writeWsq(image, 4))
    equal([read.width, read.height, read.dpi], [width, height, 500])
    ok(psnr(image.pixels, read.pixels) > 40)
  })
}

writing('comes back where it is of one grey, of two, or of unknown resolution', () => {
  const blank = { width: 64, height: 64, pixels: new Uint8Array(4096).fill(200), dpi: undefined }
  // Padded, for a file this empty stands for more pixels than its bytes may.
  const read = readWsq(Buffer.concat([writeWsq(blank), new Uint8Array(64)]))
  equal([read.dpi, largestDifference(read.pixels, blank.pixels)], [undefined, 0])
  const halves = { ...blank, pixels: blank.pixels.map((_, at) => (at % 64 < 32 ? 0 : 255)) }
  ok(psnr(halves.pixels, readWsq(writeWsq(halves, 4)).pixels) > 40)
})

writing('holds the largest coefficients at the highest bit rate', () => {
  const image = ridges(101, 150)
  ok(psnr(image.pixels, readWsq(writeWsq(image, 8)).pixels) > 44)
})

writing('is smaller for a lower bit rate, and worse', () => {
  const image = ridges(128, 128)
  const files = [0.5, 1, 2, 4].map((bitRate) => writeWsq(image, bitRate))
  const qualities = files.map((file) => psnr(image.pixels, readWsq(file).pixels))
  equal(
    files.map(({ length }) => length).toSorted((a, b) => a - b),
    files.map((f) => f.length),
  )
  equal(
    qualities.toSorted((a, b) => a - b),
    qualities,
  )
})

writing('is refused at a bit rate that makes no sense', () => {
  for (const bitRate of [0, -1, 9, Number.NaN]) {
    is(
      refusal(() => writeWsq(ridges(64, 64), bitRate)),
      'field-range',
    )
  }
  is(
    refusal(() => writeWsq(ridges(16, 64))),
    'size',
  )
})

writing.run()

const refusals = suite('what is no WSQ file')

refusals('says what is wrong', () => {
  const good = writeWsq(ridges(64, 64), 2)
  const block = markerIn(good, 0xa3)
  const frame = markerIn(good, 0xa2)
  is(
    refusal(() => readWsq(new Uint8Array())),
    'truncated',
  )
  is(
    refusal(() => readWsq(changed(good, 1, 0xa1))),
    'magic',
  )
  is(
    refusal(() => readWsq(good.subarray(0, 100))),
    'truncated',
  )
  is(
    refusal(() => readWsq(good.subarray(0, good.length - 40))),
    'truncated',
  )
  is(
    refusal(() => readWsq(changed(good, frame + 6, 0x40))),
    'size',
    'height',
  )
  is(
    refusal(() => readWsq(changed(good, frame + 8, 1))),
    'content',
    'width of 320',
  )
  is(
    refusal(() => readWsq(changed(good, block + 4, 7))),
    'content',
    'table 7',
  )
  is(
    refusal(() => readWsq(changed(good, markerIn(good, 0xa4) + 4, 8))),
    'unsupported',
  )
  is(
    refusal(() => readWsq(good.slice(0, block).fill(0xa8, 2, 4))),
    'content',
    'no marker',
  )
})

refusals.run()

interface Reference {
  original: GreyImage
  wsq: Uint8Array
  decoded: Uint8Array
  bitRate: number
}

/** FVC images as NBIS has compressed them and read them back; none where they are not at hand. */
function nbisReferences(): Reference[] {
  const folder = outsideData('wsq', 'nbis-reference')
  if (folder === undefined) return []
  return readdirSync(folder).flatMap((name) => {
    const [, set, base, image, bitRate] =
      /^(fvc\d{4})_(DB\d_B)_(\d+_\d)_\d+x\d+_r([\d.]+)\.wsq$/.exec(name) ?? []
    if (!set || !base || !image) return []
    const png = outsideData('fingerprints', set, base, `${image}.png`)
    if (!png) return []
    const [wsq, decoded] = [name, name.replace('.wsq', '.dec')].map((file) => {
      return readFileSync(`${folder}/${file}`)
    })
    const original = readPng(readFileSync(png))
    return [{ original, wsq: wsq!, decoded: decoded!, bitRate: Number(bitRate) }]
  })
}

function markerIn(bytes: Uint8Array, marker: number): number {
  return bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === marker)
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof InvalidImage) return error.code
    throw error
  }
  return 'it was taken'
}

function changed(bytes: Uint8Array, offset: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[offset] = byte
  return copy
}
