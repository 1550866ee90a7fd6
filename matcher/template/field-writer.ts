/** The parts that all editions of the minutiae formats share, written. */
import { AREA_HEADER_BYTES, POSITION_MAX } from './fields.ts'
import {
  InvalidTemplate,
  type ExtendedArea,
  type FingerView,
  type Minutia,
  type MinutiaType,
} from './template.ts'

const MAGIC = 0x464d5200
const QUALITY_MAX = 100
const COORDINATE_MAX = 0x3fff
const NIBBLE_MAX = 15
const TYPE_CODES: Record<MinutiaType, number> = { other: 0, ending: 1, bifurcation: 2 }

/** ANSI 378 counts in 2°. */
const ANSI_ANGLES = 180

/** Fields whose values are checked against what the standard allows, all big-endian. */
export class FieldWriter {
  readonly #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  /** @throws InvalidTemplate `field-range` unless it is a whole number from 0 to `most` */
  put(count: number, value: number, most: number, field: string): void {
    const checked = fits(value, most, field)
    for (let place = count - 1; place >= 0; place -= 1) {
      this.#bytes.push(Math.floor(checked / 256 ** place) % 256)
    }
  }

  append(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte)
  }

  /** Magic and version, which is three characters. */
  head(version: string): void {
    this.put(4, MAGIC, 0xffff_ffff, 'magic')
    this.append(Buffer.from(`${version}\0`, 'latin1'))
  }

  position({ position }: FingerView): void {
    this.put(1, position, POSITION_MAX, 'finger position')
  }

  /** Of the editions that have half a byte for each. */
  viewAndImpression({ view, impression }: FingerView): void {
    this.nibbles([view, 'view number'], [impression, 'impression type'])
  }

  /** Two values and the names of their fields in one byte, the high half first. */
  nibbles(...halves: readonly [[number, string], [number, string]]): void {
    const [high, low] = halves.map(([value, field]) => fits(value, NIBBLE_MAX, field))
    this.put(1, high! * 16 + low!, 0xff, halves[0][1])
  }

  quality(value: number, field: string): void {
    this.put(1, value, QUALITY_MAX, field)
  }

  imageSize({ width, height }: FingerView): void {
    this.put(2, width, 0xffff, 'image width')
    this.put(2, height, 0xffff, 'image height')
  }

  resolution({ resolutionX, resolutionY }: FingerView): void {
    for (const value of [resolutionX, resolutionY]) {
      if (value === 0) throw new InvalidTemplate('field-range', 'a resolution is 0')
      this.put(2, value, 0xffff, 'resolution')
    }
  }

  /** Their number and they themselves. */
  minutiae(
    { minutiae }: FingerView,
    { angleUnit, hasQuality }: { angleUnit: 'iso' | 'ansi'; hasQuality: boolean },
  ): void {
    this.put(1, minutiae.length, 0xff, 'number of minutiae')
    for (const minutia of minutiae) {
      this.#place(minutia)
      const angle = fits(minutia.angle, 0xff, 'minutia angle')
      this.put(1, angleUnit === 'iso' ? angle : toTwoDegrees(angle), 0xff, 'minutia angle')
      if (hasQuality) this.quality(minutia.quality, 'minutia quality')
    }
  }

  /** The extended data block, and with `header-counted` areas that count their own four bytes. */
  extensions(
    areas: readonly ExtendedArea[] | undefined,
    areaLength: 'header-counted' | 'data-only',
  ): void {
    const counted = areaLength === 'header-counted' ? AREA_HEADER_BYTES : 0
    const block = (areas ?? []).reduce((sum, { data }) => sum + AREA_HEADER_BYTES + data.length, 0)
    this.put(2, block, 0xffff, 'extended data block length')
    for (const { type, data } of areas ?? []) {
      this.put(2, type, 0xffff, 'area type')
      this.put(2, data.length + counted, 0xffff, 'area length')
      this.append(data)
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  #place({ type, x, y }: Minutia): void {
    const typeAndX = TYPE_CODES[type] * (COORDINATE_MAX + 1) + fits(x, COORDINATE_MAX, 'minutia x')
    this.put(2, typeAndX, 0xffff, 'minutia type and x')
    this.put(2, y, COORDINATE_MAX, 'minutia y')
  }
}

/** @throws InvalidTemplate `field-range` */
export function fits(value: number, most: number, field: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new InvalidTemplate('field-range', `${field} is ${value}, not in 0..${most}`)
}

/**
 * The first of the views, for editions that have one image size and resolution for all.
 *
 * @throws InvalidTemplate `field-range`: they differ, or there is none
 */
export function sharedImage(views: readonly FingerView[]): FingerView {
  const first = firstOf(views)
  for (const view of views) {
    for (const field of ['width', 'height', 'resolutionX', 'resolutionY'] as const) {
      if (view[field] === first[field]) continue
      const message = `views differ in ${field}: ${view[field]} and ${first[field]}`
      throw new InvalidTemplate('field-range', message)
    }
  }
  return first
}

/** @throws InvalidTemplate `field-range`: there is none */
export function firstOf(views: readonly FingerView[]): FingerView {
  const [first] = views
  if (first) return first
  throw new InvalidTemplate('field-range', 'a record needs at least one view')
}

function toTwoDegrees(angle: number): number {
  return Math.round((angle * 45) / 64) % ANSI_ANGLES
}
