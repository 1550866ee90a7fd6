/**
 * Which role may do what, for which purpose; and what takes two persons.
 *
 * Whatever does not stand here is refused, and the refusal logged. Source: the two-person rules and
 * the purpose limits of the handbook (domain §4.3), after X-Road's and Prüm II's separation of who
 * asks from who confirms.
 */
import type { Grant, Role } from '../credential.ts'
import type { DeedType } from '../deed.ts'
import type { Purpose } from '../purpose.ts'
import type { Action } from '../statement.ts'
import { RuleRefusal } from './rule-refusal.ts'

/** A question, an enrolment, or a deed by its kind. */
export type Doing = Exclude<Action, 'record'> | DeedType

const DOCUMENTS: readonly Purpose[] = ['document-issue', 'residence-permit']
const FORENSIC: readonly Purpose[] = [
  'criminal-investigation',
  'missing-person',
  'unidentified-remains',
  'court-order',
]
const CASES: readonly Purpose[] = ['adjudication']
const OVERSIGHT: readonly Purpose[] = ['data-protection', 'audit', 'court-order']
const OWN_REQUEST: readonly Purpose[] = ['subject-access']

const PERMISSIONS: Record<Role, Partial<Record<Doing, readonly Purpose[]>>> = {
  'enrolment-officer': {
    enrol: DOCUMENTS,
    update: DOCUMENTS,
    verify: [...DOCUMENTS, ...OWN_REQUEST],
    refusal: DOCUMENTS,
    postponement: DOCUMENTS,
    exemption: DOCUMENTS,
    confirmation: DOCUMENTS,
    document: DOCUMENTS,
    death: ['civil-status'],
    status: DOCUMENTS,
    eligibility: DOCUMENTS,
    resolution: [...DOCUMENTS, ...OWN_REQUEST, 'civil-status'],
    accesses: OWN_REQUEST,
  },
  'border-officer': {
    identify: ['border-control'],
    verify: ['border-control'],
    status: ['border-control'],
    resolution: ['border-control'],
    inspection: ['border-control'],
    crossing: ['border-control'],
  },
  adjudicator: {
    opinion: CASES,
    'second-examiner': CASES,
    'case-file': CASES,
    'case-queue': CASES,
    status: CASES,
    suspension: [...CASES, 'court-order'],
    reinstatement: [...CASES, 'court-order'],
    erasure: [...OVERSIGHT, ...OWN_REQUEST],
    watch: ['criminal-investigation', 'missing-person', 'court-order', 'border-control'],
    release: [...FORENSIC, 'border-control'],
    hold: ['criminal-investigation', 'court-order'],
    expiry: ['data-protection'],
  },
  'forensic-examiner': {
    identify: FORENSIC,
    verify: FORENSIC,
    opinion: CASES,
    'second-examiner': CASES,
    'case-file': CASES,
    'case-queue': CASES,
    release: [...FORENSIC, 'border-control'],
    resolution: FORENSIC,
  },
  auditor: {
    'log-copy': ['audit'],
    breach: ['audit'],
    alarms: ['audit'],
    accesses: ['audit'],
    status: ['audit'],
  },
  'data-protection-officer': {
    erasure: [...OVERSIGHT, ...OWN_REQUEST],
    expiry: ['data-protection'],
    death: ['civil-status'],
    hold: ['criminal-investigation', 'court-order'],
    watch: ['criminal-investigation', 'missing-person', 'court-order', 'border-control'],
    release: [...FORENSIC, 'border-control'],
    policy: ['administration'],
    breach: ['data-protection'],
    alarms: ['data-protection'],
    relatives: ['data-protection'],
    accesses: ['data-protection', ...OWN_REQUEST],
    status: ['data-protection'],
    resolution: OWN_REQUEST,
  },
  'node-administrator': {
    policy: ['administration'],
    // Alone: a post that is stolen is not to wait for a second person.
    'certificate-revocation': ['administration'],
  },
}

/** What no officer may do alone: two persons, of two different roles, about the same deed. */
const TWO_PERSONS: ReadonlySet<Doing> = new Set<Doing>([
  'erasure',
  'watch',
  'release',
  'policy',
  // Each of them takes a person, or what was done to them, out of sight.
  'death',
  'expiry',
  'hold',
])

/** @throws RuleRefusal `forbidden`: `role-may-not` or `purpose-not-allowed` */
export function checkPermitted({ name, role }: Grant, doing: Doing, purpose: string): void {
  const purposes: readonly string[] | undefined = PERMISSIONS[role][doing]
  if (!purposes) {
    throw new RuleRefusal('forbidden', ['role-may-not'], `${name}, ${role}, may not: ${doing}`)
  }
  if (purposes.includes(purpose)) return
  const message = `${name}, ${role}, may not for ${purpose}: ${doing}`
  throw new RuleRefusal('forbidden', ['purpose-not-allowed'], message)
}

/** @throws RuleRefusal `forbidden`: `second-person-needed` or `same-role-twice` */
export function checkPersons(doing: Doing, grants: readonly Grant[]): void {
  const needed = TWO_PERSONS.has(doing) ? 2 : 1
  if (grants.length !== needed) {
    const message = `${doing} takes the signatures of ${needed}, not of ${grants.length}`
    throw new RuleRefusal('forbidden', ['second-person-needed'], message)
  }
  if (new Set(grants.map(({ role }) => role)).size < needed) {
    throw new RuleRefusal('forbidden', ['same-role-twice'], `${doing} takes two different roles`)
  }
}
