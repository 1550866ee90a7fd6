/** ISO/IEC 19794-2:2011 finger minutiae record format, read. */
import type { ByteReader } from './byte-reader.ts'
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
} from './template.ts'

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
