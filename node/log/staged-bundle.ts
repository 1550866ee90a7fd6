/**
 * Entries on their way into the database, as they stand beside the anchor until they are there: the
 * index of the first one (uint64), how many there are (uint32), and each behind its length
 * (uint16), big-endian. Whoever reads it holds it against the root in the anchor.
 */
import { TamgaError } from '../../protocol/errors.ts'

const HEADER_BYTES = 12
const LENGTH_BYTES = 2

export interface StagedBundle {
  readonly from: number
  readonly entries: readonly Uint8Array[]
}

/** Bytes that entries of these lengths take. */
export function stagedBytes(entries: readonly Uint8Array[]): number {
  return entries.reduce((sum, { length }) => sum + LENGTH_BYTES + length, HEADER_BYTES)
}

export function encodeStaged({ from, entries }: StagedBundle): Uint8Array {
  const encoded = new Uint8Array(stagedBytes(entries))
  const view = new DataView(encoded.buffer)
  view.setBigUint64(0, BigInt(from))
  view.setUint32(8, entries.length)
  let offset = HEADER_BYTES
  for (const entry of entries) {
    view.setUint16(offset, entry.length)
    encoded.set(entry, offset + LENGTH_BYTES)
    offset += LENGTH_BYTES + entry.length
  }
  return encoded
}

/** The entries are views of `encoded`. @throws TamgaError `storage` */
export function decodeStaged(encoded: Uint8Array): StagedBundle {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  if (encoded.length < HEADER_BYTES) throw damaged('no header')
  const from = Number(view.getBigUint64(0))
  const count = view.getUint32(8)
  const entries: Uint8Array[] = []
  let offset = HEADER_BYTES
  while (offset < encoded.length) {
    const start = offset + LENGTH_BYTES
    if (start > encoded.length) throw damaged('half a length')
    const end = start + view.getUint16(offset)
    if (end > encoded.length || entries.length === count) throw damaged('other lengths')
    entries.push(encoded.subarray(start, end))
    offset = end
  }
  if (entries.length !== count || !Number.isSafeInteger(from)) throw damaged('another count')
  return { from, entries }
}

function damaged(what: string): TamgaError {
  return new TamgaError('storage', `the staged entries have ${what}`)
}
