import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import {
  bytes,
  bytesUpTo,
  codec,
  lines,
  list,
  oneOf,
  optional,
  record,
  text,
  uint,
  variants,
  type Shape,
} from '../../protocol/codec.ts'
import { TamgaError, type ErrorCode } from '../../protocol/errors.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'
import { pages } from '../../protocol/message/page.ts'
import { texts } from '../support/arbitraries.ts'
import { check, codeOf } from './support/codec-promises.ts'
import { HOSTILE, listOf, references } from './support/hostile.ts'
import { writeFrame, type Tree } from './support/message-pack.ts'

const promises = suite('a codec')
const MIB = 1_048_576

promises('writes its version and then plain MessagePack', () => {
  const pair = codec('pair', 100, record<{ a: number; b: string }>({ a: uint(), b: text(10) }))
  equal(pair.encode({ a: 7, b: 'hi' }), Uint8Array.of(1, 0x92, 7, 0xa2, 0x68, 0x69))
})

promises('takes numbers of every width, and gives them back', () => {
  const numbers = codec('number', 100, uint())
  const edges = [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]
  for (const edge of edges) is(numbers.decode(numbers.encode(edge)), edge)
  check(fc.maxSafeNat(), (value) => is(numbers.decode(numbers.encode(value)), value))
})

promises('takes text of every length, letter and header', () => {
  const all = codec('text', 400_000, text(100_000))
  for (const length of [0, 1, 15, 16, 31, 32, 64, 65, 139, 140, 255, 256, 65_535, 65_536]) {
    for (const letter of ['a', 'ж', '字', '🜨']) {
      const value = letter.repeat(Math.floor(length / Buffer.byteLength(letter)))
      is(all.decode(all.encode(value)), value)
    }
  }
  check(texts(), (value) => is(all.decode(all.encode(value)), value))
})

type Case = readonly [what: string, shape: Shape<never>, raw: Tree, code: ErrorCode | undefined]

const CASES: readonly Case[] = [
  ['a number at its limit', uint(5) as never, 5, undefined],
  ['a number over it', uint(5) as never, 6, 'malformed'],
  ['bytes of their length', bytes(2) as never, new Uint8Array(2), undefined],
  ['a byte too few', bytes(2) as never, new Uint8Array(1), 'malformed'],
  ['a byte too many', bytes(2) as never, new Uint8Array(3), 'malformed'],
  ['text for bytes', bytes(2) as never, 'ab', 'malformed'],
  ['bytes for text', text(2) as never, utf8('ab'), 'malformed'],
  ['no bytes', bytesUpTo(2) as never, new Uint8Array(), undefined],
  ['bytes at their limit', bytesUpTo(2) as never, new Uint8Array(2), undefined],
  ['bytes over it', bytesUpTo(2) as never, new Uint8Array(3), 'malformed'],
  ['text at its limit', text(4) as never, 'жж', undefined],
  ['text over it, in bytes', text(4) as never, 'жжa', 'malformed'],
  ['a line break in text', text(4) as never, 'a\nb', 'malformed'],
  ['a DEL in text', text(4) as never, '\u007F', 'malformed'],
  ['a NUL in text', text(4) as never, '\0', 'malformed'],
  ['line breaks in lines', lines(4) as never, '\n\n\n\n', undefined],
  ['lines over their limit', lines(4) as never, '\n\n\n\n\n', 'malformed'],
  ['a list at its limit', list(uint(), 2) as never, [1, 2], undefined],
  ['a list over it', list(uint(), 2) as never, [1, 2, 3], 'malformed'],
  ['a list of something else', list(uint(), 2) as never, ['a'], 'malformed'],
  ['bytes for a list', list(uint(), 2) as never, new Uint8Array(2), 'malformed'],
  ['nil for what may be absent', optional(uint()) as never, null, undefined],
  ['nil for what may not', uint() as never, null, 'malformed'],
  ['a word', oneOf('a', 'b') as never, 1, undefined],
  ['a word that there is not', oneOf('a', 'b') as never, 2, 'malformed'],
  ['a word in letters', oneOf('a', 'b') as never, 'a', 'malformed'],
  ['a field too few', record({ a: uint() }) as never, [], 'malformed'],
  ['a field too many', record({ a: uint() }) as never, [1, 2], 'malformed'],
  ['a kind', kinds(), [3, [1]], undefined],
  ['a kind that there is not', kinds(), [4, [1]], 'malformed'],
  ['a kind in letters', kinds(), ['a', [1]], 'malformed'],
  ['a kind that is a list', kinds(), [[3], [1]], 'malformed'],
  ['a kind that is bytes', kinds(), [Uint8Array.of(3), [1]], 'malformed'],
  ['a kind without fields', kinds(), [3], 'malformed'],
  ['a kind with more than fields', kinds(), [3, [1], null], 'malformed'],
]

for (const [what, shape, raw, code] of CASES) {
  promises(`${code === undefined ? 'takes' : 'refuses'} ${what}`, () => {
    is(
      codeOf(() => codec('case', 1000, shape).decode(writeFrame(raw))),
      code,
    )
  })
}

promises('refuses every foreign value as each kind of value', () => {
  const shapes = [...new Set(CASES.map(([, shape]) => shape))]
  for (const shape of shapes) {
    for (const [name, value] of HOSTILE) {
      const code = codeOf(() => codec('case', MIB, shape).decode(writeFrame(value)))
      is(code, 'malformed', name)
    }
  }
})

promises('says what is wrong and where in few words, whatever was sent', () => {
  const entries = codec('entry', MIB, kinds())
  for (const value of ['x'.repeat(100_000), new Uint8Array(100_000), listed(20_000)]) {
    for (const frame of [writeFrame(value), writeFrame([value, [1]]), writeFrame([3, [value]])]) {
      ok(complaint(() => entries.decode(frame)).length < 200)
    }
  }
  const frame = writeFrame([3, ['no number']])
  is(
    complaint(() => entries.decode(frame)),
    `entry.a.x: not a whole number up to ${2 ** 53 - 1}`,
  )
})

promises('goes on working after anything that it refused', () => {
  const numbers = codec('numbers', MIB, list(uint(), 3))
  for (const [, value] of HOSTILE) {
    codeOf(() => numbers.decode(writeFrame([1, value])))
    equal(numbers.decode(numbers.encode([1, 2, 3])), [1, 2, 3])
  }
})

promises('does not send what no peer would take', () => {
  const short = codec('short', 10, bytesUpTo(100))
  is(short.encode(new Uint8Array(7)).length, 10)
  is(
    codeOf(() => short.encode(new Uint8Array(8))),
    'too-large',
  )
})

/** Frames of the longest kind whose decoding would cost a multiple of what they cost to send. */
const COSTLY: readonly [what: string, content: () => Uint8Array][] = [
  ['empty maps', () => listOf([0x80], MIB)],
  ['empty lists', () => listOf([0x90], MIB)],
  ['nils', () => listOf([0xc0], MIB)],
  ['errors', () => listOf([0xd4, 0x65, 0, 0x90], MIB)],
  ['sets', () => listOf([0xd4, 0x73, 0, 0x90], MIB)],
  ['dates', () => listOf([0xd6, 0xff, 0, 0, 0, 1], MIB)],
  ['typed arrays', () => listOf([0xc7, 1, 0x74, 1], MIB)],
  ['bigints', () => listOf([0xcf, 255, 255, 255, 255, 255, 255, 255, 255], MIB)],
  ['lists that claim to be long', () => listOf([0xdd, 0, 0x0f, 0xff, 0xff], MIB)],
  ['a bigint of 1 MiB and a byte', () => concatBytes(bigint(MIB), Uint8Array.of(0))],
  [
    'bytes and a byte',
    () => concatBytes(writeFrame(new Uint8Array(MIB)).subarray(1), new Uint8Array(1)),
  ],
  ['one entry 256 times', () => references(new Uint8Array(65_535), 255).bytes],
]

for (const [what, content] of COSTLY) {
  promises(`is not made to work or to hold memory by ${what}`, () => {
    const frames = [
      concatBytes(Uint8Array.of(1), content()),
      concatBytes(Uint8Array.of(1, 0x92), content(), Uint8Array.of(0x90)),
    ]
    ok(frames.every((frame) => frame.length <= FRAME_BYTES_MAX))
    const before = memory()
    for (const frame of frames)
      is(
        codeOf(() => pages.decode(frame)),
        'malformed',
      )
    // Let at them unchecked, the decoder held 75 MB of empty maps and 165 MB of errors.
    ok(memory() - before < 16 * MIB, `${memory() - before} bytes`)
  })
}

promises.run()

function kinds(): Shape<never> {
  const shape = record<{ x: number }>({ x: uint() })
  return variants<{ type: 'a'; x: number }>({ a: { number: 3, shape } }) as never
}

function listed(length: number): number[] {
  return Array.from({ length }, () => 1)
}

function bigint(length: number): Uint8Array {
  const head = new Uint8Array(6)
  head[0] = 0xc9
  new DataView(head.buffer).setUint32(1, length)
  head[5] = 0x42
  return concatBytes(head, new Uint8Array(length).fill(0x7f))
}

function complaint(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof TamgaError) return thrown.message
    throw thrown
  }
  throw new Error('nothing was refused')
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
