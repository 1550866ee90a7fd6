/**
 * Which handles were given to numbers whose home had not answered, and which of them came in under
 * one number: a function of the claims in each log, whatever the order in which logs come. That two
 * handles are of one number is the word of the node that asked its home.
 */
import { equalBytes, fromHex, toHex } from '../../crypto/bytes.ts'
import type { Place } from '../../protocol/covered-log.ts'
import type { Claim } from '../../protocol/entry/claim.ts'

/** Somebody who came in under the same number. */
export interface Namesake {
  readonly handle: Uint8Array
  /** When the last of these was found to be so, ms. */
  readonly at: number
}

export class Numbers {
  /** By log and handle, where the claim stands. */
  readonly #open = new Map<string, Map<string, number>>()
  /** Those that one settled claim has for the same. */
  readonly #same = new Map<string, Set<string>>()
  readonly #foundAt = new Map<string, number>()

  /** To be told of the claims of each log in their order. */
  take({ log, index }: Place, { handle, others, at }: Claim): void {
    const open = this.#open.get(log) ?? new Map<string, number>()
    this.#open.set(log, open)
    const key = toHex(handle)
    if (!others) return void open.set(key, index)
    if (!open.delete(key)) return
    for (const other of others) {
      if (equalBytes(other, handle)) continue
      this.#join(key, toHex(other), at)
      this.#join(toHex(other), key, at)
    }
  }

  /** Whether a home has still to say whose number it is. */
  isOpen(handle: Uint8Array): boolean {
    const key = toHex(handle)
    return [...this.#open.values()].some((open) => open.has(key))
  }

  /** Handles of which a log does not say yet that a home has answered. */
  openIn(log: string): Uint8Array[] {
    return [...(this.#open.get(log)?.keys() ?? [])].map(fromHex)
  }

  /** Where in a log such a claim stands. */
  claimIn(log: string, handle: Uint8Array): number | undefined {
    return this.#open.get(log)?.get(toHex(handle))
  }

  /** Who came in under the number of this handle, also by way of a third one. */
  namesakes(handle: Uint8Array): readonly Namesake[] {
    const reached = new Set([toHex(handle)])
    for (const key of reached) for (const same of this.#same.get(key) ?? []) reached.add(same)
    if (reached.size === 1) return []
    const at = Math.max(...[...reached].map((key) => this.#foundAt.get(key) ?? 0))
    return [...reached].slice(1).map((key) => ({ handle: fromHex(key), at }))
  }

  #join(key: string, other: string, at: number): void {
    this.#same.set(key, (this.#same.get(key) ?? new Set()).add(other))
    this.#foundAt.set(key, Math.max(at, this.#foundAt.get(key) ?? 0))
  }
}
