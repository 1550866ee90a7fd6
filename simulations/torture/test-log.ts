/** The log that is written to on real disks: its name, its keys, and entries known by sight. */
import { utf8 } from '../../crypto/bytes.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../crypto/note.ts'
import type { Roster } from '../../protocol/roster.ts'

export const NAME = 'almaty'
export const ORIGIN = `torture.registry.kz/${NAME}/log/0`

const key = signerFromSeed(sha256(utf8('torture')))

export const signer = noteSigner(ORIGIN, key)
export const verifier = noteVerifier(formatVkey(ORIGIN, key.publicKey))

/** Of the one node that there is. */
export const ROSTER: Roster = {
  network: 'torture.registry.kz',
  epoch: 1,
  shards: 1,
  replicas: 1,
  mirrors: 0,
  nodes: [
    {
      name: NAME,
      publicKey: key.publicKey,
      boxKey: sha256(key.publicKey),
      mirrorKey: signerFromSeed(sha256(utf8('torture mirror'))).publicKey,
      address: `/memory/${NAME}`,
    },
  ],
  organisations: [],
}

/** Longest entry, bytes: small ones and such as fill a page. */
const ENTRY_BYTES_MAX = 2_000

/** An entry that no other life and no other number gives. */
export function entryOf(life: number, number: number): Uint8Array {
  const text = utf8(`${life}/${number} `)
  const digest = sha256(text)
  const entry = new Uint8Array(text.length + ((digest[0]! * 256 + digest[1]!) % ENTRY_BYTES_MAX))
  for (let at = 0; at < entry.length; at += digest.length) {
    entry.set(digest.subarray(0, entry.length - at), at)
  }
  entry.set(text)
  return entry
}
