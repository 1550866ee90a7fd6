/**
 * Entry bundles: up to 256 log entries side by side, each behind its length as a big-endian uint16.
 *
 * Source: C2SP tlog-tiles v0.1.0, "Log Entries".
 */
import { InvalidTile, TILE_WIDTH } from './tile.ts'

/** The longest entry, bytes: what a uint16 can say. */
export const BUNDLE_ENTRY_BYTES_MAX = 65_535

const LENGTH_BYTES = 2

/** @throws InvalidTile `bundle` for no entries, more than 256, or one of more than 65,535 bytes */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  expectCount(entries.length)
  let length = 0
  for (const entry of entries) {
    if (entry.length > BUNDLE_ENTRY_BYTES_MAX) {
      throw new InvalidTile('bundle', `an entry of ${entry.length} bytes`)
    }
    length += LENGTH_BYTES + entry.length
  }
  const bundle = new Uint8Array(length)
  const lengths = new DataView(bundle.buffer)
  let offset = 0
  for (const entry of entries) {
    lengths.setUint16(offset, entry.length)
    bundle.set(entry, offset + LENGTH_BYTES)
    offset += LENGTH_BYTES + entry.length
  }
  return bundle
}

/**
 * The `count` entries of a bundle, as views of its memory.
 *
 * That they are the log's entries is for their leaf hashes to say.
 *
 * @throws InvalidTile `bundle` unless the bytes are exactly `count` entries
 */
export function decodeBundle(bundle: Uint8Array, count: number): Uint8Array[] {
  expectCount(count)
  const lengths = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength)
  const entries: Uint8Array[] = []
  let offset = 0
  while (offset < bundle.length) {
    const start = offset + LENGTH_BYTES
    if (entries.length === count || start > bundle.length) {
      throw new InvalidTile('bundle', `bytes behind entry ${entries.length} of ${count}`)
    }
    const end = start + lengths.getUint16(offset)
    if (end > bundle.length) throw new InvalidTile('bundle', `entry ${entries.length} is cut short`)
    entries.push(bundle.subarray(start, end))
    offset = end
  }
  if (entries.length === count) return entries
  throw new InvalidTile('bundle', `${entries.length} entries, not ${count}`)
}

function expectCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= TILE_WIDTH) return
  throw new InvalidTile('bundle', `a bundle holds 1 to ${TILE_WIDTH} entries, not ${count}`)
}
