/** Words of a roster's lines, read strictly. */
import { fromBase64 } from '../crypto/bytes.ts'
import { TamgaError } from './errors.ts'
import { NAME_BYTES_MAX } from './limits.ts'

const NAME = new RegExp(`^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$`)
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/
const KEY_BYTES = 32

/** @throws TamgaError `malformed`, as all of these */
export function readName(word: string | undefined): string {
  if (word !== undefined && NAME.test(word)) return word
  throw malformedRoster(`${word} is not a name`)
}

/** A key, or a hash. */
export function readKey(word: string | undefined): Uint8Array {
  try {
    const bytes = fromBase64(word ?? '')
    if (bytes.length === KEY_BYTES) return bytes
  } catch (cause) {
    throw new TamgaError('malformed', 'roster: a key is not base64', { cause })
  }
  throw malformedRoster(`a key has ${KEY_BYTES} bytes`)
}

export function readNumber(
  word: string | undefined,
  what: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {},
): number {
  const value = Number(word)
  if (NUMBER.test(word ?? '') && value >= min && value <= max) return value
  throw malformedRoster(`${what} is not a number from ${min} to ${max}`)
}

export function malformedRoster(complaint: string): TamgaError {
  return new TamgaError('malformed', `roster: ${complaint}`)
}
