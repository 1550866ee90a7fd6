/**
 * ANSI INCITS 378, editions 2004 and 2009 with its amendment 1: read and written. Of 2009 there is
 * a draft of 2007 too, which is only read.
 */
import type { ByteReader } from './byte-reader.ts'
import { FieldWriter, firstOf, sharedImage } from './field-writer.ts'
import {
  packedSensor,
  readExtensions,
  readMinutiae,
  readPackedSensor,
  readPosition,
  readQuality,
  readResolution,
} from './fields.ts'
import type { FingerView, Product, Template, Writable } from './template.ts'

/** Magic, version and length; in 2004 that is two bytes where they are enough, else six. */
const HEAD_BYTES = 12
const HEAD_BYTES_SHORT = 10
const HEAD_BYTES_LONG = 14
const SHORT_RECORD_BYTES_MAX = 0xffff

const CERTIFIED = 0x80

const VERSIONS = { 'ansi-378:2009': '030', 'ansi-378:2009/am1': '035' } as const

/** Reads the 2004 edition from behind its length on: one image size for all views. */
export function readAnsi378v2004(reader: ByteReader): Template {
  const product = readProduct(reader)
  const sensor = readPackedSensor(reader)
  const image = readImage(reader)
  const count = reader.uint8('number of views')
  reader.uint8('reserved byte')
  const views: FingerView[] = []
  for (let index = 0; index < count; index += 1) {
    const position = readPosition(reader)
    const viewAndImpression = reader.uint8('view number and impression type')
    const quality = readQuality(reader, 'finger quality')
    views.push({
      position,
      view: viewAndImpression >> 4,
      impression: viewAndImpression & 0x0f,
      quality,
      ...image,
      ...readMinutiaeAndAreas(reader, index === count - 1),
    })
  }
  return { format: 'ansi-378:2004', product, sensor, views }
}

/** The draft that NIST's tools of 2007 wrote: views as in 2009, capture equipment as in 2004. */
export function readAnsi378v2007(reader: ByteReader): Template {
  const product = readProduct(reader)
  const sensor = readPackedSensor(reader)
  return { format: 'ansi-378:2007', product, sensor, views: readViews2009(reader) }
}

/** The 2009 edition and its amendment 1, which differ in nothing but the version. */
export function readAnsi378v2009(reader: ByteReader, format: keyof typeof VERSIONS): Template {
  const product = readProduct(reader)
  const certification = reader.uint8('capture equipment certification')
  const sensor = { certified: (certification & CERTIFIED) !== 0, id: reader.uint16('sensor id') }
  return { format, product, sensor, views: readViews2009(reader) }
}

function readViews2009(reader: ByteReader): FingerView[] {
  const count = reader.uint8('number of views')
  reader.uint8('reserved byte')
  const views: FingerView[] = []
  for (let index = 0; index < count; index += 1) {
    const position = readPosition(reader)
    const view = reader.uint8('view number')
    const impression = reader.uint8('impression type')
    const quality = readQuality(reader, 'finger quality')
    const vendor = reader.uint16('quality algorithm vendor')
    const algorithm = reader.uint16('quality algorithm')
    const image = readImage(reader)
    views.push({
      position,
      view,
      impression,
      quality,
      qualityRecords: [{ quality, vendor, algorithm }],
      ...image,
      ...readMinutiaeAndAreas(reader, index === count - 1),
    })
  }
  return views
}

function readMinutiaeAndAreas(
  reader: ByteReader,
  isLast: boolean,
): Pick<FingerView, 'minutiae' | 'extensions'> {
  const count = reader.uint8('number of minutiae')
  const minutiae = readMinutiae(reader, count, { angleUnit: 'ansi', hasQuality: true })
  return { minutiae, extensions: readExtensions(reader, { areaLength: 'header-counted', isLast }) }
}

function readProduct(reader: ByteReader): Product {
  const vendorId = reader.uint16('CBEFF product owner')
  return { vendorId, subformat: reader.uint16('CBEFF product type') }
}

function readImage(
  reader: ByteReader,
): Pick<FingerView, 'width' | 'height' | 'resolutionX' | 'resolutionY'> {
  return {
    width: reader.uint16('image width'),
    height: reader.uint16('image height'),
    resolutionX: readResolution(reader, 'x resolution'),
    resolutionY: readResolution(reader, 'y resolution'),
  }
}

/**
 * Writes a record of the 2004 edition. One that was read from it comes back byte for byte where it
 * declared its length and kept its directions as the standard has them. Directions are rounded to
 * 2°; extended areas go as they are, in whichever edition's coding.
 *
 * @throws InvalidTemplate `field-range` where a value does not fit its field, or the views are of
 *   different image sizes or resolutions, which this edition cannot say
 */
export function writeAnsi378v2004({ views, product, sensor }: Writable): Uint8Array {
  const body = new FieldWriter()
  putProduct(body, product)
  body.put(2, packedSensor(sensor), 0xffff, 'capture equipment')
  const image = sharedImage(views)
  body.imageSize(image)
  body.resolution(image)
  putCount(body, views)
  for (const view of views) {
    body.position(view)
    body.viewAndImpression(view)
    body.quality(view.quality, 'finger quality')
    putMinutiaeAndAreas(body, view)
  }
  const record = new FieldWriter()
  record.head(' 20')
  const length = HEAD_BYTES_SHORT + body.length
  if (length <= SHORT_RECORD_BYTES_MAX) record.put(2, length, SHORT_RECORD_BYTES_MAX, 'length')
  else record.put(6, HEAD_BYTES_LONG + body.length, 0xffff_ffff, 'length')
  record.append(body.bytes())
  return record.bytes()
}

/**
 * Writes a record of the 2009 edition or its amendment. As `writeAnsi378v2004`, but every view has
 * an image of its own.
 *
 * @throws InvalidTemplate `field-range`
 */
export function writeAnsi378v2009(
  { views, product, sensor }: Writable,
  format: keyof typeof VERSIONS,
): Uint8Array {
  firstOf(views)
  const body = new FieldWriter()
  putProduct(body, product)
  body.put(1, sensor?.certified ? CERTIFIED : 0, 0xff, 'capture equipment certification')
  body.put(2, sensor?.id ?? 0, 0xffff, 'sensor id')
  putCount(body, views)
  for (const view of views) {
    body.position(view)
    body.put(1, view.view, 0xff, 'view number')
    body.put(1, view.impression, 0xff, 'impression type')
    body.quality(view.quality, 'finger quality')
    const { vendor = 0, algorithm = 0 } = view.qualityRecords?.[0] ?? {}
    body.put(2, vendor, 0xffff, 'quality algorithm vendor')
    body.put(2, algorithm, 0xffff, 'quality algorithm')
    body.imageSize(view)
    body.resolution(view)
    putMinutiaeAndAreas(body, view)
  }
  const record = new FieldWriter()
  record.head(VERSIONS[format])
  record.put(4, HEAD_BYTES + body.length, 0xffff_ffff, 'length')
  record.append(body.bytes())
  return record.bytes()
}

function putProduct(writer: FieldWriter, product: Product = { vendorId: 0, subformat: 0 }): void {
  writer.put(2, product.vendorId, 0xffff, 'CBEFF product owner')
  writer.put(2, product.subformat, 0xffff, 'CBEFF product type')
}

function putCount(writer: FieldWriter, views: readonly FingerView[]): void {
  writer.put(1, views.length, 0xff, 'number of views')
  writer.put(1, 0, 0, 'reserved byte')
}

function putMinutiaeAndAreas(writer: FieldWriter, view: FingerView): void {
  writer.minutiae(view, { angleUnit: 'ansi', hasQuality: true })
  writer.extensions(view.extensions, 'header-counted')
}
