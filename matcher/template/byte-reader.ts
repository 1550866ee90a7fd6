/** Fields of a template, all big-endian: ISO/IEC 19794-2 and ANSI 378 know no other. */
import { FieldReader } from '../field-reader.ts'
import { InvalidTemplate } from './template.ts'

export class ByteReader extends FieldReader {
  /** A copy, so that what is read does not change with the caller's buffer. */
  override bytes(count: number, field: string): Uint8Array {
    return new Uint8Array(super.bytes(count, field))
  }

  /** A field that the standard confines to `least..most`. */
  ranged(value: number, least: number, most: number, field: string): number {
    if (value >= least && value <= most) return value
    const range = `${least}..${most}`
    throw new InvalidTemplate('field-range', `${field} is ${value}, not in ${range}`, this.offset)
  }

  protected override truncated(message: string): Error {
    return new InvalidTemplate('truncated', message, this.offset)
  }
}
