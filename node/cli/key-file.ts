/**
 * Secrets on disk: one JSON file for each key, readable by its owner alone. What may be public is a
 * line for the roster, or for an authority the C2SP verification key that everybody is given.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fromBase64, toBase64 } from '../../crypto/bytes.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { formatVkey, noteSigner, type NoteSigner } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { RosterNode } from '../../protocol/roster.ts'
import { nodeKeys } from '../node.ts'
import type { Random } from '../random.ts'

const FORMAT = 'tamga-key/v1'
const SEED_BYTES = 32

/** The largest a key file can be, bytes: a seed and some names. */
const KEY_FILE_BYTES_MAX = 4_096

export type KeyKind = 'node' | 'officer' | 'organisation' | 'authority'

export interface Key {
  readonly kind: KeyKind
  readonly name: string
  readonly seed: Uint8Array
  /** A node's multiaddr. */
  readonly address?: string
}

export function newKey(key: Omit<Key, 'seed'>, random: Random): Key {
  return { ...key, seed: random.bytes(SEED_BYTES) }
}

/** Refuses to write over a file: a key that is lost is lost. */
export async function writeKey(file: string, { seed, ...rest }: Key): Promise<void> {
  const content = JSON.stringify({ format: FORMAT, ...rest, seed: toBase64(seed) }, null, 2)
  await writeFile(file, `${content}\n`, { mode: 0o600, flag: 'wx' })
}

/** @throws TamgaError `malformed`: not a key file, or one of another kind */
export async function readKey(file: string, kind: KeyKind): Promise<Key> {
  return parseKey(await readFile(file), kind, file)
}

/** The same of what stands in a file; `file` is how errors call it. */
export function parseKey(content: Uint8Array, kind: KeyKind, file: string): Key {
  if (content.length > KEY_FILE_BYTES_MAX) throw new TamgaError('malformed', `${file} is too long`)
  try {
    const parsed = JSON.parse(Buffer.from(content).toString()) as Record<string, unknown>
    const { format, name, seed, address } = parsed
    if (format !== FORMAT || typeof name !== 'string') throw new Error(`it is no ${FORMAT}`)
    if (parsed['kind'] !== kind) throw new Error(`it is the key of a ${String(parsed['kind'])}`)
    const bytes = fromBase64(String(seed))
    if (bytes.length !== SEED_BYTES) throw new Error(`a seed has ${SEED_BYTES} bytes`)
    return {
      kind,
      name,
      seed: bytes,
      ...(typeof address === 'string' ? { address } : {}),
    }
  } catch (cause) {
    throw new TamgaError('malformed', `${file} is not the key of a ${kind}`, { cause })
  }
}

export function rosterNode({ name, seed, address = '' }: Key): RosterNode {
  const { signer, box, mirror } = nodeKeys(seed)
  return {
    name,
    publicKey: signer.publicKey,
    boxKey: box.publicKey,
    mirrorKey: mirror.publicKey,
    address,
  }
}

export function authoritySigner({ name, seed }: Key): NoteSigner {
  return noteSigner(name, signerFromSeed(seed))
}

/** What whoever wants to check anything must be given. */
export function authorityVkey({ name, seed }: Key): string {
  return formatVkey(name, signerFromSeed(seed).publicKey)
}
