/**
 * What the logs say of erasures: where each stands, and which replica has destroyed which record
 * because of it. A function of the set of entries, whatever the order in which they came.
 *
 * A receipt counts that names an erasure and an enrolment of the same person; that its node is a
 * replica is for the joiner. Which erasure it was does not matter: destroyed is destroyed.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { Destroyed } from '../../protocol/entry/destroyed.ts'
import type { Folded } from '../audit/folded.ts'
import type { LifeChange, Lives } from '../audit/lives.ts'

/** The act by which a person is erased. */
export interface ErasureAct {
  readonly handle: Uint8Array
  readonly log: string
  readonly index: number
  readonly leaf: Uint8Array
  /** As its node dated it. */
  readonly at: number
}

/** One record at one replica. */
export interface KeptRecord {
  readonly replica: string
  readonly commitment: Uint8Array
}

/** That its keys are destroyed, and where that is logged. */
export interface DestructionReceipt extends KeptRecord {
  readonly at: number
  readonly index: number
  /** Leaf of the act because of which. */
  readonly erasure: Uint8Array
}

interface ErasureModules {
  readonly lives: Lives
  /** Commitments of all enrolments of a person, whether they count or not. */
  readonly commitments: (handle: Uint8Array) => readonly Uint8Array[]
  /** Nodes that may have records of a person: see `Moves`. */
  readonly keepersOf: (handle: Uint8Array) => readonly string[]
}

export class Erasures {
  readonly #modules: ErasureModules
  /** By leaf. */
  readonly #acts = new Map<string, ErasureAct>()
  /** By handle, and then by replica and commitment. */
  readonly #receipts = new Map<string, Map<string, DestructionReceipt>>()
  /** Records still to be destroyed, by handle; nobody of whom there are none. */
  readonly #due = new Map<string, number>()

  constructor(modules: ErasureModules) {
    this.#modules = modules
  }

  take({ entry, deed, log, index, leaf }: Folded): void {
    if (entry.type === 'act' && entry.subject && deed?.type === 'erasure') {
      const { subject: handle, at } = entry
      this.#acts.set(toHex(leaf), { handle, log, index, leaf, at })
    }
    if (entry.type === 'destroyed') this.#takeReceipt(entry, log, index)
  }

  /** To be called when something new is known of a person's life. */
  changed({ handle, life }: LifeChange): void {
    if (life.status === 'erased' || this.#due.has(toHex(handle))) this.#reckon(handle)
  }

  /** The act by which the person is erased, as far as is known; undefined if they are not. */
  of(handle: Uint8Array): ErasureAct | undefined {
    const life = this.#modules.lives.life(handle)
    if (life.status !== 'erased') return undefined
    const steps = life.history.filter((step) => step.type === 'erasure' && step.void === undefined)
    const last = steps.at(-1)
    return last && this.#acts.get(toHex(last.leaf))
  }

  /** What replicas have destroyed of this person. */
  receipts(handle: Uint8Array): DestructionReceipt[] {
    const committed = new Set(this.#modules.commitments(handle).map(toHex))
    const all = [...(this.#receipts.get(toHex(handle))?.values() ?? [])]
    return all.filter(({ commitment, erasure }) => {
      const act = this.#acts.get(toHex(erasure))
      return act && toHex(act.handle) === toHex(handle) && committed.has(toHex(commitment))
    })
  }

  /** What replicas have still to destroy of somebody who is erased. */
  due(handle: Uint8Array): KeptRecord[] {
    if (!this.of(handle)) return []
    const done = new Set(this.receipts(handle).map(placeOf))
    const replicas = this.#modules.keepersOf(handle)
    const all = this.#modules.commitments(handle).flatMap((commitment) => {
      return replicas.map((replica): KeptRecord => ({ replica, commitment }))
    })
    return all.filter((record) => !done.has(placeOf(record)))
  }

  /** Everybody who is erased. */
  people(): Uint8Array[] {
    const handles = new Map([...this.#acts.values()].map(({ handle }) => [toHex(handle), handle]))
    return [...handles.values()].filter((handle) => this.of(handle))
  }

  /** To be called when other nodes than before may have records. */
  moved(): void {
    for (const handle of this.people()) this.#reckon(handle)
  }

  /** Persons who are erased, and of whom a replica has not destroyed everything. */
  get peopleDue(): number {
    return this.#due.size
  }

  #reckon(handle: Uint8Array): void {
    const due = this.due(handle).length
    if (due > 0) this.#due.set(toHex(handle), due)
    else this.#due.delete(toHex(handle))
  }

  #takeReceipt({ handle, commitment, erasure, at }: Destroyed, log: string, index: number): void {
    const key = toHex(handle)
    const receipt: DestructionReceipt = { replica: log, commitment, at, index, erasure }
    const known = this.#receipts.get(key) ?? new Map<string, DestructionReceipt>()
    // The same again, because of another act, may count where the first does not.
    const place = `${placeOf(receipt)} ${toHex(erasure)}`
    if (!known.has(place)) known.set(place, receipt)
    this.#receipts.set(key, known)
    this.#reckon(handle)
  }
}

function placeOf({ replica, commitment }: KeptRecord): string {
  return `${replica} ${toHex(commitment)}`
}
