import fc from 'fast-check'
import { pack } from 'msgpackr'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { concatBytes } from '../../crypto/bytes.ts'
import { checkPlain, NotPlain } from '../../protocol/plain-message-pack.ts'
import { texts } from '../support/arbitraries.ts'
import { check } from './support/codec-promises.ts'
import { HOSTILE, listOf } from './support/hostile.ts'
import { header } from './support/message-pack.ts'

const promises = suite('plain MessagePack')

/** Every first byte by itself, and how many bytes it makes necessary behind it; −1: not plain. */
const FORMATS: readonly [from: number, to: number, behind: (token: number) => number][] = [
  [0x00, 0x7f, () => 0],
  [0x80, 0x8f, () => -1],
  [0x90, 0x9f, (token) => token - 0x90],
  [0xa0, 0xbf, (token) => token - 0xa0],
  [0xc0, 0xc0, () => 0],
  [0xc1, 0xc3, () => -1],
  [0xc4, 0xc4, () => 1],
  [0xc5, 0xc5, () => 2],
  [0xc6, 0xc6, () => 4],
  [0xc7, 0xca, () => -1],
  [0xcb, 0xcb, () => 8],
  [0xcc, 0xcc, () => 1],
  [0xcd, 0xcd, () => 2],
  [0xce, 0xce, () => 4],
  [0xcf, 0xd8, () => -1],
  [0xd9, 0xd9, () => 1],
  [0xda, 0xda, () => 2],
  [0xdb, 0xdb, () => 4],
  [0xdc, 0xdc, () => 2],
  [0xdd, 0xdd, () => 4],
  [0xde, 0xff, () => -1],
]

promises('has these formats and no other, each with all of its bytes', () => {
  const covered = FORMATS.flatMap(([from, to]) => {
    return Array.from({ length: to - from + 1 }, (_, place) => from + place)
  })
  equal(
    covered,
    Array.from({ length: 256 }, (_, token) => token),
  )
  for (const [from, to, behind] of FORMATS) {
    for (let token = from; token <= to; token += 1) {
      for (let length = 0; length < 34; length += 1) {
        // Zeros are the number 0, a length of 0, the letter NUL: right for whatever is needed.
        const packed = concatBytes(Uint8Array.of(token), new Uint8Array(length))
        is(isPlain(packed), length === behind(token), `0x${token.toString(16)} and ${length}`)
      }
    }
  }
})

promises('refuses every foreign value, and names it NotPlain', () => {
  // These are float64 as any other: that they are no whole number is for a shape to say.
  const floats = ['−0', '0.5', '2^53', '1e300', '−1 as a float64', 'not a number', 'infinity']
  for (const [name, { bytes }] of HOSTILE) {
    if (!floats.includes(name)) is(isPlain(bytes), false, name)
  }
})

promises('is everything that the codec’s own writer makes of our values', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 8 },
      fc.constant(null),
      fc.maxSafeNat(),
      texts(),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie('tree'), { maxLength: 20 }),
    ),
  }))
  check(tree, (value) => is(isPlain(pack(value)), true))
})

promises('is nested twelve deep and no deeper', () => {
  for (const [depth, isAllowed] of [
    [12, true],
    [13, false],
    [100_000, false],
  ] as const) {
    const packed = new Uint8Array(depth + 1).fill(0x91).fill(0, depth)
    is(isPlain(packed), isAllowed, `${depth} deep`)
  }
})

promises('is 32,768 values and no more', () => {
  is(isPlain(listOf([0], 5 + 32_767)), true)
  is(isPlain(listOf([0], 5 + 32_768)), false)
})

promises('declares no more than is there, also in parts', () => {
  for (const token of [0xc6, 0xdb, 0xdd]) {
    for (const [declared, found] of [
      [3, 2],
      [3, 4],
      [0, 1],
      [0xffff_ffff, 2],
    ] as const) {
      is(isPlain(concatBytes(header(token, declared), new Uint8Array(found))), false)
    }
    is(isPlain(concatBytes(header(token, 3), new Uint8Array(3))), true)
  }
  // Two lists that would each fit by themselves.
  const pair = concatBytes(Uint8Array.of(0x92), header(0xdd, 6), header(0xdd, 6), new Uint8Array(6))
  is(isPlain(pair), false)
})

promises('is read where it lies, in whatever buffer', () => {
  const whole = Uint8Array.of(0xc1, 0x92, 0xcd, 1, 2, 0xc4, 1, 9, 0xc1)
  is(isPlain(whole.subarray(1, -1)), true)
  is(isPlain(Buffer.from(whole).subarray(1, -1)), true)
  is(isPlain(whole.subarray(1)), false)
  is(isPlain(new Uint8Array()), false)
})

promises.run()

function isPlain(packed: Uint8Array): boolean {
  try {
    checkPlain(packed)
    return true
  } catch (thrown) {
    if (thrown instanceof NotPlain) return false
    throw thrown
  }
}
