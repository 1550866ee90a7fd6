/**
 * xoshiro128**: 32 bits at a time, reproducible everywhere, no secret worth keeping.
 *
 * Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
 * 2021; the generator of figure 5 with 32-bit words and the constants 5, 7, 9, 9 and 11.
 */
export class Xoshiro128 {
  #a: number
  #b: number
  #c: number
  #d: number

  /** Four words, not all zero: from zero the generator never leaves. */
  constructor(words: readonly [number, number, number, number]) {
    const [a, b, c, d] = words
    if ((a | b | c | d) === 0) throw new RangeError('a xoshiro128 state must not be all zero')
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    this.#d = d | 0
  }

  /** The next integer in [0, 2^32). */
  next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotateLeft(this.#d, 11)
    return result >>> 0
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
