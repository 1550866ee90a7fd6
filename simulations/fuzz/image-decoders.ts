/** Images of every format, and the records that hold several. */
import { readdirSync, readFileSync } from 'node:fs'
import { printsOf } from '../../matcher/extract/prints.ts'
import { readBmp } from '../../matcher/image/bmp.ts'
import { InvalidImage } from '../../matcher/image/invalid-image.ts'
import { readFingerImageRecord2011 } from '../../matcher/image/iso-19794-4-2011.ts'
import { readFingerImageRecord } from '../../matcher/image/iso-19794-4.ts'
import { readJpeg2000 } from '../../matcher/image/jpeg-2000.ts'
import { readJpeg } from '../../matcher/image/jpeg.ts'
import { readNistTransaction } from '../../matcher/image/nist-itl.ts'
import { readPgm } from '../../matcher/image/pgm.ts'
import { readPng } from '../../matcher/image/png.ts'
import { readFingers } from '../../matcher/image/read-fingers.ts'
import { readImage } from '../../matcher/image/read.ts'
import { readTiff } from '../../matcher/image/tiff.ts'
import { readRaw } from '../../matcher/image/raw.ts'
import { readWsq } from '../../matcher/image/wsq/read-wsq.ts'
import { writeWsq } from '../../matcher/image/wsq/write-wsq.ts'
import { bmpOf, tiffOf } from '../../test/matcher/support/image-files.ts'
import {
  isoRecord,
  isoRecord2011,
  nistTransaction,
} from '../../test/matcher/support/image-records.ts'
import { ridges } from '../../test/matcher/support/images.ts'
import { vector } from '../../test/support/data.ts'
import { bytesDecoder, refusal, type Decoder } from './decoder.ts'

const imageRefusal = refusal(
  InvalidImage,
  'too-long',
  'truncated',
  'magic',
  'unsupported',
  'length',
  'field-range',
  'size',
  'resolution',
  'content',
)
const refuses = [imageRefusal]

/** The raw reader's size is known from elsewhere. */
const RAW_SIZE = { width: 40, height: 48 }

export const IMAGE_DECODERS: readonly Decoder[] = [
  bytesDecoder({
    name: 'image-wsq',
    covers: [
      'matcher/image/wsq/read-wsq.ts#readWsq',
      'matcher/image/wsq/segments.ts#readSegment',
      'matcher/image/wsq/segments.ts#readFrame',
      'matcher/image/wsq/segments.ts#readTransform',
      'matcher/image/wsq/segments.ts#readQuantisation',
      'matcher/image/wsq/segments.ts#readHuffmanTables',
      'matcher/image/wsq/coefficients.ts#readCoefficients',
      'matcher/image/wsq/bit-reader.ts#BitReader',
      'matcher/field-reader.ts#FieldReader',
      'matcher/image/byte-reader.ts#ByteReader',
    ],
    seeds: () => wsqFiles(),
    decode: readWsq,
    refuses,
  }),
  bytesDecoder({
    name: 'image-png',
    covers: ['matcher/image/png.ts#readPng'],
    seeds: () => filesOf('.png'),
    decode: readPng,
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'image-tiff',
    covers: ['matcher/image/tiff.ts#readTiff'],
    seeds: () => [...filesOf('.tiff'), ...tiffFiles()],
    decode: readTiff,
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'image-jpeg',
    covers: ['matcher/image/jpeg.ts#readJpeg'],
    seeds: () => filesOf('.jpeg'),
    decode: readJpeg,
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'image-jpeg-2000',
    covers: ['matcher/image/jpeg-2000.ts#readJpeg2000', 'matcher/image/open-jpeg.ts#openJpeg'],
    seeds: () => [...filesOf('.j2k'), ...filesOf('.jp2')],
    decode: readJpeg2000,
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'image-bmp',
    covers: ['matcher/image/bmp.ts#readBmp'],
    seeds: () => ([8, 24, 32] as const).map((bits) => bmpOf(ridges(40, 48), bits)),
    decode: readBmp,
    refuses,
  }),
  bytesDecoder({
    name: 'image-pgm',
    covers: ['matcher/image/pgm.ts#readPgm'],
    seeds: () => filesOf('.pgm'),
    decode: readPgm,
    refuses,
  }),
  bytesDecoder({
    name: 'image-raw',
    covers: ['matcher/image/raw.ts#readRaw'],
    seeds: () => [ridges(40, 48).pixels],
    decode: (bytes) => readRaw(bytes, RAW_SIZE),
    refuses,
  }),
  bytesDecoder({
    name: 'image',
    covers: ['matcher/image/read.ts#readImage'],
    seeds: () => ['.png', '.tiff', '.jpeg', '.pgm', '.jp2'].flatMap(filesOf).concat(wsqFiles()),
    decode: (bytes) => readImage(bytes),
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'finger-image-record',
    covers: ['matcher/image/iso-19794-4.ts#readFingerImageRecord'],
    seeds: () => [isoRecord(recordImages(), 2), isoRecord([plainImage()], 0)],
    decode: (bytes) => readFingerImageRecord(bytes),
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'finger-image-record-2011',
    covers: ['matcher/image/iso-19794-4-2011.ts#readFingerImageRecord2011'],
    seeds: () => [isoRecord2011(recordImages(), 2), isoRecord2011([plainImage()], 0, true)],
    decode: (bytes) => readFingerImageRecord2011(bytes),
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'nist-transaction',
    covers: [
      'matcher/image/nist-itl.ts#readNistTransaction',
      'matcher/image/finger-image.ts#PayloadReader',
    ],
    seeds: () => {
      const [four, fourteen] = recordImages()
      return [nistTransaction(four!, fourteen!)]
    },
    decode: readNistTransaction,
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'fingers',
    covers: ['matcher/image/read-fingers.ts#readFingers'],
    seeds: () => [isoRecord(recordImages(), 2), ...wsqFiles(), ...filesOf('.png')],
    decode: (bytes) => readFingers(bytes),
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'prints',
    covers: [
      'matcher/extract/prints.ts#printsOf',
      'matcher/image/resample.ts#at500Dpi',
      'matcher/extract/extract.ts#extract',
    ],
    seeds: () => [
      isoRecord(recordImages(), 2),
      isoRecord([plainImage()], 0),
      bmpOf({ ...ridges(72, 64), dpi: 700 }, 8),
    ],
    decode: (bytes) => printsOf(bytes),
    refuses,
    isForeign: true,
  }),
]

function filesOf(ending: string): Uint8Array[] {
  return readdirSync(vector('images'))
    .filter((name) => name.endsWith(ending))
    .map((name) => new Uint8Array(readFileSync(vector('images', name))))
}

function wsqFiles(): Uint8Array[] {
  return [writeWsq(ridges(40, 48)), writeWsq(ridges(61, 53), 2.25)]
}

function tiffFiles(): Uint8Array[] {
  return [
    tiffOf(ridges(40, 48), { bits: 8, isLittle: false, stripRows: 11 }),
    tiffOf(ridges(40, 48), { bits: 16, isLittle: true, stripRows: 48 }),
  ]
}

function recordImages() {
  return [2, 7].map((position) => {
    return { position, width: 40, height: 48, data: writeWsq(ridges(40, 48)) }
  })
}

function plainImage() {
  return { position: 2, width: 40, height: 48, data: ridges(40, 48).pixels }
}
