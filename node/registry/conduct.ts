/**
 * How officers behave, as the logs show it: how often they ask, of whom, when. A rate refuses, an
 * alarm only tells.
 *
 * Memory is bounded, so this is not part of what all nodes agree on: officers who have not been
 * seen for longest are forgotten first, and what each node saw first depends on how logs arrive.
 * Time is that of the entries, as far as the statement's own allows: a log whose clock runs wild
 * cannot make an officer's day longer or shorter. A request counts when `check` lets it pass, so
 * that many at once do not slip through before the first is in the log, and in a log only if it was
 * not counted before: whoever copies statements does not lock out those who signed them.
 */
import { concatBytes, toHex, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { officerTag } from '../../protocol/access-record.ts'
import type { Grant } from '../../protocol/credential.ts'
import {
  isWithinHours,
  personsPerDayOf,
  ratesOf,
  REFUSALS_PER_DAY_MAX,
  type Rate,
} from '../../protocol/rules/conduct.ts'
import type { Doing } from '../../protocol/rules/permissions.ts'
import type { ReasonCode } from '../../protocol/rules/reasons/reason.ts'
import { doneIn, touchedBy } from '../../protocol/rules/touched.ts'
import {
  STATEMENT_AGE_MS_MAX,
  STATEMENT_AHEAD_MS_MAX,
  type Statement,
} from '../../protocol/statement.ts'
import type { Folded } from '../audit/folded.ts'
import { Recent, SlidingWindow } from './sliding-window.ts'

export type AlarmKind = 'bulk' | 'out-of-hours' | 'own-relative' | 'own-record' | 'refused-often'

export interface Alarm {
  readonly at: number
  readonly kind: AlarmKind
  /** Name in service, and organisation. */
  readonly officer: { readonly name: string; readonly organisation: string }
  readonly log: string
  readonly index: number
  /** Of an access record: its place in the batch at `index`. */
  readonly record?: number | undefined
}

type AlarmListener = (alarm: Alarm) => void

/** An entry, one of those who signed it, and when. */
interface Seen extends Folded {
  readonly grant: Grant
  readonly at: number
}

/** A window, and what may pass in it. */
type Rated = readonly [window: SlidingWindow, rate: Rate]

/** What is remembered of an officer beside the rates. */
interface Watched {
  newest: number
  /** When each person was last looked at. */
  readonly persons: Map<string, number>
  readonly refusals: SlidingWindow
  /** When an alarm of a kind was last raised. */
  readonly raised: Map<AlarmKind, number>
}

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Alarms kept to be shown: more than a data-protection officer reads in a day. */
const ALARMS_MAX = 1_024

/** Officers watched at a time, each with the persons of their day: all who work on one day. */
const OFFICERS_MAX = 16_384

/** Windows at a time, for officers and for posts each, 8 bytes for each request. */
const WINDOWS_MAX = 65_536

/** Statements known to have been counted: a day at all borders, each with three requests. */
const STATEMENTS_MAX = 1_048_576

export interface ConductOptions {
  /** How many times as often as the rules have it officers may ask; 1 if absent. */
  readonly rateFactor?: number | undefined
}

export class Conduct {
  readonly #rateFactor: number
  readonly #byOfficer = new Recent<SlidingWindow>(WINDOWS_MAX)
  readonly #byPost = new Recent<SlidingWindow>(WINDOWS_MAX)
  readonly #watched = new Recent<Watched>(OFFICERS_MAX)
  readonly #counted = new Recent<true>(STATEMENTS_MAX)
  readonly #relatives = new Map<string, ReadonlySet<string>>()
  readonly #relativesTags = new Set<number>()
  /** The newest last. */
  readonly #alarms: Alarm[] = []
  readonly #listeners: AlarmListener[] = []

  constructor({ rateFactor = 1 }: ConductOptions = {}) {
    this.#rateFactor = rateFactor
  }

  /** To be called with every entry that counts, and with the access records that are here. */
  take(folded: Folded): void {
    const doing = doneIn(folded)
    if (!doing) return
    for (const { statement, grant } of folded.by) {
      const seen = { ...folded, grant, at: timeOf(folded.entry, statement) }
      this.#takeTouched(seen)
      // An outcome is the node's, and comes when it comes.
      if (doing === 'outcome') continue
      if (doing === 'refused') this.#takeRefusal(seen, statement)
      else this.#countOnce(grant, statement, doing, seen.at)
      if (!isWithinHours(grant.role, seen.at)) this.#raise('out-of-hours', seen)
    }
  }

  /**
   * To be asked before a request is logged, at `now`, ms. What it lets pass it counts, and once: a
   * question that is sent again, by a post to a second node or by anybody, is the same question.
   *
   * Returns why the request is refused, if it is.
   */
  check(
    grant: Grant,
    statement: Statement,
    doing: Doing,
    now: number,
  ): Extract<ReasonCode, 'too-many-requests'> | undefined {
    const identity = identityOf(grant, statement)
    if (this.#counted.get(identity)) return undefined
    const factor = this.#rateFactor
    const isFull = ([window, { perHour, perDay }]: Rated): boolean => {
      const isHourFull = window.count(now, HOUR_MS) >= factor * perHour
      return isHourFull || window.count(now, DAY_MS) >= factor * perDay
    }
    // Of an officer who is over it no place is noted: places are named by whoever asks.
    const own = this.#ratedOfficer(grant, doing)
    if (isFull(own)) return 'too-many-requests'
    const place = this.#ratedPost(grant, statement, doing)
    if (isFull(place)) return 'too-many-requests'
    this.#counted.put(identity, true)
    for (const [window] of [own, place]) window.add(now)
    return undefined
  }

  /** Whether a request is one that was let pass here, or stands in a log, refused or not. */
  hasSeen(grant: Grant, statement: Statement): boolean {
    return this.#counted.get(identityOf(grant, statement)) === true
  }

  /** The newest first. */
  alarms(limit: number): readonly Alarm[] {
    return this.#alarms.toReversed().slice(0, limit)
  }

  /** Hears of every alarm, also of those about what logs from long ago show. */
  onAlarm(listener: AlarmListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Whose records are those of an officer's own family: known to the node of their organisation
   * alone, and never logged. Replaces what was declared before; the caller bounds how many.
   */
  declareRelatives(officer: Uint8Array, handles: readonly Uint8Array[]): void {
    this.#relatives.set(toHex(officer), new Set(handles.map(toHex)))
    this.#relativesTags.add(officerTag(officer))
  }

  /** Whether relatives of an officer of this tag are known here: then all that they do counts. */
  knowsRelativesOf(tag: number): boolean {
    return this.#relativesTags.has(tag)
  }

  #countOnce(grant: Grant, statement: Statement, doing: Doing, at: number): void {
    const identity = identityOf(grant, statement)
    if (this.#counted.get(identity)) return
    this.#counted.put(identity, true)
    this.#ratedOfficer(grant, doing)[0].add(at)
    this.#ratedPost(grant, statement, doing)[0].add(at)
  }

  #ratedOfficer({ publicKey, role }: Grant, doing: Doing): Rated {
    const { officer } = ratesOf(role, doing)
    const name = `${toHex(publicKey)} ${doing}`
    return [this.#byOfficer.get(name, () => new SlidingWindow(officer.perDay)), officer]
  }

  /** A post is named by those who sign, so it is one of their own organisation. */
  #ratedPost({ organisation, role }: Grant, { post: at }: Statement, doing: Doing): Rated {
    const { post } = ratesOf(role, doing)
    const name = `${organisation} ${role} ${doing} ${at}`
    return [this.#byPost.get(name, () => new SlidingWindow(post.perDay)), post]
  }

  #takeRefusal(seen: Seen, statement: Statement): void {
    const identity = identityOf(seen.grant, statement)
    if (this.#counted.get(identity)) return
    this.#counted.put(identity, true)
    const { refusals } = this.#watchedOf(seen.grant)
    refusals.add(seen.at)
    if (refusals.count(seen.at, DAY_MS) > REFUSALS_PER_DAY_MAX) this.#raise('refused-often', seen)
  }

  #takeTouched(seen: Seen): void {
    const { grant, entry } = seen
    const touched = touchedBy(seen).map(toHex)
    const own = grant.handle && toHex(grant.handle)
    const relatives = this.#relatives.get(toHex(grant.publicKey))
    if (touched.some((handle) => handle === own)) this.#raise('own-record', seen)
    if (touched.some((handle) => relatives?.has(handle))) this.#raise('own-relative', seen)
    // Whom a search finds nobody chose: bulk is what the officer goes through by name.
    if (entry.type === 'query' || entry.type === 'act') this.#takePersons(touched, seen)
  }

  #takePersons(touched: readonly string[], seen: Seen): void {
    const watched = this.#watchedOf(seen.grant)
    const { persons } = watched
    const most = personsPerDayOf(seen.grant.role)
    watched.newest = Math.max(watched.newest, seen.at)
    const dayBegan = watched.newest - DAY_MS
    if (seen.at <= dayBegan) return
    for (const handle of touched) {
      const last = Math.max(seen.at, persons.get(handle) ?? 0)
      // Taken out and put in again it stands last, and the first is always the first to go.
      persons.delete(handle)
      persons.set(handle, last)
    }
    for (const [handle, last] of persons) {
      if (last > dayBegan && persons.size <= most + 1) break
      persons.delete(handle)
    }
    if (persons.size > most) this.#raise('bulk', seen)
  }

  #watchedOf({ publicKey }: Grant): Watched {
    return this.#watched.get(toHex(publicKey), () => {
      const refusals = new SlidingWindow(REFUSALS_PER_DAY_MAX + 1)
      return { newest: 0, persons: new Map(), refusals, raised: new Map() }
    })
  }

  /** Once in 24 hours for each officer: nobody hides one alarm behind a thousand others. */
  #raise(kind: AlarmKind, { at, log, index, record, grant }: Seen): void {
    const { raised } = this.#watchedOf(grant)
    const last = raised.get(kind)
    if (last !== undefined && Math.abs(at - last) < DAY_MS) return
    raised.set(kind, at)
    const { name, organisation } = grant
    const officer = { name, organisation }
    const place = record === undefined ? { log, index } : { log, index, record }
    const alarm: Alarm = { at, kind, officer, ...place }
    const before = this.#alarms.findLastIndex((known) => known.at <= at)
    this.#alarms.splice(before + 1, 0, alarm)
    if (this.#alarms.length > ALARMS_MAX) this.#alarms.shift()
    for (const listener of this.#listeners) listener(alarm)
  }
}

/** When it was logged, within what the officer's own time allows. */
function timeOf({ at }: Folded['entry'], { at: signedAt }: Statement): number {
  return Math.min(Math.max(at, signedAt - STATEMENT_AHEAD_MS_MAX), signedAt + STATEMENT_AGE_MS_MAX)
}

/** Says whether two statements are one: an officer does not sign two of them in one millisecond. */
function identityOf({ publicKey }: Grant, statement: Statement): string {
  const { at, handle, payloadDigest, deedDigest } = statement
  const digests = [payloadDigest, deedDigest, handle].map((bytes) => bytes ?? new Uint8Array())
  const said = concatBytes(publicKey, utf8(`${at}\n`), ...digests)
  return Buffer.from(sha256(said).subarray(0, 12)).toString('latin1')
}
