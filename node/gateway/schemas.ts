/**
 * What goes in and out over HTTP, as JSON Schema: requests are checked by it, answers written by
 * it, and the OpenAPI document made of it. Here are the words that all the others are made of.
 */
import { PUBLIC_KEY_BYTES } from '../../crypto/ed25519.ts'
import { HASH_BYTES } from '../../crypto/hash.ts'
import { HANDLE_BYTES } from '../../protocol/identifiers.ts'
import { NAME_BYTES_MAX } from '../../protocol/limits.ts'
import { base64Length } from './limits.ts'

/** JSON Schema, as far as it is used here. */
export type Schema = Readonly<Record<string, unknown>>

export const text = { type: 'string' }
export const count = { type: 'integer', minimum: 0 }
export const flag = { type: 'boolean' }
export const name = { type: 'string', pattern: `^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$` }
export const handle = hex(HANDLE_BYTES, 'A person in the register.')
export const leaf = hex(HASH_BYTES, 'RFC 6962 leaf hash of an entry.')
export const caseId = hex(HASH_BYTES, 'A case: the leaf hash of what opened it.')
export const officer = base64(PUBLIC_KEY_BYTES, "An officer's Ed25519 public key.")
export const time = { ...count, description: 'Milliseconds since the Unix epoch.' }
export const date = {
  type: 'string',
  pattern: '^(18|19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$',
  description: 'A day in Kazakhstan.',
}
export const proofText = { ...text, description: 'C2SP tlog-proof.' }
export const bytes = { ...text, contentEncoding: 'base64' }

/** Of at most 15 digits, so that every one is a safe integer; one spelling for each. */
export const index = { type: 'string', pattern: '^(0|[1-9][0-9]{0,14})$' }

/** Why something was decided, for machines and for people. */
export const reasons = list({ $ref: 'Reason#' })

/** An object all of whose fields are there, save those named. */
export function object(properties: Schema, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((field) => !optional.includes(field))
  return { type: 'object', properties, required }
}

/** The body of a request: nothing stands in it that is not named. */
export function body(properties: Schema, optional: readonly string[] = []) {
  return { ...object(properties, optional), additionalProperties: false }
}

export function list(items: Schema, itemsMax?: number): Schema {
  return { type: 'array', items, ...(itemsMax === undefined ? {} : { maxItems: itemsMax }) }
}

export function oneOf(words: readonly string[], description?: string): Schema {
  return { type: 'string', enum: words, ...(description === undefined ? {} : { description }) }
}

export function json(description: string, schema: Schema): Schema {
  return { description, content: { 'application/json': { schema } } }
}

export function plainText(description: string): Schema {
  return { description, content: { 'text/plain': { schema: text } } }
}

export function binary(description: string): Schema {
  return { description, content: { 'application/octet-stream': { schema: {} } } }
}

/** What any route may answer instead. */
export const refusals = {
  '4xx': json('Refused: what was asked cannot be granted.', { $ref: 'Error#' }),
  '5xx': json('Failed: the node could not do it now.', { $ref: 'Error#' }),
}

export function hex(length: number, description: string): Schema {
  return { type: 'string', pattern: `^[0-9a-f]{${2 * length}}$`, description }
}

/** Exactly `length` bytes. */
export function base64(length: number, description: string): Schema {
  return { ...base64UpTo(length, description), minLength: base64Length(length) }
}

export function base64UpTo(bytesMax: number, description: string): Schema {
  return {
    type: 'string',
    contentEncoding: 'base64',
    minLength: base64Length(1),
    maxLength: base64Length(bytesMax),
    pattern: '^[A-Za-z0-9+/]+={0,2}$',
    description,
  }
}
