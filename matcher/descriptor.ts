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
 * Rings, disks and overlap were chosen with FVC2002 DB1..4_B and with the two sets of FVC2004 in
 * view, so no set is a holdout for them; accuracy is flat around these values.
 * Another descriptor is another version of this file, with a new `PACKED_VERSION`.
 */
import { COSINES, SINES, angleBetween } from './integer.ts'

/** Where a minutia is, pixels at 500 dpi, y upwards, and where it points, 256 to the turn. */
export interface Oriented {
  readonly x: number
  readonly y: number
  readonly angle: number
}

/** Distance of a ring, number of its sites and radius of each, pixels at 500 dpi. */
const RINGS = [
  { distance: 16, sites: 4, radius: 14 },
  { distance: 34, sites: 8, radius: 14 },
  { distance: 52, sites: 12, radius: 16 },
  { distance: 70, sites: 16, radius: 17 },
] as const

/** Directions asked for at each site, byte angles from the minutia's own. */
const DIRECTIONS = [32, 96, 160, 224] as const

/** How far a neighbour may point away from a direction and still answer for it: 62°. */
const DIRECTION_REACH = 44

/** Farthest a neighbour is seen. */
const REACH = Math.max(...RINGS.map(({ distance, radius }) => distance + radius))

const SITES = RINGS.flatMap(({ distance, sites, radius }) =>
  Array.from({ length: sites }, (_, index) => siteAt(distance, (index + 0.5) / sites, radius)),
)

export const DESCRIPTOR_BITS = SITES.length * DIRECTIONS.length
export const DESCRIPTOR_WORDS = DESCRIPTOR_BITS / 32

/** Half the width of the plane of which it is known which sites see a place: rounding adds one. */
const PLANE = REACH + 1
const PLANE_WIDTH = 2 * PLANE + 1

/** The sites that see each place of the plane, row by row, and where each place's list begins. */
const SEEN = sitesByPlace()

/** The bits of the four questions, by the neighbour's direction from the minutia's own. */
const DIRECTION_BITS = Uint8Array.from({ length: 256 }, (_, difference) => {
  return DIRECTIONS.reduce((bits, direction, index) => {
    const away = Math.abs(angleBetween(direction, difference))
    return away <= DIRECTION_REACH ? bits | (1 << index) : bits
  }, 0)
})

/** Adds to `out`, from word `at` on, the bits of `centre` among `neighbours`, itself among them. */
export function describe(
  centre: Oriented,
  neighbours: readonly Oriented[],
  out: Int32Array,
  at: number,
): void {
  const cosine = COSINES[centre.angle * 4]!
  const sine = SINES[centre.angle * 4]!
  for (const neighbour of neighbours) {
    const dx = neighbour.x - centre.x
    const dy = neighbour.y - centre.y
    if (neighbour === centre || dx * dx + dy * dy > REACH * REACH) continue
    const ahead = (cosine * dx + sine * dy + 8192) >> 14
    const aside = (cosine * dy - sine * dx + 8192) >> 14
    const directions = DIRECTION_BITS[(neighbour.angle - centre.angle) & 0xff]!
    const place = (ahead + PLANE) * PLANE_WIDTH + aside + PLANE
    const end = SEEN.starts[place + 1]!
    for (let seen = SEEN.starts[place]!; seen < end; seen += 1) {
      const bit = SEEN.sites[seen]! * DIRECTIONS.length
      out[at + (bit >> 5)]! |= directions << (bit & 31)
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

function sitesByPlace(): { readonly starts: Int32Array; readonly sites: Uint8Array } {
  const starts = new Int32Array(PLANE_WIDTH * PLANE_WIDTH + 1)
  const sites: number[] = []
  for (let place = 0; place < PLANE_WIDTH * PLANE_WIDTH; place += 1) {
    const ahead = Math.floor(place / PLANE_WIDTH) - PLANE
    const aside = (place % PLANE_WIDTH) - PLANE
    for (const [index, site] of SITES.entries()) {
      const du = ahead - site.ahead
      const dv = aside - site.aside
      if (du * du + dv * dv <= site.radiusSquared) sites.push(index)
    }
    starts[place + 1] = sites.length
  }
  return { starts, sites: Uint8Array.from(sites) }
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
