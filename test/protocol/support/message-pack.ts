/**
 * A MessagePack writer that lies on demand: any place in a value can be taken by raw bytes, and any
 * header can declare any length. Written from the MessagePack specification, so that what tests
 * call malformed does not hang on the library under test.
 */
import { unpack } from 'msgpackr'
import { concatBytes, utf8 } from '../../../crypto/bytes.ts'

/** Bytes that stand in a value as they are. */
export class Raw {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

export function raw(...bytes: readonly number[]): Raw {
  return new Raw(Uint8Array.from(bytes))
}

export type Tree = null | number | string | Uint8Array | Raw | readonly Tree[]

/** Where a value stands: the index in each list from the root down. */
export type Path = readonly number[]

export function write(tree: Tree): Uint8Array {
  if (tree instanceof Raw) return tree.bytes
  if (tree === null) return Uint8Array.of(0xc0)
  if (typeof tree === 'number') return writeNumber(tree)
  if (typeof tree === 'string') return concatBytes(header(0xdb, utf8(tree).length), utf8(tree))
  if (tree instanceof Uint8Array) return concatBytes(header(0xc6, tree.length), tree)
  return concatBytes(header(0xdd, tree.length), ...tree.map(write))
}

/** A token and a length of 32 bits. */
export function header(token: number, length: number): Uint8Array {
  const bytes = new Uint8Array(5)
  bytes[0] = token
  new DataView(bytes.buffer).setUint32(1, length)
  return bytes
}

/** What stands behind the version byte of an encoding of ours. */
export function readTree(encoded: Uint8Array): Tree {
  return unpack(encoded.subarray(1)) as Tree
}

/** An encoding of ours around any tree. */
export function writeFrame(tree: Tree): Uint8Array {
  return concatBytes(Uint8Array.of(1), write(tree))
}

/** Every place in `tree`, the root first. */
export function placesIn(tree: Tree): Path[] {
  if (!Array.isArray(tree)) return [[]]
  const below = tree.flatMap((item, place) => placesIn(item).map((path) => [place, ...path]))
  return [[], ...below]
}

export function replaced(tree: Tree, [place, ...rest]: Path, by: Tree): Tree {
  if (place === undefined) return by
  if (!Array.isArray(tree)) throw new Error('a path that leads nowhere')
  return tree.map((item, other) => (other === place ? replaced(item, rest, by) : item))
}

function writeNumber(value: number): Uint8Array {
  if (Number.isInteger(value) && value >= 0 && value < 128) return Uint8Array.of(value)
  const bytes = new Uint8Array(9)
  bytes[0] = 0xcb
  new DataView(bytes.buffer).setFloat64(1, value)
  return bytes
}
