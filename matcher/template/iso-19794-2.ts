/** ISO/IEC 19794-2:2005 finger minutiae record format: read and written. */
import type { ByteReader } from './byte-reader.ts'
import {
  AREA_HEADER_BYTES,
  POSITION_MAX,
  readExtensions,
  readMinutiae,
  readPosition,
  readQuality,
  readResolution,
} from './fields.ts'
import {
  InvalidTemplate,
  type FingerView,
  type Minutia,
  type MinutiaType,
  type Template,
} from './template.ts'

const HEADER_BYTES = 24
const VIEW_BYTES = 6
const MINUTIA_BYTES = 6
const CERTIFIED_BIT = 0x8000
const SENSOR_ID_MASK = 0x0fff
const TYPE_CODES: Record<MinutiaType, number> = { other: 0, ending: 1, bifurcation: 2 }

/** What a record can be written from: a template, or just views of one image size. */
export interface Writable {
  readonly views: readonly FingerView[]
  readonly sensor?: { certified: boolean; id: number }
}

/** Reads what follows magic, version and length (§7.3.4 on). */
export function readIso19794v2005(reader: ByteReader): Template {
  const sensor = reader.uint16('capture equipment')
  const image = {
    width: reader.uint16('image width'),
    height: reader.uint16('image height'),
    resolutionX: readResolution(reader, 'x resolution'),
    resolutionY: readResolution(reader, 'y resolution'),
  }
  const count = reader.uint8('number of views')
  reader.uint8('reserved byte')
  const views: FingerView[] = []
  for (let index = 0; index < count; index += 1) {
    const position = readPosition(reader)
    const viewAndImpression = reader.uint8('view number and impression type')
    const quality = readQuality(reader, 'finger quality')
    const minutiae = reader.uint8('number of minutiae')
    views.push({
      position,
      view: viewAndImpression >> 4,
      impression: viewAndImpression & 0x0f,
      quality,
      minutiae: readMinutiae(reader, minutiae, { angleUnit: 'iso', hasQuality: true }),
      ...image,
      extensions: readExtensions(reader, { areaLength: 'data-only', isLast: index === count - 1 }),
    })
  }
  return {
    format: 'iso-19794-2:2005',
    sensor: { certified: (sensor & CERTIFIED_BIT) !== 0, id: sensor & SENSOR_ID_MASK },
    views,
  }
}

/**
 * Writes an ISO/IEC 19794-2:2005 record. A record read from this edition comes back byte for byte,
 * save reserved bits and extended areas whose writer counted their header.
 *
 * @throws InvalidTemplate `field-range` where a value does not fit its field, or the views are of
 *   different image sizes or resolutions, which this edition cannot say
 */
export function writeIso19794v2005({ views, sensor }: Writable): Uint8Array {
  const [first] = views
  if (!first) throw new InvalidTemplate('field-range', 'a record needs at least one view')
  for (const view of views) checkSameImage(view, first)
  const bytes = new Uint8Array(HEADER_BYTES + views.reduce((sum, view) => sum + sizeOf(view), 0))
  const put = fieldWriter(bytes)
  put(4, 0x464d5200, 0xffffffff, 'magic')
  put(4, 0x20323000, 0xffffffff, 'version')
  put(4, bytes.length, 0xffffffff, 'length')
  const sensorId = fits(sensor?.id ?? 0, SENSOR_ID_MASK, 'sensor id')
  put(2, (sensor?.certified ? CERTIFIED_BIT : 0) | sensorId, 0xffff, 'capture equipment')
  put(2, first.width, 0xffff, 'image width')
  put(2, first.height, 0xffff, 'image height')
  put(2, first.resolutionX, 0xffff, 'x resolution')
  put(2, first.resolutionY, 0xffff, 'y resolution')
  put(1, views.length, 0xff, 'number of views')
  put(1, 0, 0xff, 'reserved byte')
  for (const view of views) putView(put, view)
  return bytes
}

type Put = (count: 1 | 2 | 4, value: number, most: number, field: string) => void

function putView(put: Put, view: FingerView): void {
  put(1, view.position, POSITION_MAX, 'finger position')
  const viewNumber = fits(view.view, 15, 'view number')
  put(1, (viewNumber << 4) | fits(view.impression, 15, 'impression type'), 0xff, 'view')
  put(1, view.quality, 100, 'finger quality')
  put(1, view.minutiae.length, 0xff, 'number of minutiae')
  for (const minutia of view.minutiae) putMinutia(put, minutia)
  const areas = view.extensions ?? []
  put(2, extensionBytes(view), 0xffff, 'extended data block length')
  for (const { type, data } of areas) {
    put(2, type, 0xffff, 'area type')
    put(2, data.length, 0xffff, 'area length')
    for (const byte of data) put(1, byte, 0xff, 'area data')
  }
}

function putMinutia(put: Put, { x, y, angle, type, quality }: Minutia): void {
  put(2, (TYPE_CODES[type] << 14) | fits(x, 0x3fff, 'minutia x'), 0xffff, 'minutia type and x')
  put(2, y, 0x3fff, 'minutia y')
  put(1, angle, 0xff, 'minutia angle')
  put(1, quality, 100, 'minutia quality')
}

function fieldWriter(bytes: Uint8Array): Put {
  let offset = 0
  return (count, value, most, field) => {
    const checked = fits(value, most, field)
    for (let shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes[offset] = (checked >>> shift) & 0xff
      offset += 1
    }
  }
}

function fits(value: number, most: number, field: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new InvalidTemplate('field-range', `${field} is ${value}, not in 0..${most}`)
}

function checkSameImage(view: FingerView, first: FingerView): void {
  for (const field of ['width', 'height', 'resolutionX', 'resolutionY'] as const) {
    if (view[field] === first[field]) continue
    const message = `views differ in ${field}: ${view[field]} and ${first[field]}`
    throw new InvalidTemplate('field-range', message)
  }
}

function sizeOf(view: FingerView): number {
  return VIEW_BYTES + view.minutiae.length * MINUTIA_BYTES + extensionBytes(view)
}

function extensionBytes({ extensions = [] }: FingerView): number {
  return extensions.reduce((sum, { data }) => sum + AREA_HEADER_BYTES + data.length, 0)
}
