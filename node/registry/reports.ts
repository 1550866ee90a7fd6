/**
 * Makes the lists that `accesses.ts` has the places for: reads the entries, says of them what their
 * reader may know, and proves that they stand there.
 */
import { signAccessList, accessFactsOf, type Access } from '../../protocol/access-list.ts'
import { openSigned, type Authorised } from '../../protocol/authority.ts'
import { breachFactsOf, signBreachReport, type BreachAct } from '../../protocol/breach-report.ts'
import type { CoveredLog } from '../../protocol/covered-log.ts'
import { decodeDeed } from '../../protocol/deed.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import type { Signer } from '../../crypto/ed25519.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Logged } from '../../protocol/rules/touched.ts'
import { LIST_ROWS_MAX } from '../../protocol/signed-list.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Accesses, AccessPlace } from './accesses.ts'

interface ReportsOptions {
  readonly self: string
  readonly roster: Roster
}

interface ReportsModules {
  readonly ledger: Ledger
  readonly accesses: Accesses
  /** The node's own. */
  readonly signer: Signer
}

/** Which part of a list is wanted, and what the time is, ms. */
interface Wanted {
  readonly at: number
  readonly offset?: number
}

/** All that a list is made from: taken at one moment, so that its parts belong together. */
interface Moment {
  readonly frontier: readonly CoveredLog[]
  /** Entries under the checkpoint of each log. */
  readonly sizes: ReadonlyMap<string, number>
}

export class Reports {
  readonly #options: ReportsOptions
  readonly #modules: ReportsModules

  constructor(options: ReportsOptions, modules: ReportsModules) {
    this.#options = options
    this.#modules = modules
  }

  /** One page of who looked at a person's record, signed: see `AccessList`. */
  async accessList(handle: Uint8Array, { at, offset = 0 }: Wanted): Promise<Uint8Array> {
    const moment = this.#moment()
    const places = this.#modules.accesses.of(handle, at)
    const accesses: Access[] = []
    for (const place of places.slice(offset, offset + LIST_ROWS_MAX)) {
      const facts = accessFactsOf(await this.#read(place))
      if (facts) accesses.push({ ...facts, path: await this.#path(place, moment) })
    }
    const { self: node, roster } = this.#options
    const covered = { network: roster.network, node, at, frontier: moment.frontier }
    const list = { ...covered, handle, offset, total: places.length, accesses }
    return signAccessList(list, this.#modules.signer)
  }

  /** One page of what a key signed from `from` and before `to`, signed: see `BreachReport`. */
  async breachReport(
    { officer, from, to }: { officer: Uint8Array; from: number; to: number },
    { at, offset = 0 }: Wanted,
  ): Promise<Uint8Array> {
    const moment = this.#moment()
    const places = this.#modules.accesses.by(officer, from, to)
    const acts: BreachAct[] = []
    for (const place of places.slice(offset, offset + LIST_ROWS_MAX)) {
      const facts = breachFactsOf(await this.#read(place), officer, place.isOpen)
      if (facts) acts.push({ ...facts, path: await this.#path(place, moment) })
    }
    const { self: node, roster } = this.#options
    const covered = { network: roster.network, node, at, frontier: moment.frontier }
    const report = { ...covered, officer, from, to, offset, total: places.length, acts }
    return signBreachReport(report, this.#modules.signer)
  }

  #moment(): Moment {
    const { ledger, accesses } = this.#modules
    const taken = new Map(accesses.frontier().map(({ node, size }) => [node, size]))
    const sizes = new Map<string, number>()
    const frontier = logsOf(this.#options.roster).map(({ name: node }): CoveredLog => {
      const size = taken.get(node) ?? 0
      if (size === 0) return { node, size, checkpoint: '' }
      const covering = ledger.covering(node, size - 1)
      sizes.set(node, covering.size)
      return { node, size, checkpoint: covering.checkpoint! }
    })
    return { frontier, sizes }
  }

  async #path({ log, index }: AccessPlace, { sizes }: Moment): Promise<Uint8Array[]> {
    return this.#modules.ledger.stored(log).inclusion(index, sizes.get(log)!)
  }

  /** The entry, joined again with what it rests on; that it counts was seen when it was folded. */
  async #read({ log, index, asked }: AccessPlace): Promise<Logged> {
    const stored = this.#modules.ledger.stored(log)
    const bytes = await stored.entry(index)
    const entry = decodeEntry(bytes)
    const by = this.#signers(asked === index ? entry : decodeEntry(await stored.entry(asked)))
    const deed = entry.type === 'act' ? decodeDeed(entry.deed) : undefined
    return { log, index, leaf: hashLeaf(bytes), entry, by, deed }
  }

  #signers(entry: Entry): Authorised[] {
    return statementsOf(entry).map((signed) => openSigned(signed, this.#options.roster))
  }
}

function statementsOf(entry: Entry): readonly SignedStatement[] {
  if (entry.type === 'act') return entry.signatures
  return 'statement' in entry ? [entry] : []
}
