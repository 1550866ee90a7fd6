/**
 * Randomness that a seed decides entirely: for simulations and synthetic people, never for keys
 * that are to protect anything.
 */
import { createHash } from 'node:crypto'

import { Xoshiro128 } from './xoshiro128.ts'

import type { Random } from '../../node/random.ts'

/** What `next32` never reaches. */
const WORD_RANGE = 2 ** 32

export interface Span {
  readonly min: number
  readonly max: number
}

export class SeededRandom implements Random {
  readonly #path: string
  readonly #generator: Xoshiro128
  /** Box and Muller give normal variates in pairs; this is the one not yet handed out. */
  #spareNormal: number | undefined

  constructor(seed: string | number) {
    this.#path = String(seed)
    const digest = createHash('sha256').update(this.#path).digest()
    const word = (index: number) => digest.readUInt32LE(4 * index)
    this.#generator = new Xoshiro128([word(0), word(1), word(2), word(3)])
  }

  /**
   * A stream of its own, decided by the seed and `label` alone, not by how much was drawn before:
   * so that one part that draws more does not change what another sees. The same label gives the
   * same stream again.
   */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.#path}/${label}`)
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let offset = 0; offset < length; offset += 4) {
      const word = this.#generator.next()
      for (let byte = 0; byte < 4 && offset + byte < length; byte += 1) {
        bytes[offset + byte] = word >>> (8 * byte)
      }
    }
    return bytes
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number {
    return this.#generator.next() / WORD_RANGE
  }

  /** A whole number in [0, max); `max` from 1 to 2^32. */
  integer(max: number): number {
    if (!Number.isInteger(max) || max < 1 || max > WORD_RANGE) {
      throw new RangeError(`a whole number below ${max} cannot be drawn`)
    }
    return Math.floor(this.next() * max)
  }

  /** True with probability `p`; draws even where the answer is certain, so streams stay aligned. */
  chance(p: number): boolean {
    return this.next() < p
  }

  /** Uniform in [min, max). */
  between({ min, max }: Span): number {
    return min + (max - min) * this.next()
  }

  /** Normally distributed (G. Box, M. Muller, Ann. Math. Stat. 29(2), 1958). */
  normal(mean: number, deviation: number): number {
    const spare = this.#spareNormal
    if (spare !== undefined) {
      this.#spareNormal = undefined
      return mean + deviation * spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    const angle = 2 * Math.PI * this.next()
    this.#spareNormal = radius * Math.sin(angle)
    return mean + deviation * radius * Math.cos(angle)
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(items.length)]
    if (item === undefined) throw new RangeError('what was picked is undefined')
    return item
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const order = items.map((item) => ({ item, rank: this.next() }))
    return order.sort((a, b) => a.rank - b.rank).map(({ item }) => item)
  }
}
