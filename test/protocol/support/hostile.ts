/** Values that no place of any message takes, as raw MessagePack. */
import { concatBytes, utf8 } from '../../../crypto/bytes.ts'
import { header, Raw, raw, write } from './message-pack.ts'

const LIE = 0xffff_ffff

export const HOSTILE: readonly (readonly [name: string, value: Raw])[] = [
  ['no format at all', raw(0xc1)],
  ['false', raw(0xc2)],
  ['true', raw(0xc3)],
  ['−1', raw(0xff)],
  ['−2^7', raw(0xd0, 0x80)],
  ['−2^15', raw(0xd1, 0x80, 0)],
  ['−2^31', raw(0xd2, 0x80, 0, 0, 0)],
  ['−2^63', raw(0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0)],
  ['2^64 − 1', raw(0xcf, ...bytesOf(8, 0xff))],
  ['1 as a uint64', raw(0xcf, 0, 0, 0, 0, 0, 0, 0, 1)],
  ['1 as a float32', raw(0xca, 0x3f, 0x80, 0, 0)],
  ['0.5', float(0.5)],
  ['−0', float(-0)],
  ['2^53', float(2 ** 53)],
  ['1e300', float(1e300)],
  ['−1 as a float64', float(-1)],
  ['not a number', float(Number.NaN)],
  ['infinity', float(Number.POSITIVE_INFINITY)],
  ['a string that is not UTF-8', raw(0xa1, 0xff)],
  ['a lone surrogate', raw(0xa3, 0xed, 0xa0, 0x80)],
  ['a byte order mark', raw(0xa4, 0xef, 0xbb, 0xbf, 0x61)],
  ['an empty map', raw(0x80)],
  ['a map', raw(0x81, 0xa1, 0x61, 0x01)],
  ['a map with a prototype', raw(0x81, 0xa9, ...utf8('__proto__'), 0x80)],
  ['a map that is no string', raw(0x81, 0xa8, ...utf8('toString'), 0x01)],
  ['a map16 of 65,535', raw(0xde, 0xff, 0xff)],
  ['a map32 of 2^32 − 1', declared(0xdf)],
  ['an array16 of 65,535', raw(0xdc, 0xff, 0xff)],
  ['an array32 of 2^32 − 1', declared(0xdd)],
  ['a bin16 of 65,535', raw(0xc5, 0xff, 0xff)],
  ['a bin32 of 2^32 − 1', declared(0xc6)],
  ['a str16 of 65,535', raw(0xda, 0xff, 0xff)],
  ['a str32 of 2^32 − 1', declared(0xdb)],
  ['an ext32 of 2^32 − 1', declared(0xc9)],
  ['lists 100,000 deep', new Raw(nested(100_000))],
  ['lists 20 deep', new Raw(nested(20))],
  ['undefined (ext 0)', raw(0xd4, 0x00, 0x00)],
  ['a bigint (ext 0x42)', raw(0xd8, 0x42, ...bytesOf(16, 0x7f))],
  ['a bundle of strings (ext 0x62)', raw(0xd6, 0x62, 0xff, 0xff, 0xff, 0xf0, 0xa0, 0xa0, 0xc0)],
  ['an error (ext 0x65)', raw(0xd4, 0x65, 0x00, 0x93, 0xa5, ...utf8('Error'), 0xa0, 0xc0)],
  ['a named list (ext 0x69)', raw(0xd6, 0x69, 0, 0, 0, 1, 0x90)],
  ['a list in itself (ext 0x70)', raw(0xd6, 0x69, 0, 0, 0, 1, 0x91, 0xd6, 0x70, 0, 0, 0, 1)],
  ['a reference to nothing (ext 0x70)', raw(0xd6, 0x70, 0, 0, 0, 9)],
  ['a record (ext 0x72)', raw(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01)],
  ['a set (ext 0x73)', raw(0xd4, 0x73, 0x00, 0x91, 0x01)],
  ['16 bytes as a typed array', raw(0xc7, 17, 0x74, 1, ...bytesOf(16, 7))],
  ['32 bytes as a typed array', raw(0xc7, 33, 0x74, 1, ...bytesOf(32, 7))],
  ['64 bytes as a typed array', raw(0xc7, 65, 0x74, 1, ...bytesOf(64, 7))],
  ['a regular expression (ext 0x78)', raw(0xd4, 0x78, 0x00, 0x92, 0xa1, 0x61, 0xa0)],
  ['a date (ext 0xff)', raw(0xd6, 0xff, 0, 0, 0, 1)],
  ['an unknown extension', raw(0xd4, 0x11, 0x00)],
]

/** A list of as many `unit`s as fit into `length` bytes. */
export function listOf(unit: readonly number[], length: number): Uint8Array {
  const count = Math.floor((length - 5) / unit.length)
  const bytes = new Uint8Array(5 + count * unit.length)
  bytes.set(header(0xdd, count))
  for (let place = 0; place < count; place += 1) bytes.set(unit, 5 + place * unit.length)
  return bytes
}

/** One byte string, and `count` references to it where a list should be. */
export function references(content: Uint8Array, count: number): Raw {
  const named = concatBytes(Uint8Array.of(0xd6, 0x69, 0, 0, 0, 1), write(content))
  const pointer = [0xd6, 0x70, 0, 0, 0, 1]
  const pointers = Array.from({ length: count }, () => pointer).flat()
  return new Raw(concatBytes(header(0xdd, count + 1), named, Uint8Array.from(pointers)))
}

function declared(token: number): Raw {
  return new Raw(header(token, LIE))
}

function float(value: number): Raw {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value)
  return raw(0xcb, ...bytes)
}

function nested(depth: number): Uint8Array {
  return new Uint8Array(depth + 1).fill(0x91).fill(0xc0, depth)
}

function bytesOf(length: number, value: number): number[] {
  return Array.from({ length }, () => value)
}
