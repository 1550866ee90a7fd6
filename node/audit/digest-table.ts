/**
 * A set of digests with a number and some marks for each: what an auditor remembers of a million
 * entries in 25 bytes each, where a Map takes a hundred and more.
 *
 * Knows a digest by its first 16 bytes: nobody finds two SHA-256 hashes that begin alike in 128
 * bits and are good for anything.
 */
const KEY_BYTES = 16
const SLOTS_MIN = 1_024

/** Past it the places behind one another become many. */
const FILLED_MAX = 0.7

export class DigestTable {
  #keys = new Uint8Array(SLOTS_MIN * KEY_BYTES)
  /** One more than the number, 0 where the slot is free. */
  #numbers = new Float64Array(SLOTS_MIN)
  #marks = new Uint8Array(SLOTS_MIN)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The number that was given first stays. */
  add(digest: Uint8Array, number: number): void {
    const slot = this.#slotOf(digest)
    if (this.#numbers[slot] !== 0) return
    this.#put(slot, digest, number + 1, 0)
    this.#size += 1
    if (this.#size > this.#numbers.length * FILLED_MAX) this.#grow()
  }

  /** The number of a digest, undefined where it is not known. */
  get(digest: Uint8Array): number | undefined {
    const number = this.#numbers[this.#slotOf(digest)]!
    return number === 0 ? undefined : number - 1
  }

  /** Sets a bit of what is remembered, if it is remembered at all. */
  mark(digest: Uint8Array, bit: number): boolean {
    const slot = this.#slotOf(digest)
    if (this.#numbers[slot] === 0) return false
    this.#marks[slot]! |= bit
    return true
  }

  isMarked(digest: Uint8Array, bit: number): boolean {
    const slot = this.#slotOf(digest)
    return this.#numbers[slot] !== 0 && (this.#marks[slot]! & bit) !== 0
  }

  /** Numbers and marks, in no order. */
  *marked(): Generator<readonly [number: number, marks: number]> {
    for (const [slot, number] of this.#numbers.entries()) {
      if (number !== 0) yield [number - 1, this.#marks[slot]!]
    }
  }

  #slotOf(digest: Uint8Array): number {
    const slots = this.#numbers.length
    const start = digest[0]! | (digest[1]! << 8) | (digest[2]! << 16) | (digest[3]! << 24)
    for (let slot = (start >>> 0) % slots; ; slot = (slot + 1) % slots) {
      if (this.#numbers[slot] === 0 || this.#isAt(slot, digest)) return slot
    }
  }

  #isAt(slot: number, digest: Uint8Array): boolean {
    const first = slot * KEY_BYTES
    for (let at = 0; at < KEY_BYTES; at += 1) {
      if (this.#keys[first + at] !== digest[at]) return false
    }
    return true
  }

  #put(slot: number, digest: Uint8Array, number: number, marks: number): void {
    this.#keys.set(digest.subarray(0, KEY_BYTES), slot * KEY_BYTES)
    this.#numbers[slot] = number
    this.#marks[slot] = marks
  }

  #grow(): void {
    const [keys, numbers, marks] = [this.#keys, this.#numbers, this.#marks]
    const slots = numbers.length * 2
    this.#keys = new Uint8Array(slots * KEY_BYTES)
    this.#numbers = new Float64Array(slots)
    this.#marks = new Uint8Array(slots)
    for (const [slot, number] of numbers.entries()) {
      if (number === 0) continue
      const key = keys.subarray(slot * KEY_BYTES, (slot + 1) * KEY_BYTES)
      this.#put(this.#slotOf(key), key, number, marks[slot]!)
    }
  }
}
