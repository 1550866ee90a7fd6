/**
 * Makes the lists that `accesses.ts` has the places for: reads the entries, says of them what their
 * reader may know, and proves that they stand there.
 */
import { proveRecord } from '../../protocol/access-record.ts'
import { signAccessList, accessFactsOf } from '../../protocol/access-list.ts'
import { openSigned, type Authorised } from '../../protocol/authority.ts'
import { breachFactsOf, signBreachReport } from '../../protocol/breach-report.ts'
import type { CoveredLog, Place, PlacedLeaf, ProvenLeaf } from '../../protocol/covered-log.ts'
import { decodeDeed } from '../../protocol/deed.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Signer } from '../../crypto/ed25519.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Logged } from '../../protocol/rules/touched.ts'
import { LIST_BATCH_BYTES_MAX, LIST_ROWS_MAX } from '../../protocol/signed-list.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import { batchAt, type RecordShelf } from '../access/record-shelf.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Accesses, AccessPlace } from './accesses.ts'

interface ReportsOptions {
  readonly self: string
  readonly roster: Roster
}

interface ReportsModules {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly accesses: Accesses
  /** The node's own. */
  readonly signer: Signer
}

/** Which part of a list is wanted, and what the time is, ms. */
interface Wanted {
  readonly at: number
  readonly offset?: number
  /** Up to which entry of each log everything is here, where that is not all there is. */
  readonly sizes?: ReadonlyMap<string, number>
  /** Logs of which access records may be missing here. */
  readonly unheard?: readonly string[]
}

/** All that a list is made from: taken at one moment, so that its parts belong together. */
interface Moment {
  readonly frontier: readonly CoveredLog[]
  /** Entries under the checkpoint of each log. */
  readonly sizes: ReadonlyMap<string, number>
  readonly covers: (place: Place) => boolean
}

export class Reports {
  readonly #options: ReportsOptions
  readonly #modules: ReportsModules

  constructor(options: ReportsOptions, modules: ReportsModules) {
    this.#options = options
    this.#modules = modules
  }

  /** One page of who looked at a person's record, signed: see `AccessList`. */
  async accessList(
    handle: Uint8Array,
    { at, offset = 0, sizes, unheard = [] }: Wanted,
  ): Promise<Uint8Array> {
    const moment = this.#moment(sizes)
    const places = this.#modules.accesses.of(handle, at).filter(moment.covers)
    const accesses = await this.#rows(places.slice(offset), moment, accessFactsOf)
    const { self: node, roster } = this.#options
    const { frontier } = moment
    const covered = { network: roster.network, node, at, frontier, unheard }
    const list = { ...covered, handle, offset, total: places.length, accesses }
    return signAccessList(list, this.#modules.signer)
  }

  /** One page of what a key signed from `from` and before `to`, signed: see `BreachReport`. */
  async breachReport(
    { officer, from, to }: { officer: Uint8Array; from: number; to: number },
    { at, offset = 0, sizes, unheard = [] }: Wanted,
  ): Promise<Uint8Array> {
    const moment = this.#moment(sizes)
    const places = this.#modules.accesses.by(officer, from, to).filter(moment.covers)
    const acts = await this.#rows(places.slice(offset), moment, (logged, { isOpen }) => {
      return breachFactsOf(logged, officer, isOpen)
    })
    const { self: node, roster } = this.#options
    const { frontier } = moment
    const covered = { network: roster.network, node, at, frontier, unheard }
    const report = { ...covered, officer, from, to, offset, total: places.length, acts }
    return signBreachReport(report, this.#modules.signer)
  }

  #moment(upTo: ReadonlyMap<string, number> = new Map()): Moment {
    const { ledger, accesses } = this.#modules
    const taken = new Map(
      accesses.frontier().map(({ node, size }) => [node, Math.min(size, upTo.get(node) ?? size)]),
    )
    const sizes = new Map<string, number>()
    const frontier = logsOf(this.#options.roster).map(({ name: node }): CoveredLog => {
      const size = taken.get(node) ?? 0
      if (size === 0) return { node, size, checkpoint: '' }
      const covering = ledger.covering(node, size - 1)
      sizes.set(node, covering.size)
      return { node, size, checkpoint: covering.checkpoint! }
    })
    const covers = ({ log, index }: Place): boolean => index < (taken.get(log) ?? 0)
    return { frontier, sizes, covers }
  }

  /** As many as a page has room for. */
  async #rows<P extends AccessPlace, F extends PlacedLeaf>(
    places: readonly P[],
    moment: Moment,
    factsOf: (logged: Logged, place: P) => F | undefined,
  ): Promise<(F & ProvenLeaf)[]> {
    const rows: (F & ProvenLeaf)[] = []
    let bytes = 0
    for (const place of places.slice(0, LIST_ROWS_MAX)) {
      if (bytes > LIST_BATCH_BYTES_MAX) break
      const facts = factsOf(await this.#read(place), place)
      if (!facts) continue
      const proof = await this.#proof(place, moment)
      bytes += proof.batch?.entry.length ?? 0
      rows.push({ ...facts, ...proof })
    }
    return rows
  }

  async #proof(place: Place, { sizes }: Moment): Promise<Pick<ProvenLeaf, 'path' | 'batch'>> {
    const { log, index, record } = place
    const stored = this.#modules.ledger.stored(log)
    const path = await stored.inclusion(index, sizes.get(log)!)
    if (record === undefined) return { path }
    const records = await this.#records(place)
    return { path, batch: await proveRecord(await stored.entry(index), records, record) }
  }

  /** The entry, joined again with what it rests on; that it counts was seen when it was folded. */
  async #read(place: AccessPlace): Promise<Logged> {
    const { log, index, record, asked } = place
    const bytes = await this.#bytes(place)
    const entry = decodeEntry(bytes)
    const isItself = asked.index === index && asked.record === record
    const by = this.#signers(isItself ? entry : decodeEntry(await this.#bytes(asked)))
    const deed = entry.type === 'act' ? decodeDeed(entry.deed) : undefined
    return { log, index, record, leaf: hashLeaf(bytes), entry, by, deed }
  }

  async #bytes(place: Place): Promise<Uint8Array> {
    const { log, index, record } = place
    if (record === undefined) return this.#modules.ledger.stored(log).entry(index)
    return (await this.#records(place))[record]!
  }

  /** @throws TamgaError `storage`: they were here when they were folded */
  async #records({ log, index }: Place): Promise<readonly Uint8Array[]> {
    const { ledger, shelf } = this.#modules
    const records = await shelf.get(await batchAt(ledger.stored(log), index))
    if (records) return records
    throw new TamgaError('storage', `the records of batch ${index} of ${log} are not here any more`)
  }

  #signers(entry: Entry): Authorised[] {
    return statementsOf(entry).map((signed) => openSigned(signed, this.#options.roster))
  }
}

function statementsOf(entry: Entry): readonly SignedStatement[] {
  if (entry.type === 'act') return entry.signatures
  return 'statement' in entry ? [entry] : []
}
