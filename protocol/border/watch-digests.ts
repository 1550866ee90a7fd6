/**
 * The watch list as a node hands it to posts, for when they are cut off: digests of handles, salted
 * anew for each copy, with the time. Who has a copy and a handle can tell whether that person is on
 * it; nobody can tell from it who is, nor from two copies whether somebody is on both, since a
 * handle is 128 random bits. How many they are can be seen.
 *
 * Documents that were reported are not on it: their holders are nobody to look out for.
 */
import { compareBytes, concatBytes, equalBytes, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { bytes, bytesUpTo, codec, record, text } from '../codec.ts'
import { TamgaError } from '../errors.ts'
import { nodeShape, timeShape } from '../identifiers.ts'
import { TEXT_BYTES_MAX } from '../limits.ts'
import { LIST_BYTES_MAX, signedLists } from '../signed-list.ts'

export const WATCH_SALT_BYTES = 32

/** Of each digest, bytes: a stranger is taken for somebody on a full list once in 2^48 times. */
const DIGEST_BYTES = 8

/** People on a copy: as many as half of a signed list can hold. */
export const WATCHED_MAX = 65_536

export interface WatchDigests {
  readonly network: string
  /** Who made the copy, and signs it. */
  readonly node: string
  /** When, by the clock of the node, ms. */
  readonly at: number
  readonly salt: Uint8Array
  /** Cut to `DIGEST_BYTES` each, one after the other in rising order, none twice. */
  readonly digests: Uint8Array
}

const watchDigests = codec(
  'watch digests',
  LIST_BYTES_MAX,
  record<WatchDigests>({
    network: text(TEXT_BYTES_MAX),
    node: nodeShape,
    at: timeShape,
    salt: bytes(WATCH_SALT_BYTES),
    digests: bytesUpTo(DIGEST_BYTES * WATCHED_MAX),
  }),
)

const signed = signedLists('watch digests', watchDigests)
export const signWatchDigests = signed.sign

/**
 * The copy, if the key that `keyOf` has for its node has signed it.
 *
 * @throws TamgaError `bad-signature`, `malformed`, `too-large`, or what `keyOf` throws
 */
export function openWatchDigests(
  encoded: Uint8Array,
  keyOf: (node: string) => Uint8Array,
): WatchDigests {
  const copy = signed.open(encoded, keyOf)
  const all = split(copy.digests)
  const isOrdered = all.every((digest, place) => {
    return place === 0 || compareBytes(all[place - 1]!, digest) < 0
  })
  if (copy.digests.length % DIGEST_BYTES === 0 && isOrdered) return copy
  throw new TamgaError('malformed', 'watch digests: not whole, or not in their order')
}

/** @throws TamgaError `too-large`: more people than a copy can hold */
export function digestWatched(
  handles: readonly Uint8Array[],
  about: Omit<WatchDigests, 'digests'>,
): WatchDigests {
  if (handles.length > WATCHED_MAX) {
    throw new TamgaError('too-large', `${handles.length} people are on the watch list`)
  }
  const all = handles.map((handle) => digestOf(handle, about.salt)).toSorted(compareBytes)
  const distinct = all.filter((digest, place) => {
    return place === 0 || !equalBytes(all[place - 1]!, digest)
  })
  return { ...about, digests: concatBytes(...distinct) }
}

export function isOnWatchDigests(handle: Uint8Array, { salt, digests }: WatchDigests): boolean {
  const wanted = digestOf(handle, salt)
  return split(digests).some((digest) => equalBytes(digest, wanted))
}

/** How many people are on a copy. */
export function countWatched({ digests }: WatchDigests): number {
  return digests.length / DIGEST_BYTES
}

function digestOf(handle: Uint8Array, salt: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/watched/v1\n'), salt, handle).subarray(0, DIGEST_BYTES)
}

function split(digests: Uint8Array): Uint8Array[] {
  const count = Math.floor(digests.length / DIGEST_BYTES)
  return Array.from({ length: count }, (_, place) => {
    return digests.subarray(place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES)
  })
}
