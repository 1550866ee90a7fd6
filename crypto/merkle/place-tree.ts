/**
 * A tree over numbered places of which most may be empty: what stands at a place can be set and
 * removed, and the root is a function of what stands where, however it came about.
 *
 * A place has four digits to the base of 256. Below each digit the hashes of what is not empty are
 * leaves of an RFC 6962 tree, in order, each behind its digit. A change costs the hashes of the
 * four nodes above the place, when the root is asked for next.
 */
import { EMPTY_ROOT, hashLeaf, HASH_BYTES, type Hash } from '../hash.ts'
import { checkedHash } from './checked.ts'
import { RightEdge } from './right-edge.ts'

const DIGITS = 4
const DIGIT_BITS = 8
const BASE = 1 << DIGIT_BITS

/** Places are below it: 43 times the entries that a log has before it is closed. */
export const PLACES_MAX = BASE ** DIGITS

interface Branch {
  /** By digit: hashes below the last digit, branches before. */
  readonly below: Map<number, Branch | Hash>
  /** Undefined until it is asked for, and again after each change. */
  root: Hash | undefined
}

export class PlaceTree {
  readonly #top: Branch = { below: new Map(), root: undefined }
  #size = 0

  /** Places that are not empty. */
  get size(): number {
    return this.#size
  }

  /** Replaces what stood there. @throws RangeError where there is no such place; InvalidProof */
  set(place: number, hash: Hash): void {
    const [last, ...above] = digitsOf(place)
    const checked = checkedHash(hash)
    const branch = above.reduceRight((from, digit) => {
      from.root = undefined
      const known = from.below.get(digit)
      if (known && 'below' in known) return known
      const made: Branch = { below: new Map(), root: undefined }
      from.below.set(digit, made)
      return made
    }, this.#top)
    branch.root = undefined
    if (!branch.below.has(last)) this.#size += 1
    branch.below.set(last, checked)
  }

  /** Whether anything stood there. @throws RangeError where there is no such place */
  delete(place: number): boolean {
    const isThere = remove(this.#top, digitsOf(place), DIGITS - 1)
    if (isThere) this.#size -= 1
    return isThere
  }

  /** `EMPTY_ROOT` where nothing stands anywhere. */
  root(): Hash {
    return rootOf(this.#top)
  }
}

/** The lowest digit first. */
function digitsOf(place: number): [number, number, number, number] {
  if (!Number.isInteger(place) || place < 0 || place >= PLACES_MAX) {
    throw new RangeError(`${place} is no place below ${PLACES_MAX}`)
  }
  const [a, b, c, d] = [place, place >>> 8, place >>> 16, place >>> 24].map((part) => part & 0xff)
  return [a!, b!, c!, d!]
}

/** Empty branches go: the root must not show what has been there. */
function remove(branch: Branch, digits: readonly number[], level: number): boolean {
  const digit = digits[level]!
  const known = branch.below.get(digit)
  if (known === undefined) return false
  if ('below' in known) {
    if (!remove(known, digits, level - 1)) return false
    if (known.below.size === 0) branch.below.delete(digit)
  } else branch.below.delete(digit)
  branch.root = undefined
  return true
}

function rootOf(branch: Branch): Hash {
  if (branch.root) return branch.root
  if (branch.below.size === 0) return EMPTY_ROOT
  const edge = RightEdge.empty()
  const leaf = new Uint8Array(1 + HASH_BYTES)
  for (const digit of [...branch.below.keys()].sort((one, other) => one - other)) {
    const known = branch.below.get(digit)!
    leaf[0] = digit
    leaf.set('below' in known ? rootOf(known) : known, 1)
    edge.append(hashLeaf(leaf))
  }
  branch.root = edge.root()
  return branch.root
}
