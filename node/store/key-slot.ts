/** One slot of a key shelf as bytes: all of one length, so that each is overwritten in place. */
import { concatBytes, equalBytes, utf8 } from '../../crypto/bytes.ts'
import { HASH_BYTES, sha256 } from '../../crypto/hash.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { KEY_ID_BYTES, MATERIAL_BYTES, type KeyMaterial } from './key-shelf.ts'

/** Two to a sector of 512 bytes: no slot is ever written half by a disk that writes whole ones. */
export const SLOT_BYTES = 256

const TAG = utf8('tamga/key-slot/v1\n')
const BODY_BYTES = SLOT_BYTES - HASH_BYTES
const STATES = ['kept', 'destroyed'] as const

export interface Slot {
  readonly id: Uint8Array
  /** Undefined when it was destroyed. */
  readonly material: KeyMaterial | undefined
}

/** Of what was destroyed nothing is left but the id. */
export function encodeSlot({ id, material }: Slot): Uint8Array {
  const body = new Uint8Array(BODY_BYTES)
  body[0] = 1 + STATES.indexOf(material ? 'kept' : 'destroyed')
  checkLength(id, KEY_ID_BYTES)
  body.set(id, 1)
  let at = 1 + KEY_ID_BYTES
  for (const [part, length] of PARTS) {
    if (material) {
      checkLength(material[part], length)
      body.set(material[part], at)
    }
    at += length
  }
  return concatBytes(body, sha256(TAG, body))
}

/** Undefined for bytes that are no slot, or not the ones that were written. */
export function decodeSlot(bytes: Uint8Array): Slot | undefined {
  const body = bytes.subarray(0, BODY_BYTES)
  const isWhole = bytes.length === SLOT_BYTES
  if (!isWhole || !equalBytes(sha256(TAG, body), bytes.subarray(BODY_BYTES))) return undefined
  const state = STATES[body[0]! - 1]
  const id = body.slice(1, 1 + KEY_ID_BYTES)
  if (state !== 'kept') return state && { id, material: undefined }
  let at = 1 + KEY_ID_BYTES
  const parts = PARTS.map(([part, length]) => [part, body.slice(at, (at += length))] as const)
  return { id, material: Object.fromEntries(parts) as unknown as KeyMaterial }
}

const PARTS = Object.entries(MATERIAL_BYTES) as [keyof KeyMaterial, number][]

function checkLength(bytes: Uint8Array, length: number): void {
  if (bytes.length === length) return
  throw new TamgaError('internal', `a part of a key slot has ${bytes.length} bytes, not ${length}`)
}
