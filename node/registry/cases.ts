/**
 * The cases that hits have opened, from all logs: what each is about, what examiners have said, who
 * has to go on with it, and how often the search has turned out wrong.
 *
 * An enrolment whose search for duplicates named somebody opens one, and its examiners' opinions
 * stand in the life of the person enrolled. A hit of a question who somebody is opens one as well;
 * it is about nobody yet, and its opinions form a chain of their own. Whatever the order in which
 * logs arrive, it comes to the same.
 */
import { compareBytes, equalBytes, toHex } from '../../crypto/bytes.ts'
import { personOf, signatoryOf, type Role } from '../../protocol/credential.ts'
import type { CaseDeed } from '../../protocol/deed.ts'
import type { Act } from '../../protocol/entry/act.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import type { EnrolledRecord, Rival } from '../../protocol/pairs/pair-coverage.ts'
import type { PartCandidate } from '../../protocol/part.ts'
import {
  caseRouting,
  findingOn,
  mayDecide,
  needsExpert,
  openCase,
  resolutionOf,
  withOpinion,
  withSecondExaminer,
  type CaseFile,
  type CaseRouting,
  type Opinion,
  type Resolution,
} from '../../protocol/rules/case.ts'
import { inOrder } from '../../protocol/rules/chain.ts'
import { statisticsOf, type Statistics } from '../../protocol/rules/error-rates.ts'
import type { Taken } from '../../protocol/taken.ts'
import type { Revoked } from '../audit/credentials.ts'
import type { Folded } from '../audit/folded.ts'
import type { Lives } from '../audit/lives.ts'

/** What a hit has opened, before anybody said anything. */
interface Opened {
  /** Leaf hash of the entry that opened it. */
  readonly id: Uint8Array
  readonly kind: 'duplicate' | 'identification'
  /** Who was enrolled; of an identification nobody. */
  readonly subject: Uint8Array | undefined
  readonly openedAt: number
  /** The log in which the best candidate was enrolled. */
  readonly region: string
  /** Whom the search named, with the score of every finger: the best first. */
  readonly candidates: readonly PartCandidate[]
  /** Of the search. */
  readonly threshold: number
}

export interface Case extends Opened {
  readonly opinions: readonly Opinion[]
  readonly secondExaminer: boolean
  /** Whether only a forensic examiner can help it on. */
  readonly needsExpert: boolean
  /** `moot`: it was open when death, an erasure or a court ended what it was about. */
  readonly resolution: Resolution | 'moot'
  /** Leaf hash that the next act in this case names as the one before it. */
  readonly tip: Uint8Array
}

/** A case that waits for an examiner, without what others have said in it. */
export interface WaitingCase extends Opened {
  readonly routing: CaseRouting
}

interface CaseAct {
  /** In whose life it stands; of an identification nobody's. */
  readonly subject: Uint8Array | undefined
  readonly leaf: Uint8Array
  readonly after: Uint8Array | undefined
  readonly at: number
  readonly deed: CaseDeed
  readonly officer: Uint8Array
  readonly person: string
  readonly signatory: string
  readonly role: Role
  /** By the station's clock. */
  readonly signedAt: number
}

/** How far a case has come. */
interface Progress {
  readonly file: CaseFile
  readonly tip: Uint8Array
  /** Whether nobody has to decide any more, also if nobody has. */
  readonly isMoot: boolean
}

/** One search for duplicates, as the entry of the enrolment tells it. */
interface Searched {
  readonly leaf: Uint8Array
  readonly at: number
  readonly region: string
  readonly taken: Taken
  readonly foundOwn: boolean | undefined
}

interface Undecided extends Opened {
  readonly needsExpert: boolean
}

export class Cases {
  readonly #lives: Lives
  /** Both as of the last entry, for whoever asks between two: anybody may. */
  #undecided: readonly Undecided[] | undefined
  #statistics: Statistics | undefined
  /** By id. */
  readonly #opened = new Map<string, Opened>()
  /** Whom the search of an enrolment named itself, by the same id. */
  readonly #named = new Map<string, readonly PartCandidate[]>()
  /** By the case's id and the act's leaf: an act may come before its case. */
  readonly #acts = new Map<string, Map<string, CaseAct>>()
  /** By the place of the enrolment, as candidates name it. */
  readonly #searched = new Map<string, Searched>()
  /** From when statements of an officer say nothing, by officer. */
  readonly #revoked = new Map<string, number>()

  /** @param lives has to be told of an entry before this is */
  constructor({ lives }: { lives: Lives }) {
    this.#lives = lives
  }

  take(folded: Folded): void {
    this.#undecided = undefined
    this.#statistics = undefined
    const { entry, leaf, by, search, duplicates, deed } = folded
    const threshold = search?.threshold ?? 0
    if (entry.type === 'enrolment') {
      const { at, handle: subject } = entry
      this.#note(folded, entry, search?.candidates)
      if (duplicates.length > 0) this.#named.set(toHex(leaf), duplicates)
      this.#open({ id: leaf, kind: 'duplicate', subject, openedAt: at, threshold }, duplicates)
    } else if (entry.type === 'outcome') {
      const isHit = by[0]?.statement.action === 'identify' && entry.verdict === 'hit'
      const opened = { id: leaf, kind: 'identification', subject: undefined, threshold } as const
      if (isHit) this.#open({ ...opened, openedAt: entry.at }, entry.candidates)
    } else if (entry.type === 'act') {
      if (deed?.type === 'opinion' || deed?.type === 'second-examiner')
        this.#said(folded, entry, deed)
    }
  }

  /**
   * Who was enrolled before with the same fingers, as cross-checks have found: it opens the case of
   * this enrolment, or joins those whom its own search named. To be told of all whenever there are
   * more, once the enrolment was taken.
   */
  rivals({ leaf: id, handle: subject }: EnrolledRecord, rivals: readonly Rival[]): void {
    this.#undecided = undefined
    this.#statistics = undefined
    const named = this.#named.get(toHex(id)) ?? []
    const others = rivals.filter(({ candidate }) => {
      return !named.some(({ handle }) => equalBytes(handle, candidate.handle))
    })
    const known = named.length > 0 ? this.#opened.get(toHex(id)) : undefined
    const openedAt = known?.openedAt ?? Math.min(...others.map(({ at }) => at))
    const threshold = known?.threshold ?? Math.min(...others.map((one) => one.threshold))
    const candidates = [...named, ...others.map(({ candidate }) => candidate)]
    this.#open({ id, kind: 'duplicate', subject, openedAt, threshold }, candidates)
  }

  /** In identifications nothing counts that they signed from `from` on; lives see to theirs. */
  revoked({ signatory, from }: Revoked): void {
    this.#undecided = undefined
    this.#statistics = undefined
    this.#revoked.set(signatory, Math.min(from, this.#revoked.get(signatory) ?? from))
  }

  /** The whole case, with what everybody said: for who decides about it use `viewFor`. */
  file(id: Uint8Array): Case | undefined {
    const opened = this.#opened.get(toHex(id))
    const found = opened && this.#fileOf(opened)
    if (!found) return undefined
    const { file, tip } = found
    const { opinions, secondExaminer } = file
    const resolution = resolutionIn(found)
    return { ...opened, opinions, secondExaminer, needsExpert: needsExpert(file), resolution, tip }
  }

  /**
   * The case as an officer may see it: as long as it is open, what others said about a candidate is
   * hidden from who has not said anything about that candidate, so that a second view is one.
   */
  viewFor(officer: Uint8Array, id: Uint8Array): Case | undefined {
    const found = this.file(id)
    if (!found || found.resolution !== 'open') return found
    const own = found.opinions.filter((opinion) => equalBytes(opinion.officer, officer))
    const opinions = found.opinions.filter(({ candidate }) => {
      return own.some((opinion) => equalBytes(opinion.candidate, candidate))
    })
    return { ...found, opinions }
  }

  /** All that are undecided, the most overdue first; `caseDays` is the policy's. */
  open(now: number, caseDays: number): WaitingCase[] {
    this.#undecided ??= this.#stillOpen()
    return this.#undecided.map(({ needsExpert: isForExperts, ...opened }) => {
      const routed = { ...opened, caseDays, needsExpert: isForExperts }
      return { ...opened, routing: caseRouting(routed, now) }
    })
  }

  /** Those that are this examiner's to decide, at most `limit`, the most overdue first. */
  queue(
    examiner: { readonly role: Role; readonly region: string },
    now: number,
    caseDays: number,
    limit: number,
  ): WaitingCase[] {
    const all = this.open(now, caseDays)
    return all.filter(({ routing }) => mayDecide(routing, examiner)).slice(0, limit)
  }

  /** How often searches for duplicates were wrong, as far as cases are decided. */
  statistics(): Statistics {
    this.#statistics ??= this.#reckoned()
    return this.#statistics
  }

  #stillOpen(): Undecided[] {
    const undecided: Undecided[] = []
    for (const opened of this.#opened.values()) {
      const found = this.#fileOf(opened)
      if (!found || resolutionIn(found) !== 'open') continue
      undecided.push({ ...opened, needsExpert: needsExpert(found.file) })
    }
    return undecided.sort((a, b) => a.openedAt - b.openedAt || compareBytes(a.id, b.id))
  }

  #reckoned(): Statistics {
    const missed = this.#missed()
    const checks = [...this.#searched.values()].map(({ leaf, region, taken, foundOwn }) => {
      const { sex, ageBand } = taken
      const resolution = this.#resolutionOf(leaf)
      const missedOther = missed.has(toHex(leaf))
      return { region, sex, ageBand, resolution, foundOwn, missedOther }
    })
    return statisticsOf(checks)
  }

  #open(opened: Omit<Opened, 'region' | 'candidates'>, named: readonly PartCandidate[]): void {
    const candidates = named.toSorted((a, b) => {
      return b.score - a.score || compareBytes(a.handle, b.handle)
    })
    const [best] = candidates
    if (best) this.#opened.set(toHex(opened.id), { ...opened, region: best.log, candidates })
  }

  /** Keeps what the statistics need of an enrolment. */
  #note(
    { log, index, leaf, by }: Folded,
    { at, handle, taken }: Enrolment,
    named: readonly PartCandidate[] | undefined,
  ): void {
    const isUpdate = by[0]?.statement.action === 'update'
    const found = named?.some((candidate) => equalBytes(candidate.handle, handle))
    const foundOwn = isUpdate ? found : undefined
    this.#searched.set(placeOf({ log, index }), { leaf, at, region: log, taken, foundOwn })
  }

  #said({ leaf, by }: Folded, { at, after, subject }: Act, deed: CaseDeed): void {
    const id = toHex(deed.case)
    const { grant, statement } = by[0]!
    const { role, publicKey: officer } = grant
    const signatory = signatoryOf(grant)
    const person = personOf(grant)
    const signedAt = statement.at
    const acts = this.#acts.get(id) ?? new Map<string, CaseAct>()
    const signed = { officer, person, signatory, role, signedAt }
    acts.set(toHex(leaf), { leaf, after, at, subject, deed, ...signed })
    this.#acts.set(id, acts)
  }

  #fileOf(opened: Opened): Progress | undefined {
    return opened.subject ? this.#inLife(opened, opened.subject) : this.#inChain(opened)
  }

  /**
   * A duplicate's: the life says which opinions count, in which order. An enrolment that does not
   * count opens no case.
   */
  #inLife({ id, candidates }: Opened, subject: Uint8Array): Progress | undefined {
    const { history, tip, holds, case: last } = this.#lives.life(subject)
    const counted = history.filter((step) => step.void === undefined)
    if (!tip || !counted.some(({ leaf }) => equalBytes(leaf, id))) return undefined
    const acts = this.#acts.get(toHex(id))
    const file = fileWith(
      candidates,
      counted.flatMap(({ leaf }) => acts?.get(toHex(leaf)) ?? []),
    )
    const isLast = last !== undefined && equalBytes(last.id, id)
    return { file, tip, isMoot: !isLast || !holds.includes('open') }
  }

  #inChain({ id, openedAt, candidates }: Opened): Progress {
    const acts = [...(this.#acts.get(toHex(id))?.values() ?? [])].filter(({ subject }) => !subject)
    const opening = { leaf: id, after: undefined, at: openedAt, act: undefined }
    // Nothing is said about a case before there is one, whatever the act claims.
    const events = acts.map((act) => ({ ...act, after: act.after ?? id, act }))
    const chain = inOrder([opening, ...events])
    const file = fileWith(
      candidates,
      chain.flatMap(({ act }) => (act && this.#counts(act) ? act : [])),
    )
    return { file, tip: chain.at(-1)!.leaf, isMoot: false }
  }

  #counts({ signatory, signedAt }: CaseAct): boolean {
    return signedAt < (this.#revoked.get(signatory) ?? Infinity)
  }

  /** Of the case that an enrolment opened; one that does not count is never decided. */
  #resolutionOf(id: Uint8Array): Resolution | undefined {
    const opened = this.#opened.get(toHex(id))
    if (!opened) return undefined
    const found = this.#fileOf(opened)
    return found ? resolutionOf(found.file) : 'open'
  }

  /**
   * Searches that have missed another record of the same person, by their enrolments' leaves. Where
   * one case found two records of one person, the later must have got in unseen.
   */
  #missed(): Set<string> {
    const missed = new Set<string>()
    for (const opened of this.#opened.values()) {
      const file = opened.subject && this.#fileOf(opened)?.file
      if (!file) continue
      const same = opened.candidates.filter(({ handle }) => findingOn(file, handle) === 'same')
      const mates = same.flatMap((candidate) => this.#searched.get(placeOf(candidate)) ?? [])
      mates.sort((a, b) => a.at - b.at || compareBytes(a.leaf, b.leaf))
      for (const { leaf } of mates.slice(1)) {
        if (this.#resolutionOf(leaf) !== 'same') missed.add(toHex(leaf))
      }
    }
    return missed
  }
}

/** An act that the rules do not allow leaves the file as it is. */
function fileWith(candidates: readonly PartCandidate[], acts: readonly CaseAct[]): CaseFile {
  const start = openCase(candidates.map(({ handle }) => handle))
  return acts.reduce((file, { deed, officer, person, role, at }) => {
    const next =
      deed.type === 'second-examiner'
        ? withSecondExaminer(file)
        : withOpinion(file, { ...deed, officer, person, role, at })
    return typeof next === 'string' ? file : next
  }, start)
}

function resolutionIn({ file, isMoot }: Progress): Case['resolution'] {
  const resolution = resolutionOf(file)
  return resolution === 'open' && isMoot ? 'moot' : resolution
}

function placeOf({ log, index }: { log: string; index: number }): string {
  return `${log} ${index}`
}
