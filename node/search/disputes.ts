/**
 * Replicas that were caught contradicting each other, with what proves it: on disk, and named in
 * the own log before anybody here is told.
 */
import { toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { disputes, type Dispute } from '../../protocol/dispute.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { decodePart, partDigest } from '../../protocol/part.ts'
import { DISPUTES_MAX } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Store } from '../store/store.ts'

interface DisputesModules {
  readonly ledger: Ledger
  readonly store: Store
  readonly logger: Logger
}

const PREFIX = 'dispute/'

export class Disputes {
  readonly #modules: DisputesModules
  readonly #names: Set<string>

  private constructor(names: readonly string[], modules: DisputesModules) {
    this.#names = new Set(names)
    this.#modules = modules
  }

  /** @throws TamgaError `storage` when the disk cannot be read */
  static async open(modules: DisputesModules): Promise<Disputes> {
    const rows = await modules.store.range(PREFIX, `${PREFIX}~`, DISPUTES_MAX)
    return new Disputes(
      rows.map(([key]) => key.slice(PREFIX.length)),
      modules,
    )
  }

  /** Query and shard of each. */
  names(): string[] {
    return [...this.#names]
  }

  /** What `verifyDispute` takes. */
  async evidence(name: string): Promise<Uint8Array | undefined> {
    return this.#names.has(name) ? this.#modules.store.get(PREFIX + name) : undefined
  }

  /**
   * Past `DISPUTES_MAX` the evidence is not kept, but for the entry in the log: so many show what
   * there is to show.
   *
   * @throws TamgaError `storage` or what appending throws
   */
  async add(dispute: Dispute): Promise<void> {
    const { ledger, store, logger } = this.#modules
    const { query, shard } = dispute
    const [first, second] = [dispute.first, dispute.second].map(({ part }) => {
      return { node: decodePart(part).node, part: partDigest(part) }
    })
    const { queryId } = decodePart(dispute.first.part)
    const name = `${toHex(queryId)}-${shard}`
    if (this.#names.size < DISPUTES_MAX) {
      const value = disputes.encode(dispute)
      await store.batch([{ type: 'put', key: PREFIX + name, value }], { durable: true })
      this.#names.add(name)
    }
    const entry = { type: 'dispute' as const, at: ledger.now(), queryId, shard }
    const leaf = hashLeaf(query.entry)
    const encoded = encodeEntry({ ...entry, query: leaf, first: first!, second: second! })
    await ledger.own.append(encoded)
    const nodes = [first!.node, second!.node]
    logger.error('two replicas contradict each other', { query: toHex(queryId), shard, nodes })
  }
}
