/** ISO/IEC 19794-2:2011 finger minutiae record format: read and written. */
import type { ByteReader } from './byte-reader.ts'
import { FieldWriter, firstOf } from './field-writer.ts'
import {
  readExtensions,
  readMinutiae,
  readPosition,
  readQuality,
  readResolution,
} from './fields.ts'
import {
  InvalidTemplate,
  type Capture,
  type FingerView,
  type QualityRecord,
  type Template,
  type Writable,
} from './template.ts'

/** Magic, version and length; a representation's own length. */
const HEAD_BYTES = 12
const LENGTH_BYTES = 4

const MINUTIA_BYTES_WITHOUT_QUALITY = 5
const MINUTIA_BYTES_WITH_QUALITY = 6

/** Reads what follows magic, version and length (§8.3.4 on). */
export function readIso19794v2011(reader: ByteReader): Template {
  const count = reader.uint16('number of representations')
  const certified = reader.uint8('device certification block flag')
  const hasCertificates = reader.ranged(certified, 0, 1, 'device certification block flag') === 1
  const views: FingerView[] = []
  for (let index = 0; index < count; index += 1) {
    views.push(readRepresentation(reader, { hasCertificates, isLast: index === count - 1 }))
  }
  return { format: 'iso-19794-2:2011', views }
}

function readRepresentation(
  reader: ByteReader,
  { hasCertificates, isLast }: { hasCertificates: boolean; isLast: boolean },
): FingerView {
  const start = reader.offset
  const length = reader.uint32('representation length')
  const datetime = readDatetime(reader)
  const sensorType = reader.uint8('capture device technology')
  const sensorVendor = reader.uint16('capture device vendor')
  const sensorId = reader.uint16('capture device type')
  const qualityRecords = readQualityRecords(reader)
  const certificates = hasCertificates ? readCertificates(reader) : []
  const position = readPosition(reader)
  const view = reader.uint8('representation number')
  const resolutionX = readResolution(reader, 'x resolution')
  const resolutionY = readResolution(reader, 'y resolution')
  const impression = reader.uint8('impression type')
  const width = reader.uint16('image width')
  const height = reader.uint16('image height')
  const lengthAndEnding = reader.uint8('minutia field length and ridge ending type')
  const minutiaBytes = reader.ranged(
    lengthAndEnding >> 4,
    MINUTIA_BYTES_WITHOUT_QUALITY,
    MINUTIA_BYTES_WITH_QUALITY,
    'minutia field length',
  )
  const minutiae = readMinutiae(reader, reader.uint8('number of minutiae'), {
    angleUnit: 'iso',
    hasQuality: minutiaBytes === MINUTIA_BYTES_WITH_QUALITY,
  })
  const extensions = readExtensions(reader, { areaLength: 'header-counted', isLast })
  if (reader.offset - start !== length) {
    const message = `a representation of ${reader.offset - start} bytes declares ${length}`
    throw new InvalidTemplate('length', message, reader.offset)
  }
  const endingType = lengthAndEnding & 0x0f
  const capture = { datetime, sensorType, sensorVendor, sensorId, certificates, endingType }
  const quality = qualityRecords[0]?.quality ?? 0
  const image = { width, height, resolutionX, resolutionY }
  return {
    position,
    view,
    impression,
    quality,
    minutiae,
    ...image,
    extensions,
    qualityRecords,
    capture,
  }
}

/** Nothing is made of the date, so none is refused: 0xffff and 0xff stand for "unknown". */
function readDatetime(reader: ByteReader): Capture['datetime'] {
  return {
    year: reader.uint16('capture year'),
    month: reader.uint8('capture month'),
    day: reader.uint8('capture day'),
    hour: reader.uint8('capture hour'),
    minute: reader.uint8('capture minute'),
    second: reader.uint8('capture second'),
    millisecond: reader.uint16('capture millisecond'),
  }
}

function readQualityRecords(reader: ByteReader): QualityRecord[] {
  const count = reader.uint8('number of quality records')
  const records: QualityRecord[] = []
  for (let index = 0; index < count; index += 1) {
    records.push({
      quality: readQuality(reader, 'quality'),
      vendor: reader.uint16('quality algorithm vendor'),
      algorithm: reader.uint16('quality algorithm'),
    })
  }
  return records
}

function readCertificates(reader: ByteReader): { authority: number; scheme: number }[] {
  const count = reader.uint8('number of certifications')
  const certificates: { authority: number; scheme: number }[] = []
  for (let index = 0; index < count; index += 1) {
    certificates.push({
      authority: reader.uint16('certification authority'),
      scheme: reader.uint8('certification scheme'),
    })
  }
  return certificates
}

/** Of a view whose reader knows nothing of how it was captured. */
const UNKNOWN_CAPTURE: Capture = {
  datetime: {
    year: 0xffff,
    month: 0xff,
    day: 0xff,
    hour: 0xff,
    minute: 0xff,
    second: 0xff,
    millisecond: 0xffff,
  },
  sensorType: 0,
  sensorVendor: 0,
  sensorId: 0,
  certificates: [],
  endingType: 0,
}

/**
 * Writes an ISO/IEC 19794-2:2011 record. One that was read from this edition comes back byte for
 * byte, save reserved values. Minutiae have the field for their quality if any of the view has one.
 *
 * @throws InvalidTemplate `field-range` where a value does not fit its field
 */
export function writeIso19794v2011({ views }: Writable): Uint8Array {
  firstOf(views)
  const hasCertificates = views.some(({ capture }) => capture && capture.certificates.length > 0)
  const representations = views.map((view) => representationOf(view, hasCertificates))
  const body = new FieldWriter()
  body.put(2, views.length, 0xffff, 'number of representations')
  body.put(1, hasCertificates ? 1 : 0, 1, 'device certification block flag')
  for (const representation of representations) {
    body.put(4, LENGTH_BYTES + representation.length, 0xffff_ffff, 'representation length')
    body.append(representation)
  }
  const record = new FieldWriter()
  record.head('030')
  record.put(4, HEAD_BYTES + body.length, 0xffff_ffff, 'record length')
  record.append(body.bytes())
  return record.bytes()
}

/** What follows its length. */
function representationOf(view: FingerView, hasCertificates: boolean): Uint8Array {
  const writer = new FieldWriter()
  const { capture = UNKNOWN_CAPTURE, minutiae } = view
  putCapture(writer, capture)
  putQuality(writer, view)
  if (hasCertificates) putCertificates(writer, capture)
  writer.position(view)
  writer.put(1, view.view, 0xff, 'representation number')
  writer.resolution(view)
  writer.put(1, view.impression, 0xff, 'impression type')
  writer.imageSize(view)
  const hasQuality = minutiae.some(({ quality }) => quality !== 0)
  const bytes = hasQuality ? MINUTIA_BYTES_WITH_QUALITY : MINUTIA_BYTES_WITHOUT_QUALITY
  writer.nibbles([bytes, 'minutia field length'], [capture.endingType, 'ridge ending type'])
  writer.minutiae(view, { angleUnit: 'iso', hasQuality })
  writer.extensions(view.extensions, 'header-counted')
  return writer.bytes()
}

function putCapture(writer: FieldWriter, capture: Capture): void {
  const { datetime } = capture
  writer.put(2, datetime.year, 0xffff, 'capture year')
  for (const unit of ['month', 'day', 'hour', 'minute', 'second'] as const) {
    writer.put(1, datetime[unit], 0xff, `capture ${unit}`)
  }
  writer.put(2, datetime.millisecond, 0xffff, 'capture millisecond')
  writer.put(1, capture.sensorType, 0xff, 'capture device technology')
  writer.put(2, capture.sensorVendor, 0xffff, 'capture device vendor')
  writer.put(2, capture.sensorId, 0xffff, 'capture device type')
}

function putQuality(writer: FieldWriter, { quality, qualityRecords }: FingerView): void {
  const own = quality > 0 ? [{ quality, vendor: 0, algorithm: 0 }] : []
  const records = qualityRecords ?? own
  writer.put(1, records.length, 0xff, 'number of quality records')
  for (const record of records) {
    writer.quality(record.quality, 'quality')
    writer.put(2, record.vendor, 0xffff, 'quality algorithm vendor')
    writer.put(2, record.algorithm, 0xffff, 'quality algorithm')
  }
}

function putCertificates(writer: FieldWriter, { certificates }: Capture): void {
  writer.put(1, certificates.length, 0xff, 'number of certifications')
  for (const { authority, scheme } of certificates) {
    writer.put(2, authority, 0xffff, 'certification authority')
    writer.put(1, scheme, 0xff, 'certification scheme')
  }
}
