/** Reading what stands on a command line. */
import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { fromBase64, fromHex } from '../../crypto/bytes.ts'
import { PUBLIC_KEY_BYTES } from '../../crypto/ed25519.ts'
import { HASH_BYTES } from '../../crypto/hash.ts'
import { noteVerifier } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../protocol/identifiers.ts'
import { isEndorsed } from '../../protocol/succession.ts'
import { openRoster, type Roster } from '../../protocol/roster.ts'
import { isCivilDate, type CivilDate } from '../../protocol/rules/civil-date.ts'

export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^[0-9]+$/.test(value) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`)
  }
}

export function handle(value: string): Uint8Array {
  return hexOf(value, HANDLE_BYTES)
}

/** For options that can be given several times. */
export function handles(value: string, before: Uint8Array[] = []): Uint8Array[] {
  return [...before, handle(value)]
}

/** A case is named by the leaf hash of what opened it. */
export function caseId(value: string): Uint8Array {
  return hexOf(value, HASH_BYTES)
}

export function publicKey(value: string): Uint8Array {
  try {
    const bytes = fromBase64(value)
    if (bytes.length === PUBLIC_KEY_BYTES) return bytes
  } catch {
    // Said below: a public key is not a secret, but what is wrong with it is plain.
  }
  throw new InvalidArgumentError(`It must be a public key: ${PUBLIC_KEY_BYTES} bytes in base64.`)
}

export function civilDate(value: string): CivilDate {
  if (isCivilDate(value)) return value
  throw new InvalidArgumentError('It must be a date, YYYY-MM-DD.')
}

/** ISO 8601; a date alone is its midnight, UTC. Milliseconds since the Unix epoch. */
export function time(value: string): number {
  const at = Date.parse(value)
  if (/^[0-9]{4}-/.test(value) && at >= 0) return at
  throw new InvalidArgumentError('It must be a date or a time, as 2026-11-22T09:00+05:00.')
}

/** `2=right-index.png`, or a record that says itself which fingers its images are of. */
export interface FingerArgument {
  /** Absent where the file is to say it. */
  readonly position: number | undefined
  readonly file: string
}

export function finger(value: string, before: FingerArgument[] = []): FingerArgument[] {
  const [, position, file = value] = /^(1[0345]|[0-9])=(.+)$/.exec(value) ?? []
  if (position !== undefined) return [...before, { position: Number(position), file }]
  if (!/^[^=]+$/.test(file)) {
    throw new InvalidArgumentError('It must be <position>=<file>: 0–10, slaps 13–15; or <file>.')
  }
  return [...before, { position: undefined, file }]
}

/** The options of whoever checks something: the roster, and the one key that is believed. */
export function withRoster(command: Command): Command {
  return command
    .requiredOption('--roster <file>', 'the signed roster')
    .requiredOption('--authority <vkey or file>', 'the verification key that the roster must carry')
}

export interface RosterOptions {
  readonly roster: string
  readonly authority: string
}

export interface OpenedRoster {
  readonly note: string
  readonly vkey: string
  readonly opened: Roster
}

/**
 * What an authority proposes is not a roster yet: alone it could name nodes of its own.
 *
 * @throws TamgaError `bad-signature`, `malformed`; `forbidden`: no quorum of the nodes of the epoch
 *   before has signed it
 */
export async function readRoster({ roster, authority }: RosterOptions): Promise<OpenedRoster> {
  const note = await readFile(roster, 'utf8')
  const vkey = authority.includes('+') ? authority : (await readFile(authority, 'utf8')).trim()
  const opened = openRoster(note, verifierOf(vkey))
  if (isEndorsed({ roster: opened, note })) return { note, vkey, opened }
  throw new TamgaError('forbidden', 'the roster is not signed by a quorum of the epoch before')
}

function hexOf(value: string, length: number): Uint8Array {
  try {
    const bytes = fromHex(value)
    if (bytes.length === length) return bytes
  } catch {
    // Said below: it is not a secret, but what is wrong with it is plain.
  }
  throw new InvalidArgumentError(`It must be ${length} bytes in hexadecimal.`)
}

function verifierOf(vkey: string): ReturnType<typeof noteVerifier> {
  try {
    return noteVerifier(vkey)
  } catch (cause) {
    throw new TamgaError('malformed', 'the authority is not a verification key', { cause })
  }
}
