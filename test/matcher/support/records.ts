/** Packed records that no finger would give. */
import {
  DIRECTIONS_AT,
  OFFSET_MAX,
  PACKED_VERSION,
  X_AT,
  checkPacked,
} from '../../../matcher/packed.ts'

/** Makes a record that passes for one, in place, of any bytes: its counts and offsets are set. */
export function passedOff(bytes: Uint8Array, minutiae: number): Uint8Array {
  bytes.set([PACKED_VERSION, Math.min(32, minutiae), minutiae, 0])
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = X_AT; at < DIRECTIONS_AT; at += 2) {
    fields.setInt16(at, fields.getInt16(at, true) % (OFFSET_MAX + 1), true)
  }
  checkPacked(bytes)
  return bytes
}
