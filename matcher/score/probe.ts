/**
 * A probe made ready: what of a comparison depends on the probe alone, computed once per search.
 */
import { DESCRIPTOR_WORDS } from '../descriptor.ts'
import { rootOf } from '../integer.ts'
import {
  DESCRIBED_MAX,
  DESCRIPTORS_AT,
  DIRECTIONS_AT,
  MINUTIAE_MAX,
  NORMS_AT,
  X_AT,
  Y_AT,
  checkPacked,
} from '../packed.ts'
import { RULES } from './rules.ts'

/** A packed record spread out into numbers. */
export interface Unpacked {
  described: number
  minutiae: number
  /** `DESCRIPTOR_WORDS` for each described minutia. */
  readonly words: Int32Array
  readonly norms: Uint8Array
  readonly x: Int32Array
  readonly y: Int32Array
  readonly directions: Uint8Array
}

export interface Probe extends Unpacked {
  /** Least square that a candidate's squared distance may be, row by row of described minutiae. */
  readonly nearest: Int32Array
  /** And how much more it may be. */
  readonly span: Int32Array
}

/** @throws InvalidPacked where it is not a record of this version */
export function prepareProbe(packed: Uint8Array, { distanceTolerance } = RULES): Probe {
  checkPacked(packed)
  const unpacked = emptyRecord()
  unpack(fieldsOf(packed), 0, unpacked)
  const { described, x, y } = unpacked
  const nearest = new Int32Array(DESCRIBED_MAX * DESCRIBED_MAX)
  const span = new Int32Array(DESCRIBED_MAX * DESCRIBED_MAX)
  for (let i = 0; i < described; i += 1) {
    for (let k = 0; k < described; k += 1) {
      const dx = x[k]! - x[i]!
      const dy = y[k]! - y[i]!
      const distance = rootOf(dx * dx + dy * dy)
      const least = Math.max(0, distance - distanceTolerance) ** 2
      nearest[i * DESCRIBED_MAX + k] = least
      span[i * DESCRIBED_MAX + k] = (distance + distanceTolerance) ** 2 - least
    }
  }
  return { ...unpacked, nearest, span }
}

export function emptyRecord(): Unpacked {
  return {
    described: 0,
    minutiae: 0,
    words: new Int32Array(DESCRIBED_MAX * DESCRIPTOR_WORDS),
    norms: new Uint8Array(DESCRIBED_MAX),
    x: new Int32Array(MINUTIAE_MAX),
    y: new Int32Array(MINUTIAE_MAX),
    directions: new Uint8Array(MINUTIAE_MAX),
  }
}

/**
 * Spreads the record at `offset`, which has been checked when it was put there. Counts are
 * bounded all the same: nothing outside the record is ever read.
 */
export function unpack(records: DataView, offset: number, into: Unpacked): void {
  into.minutiae = Math.min(records.getUint8(offset + 2), MINUTIAE_MAX)
  into.described = Math.min(records.getUint8(offset + 1), into.minutiae, DESCRIBED_MAX)
  const { described, minutiae, words, norms, x, y, directions } = into
  for (let index = 0; index < described * DESCRIPTOR_WORDS; index += 1) {
    words[index] = records.getInt32(offset + DESCRIPTORS_AT + index * 4, true)
  }
  for (let index = 0; index < described; index += 1) {
    norms[index] = records.getUint8(offset + NORMS_AT + index)
  }
  for (let index = 0; index < minutiae; index += 1) {
    x[index] = records.getInt16(offset + X_AT + index * 2, true)
    y[index] = records.getInt16(offset + Y_AT + index * 2, true)
    directions[index] = records.getUint8(offset + DIRECTIONS_AT + index)
  }
}

/** A packed record, or a slab of them, as fields are read from it. */
export function fieldsOf(packed: Uint8Array): DataView {
  return new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
}
