/**
 * A case: whether the people whom a search named are the one who was searched for. A score never
 * decides that; people do.
 *
 * Source: the handbook (domain §1.5, §4.3), after Prüm II (Regulation (EU) 2024/982): a person
 * confirms a hit before anything follows from it. Pure: a file is the same wherever the same
 * opinions are taken in the same order, and where a case goes follows from the clock alone.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { Role } from '../credential.ts'
import type { Finding } from '../deed.ts'
import type { ReasonCode } from './reasons/reason.ts'

const DAY_MS = 86_400_000

/** What one examiner says about one candidate. */
export interface Opinion {
  /** The key that signed it. */
  readonly officer: Uint8Array
  /** As `personOf` has it: a new key makes no second examiner of anybody. */
  readonly person: string
  readonly role: Role
  readonly candidate: Uint8Array
  readonly finding: Finding
  /** In the examiner's words. */
  readonly reason: string
  readonly at: number
}

export interface CaseFile {
  /** Whom the search named: their handles. */
  readonly candidates: readonly Uint8Array[]
  /** Those that count, in the order in which they were taken. */
  readonly opinions: readonly Opinion[]
  /** Whether two examiners have to agree. */
  readonly secondExaminer: boolean
}

export type Resolution = 'open' | Finding

/** @param candidates at least one, and nobody twice */
export function openCase(candidates: readonly Uint8Array[]): CaseFile {
  return { candidates, opinions: [], secondExaminer: false }
}

/**
 * The file with one opinion more, or why it does not count: `case-decided` when this candidate is.
 * Of a case that is `same` for one candidate the others may still be told: they may be the same
 * person as well. It stays `same`.
 */
export function withOpinion(file: CaseFile, opinion: Opinion): CaseFile | ReasonCode {
  const { candidate, officer, person } = opinion
  if (!file.candidates.some((handle) => equalBytes(handle, candidate))) return 'no-such-case'
  if (findingOn(file, candidate)) return 'case-decided'
  const given = opinionsOn(file, candidate)
  const isOwn = (earlier: Opinion): boolean => {
    return earlier.person === person || equalBytes(earlier.officer, officer)
  }
  if (given.some(isOwn)) return 'already-gave-opinion'
  return { ...file, opinions: [...file.opinions, opinion] }
}

/** From now on two have to agree on every candidate, also on those whom one had decided. */
export function withSecondExaminer(file: CaseFile): CaseFile | ReasonCode {
  return resolutionOf(file) === 'open' ? { ...file, secondExaminer: true } : 'case-decided'
}

/** Once it is not `open` it never changes. */
export function resolutionOf(file: CaseFile): Resolution {
  const findings = file.candidates.map((candidate) => findingOn(file, candidate))
  if (findings.includes('same')) return 'same'
  if (findings.includes(undefined)) return 'open'
  return findings.includes('cannot-tell') ? 'cannot-tell' : 'different'
}

/** What is decided about one candidate; undefined until then. */
export function findingOn(file: CaseFile, candidate: Uint8Array): Finding | undefined {
  const opinions = opinionsOn(file, candidate)
  const needed = neededFor(file)
  const first = opinions.slice(0, needed)
  if (first.length < needed) return undefined
  if (isAgreed(first) && first[0]!.finding !== 'cannot-tell') return first[0]!.finding
  // They could not tell, or not agree. A forensic examiner decides: the one among them if there is
  // one view of that rank, or else the first who comes after them.
  const experts = first.filter(isExpert)
  if (experts.length > 0 && isAgreed(experts)) return experts[0]!.finding
  return opinions.slice(needed).find(isExpert)?.finding
}

/** Whether a candidate is left on whom only a forensic examiner can still decide. */
export function needsExpert(file: CaseFile): boolean {
  if (resolutionOf(file) !== 'open') return false
  const needed = neededFor(file)
  return file.candidates.some((candidate) => {
    return opinionsOn(file, candidate).length >= needed && !findingOn(file, candidate)
  })
}

/** Whose a case is. Every level may do what it has to without the others. */
export interface CaseRouting {
  /** The region whose adjudicators have it first: name of a node. */
  readonly region: string
  /** When its first level ends, ms. */
  readonly deadline: number
  /** How long it has been open, ms. */
  readonly age: number
  readonly overdue: boolean
  /** Adjudicators of the region, adjudicators of any region, forensic examiners of any region. */
  readonly level: 0 | 1 | 2
}

interface Routed {
  readonly openedAt: number
  readonly region: string
  /** Days that each of the first two levels has: the policy's. */
  readonly caseDays: number
  /** As `needsExpert` has it: such a case goes to the last level at once. */
  readonly needsExpert?: boolean
}

/** Where a case is at `now`: nothing but time moves it on, so that none is stuck anywhere. */
export function caseRouting(
  { openedAt, region, caseDays, needsExpert: isForExperts = false }: Routed,
  now: number,
): CaseRouting {
  const term = caseDays * DAY_MS
  const deadline = openedAt + term
  const overdue = now >= deadline + term
  const level = overdue || isForExperts ? 2 : now >= deadline ? 1 : 0
  return { region, deadline, age: Math.max(0, now - openedAt), overdue, level }
}

export function mayDecide(
  { level, region }: CaseRouting,
  examiner: { readonly role: Role; readonly region: string },
): boolean {
  if (level === 2) return examiner.role === 'forensic-examiner'
  return examiner.role === 'adjudicator' && (level === 1 || examiner.region === region)
}

function neededFor({ secondExaminer }: CaseFile): number {
  return secondExaminer ? 2 : 1
}

function opinionsOn({ opinions }: CaseFile, candidate: Uint8Array): Opinion[] {
  return opinions.filter((opinion) => equalBytes(opinion.candidate, candidate))
}

function isAgreed(opinions: readonly Opinion[]): boolean {
  return opinions.every(({ finding }) => finding === opinions[0]!.finding)
}

function isExpert({ role }: Opinion): boolean {
  return role === 'forensic-examiner'
}
