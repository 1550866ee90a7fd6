/**
 * Bytes and their text forms. Decoding is strict: each value has one spelling, so that two texts
 * that differ never stand for the same bytes (RFC 4648 §3.5, §4, §8).
 */
export type InvalidEncodingCode = 'hex' | 'base64'

/** Text that is not the one spelling of any bytes. */
export class InvalidEncoding extends Error {
  override readonly name = 'InvalidEncoding'
  readonly code: InvalidEncodingCode

  constructor(code: InvalidEncodingCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Whether both have the same length and content. Not in constant time: not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0
}

/** Lexicographic order, a prefix before what it begins: -1, 0 or 1. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The bytes of `text` in UTF-8; a lone surrogate becomes U+FFFD. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex')
}

/** @throws InvalidEncoding unless `text` is pairs of lower-case hexadecimal digits */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 === 0 && /^[0-9a-f]*$/.test(text))
    return new Uint8Array(Buffer.from(text, 'hex'))
  throw new InvalidEncoding('hex', `${text.length} characters that are not lower-case hexadecimal`)
}

export function toBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64')
}

/** @throws InvalidEncoding unless `text` is standard base64, padded, with no bit set to spare */
export function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') === text) return new Uint8Array(bytes)
  throw new InvalidEncoding('base64', `${text.length} characters that are not canonical base64`)
}

/** The same memory as a Buffer, whose text forms are native. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
