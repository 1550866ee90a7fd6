/** ISO/IEC 19794-2:2005 finger minutiae record format: read and written. */
import type { ByteReader } from './byte-reader.ts'
import { FieldWriter, sharedImage } from './field-writer.ts'
import {
  packedSensor,
  readExtensions,
  readMinutiae,
  readPackedSensor,
  readPosition,
  readQuality,
  readResolution,
} from './fields.ts'
import type { FingerView, Template, Writable } from './template.ts'

/** Magic, version and length. */
const HEAD_BYTES = 12

/** Reads what follows magic, version and length (§7.3.4 on). */
export function readIso19794v2005(reader: ByteReader): Template {
  const sensor = readPackedSensor(reader)
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
  return { format: 'iso-19794-2:2005', sensor, views }
}

/**
 * Writes an ISO/IEC 19794-2:2005 record. A record read from this edition comes back byte for byte,
 * save reserved bits and extended areas whose writer counted their header.
 *
 * @throws InvalidTemplate `field-range` where a value does not fit its field, or the views are of
 *   different image sizes or resolutions, which this edition cannot say
 */
export function writeIso19794v2005({ views, sensor }: Writable): Uint8Array {
  const body = new FieldWriter()
  body.put(2, packedSensor(sensor), 0xffff, 'capture equipment')
  const image = sharedImage(views)
  body.imageSize(image)
  body.resolution(image)
  body.put(1, views.length, 0xff, 'number of views')
  body.put(1, 0, 0, 'reserved byte')
  for (const view of views) putView(body, view)
  const record = new FieldWriter()
  record.head(' 20')
  record.put(4, HEAD_BYTES + body.length, 0xffff_ffff, 'record length')
  record.append(body.bytes())
  return record.bytes()
}

function putView(writer: FieldWriter, view: FingerView): void {
  writer.position(view)
  writer.viewAndImpression(view)
  writer.quality(view.quality, 'finger quality')
  writer.minutiae(view, { angleUnit: 'iso', hasQuality: true })
  writer.extensions(view.extensions, 'data-only')
}
