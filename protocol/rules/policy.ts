/**
 * The law as data: who owes fingerprints or may give them, under which conditions, what follows.
 *
 * A policy is signed into the ledger when it comes into force, as the bytes that `encodePolicy`
 * makes: whoever reads a decision later can look up the rules that it was made under. What the law
 * leaves open is a parameter here and is given in `policies/`, never a constant in the code.
 */
import { codec, list, oneOf, optional, record, text, uint, type Shape } from '../codec.ts'
import { FINGERS_MAX, TEXT_BYTES_MAX } from '../limits.ts'
import {
  ATTEMPTS_MAX,
  CITIZENSHIPS,
  CONSENTS,
  MISSING_CAUSES,
  QUALITY_MAX,
  type Citizenship,
  type Consent,
  type MissingCause,
} from './application.ts'
import { civilDateShape, type CivilDate } from './civil-date.ts'
import { DOCUMENTS, LIFE_STATUSES, type Document, type LifeStatus } from './eligibility.ts'
import { checkPolicy } from './policy-check.ts'
import type { Language } from './reasons/reason.ts'

/** Add new words at the end of each list: they are sent as their place. */
export const DUTIES = ['mandatory', 'voluntary', 'never'] as const
export type Duty = (typeof DUTIES)[number]

export const DNA_GROUNDS = ['serious-convict', 'relative-of-missing', 'unidentified'] as const
export type DnaGround = (typeof DNA_GROUNDS)[number]

export const DNA_CONSENTS = ['none', 'written'] as const
export type DnaConsent = (typeof DNA_CONSENTS)[number]

export const OPEN_CASES = ['rule-of-request', 'rule-of-decision'] as const
export type OpenCases = (typeof OPEN_CASES)[number]

export const TAKEN_AS = ['mandatory', 'permitted'] as const
export type TakenAs = (typeof TAKEN_AS)[number]

export const STANDINGS = ['keep', 'ask-again', 'erase-on-request'] as const
export type Standing = (typeof STANDINGS)[number]

/** A whole policy, bytes: the known ones have some 500; the rest is room for longer law. */
export const POLICY_BYTES_MAX = 16_384

/** Rules of one kind in a policy: every citizenship could have several age groups. */
const RULES_MAX = 32

/** Forms of consent: one for each kind of applicant, in each language. */
const CONSENT_FORMS_MAX = 16

/** Years and ages: longer than anybody lives. */
const YEARS_MAX = 150

/** Terms in days: ten years, longer than any procedure may take. */
const DAYS_MAX = 3_650

/** A fine, tenths of the monthly calculation index: 1,000 MRP. */
const FINE_MAX = 10_000

/** What follows when a person does not give their prints. */
export interface Refusal {
  /** Tenths of the monthly calculation index (MRP); 0 for no fine. */
  readonly fineTenthsOfMrp: number
  readonly blocksDocument: boolean
}

/** The rule for some citizenships from one age to below another. */
export interface Group {
  readonly citizenships: readonly Citizenship[]
  /** Full years; the birthday itself is inside. */
  readonly ageFrom: number
  /** Full years; the birthday itself is outside. Undefined: for life. */
  readonly ageBelow: number | undefined
  readonly duty: Duty
  readonly consent: Consent
  readonly refusal: Refusal
}

export interface DnaRule {
  readonly ground: DnaGround
  readonly duty: Duty
  readonly consent: DnaConsent
  readonly retentionYears: number | undefined
}

/** Who may have a document, and which standing with the register suffices for it. */
export interface DocumentRule {
  readonly document: Document
  readonly citizenships: readonly Citizenship[]
  readonly ageFrom: number
  readonly ageBelow: number | undefined
  /** Enough for everybody. */
  readonly suffices: readonly LifeStatus[]
  /** Enough also for whom refusing has no consequence for documents. */
  readonly unblocked: readonly LifeStatus[]
}

/** What becomes of an enrolment taken under an earlier policy. */
export interface EarlierRule {
  readonly citizenships: readonly Citizenship[]
  readonly taken: TakenAs
  readonly status: Standing
}

export interface Policy {
  readonly id: string
  /** The first day on which it is in force. */
  readonly from: CivilDate
  readonly title: Readonly<Record<Language, string>>
  readonly groups: readonly Group[]
  /** The forms on which a consent is good; none named: any form. */
  readonly consentForms: readonly string[]
  /** Full years that count for a person of whose birth nothing is known; undefined: no decision. */
  readonly unknownBirthAge: number | undefined
  /** Finger positions in the order in which they are taken or replace a missing one. */
  readonly wanted: readonly number[]
  /** How many of them are enough. */
  readonly wantedLeast: number
  readonly attemptsMax: number
  /** The least NFIQ 2 quality, by finger position; the first is for an unknown one. */
  readonly thresholds: readonly number[]
  /** For good: who has no finger left but for these causes is exempt. */
  readonly exemptions: readonly MissingCause[]
  /** For a time: who has too few fingers for these causes comes again within so many days. */
  readonly postponement: { readonly causes: readonly MissingCause[]; readonly daysMax: number }
  readonly retention: readonly {
    readonly citizenships: readonly Citizenship[]
    readonly years: number
  }[]
  readonly dna: readonly DnaRule[]
  readonly documents: readonly DocumentRule[]
  /** Until when a case of adjudication must be decided, days. */
  readonly caseDays: number
  /** How long an access may at most be kept from the person whom it concerned, days. */
  readonly holdDaysMax: number
  /** Which rule decides about a request made before this policy came into force. */
  readonly openCases: OpenCases
  readonly earlier: readonly EarlierRule[]
}

const citizenships = list(oneOf(...CITIZENSHIPS), CITIZENSHIPS.length)
const causes = list(oneOf(...MISSING_CAUSES), MISSING_CAUSES.length)
const statuses = list(oneOf(...LIFE_STATUSES), LIFE_STATUSES.length)
const years = uint(YEARS_MAX)
const days = uint(DAYS_MAX)
const title = text(TEXT_BYTES_MAX)

const yesNo: Shape<boolean> = {
  encode: (value) => Number(value),
  decode: (raw, path) => uint(1).decode(raw, path) === 1,
}

const groupShape = record<Group>({
  citizenships,
  ageFrom: years,
  ageBelow: optional(years),
  duty: oneOf(...DUTIES),
  consent: oneOf(...CONSENTS),
  refusal: record<Refusal>({ fineTenthsOfMrp: uint(FINE_MAX), blocksDocument: yesNo }),
})

const dnaShape = record<DnaRule>({
  ground: oneOf(...DNA_GROUNDS),
  duty: oneOf(...DUTIES),
  consent: oneOf(...DNA_CONSENTS),
  retentionYears: optional(years),
})

const documentShape = record<DocumentRule>({
  document: oneOf(...DOCUMENTS),
  citizenships,
  ageFrom: years,
  ageBelow: optional(years),
  suffices: statuses,
  unblocked: statuses,
})

const earlierShape = record<EarlierRule>({
  citizenships,
  taken: oneOf(...TAKEN_AS),
  status: oneOf(...STANDINGS),
})

const policies = codec(
  'policy',
  POLICY_BYTES_MAX,
  record<Policy>({
    id: text(TEXT_BYTES_MAX),
    from: civilDateShape,
    title: record<Policy['title']>({ en: title, kk: title, ru: title }),
    groups: list(groupShape, RULES_MAX),
    consentForms: list(text(TEXT_BYTES_MAX), CONSENT_FORMS_MAX),
    unknownBirthAge: optional(years),
    wanted: list(uint(FINGERS_MAX), FINGERS_MAX),
    wantedLeast: uint(FINGERS_MAX),
    attemptsMax: uint(ATTEMPTS_MAX),
    thresholds: list(uint(QUALITY_MAX), FINGERS_MAX + 1),
    exemptions: causes,
    postponement: record<Policy['postponement']>({ causes, daysMax: days }),
    retention: list(record<Policy['retention'][number]>({ citizenships, years }), RULES_MAX),
    dna: list(dnaShape, DNA_GROUNDS.length),
    documents: list(documentShape, DOCUMENTS.length),
    caseDays: days,
    holdDaysMax: days,
    openCases: oneOf(...OPEN_CASES),
    earlier: list(earlierShape, RULES_MAX),
  }),
)

export const encodePolicy = policies.encode

/** @throws TamgaError also `unprocessable`: somebody falls under no rule, or under two */
export function decodePolicy(encoded: Uint8Array): Policy {
  const policy = policies.decode(encoded)
  checkPolicy(policy)
  return policy
}
