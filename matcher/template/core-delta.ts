/**
 * Cores and deltas: extended data area 2 of ISO/IEC 19794-2:2005, §7.5.3. The other editions keep
 * theirs in another way and are not read here.
 */
import { ByteReader } from './byte-reader.ts'
import { InvalidTemplate, type ExtendedArea, type FingerView } from './template.ts'

export interface CoreDelta {
  /** Pixels, and byte angles as those of minutiae: where known, of a core one, of a delta three. */
  cores: readonly Place[]
  deltas: readonly Place[]
}

interface Place {
  x: number
  y: number
  angles: readonly number[]
}

const CORE_DELTA_AREA = 2
const CORE_ANGLES = 1
const DELTA_ANGLES = 3

/** The bit beside an x that says that angles follow; x itself is what is below. */
const ANGLES_BIT = 0x4000
const COORDINATE_MASK = 0x3fff

/** Either kind is counted in a byte. */
export const PLACES_MAX = 255

/**
 * The view's cores and deltas, undefined where it has no such area.
 *
 * @throws InvalidTemplate `truncated` or `trailing` where the area is not as long as it says
 */
export function coreDelta({ extensions = [] }: FingerView): CoreDelta | undefined {
  const area = extensions.find(({ type }) => type === CORE_DELTA_AREA)
  if (!area) return undefined
  const reader = new ByteReader(area.data)
  const cores = readPlaces(reader, CORE_ANGLES)
  const deltas = readPlaces(reader, DELTA_ANGLES)
  if (reader.left === 0) return { cores, deltas }
  throw new InvalidTemplate('trailing', `${reader.left} bytes behind the deltas`, reader.offset)
}

/** @throws InvalidTemplate `field-range` */
export function coreDeltaArea({ cores, deltas }: CoreDelta): ExtendedArea {
  const data = [...placesOf(cores, CORE_ANGLES), ...placesOf(deltas, DELTA_ANGLES)]
  return { type: CORE_DELTA_AREA, data: Uint8Array.from(data) }
}

function readPlaces(reader: ByteReader, angles: number): Place[] {
  return Array.from({ length: reader.uint8('number of points') }, () => {
    const x = reader.uint16('x of a point')
    const y = reader.uint16('y of a point') & COORDINATE_MASK
    const known = (x & ANGLES_BIT) === 0 ? 0 : angles
    return { x: x & COORDINATE_MASK, y, angles: [...reader.bytes(known, 'angles of a point')] }
  })
}

function placesOf(places: readonly Place[], angles: number): number[] {
  if (places.length > PLACES_MAX) {
    throw new InvalidTemplate('field-range', `${places.length} points, not in 0..${PLACES_MAX}`)
  }
  const bytes = places.flatMap((place) => {
    const x = checkedCoordinate(place.x)
    const y = checkedCoordinate(place.y)
    const known = place.angles.length === angles
    const marked = x | (known ? ANGLES_BIT : 0)
    return [marked >> 8, marked & 0xff, y >> 8, y & 0xff, ...(known ? place.angles : [])]
  })
  return [places.length, ...bytes]
}

function checkedCoordinate(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < ANGLES_BIT) return value
  throw new InvalidTemplate('field-range', `a point at ${value}, not in 0..${ANGLES_BIT - 1}`)
}
