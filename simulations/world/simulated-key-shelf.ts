/**
 * A key shelf on a simulated disk: what is overwritten there is gone, and the disk's crashes and
 * failed writes are its own.
 */
import { toHex } from '../../crypto/bytes.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { decodeSlot, encodeSlot } from '../../node/store/key-slot.ts'

import type { KeyMaterial, KeyShelf, KeyState } from '../../node/store/key-shelf.ts'
import type { Store } from '../../node/store/store.ts'

/** More than any simulation writes. */
const ALL = 1_000_000

export class SimulatedKeyShelf implements KeyShelf {
  readonly #disk: Store
  readonly #states = new Map<string, Exclude<KeyState, 'none'>>()
  #last: Promise<unknown> = Promise.resolve()
  #isBroken = false

  private constructor(disk: Store) {
    this.#disk = disk
  }

  static async open({ disk }: { disk: Store }): Promise<SimulatedKeyShelf> {
    const shelf = new SimulatedKeyShelf(disk)
    for (const [key, value] of await disk.range('', '~', ALL)) {
      const slot = decodeSlot(value)
      if (slot) shelf.#states.set(key, slot.material ? 'kept' : 'destroyed')
    }
    return shelf
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  state(id: Uint8Array): KeyState {
    return this.#states.get(toHex(id)) ?? 'none'
  }

  async get(id: Uint8Array): Promise<KeyMaterial | undefined> {
    if (this.state(id) !== 'kept') return undefined
    const slot = decodeSlot((await this.#disk.get(toHex(id))) ?? new Uint8Array())
    if (this.state(id) !== 'kept') return undefined
    if (slot?.material) return slot.material
    throw new TamgaError('storage', 'a slot is damaged')
  }

  async put(id: Uint8Array, material: KeyMaterial): Promise<void> {
    await this.#inTurn(async () => {
      if (this.state(id) === 'destroyed') throw new TamgaError('forbidden', 'it was destroyed')
      await this.#write(id, material)
    })
  }

  async destroy(id: Uint8Array): Promise<void> {
    await this.#inTurn(async () => this.#write(id, undefined))
  }

  async clear(id: Uint8Array): Promise<void> {
    await this.#inTurn(async () => {
      if (this.state(id) !== 'kept') return
      await this.#write(id, undefined, new Uint8Array())
    })
  }

  async close(): Promise<void> {
    await this.#last
    await this.#disk.close()
  }

  async #write(
    id: Uint8Array,
    material: KeyMaterial | undefined,
    value = encodeSlot({ id, material }),
  ): Promise<void> {
    const key = toHex(id)
    try {
      await this.#disk.batch([{ type: 'put', key, value }], { durable: true })
    } catch (error) {
      this.#isBroken ||= asTamgaError(error).code === 'storage'
      throw error
    }
    if (value.length === 0) this.#states.delete(key)
    else this.#states.set(key, material ? 'kept' : 'destroyed')
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
