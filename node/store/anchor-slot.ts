/**
 * One slot of an anchor file: a header, the value, what is staged.
 *
 *     magic 8 · version 4 · value length 4 · staged length 4 · zero 4 · generation 8 · SHA-256 32
 *
 * Integers are big-endian. The hash covers the header before it, the value and what is staged, so
 * that the header alone tells two contents apart, and a slot of which only a part got to the disk
 * is known for what it is. The hash is no secret: it guards against accidents, not against people.
 */
import { createHash } from 'node:crypto'
import { equalBytes, utf8 } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { ANCHOR_BYTES_MAX, ANCHOR_STAGED_BYTES_MAX, type AnchorValue } from './anchor.ts'

const MAGIC = utf8('tamganch')
const VERSION = 1

const VERSION_AT = 8
const VALUE_LENGTH_AT = 12
const STAGED_LENGTH_AT = 16
const GENERATION_AT = 24
const HASH_AT = 32

/** Less than a sector, bytes: a disk writes all of it or nothing. */
export const SLOT_HEADER_BYTES = 64

/** What memory and file systems count in, bytes: two slots never share one. */
const BLOCK_BYTES = 4_096

/** How far slots are apart, bytes. */
export const SLOT_BYTES =
  Math.ceil((SLOT_HEADER_BYTES + ANCHOR_BYTES_MAX + ANCHOR_STAGED_BYTES_MAX) / BLOCK_BYTES) *
  BLOCK_BYTES

export interface SlotHeader {
  /** Counts the values that the anchor has had, from 1. */
  readonly generation: bigint
  readonly valueBytes: number
  readonly stagedBytes: number
}

/** @throws TamgaError `internal` for more than an anchor takes */
export function checkAnchorValue({ value, staged }: AnchorValue): void {
  if (value.length <= ANCHOR_BYTES_MAX && staged.length <= ANCHOR_STAGED_BYTES_MAX) return
  const lengths = `${value.length} and ${staged.length} bytes`
  throw new TamgaError('internal', `${lengths} are more than an anchor takes`)
}

/** @throws TamgaError `internal` for more than an anchor takes */
export function encodeSlotHeader(generation: bigint, content: AnchorValue): Uint8Array {
  checkAnchorValue(content)
  const { value, staged } = content
  const header = new Uint8Array(SLOT_HEADER_BYTES)
  const view = new DataView(header.buffer)
  header.set(MAGIC)
  view.setUint32(VERSION_AT, VERSION)
  view.setUint32(VALUE_LENGTH_AT, value.length)
  view.setUint32(STAGED_LENGTH_AT, staged.length)
  view.setBigUint64(GENERATION_AT, generation)
  header.set(slotHash(header, content), HASH_AT)
  return header
}

/**
 * The header of a slot that may be whole; undefined for anything else, such as a slot not written
 * yet.
 *
 * @throws TamgaError `storage` for a later version: to fall back to the other slot would be to
 *   forget what that version has written
 */
export function decodeSlotHeader(bytes: Uint8Array): SlotHeader | undefined {
  if (bytes.length !== SLOT_HEADER_BYTES) return undefined
  if (!equalBytes(bytes.subarray(0, VERSION_AT), MAGIC)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const version = view.getUint32(VERSION_AT)
  if (version > VERSION) throw new TamgaError('storage', `an anchor of version ${version}`)
  if (version !== VERSION) return undefined
  const valueBytes = view.getUint32(VALUE_LENGTH_AT)
  const stagedBytes = view.getUint32(STAGED_LENGTH_AT)
  if (valueBytes > ANCHOR_BYTES_MAX || stagedBytes > ANCHOR_STAGED_BYTES_MAX) return undefined
  return { generation: view.getBigUint64(GENERATION_AT), valueBytes, stagedBytes }
}

/** Whether `header` was written with exactly this content. */
export function isWholeSlot(header: Uint8Array, content: AnchorValue): boolean {
  return equalBytes(header.subarray(HASH_AT), slotHash(header, content))
}

function slotHash(header: Uint8Array, { value, staged }: AnchorValue): Uint8Array {
  const hash = createHash('sha256').update(header.subarray(0, HASH_AT))
  return hash.update(value).update(staged).digest()
}
