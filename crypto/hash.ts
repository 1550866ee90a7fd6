/**
 * SHA-256 and the two hashes of a Merkle tree.
 *
 * Source: FIPS 180-4; RFC 6962 §2.1: 0x00 before a leaf and 0x01 before an inner node, so that
 * neither can pass for the other. The one-shot `hash` of node:crypto is 1.5 times as fast as
 * `createHash` on the 65 bytes of an inner node.
 */
import { hash } from 'node:crypto'
import { concatBytes } from './bytes.ts'

/** A SHA-256 hash: 32 bytes, never written to once it has been handed out. */
export type Hash = Uint8Array

export const HASH_BYTES = 32

const LEAF_PREFIX = 0x00
const CHILDREN_PREFIX = 0x01

/** Entries longer than this are rare, bytes: they are copied into an array of their own. */
const LEAF_BYTES = 4_096

/**
 * The input buffers of `hashLeaf` and `hashChildren`: they never leave this file and hold nothing
 * between calls.
 */
const leaf = new Uint8Array(1 + LEAF_BYTES)
const children = new Uint8Array(1 + 2 * HASH_BYTES)

/** The root of a tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Hash = sha256()

/** The hash of `parts` one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Hash {
  const [only, ...others] = parts
  return digest(only !== undefined && others.length === 0 ? only : concatBytes(...parts))
}

/** The leaf hash of a log entry. */
export function hashLeaf(entry: Uint8Array): Hash {
  return digest(leafInput(entry))
}

/** Whether `expected` is the leaf hash of `entry`: computed anew, with nothing made to be kept. */
export function isLeafHash(entry: Uint8Array, expected: Hash): boolean {
  const characters = hash('sha256', leafInput(entry), 'binary')
  for (let i = 0; i < HASH_BYTES; i += 1) {
    if (characters.charCodeAt(i) !== expected[i]) return false
  }
  return true
}

/** Valid until the next call. */
function leafInput(entry: Uint8Array): Uint8Array {
  if (entry.length > LEAF_BYTES) return concatBytes(Uint8Array.of(LEAF_PREFIX), entry)
  leaf[0] = LEAF_PREFIX
  leaf.set(entry, 1)
  return leaf.subarray(0, 1 + entry.length)
}

/**
 * The hash of the inner node above `left` and `right`.
 *
 * @throws RangeError unless both have 32 bytes: whoever takes hashes from outside checks them first
 */
export function hashChildren(left: Hash, right: Hash): Hash {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) {
    throw new RangeError(`children of ${left.length} and ${right.length} bytes are not hashes`)
  }
  children[0] = CHILDREN_PREFIX
  children.set(left, 1)
  children.set(right, 1 + HASH_BYTES)
  return digest(children)
}

/**
 * The hash of the inner node above two hashes that stand one behind the other in `row` from byte
 * `offset` on.
 *
 * @throws RangeError where the row ends before the second one does
 */
export function hashChildrenIn(row: Uint8Array, offset: number): Hash {
  if (offset + 2 * HASH_BYTES > row.length) {
    throw new RangeError(`no two hashes stand at ${offset} of ${row.length} bytes`)
  }
  children[0] = CHILDREN_PREFIX
  children.set(row.subarray(offset, offset + 2 * HASH_BYTES), 1)
  return digest(children)
}

/**
 * By way of a string of one character a byte: node:crypto makes one in a third of the time that it
 * takes for a Buffer. A plain array, for a Buffer's `slice` would share memory.
 */
function digest(bytes: Uint8Array): Hash {
  const characters = hash('sha256', bytes, 'binary')
  const made = new Uint8Array(HASH_BYTES)
  for (let i = 0; i < HASH_BYTES; i += 1) made[i] = characters.charCodeAt(i)
  return made
}
