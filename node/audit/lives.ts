/**
 * The lives of all people of whom the logs say anything: a function of the set of entries and
 * revocations that were taken in, whatever the order in which they came.
 *
 * Only events are kept; a life is told anew from them whenever it is asked for.
 */
import { compareBytes, equalBytes, fromHex, toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import type { Authorised } from '../../protocol/authority.ts'
import { signatoryOf } from '../../protocol/credential.ts'
import { isCaseDeed, isLifeDeed } from '../../protocol/deed.ts'
import { isOfPrints, type LifeEvent, type LifeSigner } from '../../protocol/rules/life-event.ts'
import { check, lifeOf, type Life, type Proposal } from '../../protocol/rules/life.ts'
import type { ReasonCode } from '../../protocol/rules/reasons/reason.ts'
import type { Revoked } from './credentials.ts'
import { saidBy } from './said.ts'
import type { Folded } from './folded.ts'

/** A life as it is now that something new is known of it. */
export interface LifeChange {
  readonly handle: Uint8Array
  readonly life: Life
  /** Leaf of the enrolment that counted until now; undefined for none. */
  readonly before: Uint8Array | undefined
  /** Leaf of the one that counts now, often the same; undefined for none. */
  readonly now: Uint8Array | undefined
}

/** What has come of comparing an enrolment with others. */
export interface Comparison {
  /** Whether it has been compared with all that it has to be. */
  readonly isCompared: boolean
  /** Handles of those who were enrolled with the same fingers before it. */
  readonly rivals: readonly Uint8Array[]
}

/** What is known of an officer's key that was revoked, in one entry or several. */
interface Known {
  /** Signed at or after the earliest time that any of them names, a statement says nothing. */
  readonly from: number
  /** When the first of them was logged. */
  readonly at: number
}

export class Lives {
  /** By handle, as they came. */
  readonly #events = new Map<string, LifeEvent[]>()
  /** Leaves of the enrolments that count, by handle. */
  readonly #enrolments = new Map<string, Uint8Array>()
  /** By leaf of an enrolment. */
  readonly #comparisons = new Map<string, Comparison>()
  /** By officer, as `signatoryOf` has them. */
  readonly #revoked = new Map<string, Known>()
  /** Handles of those in whose lives an officer has signed, by officer. */
  readonly #signedFor = new Map<string, string[]>()

  /** How many people can be found: those with an enrolment that counts. */
  get count(): number {
    return this.#enrolments.size
  }

  /** The change of the life that the entry is of; undefined if it is of none, or known already. */
  take(folded: Folded): LifeChange | undefined {
    const found = eventOf(folded)
    if (!found) return undefined
    const { handle, event } = found
    const key = toHex(handle)
    const events = this.#events.get(key) ?? []
    if (events.some(({ leaf }) => equalBytes(leaf, event.leaf))) return undefined
    events.push({ ...this.#compared(event), revokedAt: this.#revokedAt(event.by) })
    this.#events.set(key, events)
    for (const signer of event.by) this.#noteSigner(signer, key)
    return this.#toldAnew(key)
  }

  /**
   * Whatever this officer has signed at or after `from` is void: deeds did not happen; an enrolment
   * stays, and from `at`, when this was logged, the person is suspended until they are reinstated.
   *
   * @returns the lives that it changes
   */
  revoked({ signatory, from }: Revoked, at: number): LifeChange[] {
    const known = this.#revoked.get(signatory) ?? { from, at }
    this.#revoked.set(signatory, { from: Math.min(from, known.from), at: Math.min(at, known.at) })
    const subjects = [...new Set(this.#signedFor.get(signatory))]
    return subjects.filter((subject) => this.#judgeAgain(subject)).map((one) => this.#toldAnew(one))
  }

  /**
   * What has come of comparing this enrolment: whom cross-checks have found before it is as if its
   * own search had named them, and a confirmation counts if all has been compared. To be told all
   * of it whenever any of it is news.
   */
  compared(
    { handle, leaf }: Pick<Enrolment, 'handle'> & { readonly leaf: Uint8Array },
    { isCompared, rivals }: Comparison,
  ): LifeChange | undefined {
    this.#comparisons.set(toHex(leaf), { isCompared, rivals: rivals.toSorted(compareBytes) })
    const key = toHex(handle)
    const events = this.#events.get(key) ?? []
    const place = events.findIndex((event) => equalBytes(event.leaf, leaf))
    if (place < 0) return undefined
    events[place] = this.#compared(events[place]!)
    return this.#toldAnew(key)
  }

  /** Somebody of whom no log says anything is `unknown`. */
  life(handle: Uint8Array): Life {
    return lifeOf(this.events(handle))
  }

  /** All that was said, in no particular order, also what is void or waits for what it follows. */
  events(handle: Uint8Array): readonly LifeEvent[] {
    return this.#events.get(toHex(handle)) ?? []
  }

  /**
   * Why this would be void if it were logged now; undefined if it would count. Who signs matters to
   * an opinion only, and the time to a refusal and a postponement: where one is over.
   */
  refusal(
    handle: Uint8Array,
    what: Proposal['what'],
    by: readonly Authorised[] = [],
    at = 0,
  ): ReasonCode | undefined {
    return check(this.life(handle), { what, by: by.map(signerOf), at })
  }

  /** Why this entry does not count in the person's life; undefined if it does, or is not there. */
  voidness(handle: Uint8Array, entry: Uint8Array): ReasonCode | undefined {
    const leaf = hashLeaf(entry)
    return this.life(handle).history.find((step) => equalBytes(step.leaf, leaf))?.void
  }

  #compared<E extends Omit<LifeEvent, 'revokedAt'>>(event: E): E {
    const comparison = this.#comparisons.get(toHex(event.leaf))
    const { what } = event
    if (!comparison || !isOfPrints(what)) return event
    return { ...event, what: { ...what, ...comparison } }
  }

  #noteSigner({ organisation, key }: LifeSigner, subject: string): void {
    const officer = signatoryOf({ organisation, publicKey: key })
    const subjects = this.#signedFor.get(officer)
    if (subjects) subjects.push(subject)
    else this.#signedFor.set(officer, [subject])
  }

  /** When it became known that one of them could not sign any more. */
  #revokedAt(by: readonly LifeSigner[]): number | undefined {
    const known = by.flatMap(({ organisation, key, signedAt }) => {
      const revoked = this.#revoked.get(signatoryOf({ organisation, publicKey: key }))
      return revoked && signedAt >= revoked.from ? [revoked.at] : []
    })
    return known.length > 0 ? Math.min(...known) : undefined
  }

  /** Whether revocations make another thing of any event. */
  #judgeAgain(subject: string): boolean {
    let isOther = false
    const events = this.#events.get(subject) ?? []
    for (const [place, event] of events.entries()) {
      const revokedAt = this.#revokedAt(event.by)
      if (revokedAt === event.revokedAt) continue
      events[place] = { ...event, revokedAt }
      isOther = true
    }
    return isOther
  }

  #toldAnew(key: string): LifeChange {
    const life = lifeOf(this.#events.get(key) ?? [])
    const before = this.#enrolments.get(key)
    const now = life.enrolment
    if (now) this.#enrolments.set(key, now)
    else this.#enrolments.delete(key)
    return { handle: fromHex(key), life, before, now }
  }
}

/** What an entry says of whose life; undefined if it is of none. */
function eventOf({ entry, leaf, deed, duplicates, by: signed }: Folded) {
  const by = signed.map(signerOf)
  if (entry.type === 'enrolment') {
    const { handle, at, after, taken } = entry
    const type = signed[0]?.statement.action === 'update' ? 'update' : 'enrolment'
    const named = duplicates.map((candidate) => candidate.handle)
    const what = { type, duplicates: named, taken } as const
    const said = saidBy([entry])
    return { handle, event: { leaf, after, at, said, policy: taken.policy, by, what } }
  }
  if (entry.type !== 'act' || !entry.subject || !deed) return undefined
  if (!isLifeDeed(deed) && !isCaseDeed(deed)) return undefined
  const { subject, at, after, policy, signatures } = entry
  const said = saidBy(signatures)
  return { handle: subject, event: { leaf, after, at, said, policy, by, what: deed } }
}

function signerOf({ statement, grant }: Authorised): LifeSigner {
  const { at: signedAt, purpose, legalBasis } = statement
  const { publicKey: key, organisation, name, role } = grant
  return { key, signedAt, organisation, name, role, purpose, legalBasis }
}
