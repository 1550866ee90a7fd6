/** What every codec promises, whatever it codes. */
import fc from 'fast-check'
import type { Test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { concatBytes } from '../../../crypto/bytes.ts'
import { INSPECTED } from '../../../protocol/border/check.ts'
import { TamgaError, type ErrorCode } from '../../../protocol/errors.ts'
import { REASONS } from '../../../protocol/rules/reasons/reason.ts'
import { HOSTILE } from './hostile.ts'
import { placesIn, readTree, replaced, writeFrame } from './message-pack.ts'

export interface Subject<T> {
  readonly name: string
  readonly bytesMax: number
  encode(value: T): Uint8Array
  decode(encoded: Uint8Array): T
  /** Codes that decoding may give beside `malformed` and `too-large`. */
  readonly alsoThrows?: readonly ErrorCode[]
}

/** Places in which each hostile value is tried, for each sampled message. */
const PLACES_MAX = 40

export function promiseCodec<T>(
  promises: Test<unknown>,
  subject: Subject<T>,
  values: fc.Arbitrary<T>,
): void {
  const { name } = subject
  promises(`${name}: comes back as it was`, () => {
    check(values, (value) => equal(subject.decode(subject.encode(value)), value))
  })
  promises(`${name}: shares no memory with the bytes it came in`, () => {
    check(values, (value) => sharesNothing(subject, value))
  })
  promiseRefusals(promises, subject, values)
  promises(`${name}: no value of another format gets in anywhere`, () => {
    for (const value of fc.sample(values, { numRuns: 3, seed: 1 })) refusesHostile(subject, value)
  })
  promises(`${name}: too many bytes are refused before one of them is read`, () => {
    is(
      codeOf(() => subject.decode(unreadable(subject.bytesMax + 1))),
      'too-large',
    )
    is(
      codeOf(() => subject.decode(new Uint8Array(subject.bytesMax).fill(1))),
      'malformed',
    )
  })
}

function promiseRefusals<T>(
  promises: Test<unknown>,
  subject: Subject<T>,
  values: fc.Arbitrary<T>,
): void {
  const { name } = subject
  promises(`${name}: is refused at every shorter length, and with a byte more`, () => {
    check(
      values,
      (value) => {
        const encoded = subject.encode(value)
        for (let length = 0; length < encoded.length; length += 1) {
          is(
            codeOf(() => subject.decode(encoded.subarray(0, length))),
            'malformed',
          )
        }
        const longer = concatBytes(encoded, Uint8Array.of(0xc0))
        is(
          codeOf(() => subject.decode(longer)),
          'malformed',
        )
      },
      25,
    )
  })
  promises(`${name}: is refused under another version`, () => {
    check(fc.tuple(values, fc.integer({ min: 0, max: 255 })), ([value, version]) => {
      const encoded = subject.encode(value)
      encoded[0] = version
      is(
        codeOf(() => subject.decode(encoded)),
        version === 1 ? undefined : 'malformed',
      )
    })
  })
  promises(`${name}: any changed bit is refused or gives another sound value`, () => {
    for (const value of fc.sample(values, { numRuns: 2, seed: 2 })) {
      for (const changed of bitFlips(subject.encode(value))) staysSound(subject, changed)
    }
  })
  promises(`${name}: bytes put in, taken out or made up are refused or sound`, () => {
    const places = fc.nat()
    const strangers = fc.uint8Array({ maxLength: 12 })
    check(fc.tuple(values, places, strangers, fc.nat(8)), ([value, place, put, taken]) => {
      const encoded = subject.encode(value)
      const at = place % encoded.length
      staysSound(subject, concatBytes(encoded.subarray(0, at), put, encoded.subarray(at + taken)))
    })
    check(fc.uint8Array({ maxLength: 200 }), (made) => {
      staysSound(subject, made)
      staysSound(subject, concatBytes(Uint8Array.of(1), made))
    })
  })
}

/** The code of what `act` throws; undefined for nothing. Anything untyped goes through. */
export function codeOf(act: () => unknown): ErrorCode | undefined {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof TamgaError) return thrown.code
    throw thrown
  }
  return undefined
}

export function check<T>(
  values: fc.Arbitrary<T>,
  promise: (value: T) => void,
  numRuns = 100,
): void {
  fc.assert(
    fc.property(values, (value) => promise(value)),
    { numRuns },
  )
}

/** `encoded` with each of its bits changed in turn. */
export function* bitFlips(encoded: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < encoded.length * 8; bit += 1) {
    const changed = Uint8Array.from(encoded)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    yield changed
  }
}

function sharesNothing<T>(subject: Subject<T>, value: T): void {
  // A slice of a larger Buffer, as a socket hands them out.
  const frame = Buffer.concat([Buffer.alloc(7), subject.encode(value), Buffer.alloc(5)])
  const before = Buffer.from(frame)
  const decoded = subject.decode(frame.subarray(7, -5))
  ok(frame.equals(before), 'decoding changed its input')
  frame.fill(0xee)
  equal(decoded, value)
  for (const found of byteStringsIn(decoded)) {
    is(found.constructor, Uint8Array)
    is(found.buffer.byteLength, found.length)
  }
}

function staysSound<T>(subject: Subject<T>, encoded: Uint8Array): void {
  let decoded: T
  try {
    decoded = subject.decode(encoded)
  } catch (thrown) {
    const expected: readonly ErrorCode[] = ['malformed', 'too-large', ...(subject.alsoThrows ?? [])]
    ok(thrown instanceof TamgaError && expected.includes(thrown.code), String(thrown))
    return
  }
  equal(subject.decode(subject.encode(decoded)), decoded)
  ok(contentLength(decoded) <= encoded.length, 'a value holds more than was sent')
}

function refusesHostile<T>(subject: Subject<T>, value: T): void {
  const tree = readTree(subject.encode(value))
  for (const path of placesIn(tree).slice(0, PLACES_MAX)) {
    for (const [name, hostile] of HOSTILE) {
      const frame = writeFrame(replaced(tree, path, hostile))
      const code = codeOf(() => subject.decode(frame))
      is(
        code,
        frame.length > subject.bytesMax ? 'too-large' : 'malformed',
        `${name} at ${path.join('.')}`,
      )
    }
  }
}

/** Says how long it is and lets nobody look inside. */
function unreadable(length: number): Uint8Array {
  return new Proxy(new Uint8Array(), {
    get(_, key) {
      if (key === 'length') return length
      throw new Error(`${String(key)} was read`)
    },
  })
}

/** Fields that hold a word of ours for the number that was sent. */
const WORDS = [
  ...'type action verdict role cause document finding ground listed citizenship sex'.split(' '),
  ...'ageBand profile liveness outcome decision'.split(' '),
]

/** Codes, in a field that elsewhere holds words of somebody's own. */
const CODES: ReadonlySet<unknown> = new Set([...REASONS, ...INSPECTED])

/** Bytes and characters in all strings of a value that were sent as such. */
function contentLength(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (value instanceof Uint8Array) return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, item]) => {
    return WORDS.includes(key) || CODES.has(item) ? sum : sum + contentLength(item)
  }, 0)
}

function byteStringsIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(byteStringsIn)
}
