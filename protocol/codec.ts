/**
 * Bytes to values and back, for everything that crosses the wire or enters a log.
 *
 * A value is one version byte and then one MessagePack array of fixed shape: no maps, no optional
 * order, no extension types. Decoding goes length check → format check (`plain-message-pack.ts`) →
 * MessagePack → shape check → copy, so that a decoded value shares no memory with the frame it came
 * in, and whatever is wrong with the bytes is a `TamgaError` of code `too-large` or `malformed`.
 *
 * MessagePack is not canonical: several byte strings decode to one value. What is hashed or signed
 * is therefore always the bytes as received, never a re-encoding.
 */
import { Packr, Unpackr } from 'msgpackr'
import { TamgaError } from './errors.ts'
import { checkPlain } from './plain-message-pack.ts'

/** The only version there is. Another one is another decoder, chosen by this byte. */
const VERSION = 1

/** How one kind of value stands in MessagePack. `decode` checks and copies; it trusts nothing. */
export interface Shape<T> {
  readonly encode: (value: T) => unknown
  readonly decode: (raw: unknown, path: string) => T
}

/** A shape with its version byte and its longest encoding, bytes. */
export interface Codec<T> {
  readonly bytesMax: number
  readonly encode: (value: T) => Uint8Array
  readonly decode: (encoded: Uint8Array) => T
}

const packr = new Packr({ useRecords: false })
const unpackr = new Unpackr({ useRecords: false, structuredClone: false })

/**
 * Makes a codec of a shape.
 *
 * `encode` throws `too-large` for what no peer would accept; `decode` throws `too-large` before
 * anything is looked at, and `malformed` for everything else.
 */
export function codec<T>(name: string, bytesMax: number, shape: Shape<T>): Codec<T> {
  return {
    bytesMax,
    encode(value) {
      const packed = packr.pack(shape.encode(value))
      const encoded = new Uint8Array(packed.length + 1)
      encoded[0] = VERSION
      encoded.set(packed, 1)
      checkLength(name, encoded, bytesMax)
      return encoded
    },
    decode(encoded) {
      checkLength(name, encoded, bytesMax)
      if (encoded[0] !== VERSION) throw malformed(name, `version byte ${encoded[0]}`)
      return shape.decode(unpack(name, encoded.subarray(1)), name)
    },
  }
}

/** A whole number from 0 to `max`, at most 2^53 − 1. */
export function uint(max = Number.MAX_SAFE_INTEGER): Shape<number> {
  return {
    encode: (value) => value,
    decode(raw, path) {
      const isWhole = Number.isSafeInteger(raw) && !Object.is(raw, -0)
      if (typeof raw === 'number' && isWhole && raw >= 0 && raw <= max) return raw
      throw malformed(path, `not a whole number up to ${max}`)
    },
  }
}

/** Exactly `length` bytes. */
export function bytes(length: number): Shape<Uint8Array> {
  return byteString((found) => found === length, `not ${length} bytes`)
}

/** From no byte at all to `max` bytes. */
export function bytesUpTo(max: number): Shape<Uint8Array> {
  return byteString((found) => found <= max, `not a byte string of up to ${max}`)
}

/** Well-formed Unicode of at most `max` bytes in UTF-8, without control characters. */
export function text(max: number): Shape<string> {
  return {
    encode: (value) => value,
    decode(raw, path) {
      if (typeof raw === 'string' && Buffer.byteLength(raw) <= max && isPlain(raw)) return raw
      throw malformed(path, `not a plain text of up to ${max} bytes`)
    },
  }
}

/** Text with line breaks, as signed notes have it. */
export function lines(max: number): Shape<string> {
  return {
    encode: (value) => value,
    decode(raw, path) {
      if (typeof raw === 'string' && Buffer.byteLength(raw) <= max && raw.isWellFormed()) return raw
      throw malformed(path, `not a text of up to ${max} bytes`)
    },
  }
}

/** One of a few words, sent as its place among them: add new words at the end. */
export function oneOf<const W extends readonly string[]>(...words: W): Shape<W[number]> {
  const index = uint(words.length - 1)
  return {
    encode: (value) => words.indexOf(value),
    decode: (raw, path) => words[index.decode(raw, path)] as W[number],
  }
}

/** At most `max` values of one shape. */
export function list<T>(item: Shape<T>, max: number): Shape<readonly T[]> {
  return {
    encode: (values) => values.map((value) => item.encode(value)),
    decode(raw, path) {
      if (!Array.isArray(raw) || raw.length > max)
        throw malformed(path, `not a list of up to ${max}`)
      return raw.map((value, place) => item.decode(value, `${path}[${place}]`))
    },
  }
}

/** A value, or nothing: sent as nil. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    encode: (value) => (value === undefined ? null : shape.encode(value)),
    decode: (raw, path) => (raw === null ? undefined : shape.decode(raw, path)),
  }
}

/** An object, sent as the array of its fields in the order in which they stand here. */
export function record<T extends object>(fields: { [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[]
  return {
    encode: (value) => names.map((name) => fields[name].encode(value[name])),
    decode(raw, path) {
      if (!Array.isArray(raw) || raw.length !== names.length) {
        throw malformed(path, `not ${names.length} fields`)
      }
      const value: Partial<T> = {}
      names.forEach((name, place) => {
        value[name] = fields[name].decode(raw[place], `${path}.${name}`)
      })
      return value as T
    },
  }
}

/**
 * One of several kinds of object, told apart by `type` and sent as `[number, fields]`. A number is
 * part of the protocol and never used again for another kind.
 */
export function variants<T extends { type: string }>(kinds: {
  [K in T['type']]: { number: number; shape: Shape<Omit<Extract<T, { type: K }>, 'type'>> }
}): Shape<T> {
  const types = Object.keys(kinds) as T['type'][]
  const kindNumber = uint()
  return {
    encode(value) {
      const kind = kinds[value.type as T['type']] as { number: number; shape: Shape<unknown> }
      return [kind.number, kind.shape.encode(value)]
    },
    decode(raw, path) {
      if (!Array.isArray(raw) || raw.length !== 2) throw malformed(path, 'not [kind, fields]')
      const number = kindNumber.decode(raw[0], `${path}.kind`)
      const type = types.find((candidate) => kinds[candidate].number === number)
      if (type === undefined) throw malformed(path, `unknown kind ${number}`)
      const shape = kinds[type].shape as Shape<object>
      return { type, ...shape.decode(raw[1], `${path}.${type}`) } as unknown as T
    },
  }
}

function byteString(fits: (length: number) => boolean, complaint: string): Shape<Uint8Array> {
  return {
    encode: (value) => value,
    decode(raw, path) {
      if (raw instanceof Uint8Array && fits(raw.length)) return new Uint8Array(raw)
      throw malformed(path, complaint)
    },
  }
}

function isPlain(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return value.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(value)
}

function checkLength(name: string, found: Uint8Array, bytesMax: number): void {
  if (found.length <= bytesMax) return
  throw new TamgaError('too-large', `${name} of ${found.length} bytes; ${bytesMax} is the limit`)
}

function unpack(name: string, packed: Uint8Array): unknown {
  try {
    checkPlain(packed)
    return unpackr.unpack(packed)
  } catch (cause) {
    throw new TamgaError('malformed', `${name} is not one MessagePack value`, { cause })
  }
}

function malformed(path: string, complaint: string): TamgaError {
  return new TamgaError('malformed', `${path}: ${complaint}`)
}
