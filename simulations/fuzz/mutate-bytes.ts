/**
 * Changes that break parsers of any binary format: flipped bits, edges of integers, parts cut out,
 * doubled, swapped, and taken from another input.
 */
import { concatBytes } from '../../crypto/bytes.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

export type Mutation = (
  bytes: Uint8Array,
  random: SeededRandom,
  others: readonly Uint8Array[],
) => Uint8Array

/** Zero, one, signs and masks, and what means something in text, UTF-8 or MessagePack. */
const BYTES = [0, 1, 2, 0x0a, 0x0d, 0x20, 0x2b, 0x3d, 0x7f, 0x80, 0x90, 0xc0, 0xc1, 0xfe, 0xff]

/** Edges of the widths that lengths and counts have, and of what a double holds exactly. */
export const NUMBERS: readonly bigint[] = [
  0n,
  1n,
  127n,
  128n,
  255n,
  256n,
  (1n << 15n) - 1n,
  1n << 15n,
  (1n << 16n) - 1n,
  1n << 16n,
  (1n << 31n) - 1n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 32n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
]

const WIDTHS = [1, 2, 4, 8] as const

/** Longest part that is inserted or doubled, bytes. */
const PART_BYTES_MAX = 64

/** Doublings of one part: enough to run over every limit of a count. */
const TIMES_MAX = 300

export const BYTE_MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.integer(bytes.length + 1)
    return overwritten(bytes, at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.integer(8))))
  },
  function setByte(bytes, random) {
    return overwritten(bytes, placeIn(bytes, random), Uint8Array.of(random.pick(BYTES)))
  },
  function anyByte(bytes, random) {
    return overwritten(bytes, placeIn(bytes, random), random.bytes(1))
  },
  function nudge(bytes, random) {
    const at = placeIn(bytes, random)
    return overwritten(bytes, at, Uint8Array.of((bytes[at] ?? 0) + (random.chance(0.5) ? 1 : -1)))
  },
  function setNumber(bytes, random) {
    return overwritten(bytes, placeIn(bytes, random), numberBytes(random))
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.integer(bytes.length + 1))
  },
  function cutFront(bytes, random) {
    return bytes.slice(random.integer(Math.min(bytes.length, PART_BYTES_MAX) + 1))
  },
  function cutOut(bytes, random) {
    return spliced(bytes, placeIn(bytes, random), 1 + random.integer(PART_BYTES_MAX), NOTHING)
  },
  function insert(bytes, random) {
    const part = random.bytes(1 + random.integer(8))
    return spliced(bytes, placeIn(bytes, random), 0, part)
  },
  function extend(bytes, random) {
    const tail = random.chance(0.5) ? new Uint8Array(1 + random.integer(PART_BYTES_MAX)) : undefined
    return concatBytes(bytes, tail ?? random.bytes(1 + random.integer(PART_BYTES_MAX)))
  },
  function double(bytes, random) {
    const part = partOf(bytes, random)
    const times = random.chance(0.05) ? TIMES_MAX : 1
    const parts = Array.from({ length: 1 + random.integer(times) }, () => part)
    return spliced(bytes, placeIn(bytes, random), 0, concatBytes(...parts))
  },
  function blank(bytes, random) {
    const part = new Uint8Array(partOf(bytes, random).length).fill(random.pick(BYTES))
    return overwritten(bytes, placeIn(bytes, random), part)
  },
  function move(bytes, random) {
    return overwritten(bytes, placeIn(bytes, random), partOf(bytes, random))
  },
  function crossOver(bytes, random, others) {
    const other = random.pick(others)
    const at = placeIn(bytes, random)
    return concatBytes(bytes.subarray(0, at), other.subarray(random.chance(0.5) ? at : 0))
  },
  function graft(bytes, random, others) {
    const part = partOf(random.pick(others), random)
    const at = placeIn(bytes, random)
    return spliced(bytes, at, random.chance(0.5) ? part.length : 0, part)
  },
]

const NOTHING = new Uint8Array()

/** `bytes` with `removed` of them at `at` replaced by `part`. */
export function spliced(
  bytes: Uint8Array,
  at: number,
  removed: number,
  part: Uint8Array,
): Uint8Array {
  return concatBytes(bytes.subarray(0, at), part, bytes.subarray(at + removed))
}

export function overwritten(bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  return spliced(bytes, at, part.length, part)
}

/** The start half of the time: headers and lengths stand there. */
function placeIn(bytes: Uint8Array, random: SeededRandom): number {
  const end = random.chance(0.3) ? Math.min(bytes.length, PART_BYTES_MAX) : bytes.length
  return random.integer(end + 1)
}

function partOf(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const at = placeIn(bytes, random)
  return bytes.slice(at, at + 1 + random.integer(PART_BYTES_MAX))
}

/** An edge, big-endian, in one of the usual widths; now and then one beside it. */
function numberBytes(random: SeededRandom): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, random.pick(NUMBERS) + BigInt(random.integer(3) - 1))
  return new Uint8Array(bytes.buffer).slice(8 - random.pick(WIDTHS))
}
