/** ANSI INCITS 378, editions 2004 and 2009 (with its 2007 draft and amendment 1), read. */
import type { ByteReader } from './byte-reader.ts'
import {
  readExtensions,
  readMinutiae,
  readPosition,
  readQuality,
  readResolution,
} from './fields.ts'
import type { FingerView, Template } from './template.ts'

const CERTIFIED_BIT = 0x8000
const SENSOR_ID_MASK = 0x0fff

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
export function readAnsi378v2009(
  reader: ByteReader,
  format: 'ansi-378:2009' | 'ansi-378:2009/am1',
): Template {
  const product = readProduct(reader)
  const certification = reader.uint8('capture equipment certification')
  const sensor = { certified: (certification & 0x80) !== 0, id: reader.uint16('sensor id') }
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

function readProduct(reader: ByteReader): { vendorId: number; subformat: number } {
  const vendorId = reader.uint16('CBEFF product owner')
  return { vendorId, subformat: reader.uint16('CBEFF product type') }
}

function readPackedSensor(reader: ByteReader): { certified: boolean; id: number } {
  const packed = reader.uint16('capture equipment')
  return { certified: (packed & CERTIFIED_BIT) !== 0, id: packed & SENSOR_ID_MASK }
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
