/**
 * Erasures: that what two officers decided has been carried out. Every replica of the person's
 * shard says in its own log that it destroyed the keys of every record of theirs, and nobody
 * destroys anything that no act in a log asks for.
 *
 * A replica that was down since says so when it is back, and an act whose officer turns out to have
 * lost their credential before erases nobody: neither is held against anybody.
 */
import { concatBytes, toHex, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { openGrant, openRevocation } from '../../protocol/credential.ts'
import { decodeDeed } from '../../protocol/deed.ts'
import type { Act } from '../../protocol/entry/act.ts'
import type { Destroyed } from '../../protocol/entry/destroyed.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import { decodeStatement } from '../../protocol/statement.ts'
import { DigestTable } from './digest-table.ts'
import { ERASURE_MS_MAX } from './limits.ts'
import type { PlacedEntry } from './references.ts'
import type { Remarks } from './remarks.ts'

/** What is known of the logs' times. */
interface LogTimes {
  /** The newest time in a log, ms. */
  newest(log: string): number
  /** Whether something of that time may stand behind the end of what is here of other logs. */
  mayBeAhead(log: string, at: number): boolean
}

interface ErasureAct {
  readonly at: number
  readonly signed: readonly { readonly officer: string; readonly at: number }[]
  counts: boolean
}

/** A record that should be destroyed, and of which nobody said so at that replica. */
interface Missing {
  readonly log: string
  readonly index: number
  readonly handle: string
  readonly replica: string
}

export class ErasureCheck {
  readonly #roster: Roster
  readonly #remarks: Remarks
  readonly #times: LogTimes
  /** By handle, and then by leaf. */
  readonly #acts = new Map<string, Map<string, ErasureAct>>()
  readonly #receipts = new DigestTable()
  /** From when on a key signs nothing any more, ms. */
  readonly #ended = new Map<string, number>()
  readonly #missing: Missing[] = []

  constructor(roster: Roster, { remarks, times }: { remarks: Remarks; times: LogTimes }) {
    this.#roster = roster
    this.#remarks = remarks
    this.#times = times
  }

  /** First pass. */
  learn({ log, leaf, entry }: PlacedEntry): void {
    if (entry.type === 'destroyed') this.#receipts.add(receiptKey({ ...entry, replica: log }), 0)
    if (entry.type === 'act') unlessRefused(() => this.#learnAct(entry, leaf))
    if (entry.type === 'grant') unlessRefused(() => this.#learnGrant(entry.credential))
    if (entry.type === 'revocation') unlessRefused(() => this.#learnRevocation(entry.revocation))
  }

  /** Second pass; of an act also whether it counts. */
  check(placed: PlacedEntry, counts: boolean): void {
    const { entry, leaf } = placed
    if (entry.type === 'enrolment') this.#checkRecord(placed, entry)
    if (entry.type === 'destroyed') this.#checkReceipt(placed, entry)
    if (entry.type !== 'act' || !entry.subject || !counts) return
    const act = this.#acts.get(toHex(entry.subject))?.get(toHex(leaf))
    if (act) act.counts = true
  }

  finish(): void {
    for (const { log, index, handle, replica } of this.#missing) {
      const acts = [...this.#acts.get(handle)!.values()].filter((act) => this.#isGood(act))
      const [first] = acts.toSorted((a, b) => a.at - b.at)
      if (!first) continue
      const isDue = this.#times.newest(replica) > first.at + ERASURE_MS_MAX
      const what = `${replica} does not say that it has destroyed this record of ${handle}`
      const severity = isDue ? 'finding' : 'note'
      this.#remarks.add('not-destroyed', { log, index, severity }, what)
    }
  }

  #learnAct({ deed, subject, signatures, at }: Act, leaf: Uint8Array): void {
    if (!subject || decodeDeed(deed).type !== 'erasure') return
    const signed = signatures.map(({ statement, officer }) => {
      return { officer: toHex(officer), at: decodeStatement(statement).at }
    })
    const acts = this.#acts.get(toHex(subject)) ?? new Map<string, ErasureAct>()
    this.#acts.set(toHex(subject), acts.set(toHex(leaf), { at, signed, counts: false }))
  }

  #learnGrant(credential: Uint8Array): void {
    const { replaces, from } = openGrant(credential, this.#roster)
    if (replaces) this.#end(replaces, from)
  }

  #learnRevocation(revocation: Uint8Array): void {
    const { publicKey, from } = openRevocation(revocation, this.#roster)
    this.#end(publicKey, from)
  }

  #end(publicKey: Uint8Array, from: number): void {
    const key = toHex(publicKey)
    this.#ended.set(key, Math.min(from, this.#ended.get(key) ?? from))
  }

  #isGood({ counts, signed }: ErasureAct): boolean {
    return counts && signed.every(({ officer, at }) => at < (this.#ended.get(officer) ?? Infinity))
  }

  /** Of all enrolments of a person, whether they count or not. */
  #checkRecord({ log, index }: PlacedEntry, { handle, commitment }: Enrolment): void {
    const person = toHex(handle)
    if (!this.#acts.has(person)) return
    for (const replica of replicasOf(shardOf(handle, this.#roster), this.#roster)) {
      const isSaid = this.#receipts.get(receiptKey({ handle, commitment, replica })) !== undefined
      if (!isSaid) this.#missing.push({ log, index, handle: person, replica })
    }
  }

  #checkReceipt({ log, index }: PlacedEntry, { handle, erasure, at }: Destroyed): void {
    if (this.#acts.get(toHex(handle))?.has(toHex(erasure))) return
    const isAhead = this.#times.mayBeAhead(log, at)
    const what = `keys of ${toHex(handle)} were destroyed because of no act that is here`
    const code = isAhead ? 'not-here-yet' : 'destroyed-without-act'
    this.#remarks.add(code, { log, index }, what)
  }
}

/** What nobody was entitled to is remarked where it is joined, and teaches nothing here. */
function unlessRefused(learn: () => void): void {
  try {
    learn()
  } catch (error) {
    if (!(error instanceof TamgaError)) throw error
  }
}

function receiptKey(of: {
  handle: Uint8Array
  commitment: Uint8Array
  replica: string
}): Uint8Array {
  return sha256(concatBytes(of.handle, of.commitment, utf8(of.replica)))
}
