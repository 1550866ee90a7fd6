/**
 * Changes to a MessagePack frame of ours that leave it readable up to the place that is wrong:
 * lengths that lie, values of another kind, numbers at their edges, lists in lists.
 */
import { concatBytes } from '../../crypto/bytes.ts'
import { HOSTILE } from '../../test/protocol/support/hostile.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import { spansOf, type Span } from './message-pack-spans.ts'
import { NUMBERS, overwritten, spliced, type Mutation } from './mutate-bytes.ts'

/** Tokens whose length can lie, with the bytes of that length. */
const LENGTHS: readonly (readonly [token: number, width: number])[] = [
  [0xc4, 1],
  [0xc5, 2],
  [0xc6, 4],
  [0xc7, 1],
  [0xc9, 4],
  [0xd9, 1],
  [0xda, 2],
  [0xdb, 4],
  [0xdc, 2],
  [0xdd, 4],
  [0xde, 2],
  [0xdf, 4],
]

/** Around what a checker allows, around what a stack holds. */
const DEPTHS = [1, 2, 9, 11, 12, 13, 200, 20_000]

/** Copies of one value in a list: past the limits of all but the longest lists. */
const COPIES_MAX = 300

/** Lists of the short form end here. */
const SHORT_LIST_MAX = 15

const NOTHING = new Uint8Array()

export const MESSAGE_MUTATIONS: readonly Mutation[] = [
  onSpan(function hostile(frame, { start, end }, random) {
    const [, value] = random.pick(HOSTILE)
    return spliced(frame, start, end - start, value.bytes)
  }),
  onSpan(function lyingLength(frame, { start, end }, random) {
    const isReplaced = random.chance(0.5)
    return spliced(frame, start, isReplaced ? 1 : end - start, lie(random))
  }),
  onSpan(function edge(frame, { start, end }, random) {
    return spliced(frame, start, end - start, number(random))
  }),
  onSpan(function nested(frame, { start }, random) {
    return spliced(frame, start, 0, new Uint8Array(random.pick(DEPTHS)).fill(0x91))
  }),
  onSpan(function otherValue(frame, { start, end }, random, others) {
    const other = random.pick(others)
    const found = random.pick([...spansOf(other), { start: 0, end: 0 }])
    return spliced(frame, start, end - start, other.subarray(found.start, found.end))
  }),
  onSpan(function sibling(frame, { start, end }, random) {
    const found = random.pick(spansOf(frame))
    return spliced(frame, start, end - start, frame.slice(found.start, found.end))
  }),
  onSpan(function nothing(frame, { start, end }) {
    return spliced(frame, start, end - start, Uint8Array.of(0xc0))
  }),
  onSpan(function repeated(frame, { start, end, parent }, random) {
    const copies = 1 + random.integer(random.chance(0.1) ? COPIES_MAX : 3)
    const value = frame.slice(start, end)
    const added = concatBytes(...Array.from({ length: copies }, () => value))
    return recounted(spliced(frame, end, 0, added), parent, copies)
  }),
  onSpan(function leftOut(frame, { start, end, parent }) {
    return recounted(spliced(frame, start, end - start, NOTHING), parent, -1)
  }),
  onSpan(function inside(frame, { start, end }, random) {
    if (end - start < 2) return frame
    return overwritten(frame, start + 1 + random.integer(end - start - 1), random.bytes(1))
  }),
  function version(frame, random) {
    return overwritten(frame, 0, random.bytes(1))
  },
]

/** One mutation of a value in the frame; a frame without any stays as it is. */
function onSpan(
  mutate: (
    frame: Uint8Array,
    span: Span,
    random: SeededRandom,
    others: readonly Uint8Array[],
  ) => Uint8Array,
): Mutation {
  return (frame, random, others) => {
    const spans = spansOf(frame)
    return spans.length === 0 ? frame : mutate(frame, random.pick(spans), random, others)
  }
}

/** The list that starts at `at`, told that it has `change` more values, if it can say so. */
function recounted(frame: Uint8Array, at: number | undefined, change: number): Uint8Array {
  if (at === undefined) return frame
  const token = frame[at] ?? 0
  const isShort = token >= 0x90 && token < 0xa0
  if (!isShort && token !== 0xdc) return frame
  const count = isShort ? token - 0x90 : ((frame[at + 1] ?? 0) << 8) | (frame[at + 2] ?? 0)
  const changed = count + change
  if (isShort && changed >= 0 && changed <= SHORT_LIST_MAX) {
    return overwritten(frame, at, Uint8Array.of(0x90 + changed))
  }
  return spliced(frame, at, isShort ? 1 : 3, Uint8Array.of(0xdc, changed >> 8, changed))
}

/** A token, and a length that is far off, or off by one. */
function lie(random: SeededRandom): Uint8Array {
  const [token, width] = random.pick(LENGTHS)
  const length = new Uint8Array(width).fill(random.pick([0, 0x7f, 0x80, 0xff]))
  if (random.chance(0.3)) length[width - 1] = random.integer(256)
  return concatBytes(Uint8Array.of(token), length)
}

/** A number at an edge, in a width that need not be the shortest, or as a double. */
function number(random: SeededRandom): Uint8Array {
  const value = random.pick(NUMBERS) + BigInt(random.integer(3) - 1)
  const bytes = new DataView(new ArrayBuffer(9))
  if (random.chance(0.4)) {
    bytes.setUint8(0, 0xcb)
    bytes.setFloat64(1, Number(value) * (random.chance(0.1) ? -1 : 1))
    return new Uint8Array(bytes.buffer)
  }
  const [token, width] = random.pick([
    [0xcc, 1],
    [0xcd, 2],
    [0xce, 4],
    [0xcf, 8],
    [0xd3, 8],
  ] as const)
  bytes.setBigUint64(1, value)
  return concatBytes(Uint8Array.of(token), new Uint8Array(bytes.buffer).slice(9 - width))
}
