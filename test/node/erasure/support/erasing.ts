/** A simulated register in which people are erased, and what is left of them on its disks. */
import { equalBytes, toHex } from '../../../../crypto/bytes.ts'
import type { KeyState } from '../../../../node/store/key-shelf.ts'
import { decodeSlot } from '../../../../node/store/key-slot.ts'
import type { Deed } from '../../../../protocol/deed.ts'
import type { Destroyed } from '../../../../protocol/entry/destroyed.ts'
import { decodeEntry } from '../../../../protocol/entry/entry.ts'
import { Acting, type About, type Signers } from '../../acts/support/deeds.ts'

/** Far more than any erasure takes, and less than the week that one waits. */
const PATIENCE = { forMs: 600_000, eventsMax: 400_000 }

export const TWO: Signers = ['adjudicator', 'data-protection-officer']
export const ERASURE: Deed = { type: 'erasure', ground: 'court-order' }

export interface Receipt {
  readonly log: string
  readonly receipt: Destroyed
}

export class Erasing extends Acting {
  /** Decides an erasure at a node, and waits for nothing but that it is logged. */
  async decide(handle: Uint8Array, place = 0): Promise<void> {
    await this.try(ERASURE, TWO, { handle, place })
  }

  /** Does a deed at a node, whether the others can be reached or not. */
  async try(deed: Deed, by: Signers, { place = 0, ...about }: About): Promise<void> {
    await this.run(this.node(place).acts.record(this.deed(deed, by, about)))
  }

  async until(holds: () => boolean): Promise<void> {
    await this.world.clock.run({ ...PATIENCE, until: holds })
  }

  async pass(ms: number): Promise<void> {
    await this.world.clock.run({ forMs: ms, eventsMax: PATIENCE.eventsMax })
  }

  /** Waits until every node knows that nothing of anybody is left to destroy. */
  async erased(handle: Uint8Array): Promise<void> {
    await this.until(() => {
      return this.register.nodes().every(({ registry }) => {
        const { erasures } = registry
        return erasures.of(handle) !== undefined && erasures.peopleDue === 0
      })
    })
    await this.settle()
  }

  /** Cuts a node off from the others, until `heal`. */
  isolate(name: string): void {
    this.world.network.partition([[name]])
  }

  heal(): void {
    this.world.network.heal()
  }

  /** What the key shelf of each replica says of the person's records, in the order of enrolment. */
  keys(handle: Uint8Array): KeyState[][] {
    return this.keepersOf(handle).map(({ name }) => {
      const image = new Map(this.world.machine(name).disk('keys').image())
      return this.#commitments(handle).map((commitment) => {
        const slot = decodeSlot(image.get(toHex(commitment)) ?? new Uint8Array())
        if (!slot) return 'none'
        return slot.material ? 'kept' : 'destroyed'
      })
    })
  }

  /** All receipts of all logs, as their writers have them. */
  async receipts(): Promise<Receipt[]> {
    const all: Receipt[] = []
    for (const { name, ledger } of this.register.nodes()) {
      const { stored, size } = ledger.own
      for (const bytes of await this.run(stored.entries(0, size))) {
        const entry = decodeEntry(bytes)
        if (entry.type === 'destroyed') all.push({ log: name, receipt: entry })
      }
    }
    return all
  }

  /** Records of whomever that stand on any disk openable. */
  openable(): number {
    const slots = this.world.machines.flatMap((machine) => machine.disk('keys').image())
    return slots.filter(([, value]) => decodeSlot(value)?.material).length
  }

  #commitments(handle: Uint8Array): Uint8Array[] {
    const known = this.register.nodes().map(({ registry }) => registry.enrolments(handle))
    const all = known.reduce((most, one) => (one.length > most.length ? one : most), [])
    return all.map(({ commitment }) => commitment)
  }
}

export function names(receipts: readonly Receipt[], commitment: Uint8Array): string[] {
  const about = receipts.filter(({ receipt }) => equalBytes(receipt.commitment, commitment))
  return about.map(({ log }) => log).toSorted()
}
