/**
 * A block of shared memory with the packed fingers of some people of one shard.
 *
 * Rows are of fixed length; a person's fingers are rows next to each other, and the first of them
 * speaks for the person. One thread writes, many read without a lock: each first row says from
 * which number on it is seen and from which no more, a search sees what was there at its own
 * number, and a row is not used again while a search that may see it runs.
 */
import { PACKED_BYTES } from '../packed.ts'

/** An id, bytes of UTF-8: a handle in hexadecimal takes 32. */
export const ID_BYTES_MAX = 64

/** Stands for "not yet" and "never": no search has this number. */
export const NEVER = 0xffffffff

const FIELDS = 4
const ADDED = 0
const REMOVED = 1
const FINGERS = 2
const POSITION = 3

const FIELD_BYTES = 4
const ROW_BYTES = FIELDS * FIELD_BYTES + ID_BYTES_MAX + PACKED_BYTES

/** What a worker needs to read a slab. */
export interface SlabHandle {
  readonly slab: number
  readonly shard: number
  readonly rows: number
  readonly buffer: SharedArrayBuffer
}

export class Slab {
  readonly handle: SlabHandle
  /** Packed records, `PACKED_BYTES` each, row after row. */
  readonly records: Uint8Array
  readonly #fields: Uint32Array
  readonly #ids: Uint8Array

  constructor(handle: SlabHandle) {
    const { buffer, rows } = handle
    const idsAt = rows * FIELDS * FIELD_BYTES
    const recordsAt = idsAt + rows * ID_BYTES_MAX
    this.handle = handle
    this.#fields = new Uint32Array(buffer, 0, rows * FIELDS)
    this.#ids = new Uint8Array(buffer, idsAt, rows * ID_BYTES_MAX)
    this.records = new Uint8Array(buffer, recordsAt, rows * PACKED_BYTES)
  }

  /** A slab whose rows nobody sees yet. */
  static create({ slab, shard, rows }: Omit<SlabHandle, 'buffer'>): Slab {
    const buffer = new SharedArrayBuffer(rows * ROW_BYTES)
    const created = new Slab({ slab, shard, rows, buffer })
    for (let row = 0; row < rows; row += 1) created.#fields[row * FIELDS + ADDED] = NEVER
    return created
  }

  /**
   * Fingers of the person whose first row this is, 0 where search `number` sees none. Whatever a
   * search sees was written before it was posted to this thread, and whatever is written meanwhile
   * has a higher number: plain reads do.
   */
  fingersAt(row: number, number: number): number {
    if (this.#fields[row * FIELDS + ADDED]! > number) return 0
    if (this.#fields[row * FIELDS + REMOVED]! <= number) return 0
    return this.#fields[row * FIELDS + FINGERS]!
  }

  positionAt(row: number): number {
    return this.#fields[row * FIELDS + POSITION]!
  }

  /** The bytes of the id of the person whose first row this is. */
  idAt(row: number): Uint8Array {
    const padded = this.#ids.slice(row * ID_BYTES_MAX, (row + 1) * ID_BYTES_MAX)
    const end = padded.indexOf(0)
    return end < 0 ? padded : padded.subarray(0, end)
  }

  /** Fills free rows and then, last of all, lets searches from `number` on see them. */
  write(
    row: number,
    id: Uint8Array,
    fingers: readonly { position: number; packed: Uint8Array }[],
    number: number,
  ): void {
    this.#ids.fill(0, row * ID_BYTES_MAX, (row + 1) * ID_BYTES_MAX)
    this.#ids.set(id, row * ID_BYTES_MAX)
    for (const [index, { position, packed }] of fingers.entries()) {
      this.records.set(packed, (row + index) * PACKED_BYTES)
      this.#fields[(row + index) * FIELDS + POSITION] = position
    }
    this.#fields[row * FIELDS + FINGERS] = fingers.length
    Atomics.store(this.#fields, row * FIELDS + REMOVED, NEVER)
    Atomics.store(this.#fields, row * FIELDS + ADDED, number)
  }

  /** The fingers of the person whose first row this is, as they were written. */
  fingersOf(row: number): { position: number; packed: Uint8Array }[] {
    const count = this.#fields[row * FIELDS + FINGERS]!
    return Array.from({ length: count }, (_, finger) => ({
      position: this.positionAt(row + finger),
      packed: this.records.slice((row + finger) * PACKED_BYTES, (row + finger + 1) * PACKED_BYTES),
    }))
  }

  /** Hides the person from searches from `number` on. */
  hide(row: number, number: number): void {
    Atomics.store(this.#fields, row * FIELDS + REMOVED, number)
  }

  /** Destroys hidden rows that no search can see any more. */
  erase(row: number, rows: number): void {
    Atomics.store(this.#fields, row * FIELDS + ADDED, NEVER)
    this.#ids.fill(0, row * ID_BYTES_MAX, (row + 1) * ID_BYTES_MAX)
    this.records.fill(0, row * PACKED_BYTES, (row + rows) * PACKED_BYTES)
  }
}
