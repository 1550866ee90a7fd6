/**
 * What some ledgers have said and promised, written down from outside while they run, and held
 * against itself at once: whatever contradicts an invariant is a complaint, and names when.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { parseCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { logKeys } from '../../node/log/log-keys.ts'
import { isQuorum, type CosignatureKind } from '../../protocol/quorum.ts'
import { History } from './history.ts'

import type { Roster } from '../../protocol/roster.ts'
import type { Machine, SimulatedWorld } from '../world/world.ts'

/** The disk on which a node has its database. */
export const STORE = 'store'

/** Complaints that are kept: the first ones tell what went wrong. */
const COMPLAINTS_MAX = 20

/** A checkpoint by what it commits to. */
interface Head {
  readonly size: number
  readonly root: string
}

/** An entry that somebody was told is in a log, or is safe there. */
export interface Promised {
  readonly index: number
  readonly leaf: Uint8Array
}

/** One process and what it writes to; a twin has a machine of its own. */
export interface Writer {
  readonly name: string
  readonly machine: Machine
}

interface LogRecords {
  /** Every root that was signed, by size. */
  readonly signed: Map<number, Set<string>>
  /** What was signed when, a branch for each time that something was forgotten or copied. */
  readonly branches: History[]
  readonly acknowledged: Map<number, Uint8Array>
  readonly safe: Map<number, Uint8Array>
  /** What each witness has cosigned. */
  readonly cosigned: Map<string, Head[]>
  readonly quorums: Head[]
}

export class LedgerRecords {
  readonly complaints: string[] = []
  readonly #roster: Roster
  readonly #world: SimulatedWorld
  readonly #logs: ReadonlyMap<string, LogRecords>
  readonly #histories = new Map<Machine, History>()
  /** Logs that may contradict themselves, nodes whose word counts for nothing, disks that lost. */
  readonly forgetful = new Set<string>()
  readonly lying = new Set<string>()
  readonly damaged = new Set<string>()

  constructor({ roster }: { roster: Roster }, { world }: { world: SimulatedWorld }) {
    this.#roster = roster
    this.#world = world
    this.#logs = new Map(roster.nodes.map(({ name }) => [name, emptyRecords()]))
  }

  /** Checkpoints that were signed, cosignatures and promises, for a report. */
  get counts() {
    const all = [...this.#logs.values()]
    const sum = (of: (log: LogRecords) => number): number => {
      return all.reduce((total, log) => total + of(log), 0)
    }
    return {
      checkpoints: sum(({ signed }) => signed.size),
      acknowledged: sum(({ acknowledged }) => acknowledged.size),
      safe: sum(({ safe }) => safe.size),
      quorums: sum(({ quorums }) => quorums.length),
    }
  }

  of(log: string): LogRecords {
    return this.#logs.get(log)!
  }

  complain(complaint: string): void {
    if (this.complaints.length >= COMPLAINTS_MAX) return
    const when = new Date(this.#world.clock.now()).toISOString()
    this.complaints.push(`${complaint} (${when})`)
    this.#world.clock.trace.note(`complaint: ${complaint}`)
  }

  /** A log that was opened, or grew: what its machine has on disk must be what it goes on from. */
  grew({ name, machine }: Writer, note: string | undefined): void {
    if (note === undefined) return
    const { size, root } = headOf(note)
    const history = this.forgetful.has(name)
      ? this.#common(name, machine, size)
      : this.#history(name, machine)
    if (size > history.size) {
      const entries = entriesOnDisk(machine, name, history.size, size)
      if (!entries) return this.complain(`${name} has signed ${size} entries and not all are there`)
      history.append(entries)
    }
    if (history.rootAt(size) !== root) this.complain(`${name} is not append-only at ${size}`)
    this.#sign(name, { size, root })
  }

  /** A second machine goes on from where the first one stands. */
  copied({ name, machine }: Writer, copy: Machine): void {
    const before = this.#history(name, machine)
    this.#branch(name, copy, before.branch(before.size))
  }

  /** A checkpoint that has left a node, whoever's it is. */
  left(by: string, log: string, note: string): void {
    if (this.lying.has(by) && by !== log) return
    const head = headOf(note)
    const [history] = this.of(log).branches
    const known = history?.rootAt(head.size)
    if (!this.forgetful.has(log) && head.size > 0 && known !== head.root) {
      this.complain(`${by} shows ${head.size} of ${log}, which is not what it has signed`)
    }
    this.#sign(log, head)
  }

  cosigned(kind: CosignatureKind, by: string, log: string, text: string): void {
    if (kind === 'mirror' || this.lying.has(by)) return
    const head = headOf(text)
    const { cosigned, quorums } = this.of(log)
    const before = cosigned.get(by) ?? []
    if (before.some(({ size, root }) => size === head.size && root === head.root)) return
    const other = before.find((earlier) => !this.#areConsistent(log, earlier, head))
    if (other && !this.damaged.has(by)) {
      this.complain(`${by} has cosigned two histories of ${log}: ${other.size} and ${head.size}`)
    }
    cosigned.set(by, [...before, head])
    if (!this.#isQuorum(log, head)) return
    const rival = quorums.find((earlier) => !this.#areConsistent(log, earlier, head))
    if (rival) this.complain(`two quorums for ${log}: ${rival.size} and ${head.size}`)
    if (!quorums.some(({ size, root }) => size === head.size && root === head.root)) {
      quorums.push(head)
    }
  }

  acknowledged({ name, machine }: Writer, index: number, entry: Uint8Array): void {
    const { acknowledged } = this.of(name)
    const leaf = hashLeaf(entry)
    const before = acknowledged.get(index)
    if (before && !this.forgetful.has(name)) this.complain(`two were given ${index} of ${name}`)
    const [there] = entriesOnDisk(machine, name, index, index + 1) ?? []
    if (!there || !equalBytes(hashLeaf(there), leaf)) {
      this.complain(`${index} of ${name} was acknowledged and is not on its disk`)
    }
    acknowledged.set(index, leaf)
  }

  /** The log says that enough others hold an entry: they are looked at. */
  promisedSafe({ name }: Writer, index: number, entry: Uint8Array): void {
    const { safe } = this.of(name)
    const leaf = hashLeaf(entry)
    const before = safe.get(index)
    if (before && !equalBytes(before, leaf)) this.complain(`two are safe as ${index} of ${name}`)
    safe.set(index, leaf)
    const unreliable = new Set([...this.lying, ...this.damaged].filter((other) => other !== name))
    const least = this.#roster.mirrors - unreliable.size
    const holding = this.holding(name, { index, leaf })
    if (holding.length >= least) return
    this.complain(`${index} of ${name} is called safe, and ${holding.join(' ')} alone hold it`)
  }

  /** The other nodes on whose disks an entry is, covered by a checkpoint. */
  holding(log: string, { index, leaf }: Promised): string[] {
    const others = this.#world.machines.filter(({ name }) => name !== log)
    const holding = others.filter((machine) => {
      if (sizeOnDisk(machine, log) <= index) return false
      const [entry] = entriesOnDisk(machine, log, index, index + 1) ?? []
      return entry !== undefined && equalBytes(hashLeaf(entry), leaf)
    })
    return holding.map(({ name }) => name)
  }

  #history(name: string, machine: Machine): History {
    const history = this.#histories.get(machine)
    if (history) return history
    return this.#branch(name, machine, new History())
  }

  /** What is on the disk of a log that has forgotten something goes on from what it still has. */
  #common(name: string, machine: Machine, size: number): History {
    const before = this.#history(name, machine)
    const entries = entriesOnDisk(machine, name, 0, size) ?? []
    const other = entries.findIndex((entry, index) => {
      const leaf = before.leafAt(index)
      return leaf !== undefined && !equalBytes(leaf, hashLeaf(entry))
    })
    const common = other < 0 ? Math.min(size, before.size) : other
    if (common === before.size) return before
    return this.#branch(name, machine, before.branch(common))
  }

  #branch(name: string, machine: Machine, history: History): History {
    this.#histories.set(machine, history)
    this.of(name).branches.push(history)
    return history
  }

  #sign(log: string, { size, root }: Head): void {
    const { signed } = this.of(log)
    const roots = signed.get(size) ?? new Set()
    signed.set(size, roots.add(root))
    if (roots.size < 2 || this.forgetful.has(log)) return
    this.complain(`${log} has signed two trees of ${size} entries`)
  }

  /** Whether one history has both: a root that no history has is consistent with itself alone. */
  #areConsistent(log: string, a: Head, b: Head): boolean {
    if (a.size === b.size) return a.root === b.root
    return this.of(log).branches.some((branch) => {
      return branch.rootAt(a.size) === a.root && branch.rootAt(b.size) === b.root
    })
  }

  /** The worst case: whoever may lie has cosigned it too. */
  #isQuorum(log: string, head: Head): boolean {
    const { cosigned } = this.of(log)
    const honest = [...cosigned].filter(([, heads]) => {
      return heads.some(({ size, root }) => size === head.size && root === head.root)
    })
    return isQuorum([log, ...honest.map(([name]) => name), ...this.lying], this.#roster)
  }
}

/** Entries as they lie on a disk; undefined if one is missing. */
export function entriesOnDisk(
  machine: Machine,
  log: string,
  from: number,
  to: number,
): Uint8Array[] | undefined {
  const keys = logKeys(log)
  const disk = machine.disk(STORE)
  const entries: Uint8Array[] = []
  for (let index = from; index < to; index += 1) {
    const entry = disk.get(keys.entry(index))
    if (!entry) return undefined
    entries.push(entry)
  }
  return entries
}

/** How far the checkpoint of a log on a disk goes. */
export function sizeOnDisk(machine: Machine, log: string): number {
  const note = machine.disk(STORE).get(logKeys(log).checkpoint)
  return note ? headOf(new TextDecoder().decode(note)).size : 0
}

export function headOf(note: string): Head {
  const text = note.includes('\n\n') ? note.slice(0, note.indexOf('\n\n') + 1) : note
  const { size, root } = parseCheckpoint(text)
  return { size: Number(size), root: toHex(root) }
}

function emptyRecords(): LogRecords {
  return {
    signed: new Map(),
    branches: [],
    acknowledged: new Map(),
    safe: new Map(),
    cosigned: new Map(),
    quorums: [],
  }
}
