import { suite } from 'uvu'
import { is, throws } from 'uvu/assert'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import {
  countWatched,
  digestWatched,
  isOnWatchDigests,
  openWatchDigests,
  signWatchDigests,
  WATCHED_MAX,
} from '../../../protocol/border/watch-digests.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'

const digests = suite('the watch list in digests')

const signer = signerFromSeed(new Uint8Array(32).fill(1))
const keyOf = () => signer.publicKey
const about = { network: 'registry.test', node: 'almaty', at: 7, salt: new Uint8Array(32).fill(2) }

digests('names whom it was made of, and nobody else', () => {
  const handles = [3, 9, 5, 3].map(person)
  const copy = openWatchDigests(signWatchDigests(digestWatched(handles, about), signer), keyOf)
  is(countWatched(copy), 3)
  for (const handle of handles) is(isOnWatchDigests(handle, copy), true)
  is(isOnWatchDigests(person(4), copy), false)
})

digests('can be of nobody', () => {
  const copy = openWatchDigests(signWatchDigests(digestWatched([], about), signer), keyOf)
  is(countWatched(copy), 0)
  is(isOnWatchDigests(person(1), copy), false)
})

digests('has nothing in common with a copy under another salt', () => {
  const [one, other] = [about.salt, new Uint8Array(32).fill(4)].map((salt) => {
    return Buffer.from(digestWatched([person(1)], { ...about, salt }).digests).toString('hex')
  })
  is(one === other, false)
})

digests('of another signer, cut short or out of order are refused', () => {
  const copy = digestWatched([1, 2].map(person), about)
  const stranger = signerFromSeed(new Uint8Array(32).fill(6))
  refuses('bad-signature', () => openWatchDigests(signWatchDigests(copy, stranger), keyOf))
  for (const wrong of [copy.digests.subarray(1), swapped(copy.digests)]) {
    const said = signWatchDigests({ ...copy, digests: wrong }, signer)
    refuses('malformed', () => openWatchDigests(said, keyOf))
  }
})

digests('holds so many people and no more', () => {
  const many = Array.from({ length: WATCHED_MAX }, (_, number) => person(number))
  const signed = signWatchDigests(digestWatched(many, about), signer)
  is(countWatched(openWatchDigests(signed, keyOf)), WATCHED_MAX)
  refuses('too-large', () => digestWatched([...many, person(WATCHED_MAX)], about))
})

digests.run()

function person(number: number): Uint8Array {
  const handle = new Uint8Array(HANDLE_BYTES)
  new DataView(handle.buffer).setUint32(0, number)
  return handle
}

function swapped(bytes: Uint8Array): Uint8Array {
  const half = bytes.length / 2
  return new Uint8Array([...bytes.subarray(half), ...bytes.subarray(0, half)])
}

function refuses(code: string, work: () => unknown): void {
  throws(work, (error: unknown) => error instanceof TamgaError && error.code === code)
}
