/**
 * The roster of the epoch that a node is in, as all its rooms read it: one object that says at any
 * time what the newest roster says. Whoever must not see it change under their hands takes the
 * roster of now with `pinned`.
 */
import type { Organisation } from '../protocol/credential.ts'
import type { ClosedLog, PastEpoch } from '../protocol/roster-history.ts'
import type { Roster, RosterNode } from '../protocol/roster.ts'
import type { SignedRoster } from '../protocol/succession.ts'
import type { Witnesses } from '../protocol/witness-lines.ts'

/** Hears of a new epoch when it is there. It must not throw. */
type EpochListener = (roster: Roster) => void

export class LiveRoster implements Roster {
  #current: SignedRoster
  readonly #listeners: EpochListener[] = []

  constructor(current: SignedRoster) {
    this.#current = current
  }

  get current(): SignedRoster {
    return this.#current
  }

  /** Listeners hear of it in the order in which they came: what others build on comes first. */
  onEpoch(listener: EpochListener): void {
    this.#listeners.push(listener)
  }

  /** Goes over to the roster of the next epoch, at once for everybody. */
  open(next: SignedRoster): void {
    this.#current = next
    for (const listener of this.#listeners) listener(next.roster)
  }

  get network(): string {
    return this.#current.roster.network
  }

  get epoch(): number {
    return this.#current.roster.epoch
  }

  get shards(): number {
    return this.#current.roster.shards
  }

  get replicas(): number {
    return this.#current.roster.replicas
  }

  get mirrors(): number {
    return this.#current.roster.mirrors
  }

  get nodes(): readonly RosterNode[] {
    return this.#current.roster.nodes
  }

  get witnesses(): Witnesses {
    // Absent and undefined are the same to whoever reads it.
    return this.#current.roster.witnesses as Witnesses
  }

  get organisations(): readonly Organisation[] {
    return this.#current.roster.organisations
  }

  get closed(): readonly ClosedLog[] {
    return this.#current.roster.closed ?? NONE
  }

  get past(): readonly PastEpoch[] {
    return this.#current.roster.past ?? NONE
  }
}

const NONE: readonly never[] = []

/** Calls back with every new epoch; of a roster that stands still there is none. */
export function onEpoch(roster: Roster, listener: EpochListener): void {
  if (roster instanceof LiveRoster) roster.onEpoch(listener)
}

/** The roster as it is now, whatever follows it. */
export function pinned(roster: Roster): Roster {
  return roster instanceof LiveRoster ? roster.current.roster : roster
}
