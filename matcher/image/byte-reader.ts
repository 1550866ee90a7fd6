/** Fields of an image file. */
import { FieldReader } from '../field-reader.ts'
import { InvalidImage } from './invalid-image.ts'

export class ByteReader extends FieldReader {
  protected override truncated(message: string): Error {
    return new InvalidImage('truncated', message)
  }
}

/** A field that its format confines to `least..most`. */
export function ranged(value: number, least: number, most: number, field: string): number {
  if (value >= least && value <= most) return value
  throw new InvalidImage('field-range', `${field} is ${value}, not in ${least}..${most}`)
}
