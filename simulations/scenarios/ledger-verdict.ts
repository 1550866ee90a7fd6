/**
 * What must be true of some ledgers once the storm is over: everything that was acknowledged is
 * there, everything that was called safe is held, copies are the same byte for byte, every log
 * signs or says why not, and a key that two honest nodes have both sides of is caught at all of
 * them.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { hashLeaf, sha256 } from '../../crypto/hash.ts'
import { describe } from '../../node/log/fsck/damage.ts'
import { fsckLog } from '../../node/log/fsck/fsck-log.ts'
import { logKeys } from '../../node/log/log-keys.ts'
import { verifyEvidence } from '../../protocol/evidence.ts'
import { logOrigin, logVerifier } from '../../protocol/roster.ts'
import { mayForget, type LedgerPlan } from './ledger-plan.ts'
import { entriesOnDisk, headOf, type LedgerRecords } from './ledger-records.ts'

import type { SimulatedWorld } from '../world/world.ts'
import type { Living, SimulatedLedgers } from './simulated-ledgers.ts'

interface Modules {
  readonly world: SimulatedWorld
  readonly ledgers: SimulatedLedgers
  readonly records: LedgerRecords
}

export class LedgerVerdict {
  readonly #plan: LedgerPlan
  readonly #modules: Modules

  constructor(plan: LedgerPlan, modules: Modules) {
    this.#plan = plan
    this.#modules = modules
  }

  /** Every node is up, every log signs or has a reason not to, every mirror has all of it. */
  isSettled(): boolean {
    const originals = this.#originals()
    if (originals.length < this.#modules.world.machines.length) return false
    return originals.every((node) => {
      const { own } = node.ledger
      if (node.ledger.isBroken || !(own.isSigning || this.#hasReason(own))) return false
      return originals.every((other) => other === node || this.#hasAll(other, node))
    })
  }

  /** Every log that signs is held to its end by as many as the roster wants. */
  isSafe(): boolean {
    return this.signing().every(({ ledger: { own, cosignatures } }) => {
      return this.#isUnsound(own.name) || (cosignatures.safe?.size ?? 0) === own.size
    })
  }

  /** Whether everybody has heard of everything that convicts a key. */
  isAgreed(): boolean {
    const honest = this.#honest()
    return this.#plan.names.every((name) => {
      const has = honest.some(({ ledger }) => ledger.quarantine.has(name))
      if (!has) return !this.#isSeenDouble(name, honest)
      return honest.every(({ ledger }) => ledger.quarantine.evidence(name) !== undefined)
    })
  }

  /** The nodes whose logs take entries, the twin left out. */
  signing(): Living[] {
    return this.#originals().filter(({ ledger }) => ledger.own.isSigning)
  }

  /** Who has what, for a report of what went wrong. */
  state(): string {
    const { machines } = this.#modules.world
    const lines = machines.map((machine) => {
      const living = this.#modules.ledgers.at(machine)
      if (!living) return `${machine.name} ${machine.isUp ? 'is starting' : 'is down'}`
      const { own, mirrors, quarantine } = living.ledger
      const held = [...mirrors.values()].map(({ name, size }) => `${name}:${size}`)
      const status = own.isSigning ? 'signs' : (own.refusal ?? `waits ${own.copied}`)
      const safe = living.ledger.cosignatures.safe?.size ?? 0
      const caught = quarantine.logs().join(',')
      return `${machine.name} ${own.size} safe ${safe} (${status}) has ${held.join(' ')} ${caught}`
    })
    return lines.join('; ')
  }

  async check(): Promise<void> {
    this.#checkBlames()
    for (const name of this.#plan.names) {
      this.#checkPromises(name)
      this.#checkCopies(name)
      this.#checkQuarantine(name)
      await this.#checkTree(name)
    }
  }

  #honest(): Living[] {
    const { lying } = this.#modules.records
    return this.#originals().filter(({ name }) => !lying.has(name))
  }

  #originals(): Living[] {
    const { world, ledgers } = this.#modules
    return world.machines.flatMap((machine) => ledgers.at(machine) ?? [])
  }

  /** A log that does not sign says why, or is known to go further than anybody still has it. */
  #hasReason({ name, size, refusal, ahead }: Living['ledger']['own']): boolean {
    if (refusal !== undefined || ahead !== undefined) return true
    const { damaged, forgetful } = this.#modules.records
    if (!damaged.has(name) && !forgetful.has(name)) return false
    return this.#originals().some(({ ledger }) => {
      const last = name === ledger.own.name ? undefined : ledger.witness.last(name)
      return last !== undefined && headOf(last).size > size
    })
  }

  #hasAll({ ledger }: Living, { name: log, ledger: { own } }: Living): boolean {
    if (!own.isSigning || ledger.quarantine.has(log) || this.#isUnsound(log)) return true
    return ledger.mirrors.get(log)!.size === own.size
  }

  /** A second history may be ahead of it, or its own disk keeps others from copying it. */
  #isUnsound(log: string): boolean {
    const { records } = this.#modules
    const isFlipped = this.#plan.scene === 'bit-flips' && records.damaged.has(log)
    return isFlipped || records.forgetful.has(log)
  }

  #isHealthy(name: string): boolean {
    const { records } = this.#modules
    return !records.damaged.has(name) && !mayForget(this.#plan)
  }

  #checkPromises(name: string): void {
    const { records, world } = this.#modules
    const { acknowledged, safe } = records.of(name)
    const living = this.#originals().find((node) => node.name === name)
    if (!living) return
    const { own } = living.ledger
    if (!own.isSigning && this.#isHealthy(name)) {
      records.complain(`${name} does not sign any more: ${own.refusal ?? 'it waits'}`)
    }
    if (own.isSigning && !records.forgetful.has(name)) {
      for (const [index, leaf] of acknowledged) {
        const [entry] = entriesOnDisk(world.machine(name), name, index, index + 1) ?? []
        const isThere = entry !== undefined && equalBytes(hashLeaf(entry), leaf)
        if (isThere && own.size > index) continue
        // A bit that flips in an entry is found by a full check, and not before.
        if (this.#plan.scene === 'bit-flips' && records.damaged.has(name)) continue
        records.complain(`${index} of ${name} was acknowledged and is not there`)
      }
    }
    const isCaught = this.#originals().some(({ ledger }) => ledger.quarantine.has(name))
    const others = [...records.lying, ...records.damaged].filter((other) => other !== name)
    const lost = isCaught || this.#plan.scene === 'bit-flips' ? new Set(others).size : 0
    const lying = [...records.lying].filter((other) => other !== name).length
    const least = this.#modules.ledgers.roster.mirrors - Math.max(lost, lying)
    for (const [index, leaf] of safe) {
      const holding = records.holding(name, { index, leaf })
      if (holding.length >= least) continue
      records.complain(`${index} of ${name} was safe, and ${holding.join(' ')} alone hold it`)
    }
  }

  /** Entries and tiles of the same log are the same on all disks that have all of it. */
  #checkCopies(name: string): void {
    const { records, world } = this.#modules
    const living = this.#originals().find((node) => node.name === name)
    if (!living?.ledger.own.isSigning) return
    const { size } = living.ledger.own
    const copies = this.#originals()
      .filter((node) => !records.damaged.has(node.name))
      .filter((node) => node.name === name || node.ledger.mirrors.get(name)!.size === size)
      .map((node) => ({ by: node.name, digest: copyDigest(world, node.name, name, size) }))
    const [first] = copies
    for (const { by, digest } of copies) {
      if (digest !== first!.digest) records.complain(`${by} has another copy of ${name}`)
    }
  }

  #checkQuarantine(name: string): void {
    const { records, ledgers } = this.#modules
    const honest = this.#honest()
    const holders = honest.filter(({ ledger }) => ledger.quarantine.has(name))
    for (const { ledger } of holders) {
      if (!records.forgetful.has(name)) records.complain(`${name} is quarantined and is honest`)
      try {
        verifyEvidence(ledger.quarantine.evidence(name)!, ledgers.roster)
      } catch (error) {
        records.complain(`the evidence against ${name} convicts nobody: ${String(error)}`)
      }
    }
    if (holders.length > 0 && holders.length < honest.length) {
      records.complain(`${name} is quarantined at ${holders.length} of ${honest.length}`)
    }
    if (holders.length > 0 || !this.#isSeenDouble(name, honest)) return
    records.complain(`${name} has signed two histories, both are known, and nobody minds`)
  }

  /** Whether honest nodes have on disk what together convicts the key: a note, and a tree. */
  #isSeenDouble(name: string, honest: readonly Living[]): boolean {
    const others = honest.filter((node) => node.name !== name)
    const notes = others.flatMap(({ ledger }) => {
      return [ledger.mirrors.get(name)?.checkpoint, ledger.witness.last(name)]
    })
    const known = notes.flatMap((note) => (note === undefined ? [] : [headOf(note)]))
    const trees = others.flatMap(({ ledger }) => {
      const { size, checkpoint } = ledger.mirrors.get(name)!
      return checkpoint === undefined ? [] : [{ size, root: headOf(checkpoint).root }]
    })
    const { branches } = this.#modules.records.of(name)
    return known.some((note) =>
      trees.some(({ size, root }) => {
        const tree = branches.find((branch) => branch.rootAt(size) === root)
        return tree !== undefined && note.size <= size && tree.rootAt(note.size) !== note.root
      }),
    )
  }

  /** The full check of the log at home, from its entries up. */
  async #checkTree(name: string): Promise<void> {
    const { records, ledgers } = this.#modules
    const living = this.#originals().find((node) => node.name === name)
    if (!living?.ledger.own.isSigning || records.damaged.has(name)) return
    const { roster } = ledgers
    const { network, nodes } = roster
    const verifier = logVerifier(
      network,
      nodes.find((node) => node.name === name)!,
    )
    const options = { name, origin: logOrigin(network, name), verifier, roster }
    const { damages } = await fsckLog(options, { store: living.store })
    for (const damage of damages.found) {
      records.complain(`${name} does not bear a full check: ${describe(damage)}`)
    }
  }

  /** Nobody honest is held to account for what no honest node does. */
  #checkBlames(): void {
    const { world, records } = this.#modules
    for (const { by, peer, code } of world.network.blames) {
      const isGuilty = records.lying.has(peer) || records.damaged.has(peer)
      if (isGuilty || records.lying.has(by) || records.forgetful.has(peer)) continue
      records.complain(`${by} holds ${code} against ${peer}, which is honest`)
    }
  }
}

/** Entries and tiles as far as the log goes; what once stood beyond it does not count. */
function copyDigest(world: SimulatedWorld, by: string, log: string, size: number): string {
  const machine = world.machine(by)
  const keys = logKeys(log)
  const entries = entriesOnDisk(machine, log, 0, size) ?? []
  const tiles: Uint8Array[] = []
  for (let level = 0, nodes = size; nodes > 0; level += 1, nodes = Math.floor(nodes / 256)) {
    for (let index = 0; index * 256 < nodes; index += 1) {
      const width = Math.min(256, nodes - index * 256)
      const tile = machine.disk('store').get(keys.tile(level, BigInt(index)))
      tiles.push((tile ?? new Uint8Array()).subarray(0, width * 32))
    }
  }
  return toHex(sha256(...entries, ...tiles))
}
