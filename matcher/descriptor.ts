/**
 * What a minutia's neighbourhood looks like, as 160 bits that do not change when the finger is
 * moved or turned.
 *
 * The minutia is the origin and its direction the axis. Around it stand 40 sites on four rings; a
 * site is a small disk, larger farther out, where skin has had more room to stretch. Each site asks
 * four questions: is there a neighbour in the disk that points roughly forward-left, back-left,
 * back-right, forward-right of the minutia's own direction? Disks and directions overlap, so that a
 * neighbour near a border answers on both sides of it and a small shift loses few bits. Neighbours
 * are not counted or weighed: one is enough.
 *
 * Accuracy is flat around the distances, radii and overlap in use: `npm run tune` tries others, on
 * FVC2002 DB1..4_B. They were first set with FVC2004 in view as well.
 * Another descriptor is another version of this file, with a new `PACKED_VERSION`.
 */
import { COSINES, SINES, angleBetween } from './integer.ts'

/** Where a minutia is, pixels at 500 dpi, y upwards, and where it points, 256 to the turn. */
export interface Oriented {
  readonly x: number
  readonly y: number
  readonly angle: number
}

export interface Ring {
  /** From the minutia to the sites, and of each site, pixels at 500 dpi. */
  readonly distance: number
  readonly radius: number
  readonly sites: number
}

export interface Shape {
  readonly rings: readonly Ring[]
  /** How far a neighbour may point away from a direction and still answer for it, byte angle. */
  readonly directionReach: number
}

export const SHAPE: Shape = {
  rings: [
    { distance: 16, radius: 14, sites: 4 },
    { distance: 34, radius: 14, sites: 8 },
    { distance: 52, radius: 16, sites: 12 },
    { distance: 70, radius: 17, sites: 16 },
  ],
  directionReach: 44,
}

/** Directions asked for at each site, byte angles from the minutia's own. */
const DIRECTIONS = [32, 96, 160, 224] as const

const SITES = SHAPE.rings.reduce((sum, { sites }) => sum + sites, 0)

export const DESCRIPTOR_BITS = SITES * DIRECTIONS.length
export const DESCRIPTOR_WORDS = DESCRIPTOR_BITS / 32

/** Adds to `out`, from word `at` on, the bits of `centre` among `neighbours`, itself among them. */
export type Describe = (
  centre: Oriented,
  neighbours: readonly Oriented[],
  out: Int32Array,
  at: number,
) => void

export const describe = describer(SHAPE)

/** For a shape of as many sites as the one in use; only that makes records to be stored. */
export function describer({ rings, directionReach }: Shape): Describe {
  const reach = Math.max(...rings.map(({ distance, radius }) => distance + radius))
  // Half the width of the plane of which it is known which sites see a place: rounding adds one.
  const half = reach + 1
  const width = 2 * half + 1
  const { starts, sites } = sitesByPlace(rings, half)
  const answers = Uint8Array.from({ length: 256 }, (_, turn) => answersTo(turn, directionReach))
  return (centre, neighbours, out, at) => {
    const cosine = COSINES[centre.angle * 4]!
    const sine = SINES[centre.angle * 4]!
    const { x, y, angle } = centre
    for (let index = 0; index < neighbours.length; index += 1) {
      const neighbour = neighbours[index]!
      const dx = neighbour.x - x
      const dy = neighbour.y - y
      if (neighbour === centre || dx * dx + dy * dy > reach * reach) continue
      const ahead = (cosine * dx + sine * dy + 8192) >> 14
      const aside = (cosine * dy - sine * dx + 8192) >> 14
      const place = (ahead + half) * width + aside + half
      const bits = answers[(neighbour.angle - angle) & 0xff]!
      const end = starts[place + 1]!
      for (let seen = starts[place]!; seen < end; seen += 1) {
        const bit = sites[seen]! * DIRECTIONS.length
        out[at + (bit >> 5)]! |= bits << (bit & 31)
      }
    }
  }
}

/** Bits set in both of the descriptors at these words. All five words are counted in parallel. */
export function commonBits(a: Int32Array, at: number, b: Int32Array, other: number): number {
  const three =
    nibbles(a[at]! & b[other]!) +
    nibbles(a[at + 1]! & b[other + 1]!) +
    nibbles(a[at + 2]! & b[other + 2]!)
  const two = nibbles(a[at + 3]! & b[other + 3]!) + nibbles(a[at + 4]! & b[other + 4]!)
  const bytes =
    (three & 0x0f0f0f0f) +
    ((three >>> 4) & 0x0f0f0f0f) +
    (two & 0x0f0f0f0f) +
    ((two >>> 4) & 0x0f0f0f0f)
  return Math.imul(bytes, 0x01010101) >>> 24
}

/** Bits set in each four bits of a word, in place. */
function nibbles(word: number): number {
  const twos = word - ((word >>> 1) & 0x55555555)
  return (twos & 0x33333333) + ((twos >>> 2) & 0x33333333)
}

/** One bit for each direction that a neighbour at this angle from the minutia's own answers for. */
function answersTo(turn: number, directionReach: number): number {
  return DIRECTIONS.reduce((bits, direction, index) => {
    return Math.abs(angleBetween(direction, turn)) <= directionReach ? bits | (1 << index) : bits
  }, 0)
}

/** The sites that see each place of the plane, row by row, and where each place's list begins. */
function sitesByPlace(
  rings: readonly Ring[],
  half: number,
): { readonly starts: Int32Array; readonly sites: Uint8Array } {
  const width = 2 * half + 1
  const all = rings.flatMap(({ distance, sites, radius }) =>
    Array.from({ length: sites }, (_, index) => siteAt(distance, (index + 0.5) / sites, radius)),
  )
  const starts = new Int32Array(width * width + 1)
  const seen: number[] = []
  for (let place = 0; place < width * width; place += 1) {
    const ahead = Math.floor(place / width) - half
    const aside = (place % width) - half
    for (const [index, site] of all.entries()) {
      const du = ahead - site.ahead
      const dv = aside - site.aside
      if (du * du + dv * dv <= site.radiusSquared) seen.push(index)
    }
    starts[place + 1] = seen.length
  }
  return { starts, sites: Uint8Array.from(seen) }
}

function siteAt(
  distance: number,
  turn: number,
  radius: number,
): { ahead: number; aside: number; radiusSquared: number } {
  const angle = 2 * Math.PI * turn
  return {
    ahead: Math.round(distance * Math.cos(angle)),
    aside: Math.round(distance * Math.sin(angle)),
    radiusSquared: radius * radius,
  }
}
