import { readFileSync, readdirSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { formatOf, readImage, type ReadOptions } from '../../../matcher/image/read.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { outsideData, vector } from '../../support/data.ts'
import { largestDifference, psnr } from '../support/images.ts'
import { bmpOf, tiffOf } from '../support/image-files.ts'

const pattern = readImage(file('ridges.pgm'))

/** How far from the pattern a lossy file may be, grey levels. */
const LOSSES: Readonly<Record<string, number>> = {
  'grey.jpeg': 6,
  'grey-progressive.jpeg': 6,
  'colour.jpeg': 6,
  'grey-lossy.j2k': 1,
}

const formats = suite('a file of another program')

for (const name of readdirSync(vector('images')).filter((entry) =>
  /^(?:grey|colour|pal)/.test(entry),
)) {
  if (name === 'colour-alpha.png') continue
  formats(`${name} shows the pattern`, () => {
    const image = readImage(file(name))
    equal([image.width, image.height], [61, 53])
    is(image.dpi, name.endsWith('.j2k') ? undefined : 500)
    ok(largestDifference(image.pixels, pattern.pixels) <= (LOSSES[name] ?? 0))
  })
}

for (const name of ['bilevel.png', 'bilevel-packbits.tiff']) {
  formats(`${name} is black below 128, and white`, () => {
    const image = readImage(file(name))
    equal(
      image.pixels,
      pattern.pixels.map((pixel) => (pixel < 128 ? 0 : 255)),
    )
  })
}

formats('colour-alpha.png lies over white', () => {
  const faded = pattern.pixels.map((pixel) => Math.round((pixel * 128 + 255 * 127) / 255))
  ok(largestDifference(readImage(file('colour-alpha.png')).pixels, faded) <= 1)
})

formats('colour.png with a palette that it does not need shows the pattern', () => {
  const bytes = file('colour.png')
  const palette = Buffer.from('\0\0\0\x03PLTE\x01\x02\x03\0\0\0\0', 'latin1')
  const suggested = Buffer.concat([bytes.subarray(0, 33), palette, bytes.subarray(33)])
  equal(readImage(suggested).pixels, pattern.pixels)
})

formats('says itself what it is', () => {
  const names = [
    'grey.png',
    'grey.jpeg',
    'grey.jp2',
    'grey-lossy.j2k',
    'grey-lzw.tiff',
    'ridges.pgm',
  ]
  equal(
    names.map((name) => formatOf(file(name))),
    ['png', 'jpeg', 'jpeg-2000', 'jpeg-2000', 'tiff', 'pgm'],
  )
  equal([writeWsq(pattern), bmpOf(pattern, 8), file('README.md'), new Uint8Array()].map(formatOf), [
    'wsq',
    'bmp',
    undefined,
    undefined,
  ])
})

formats('SourceAFIS: one print as PNG, BMP and JPEG is one image', () => {
  const [png, bmp, jpeg] = ['probe.png', 'probe.bmp', 'probe.jpeg'].map((name) => {
    return outsideData('fingerprints', 'sourceafis-samples', name)
  })
  if (!png || !bmp || !jpeg) return
  const image = readImage(readFileSync(png), { dpi: 500 })
  equal(readImage(readFileSync(bmp), { dpi: 500 }), image)
  ok(psnr(readImage(readFileSync(jpeg), { dpi: 500 }).pixels, image.pixels) > 30)
})

formats('a passport’s face of JPEG 2000 is read as grey', () => {
  const group = outsideData('emrtd', 'bsi2008', 'Datagroup2.bin')
  if (!group) return
  const bytes = readFileSync(group)
  const image = readImage(bytes.subarray(bytes.indexOf('jP  ') - 4), { dpi: 300 })
  equal([image.width, image.height], [413, 531])
})

formats.run()

const own = suite('a file that says as little as its format allows')

for (const bits of [8, 24, 32] as const) {
  own(`BMP of ${bits} bits, from below and from above`, () => {
    for (const isTopDown of [false, true]) {
      const image = readImage(bmpOf({ ...pattern, dpi: 500 }, bits, isTopDown))
      equal(image.pixels, pattern.pixels)
      is(image.dpi, 500)
    }
  })
}

for (const isLittle of [false, true]) {
  own(`TIFF of 8 and of 16 bits, ${isLittle ? 'little' : 'big'}-endian, of many strips`, () => {
    for (const bits of [8, 16] as const) {
      const image = readImage(tiffOf(pattern, { bits, isLittle, stripRows: 7 }))
      equal(image, { ...pattern, dpi: 500 })
    }
  })
}

own('TIFF whose white is zero', () => {
  const image = readImage(
    tiffOf(pattern, { bits: 8, isLittle: true, stripRows: 53, photometric: 0 }),
  )
  equal(
    image.pixels,
    pattern.pixels.map((pixel) => 255 - pixel),
  )
})

own('PGM with comments, and of 16 bits', () => {
  const wide = new Uint8Array(2 * pattern.pixels.length)
  for (const [at, pixel] of pattern.pixels.entries()) wide.fill(pixel, 2 * at, 2 * at + 2)
  const header = Buffer.from('P5 # of ours\n61\n# and\n53 65535\n')
  equal(readImage(Buffer.concat([header, wide])), pattern)
  equal(readImage(writePgm(pattern)), pattern)
})

own('grey bytes of a stated size', () => {
  const { width, height, pixels } = pattern
  equal(readImage(pixels, { raw: { width, height } }), pattern)
  is(refusal(pixels, { raw: { width, height: height - 1 } }), 'length')
  is(refusal(pixels, { raw: { width: 8, height: 400 } }), 'size')
})

own.run()

const rules = suite('whatever the format, an image')

rules('is of the resolution that is stated, else of the one in the file, else of none', () => {
  const unknown = writePgm(pattern)
  equal(
    [{}, { dpi: 500 }, { dpi: 1000 }].map((options) => readImage(unknown, options).dpi),
    [undefined, 500, 1000],
  )
  equal(
    [{}, { dpi: 569 }].map((options) => readImage(file('grey.png'), options).dpi),
    [500, 569],
  )
})

rules('is refused outside 300 to 1,200 dpi, whoever says so', () => {
  equal(
    [299, 96, 72, 1201].map((dpi) => refusal(bmpAt(dpi))),
    Array(4).fill('resolution'),
  )
  equal(
    [299, 1201, 500.5, Number.NaN].map((dpi) => refusal(bmpAt(500), { dpi })),
    Array(4).fill('resolution'),
  )
  equal(
    [300, 1200].map((dpi) => readImage(bmpAt(dpi)).dpi),
    [300, 1200],
  )
  is(readImage(bmpAt(72), { dpi: 500 }).dpi, 500)
})

rules('is refused for its size before anything of that size is made', () => {
  is(refusal(pgmHeader(31, 100)), 'size')
  is(refusal(pgmHeader(4097, 100)), 'size')
  is(refusal(pgmHeader(4000, 4000)), 'size')
  is(refusal(pgmHeader(500, 500)), 'size')
  is(refusal(new Uint8Array(33_554_433)), 'too-long')
})

rules('is refused where its bytes begin like no image', () => {
  is(refusal(new Uint8Array()), 'magic')
  is(refusal(file('README.md')), 'magic')
})

rules('shares no memory with its file', () => {
  for (const bytes of [writePgm(pattern), Uint8Array.from(file('grey-none.tiff'))]) {
    const { pixels } = readImage(bytes)
    bytes.fill(0)
    equal(pixels, pattern.pixels)
  }
})

rules.run()

function file(name: string): Uint8Array {
  return readFileSync(vector('images', name))
}

function bmpAt(dpi: number): Uint8Array {
  return bmpOf({ ...pattern, dpi }, 8)
}

function pgmHeader(width: number, height: number): Uint8Array {
  return Buffer.from(`P5\n${width} ${height}\n255\n`)
}

function refusal(bytes: Uint8Array, options?: ReadOptions): string {
  let image: GreyImage
  try {
    image = readImage(bytes, options)
  } catch (error) {
    if (error instanceof InvalidImage) return error.code
    throw error
  }
  return `it was taken: ${image.width} x ${image.height}`
}
