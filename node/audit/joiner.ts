/**
 * From the bytes of a log to entries that count: read, their signatures checked, and joined with
 * what they refer to in the same log. An outcome is nothing without its query, and an enrolment
 * nothing without a search for duplicates that, by the same log, every shard answered. That they
 * did is the word of the node whose log it is.
 *
 * What a log says depends on that log alone, up to there.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { decodeRecord } from '../../protocol/access-record.ts'
import {
  authorise,
  authoriseDeed,
  authoriseEnrolment,
  checkFresh,
  openSigned,
  type Authorised,
} from '../../protocol/authority.ts'
import { openGrant, openRevocation } from '../../protocol/credential.ts'
import type { Act } from '../../protocol/entry/act.ts'
import type { CrossCheck, CrossQuery } from '../../protocol/entry/cross-check.ts'
import type { Destroyed } from '../../protocol/entry/destroyed.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import type { Epoch } from '../../protocol/entry/epoch.ts'
import { comparePlaces } from '../../protocol/covered-log.ts'
import { decodeEntry } from '../../protocol/entry/entry.ts'
import type { Outcome } from '../../protocol/entry/outcome.ts'
import type { Query } from '../../protocol/entry/query.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { QUERIES_OPEN_MAX } from '../../protocol/limits.ts'
import { hasHeld } from '../../protocol/epochs.ts'
import { formatRoster, parseRoster, rosterDigest, rosterText } from '../../protocol/roster.ts'
import type { Roster } from '../../protocol/roster.ts'
import { decodePolicy } from '../../protocol/rules/policy.ts'
import { shardOf } from '../../protocol/shards.ts'
import type { Folded, FoundBySearch } from './folded.ts'

/** A query whose outcome, or whose enrolment, is still to come. */
interface Open {
  readonly leaf: Uint8Array
  /** Index of the batch that it is in. */
  readonly batch: number | undefined
  readonly query: Query
  readonly asked: Authorised
  outcome?: Outcome
}

type Joined = Pick<Folded, 'by' | 'deed' | 'search' | 'duplicates' | 'joined'>

const NOTHING: Joined = { by: [], deed: undefined, search: undefined, duplicates: [] }

export class Joiner {
  readonly #roster: Roster
  /** By log and query id, the oldest first. */
  readonly #open = new Map<string, Map<string, Open>>()
  /**
   * Access records, in the same way: apart, as not everybody has them, and all must drop the same
   * of those that enrolments rest on.
   */
  readonly #openRecords = new Map<string, Map<string, Open>>()
  /** Questions of cross-checks, in the same way. */
  readonly #crossOpen = new Map<string, Map<string, { leaf: Uint8Array; query: CrossQuery }>>()

  constructor({ roster }: { roster: Roster }) {
    this.#roster = roster
  }

  /**
   * To be called with every entry of a log, in order.
   *
   * @throws TamgaError when it cannot be read, or nobody was entitled to it: it counts for nothing
   */
  join(log: string, index: number, bytes: Uint8Array): Folded {
    const entry = decodeEntry(bytes)
    const leaf = hashLeaf(bytes)
    return { log, index, leaf, entry, ...this.#joined(log, leaf, entry) }
  }

  /**
   * The same of an access record of the batch at `index`, in any order. What a verification led to,
   * and that somebody searched, says nothing of anybody that the question does not say.
   *
   * @param post whose group of the batch it is in
   * @throws TamgaError as `join` does; `forbidden` also where it is among those of another post
   */
  joinRecord(
    { log, index, record }: { log: string; index: number; record: number },
    bytes: Uint8Array,
    post: string,
  ): Folded {
    const entry = decodeRecord(bytes)
    const leaf = hashLeaf(bytes)
    const placed = { log, index, record, leaf, entry, ...NOTHING }
    if (entry.type === 'outcome') return placed
    if (entry.type === 'search') {
      checkPost(entry.asker, post)
      return placed
    }
    const asked = authorise(entry, this.#roster)
    const { action } = asked.statement
    checkPost(asked.statement.post, post)
    if (action !== 'identify' && action !== 'verify') {
      throw new TamgaError('forbidden', `no access record is to ${action}`)
    }
    const open: Open = { leaf, batch: index, query: entry, asked }
    if (action === 'identify') put(this.#openRecords, log, toHex(entry.queryId), open)
    return { ...placed, by: [asked] }
  }

  #joined(log: string, leaf: Uint8Array, entry: Folded['entry']): Joined {
    switch (entry.type) {
      case 'query':
        return { ...NOTHING, by: [this.#opened(log, leaf, entry)] }
      case 'outcome':
        return this.#closed(log, entry)
      case 'enrolment':
        return this.#enrolled(log, entry)
      case 'act':
        return this.#done(entry)
      case 'refused':
        return { ...NOTHING, by: [openSigned(entry, this.#roster)] }
      case 'grant':
        openGrant(entry.credential, this.#roster)
        return NOTHING
      case 'revocation':
        openRevocation(entry.revocation, this.#roster)
        return NOTHING
      case 'destroyed':
        return this.#destroyed(log, entry)
      case 'cross-query':
        put(this.#crossOpen, log, toHex(entry.queryId), { leaf, query: entry })
        return NOTHING
      case 'cross-check':
        return this.#crossChecked(log, entry)
      case 'epoch':
        return { ...NOTHING, joined: this.#begun(entry) }
      case 'genesis':
      case 'search':
      case 'seen':
      case 'dispute':
      case 'claim':
      case 'holding':
      case 'batch':
      default:
        return NOTHING
    }
  }

  #opened(log: string, leaf: Uint8Array, query: Query): Authorised {
    const asked = authorise(query, this.#roster)
    put(this.#open, log, toHex(query.queryId), { leaf, batch: undefined, query, asked })
    return asked
  }

  #closed(log: string, outcome: Outcome): Joined {
    const all = outcome.batch === undefined ? this.#open : this.#openRecords
    const open = find(all, log, outcome.queryId)
    const isOf = equalBytes(open.leaf, outcome.query) && open.batch === outcome.batch
    if (!isOf || open.outcome) {
      throw new TamgaError('forbidden', 'an outcome of another query')
    }
    const { action } = open.asked.statement
    open.outcome = outcome
    if (action !== 'enrol' && action !== 'update') all.get(log)?.delete(toHex(outcome.queryId))
    return { ...NOTHING, by: [open.asked], search: foundBy(open.query, outcome) }
  }

  #enrolled(log: string, entry: Enrolment): Joined {
    const by = [authoriseEnrolment(entry, log, this.#roster)]
    const { outcome, query } = find(this.#open, log, entry.duplicateCheck)
    const isItsOwn = outcome && equalBytes(query.statement, entry.statement)
    if (!isItsOwn || outcome.verdict === 'incomplete') {
      throw new TamgaError('forbidden', 'an enrolment without a search for duplicates')
    }
    const isNamed = outcome.candidates.some(({ handle }) => equalBytes(handle, entry.handle))
    if (by[0]?.statement.action === 'update' && !isNamed) {
      throw new TamgaError('forbidden', 'an update with the prints of somebody else')
    }
    this.#open.get(log)?.delete(toHex(entry.duplicateCheck))
    const duplicates = outcome.candidates.filter(({ handle }) => !equalBytes(handle, entry.handle))
    return { by, deed: undefined, search: foundBy(query, outcome), duplicates }
  }

  #done(act: Act): Joined {
    const { deed, by } = authoriseDeed(act, this.#roster)
    if (deed.type === 'policy') decodePolicy(deed.policy)
    // Nobody else's deed can be copied to before it was signed, or to when it is long done.
    for (const { statement } of by) checkFresh(statement, act.at)
    const [first] = by
    const claimed = first?.statement.handle
    const isSubject = claimed
      ? act.subject && equalBytes(claimed, act.subject)
      : act.subject === undefined || deed.type === 'resolution'
    if (!isSubject) throw new TamgaError('forbidden', 'an act about somebody else')
    return { ...NOTHING, deed, by }
  }

  #crossChecked(log: string, { queryId, query, enrolment, candidates }: CrossCheck): Joined {
    const key = toHex(queryId)
    const asked = this.#crossOpen.get(log)?.get(key)
    const isOf =
      asked &&
      equalBytes(asked.leaf, query) &&
      comparePlaces(asked.query.enrolment, enrolment) === 0 &&
      equalBytes(asked.query.enrolment.leaf, enrolment.leaf)
    if (!isOf) throw new TamgaError('forbidden', 'a cross-check of which the question is not here')
    this.#crossOpen.get(log)?.delete(key)
    return { ...NOTHING, search: { threshold: asked.query.threshold, candidates } }
  }

  /**
   * Who joined the register with a roster of its past, or with that of now; what the others say of
   * them is not theirs to change.
   */
  #begun({ roster: note }: Epoch): readonly string[] {
    const text = rosterText(note)
    const { epoch, nodes, past = [] } = parseRoster(text)
    const isNow = epoch === this.#roster.epoch
    const known = this.#roster.past?.find((one) => one.epoch === epoch)
    if (!isNow && !known) throw new TamgaError('wrong-epoch', `epoch ${epoch} is not known here`)
    const isIt = known
      ? equalBytes(known.digest, rosterDigest(note))
      : text === formatRoster(this.#roster)
    if (!isIt) throw new TamgaError('forbidden', `another roster than that of epoch ${epoch}`)
    const before = new Set(past.at(-1)?.nodes)
    return nodes.map(({ name }) => name).filter((name) => !before.has(name))
  }

  /** Only who kept a record can have destroyed it. */
  #destroyed(log: string, { handle }: Destroyed): Joined {
    if (hasHeld(log, shardOf(handle, this.#roster), this.#roster)) return NOTHING
    throw new TamgaError('forbidden', 'a receipt of a node that kept no such record')
  }
}

function find(all: Map<string, Map<string, Open>>, log: string, queryId: Uint8Array): Open {
  const open = all.get(log)?.get(toHex(queryId))
  if (open) return open
  throw new TamgaError('forbidden', 'no such query stands open in this log')
}

function checkPost(found: string, post: string): void {
  if (found === post) return
  throw new TamgaError('forbidden', `a record of ${found} among those of ${post}`)
}

/** Drops the oldest of that log when there are too many. */
function put<T>(all: Map<string, Map<string, T>>, log: string, key: string, open: T): void {
  const known = all.get(log) ?? new Map<string, T>()
  all.set(log, known.set(key, open))
  if (known.size > QUERIES_OPEN_MAX) known.delete(known.keys().next().value!)
}

function foundBy({ threshold }: Query, { candidates }: Outcome): FoundBySearch {
  return { threshold, candidates }
}
