/**
 * What the law and the register's state say to a deed before it is logged: each rule refuses with
 * its own code. What follows from how a person stands the fold judges again, so that a node that
 * skips it gains nothing; terms, fines and whose turn it is are for the node's honesty and for
 * auditors, who have the same functions.
 */
import type { AuthorisedDeed } from '../../protocol/authority.ts'
import { personOf } from '../../protocol/credential.ts'
import {
  isCaseDeed,
  isLifeDeed,
  type CaseDeed,
  type Deed,
  type LifeDeed,
} from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { checkCrossing } from '../../protocol/border/crossing.ts'
import {
  caseRouting,
  findingOn,
  mayDecide,
  withOpinion,
  withSecondExaminer,
  type CaseFile,
} from '../../protocol/rules/case.ts'
import { addDays, addYears, civilDateAt } from '../../protocol/rules/civil-date.ts'
import type { CivilDate } from '../../protocol/rules/civil-date.ts'
import { eligibility, holderOf } from '../../protocol/rules/eligibility.ts'
import type { Life } from '../../protocol/rules/life.ts'
import { decodePolicy, type Policy } from '../../protocol/rules/policy.ts'
import type { ReasonCode } from '../../protocol/rules/reasons/reason.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import { standingOf } from '../../protocol/rules/standing.ts'
import type { Clock } from '../clock.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Case } from '../registry/cases.ts'
import type { Registry } from '../registry/registry.ts'

interface Judges {
  readonly registry: Registry
  readonly ledger: Ledger
  readonly clock: Clock
}

/** Deeds that are about nobody. All others name a person, save about a case of nobody's own. */
const WITHOUT_SUBJECT: ReadonlySet<Deed['type']> = new Set<Deed['type']>([
  'policy',
  'hold',
  'case-file',
  'case-queue',
  'breach',
  'alarms',
  'relatives',
  'log-copy',
  'certificate-revocation',
])

/** A number nobody has, a traveller nobody knows. */
const WITH_OR_WITHOUT: ReadonlySet<Deed['type']> = new Set<Deed['type']>([
  'resolution',
  'inspection',
  'crossing',
])

const DAY_MS = 86_400_000

/** @throws RuleRefusal `conflict` or `unprocessable`; TamgaError `not-found`, `unprocessable` */
export function checkLegal(
  { deed, by }: AuthorisedDeed,
  subject: Uint8Array | undefined,
  judges: Judges,
): void {
  const isFree = WITHOUT_SUBJECT.has(deed.type)
  if (isFree && subject) throw new TamgaError('unprocessable', `no person goes with: ${deed.type}`)
  const needsSubject = !isFree && !isCaseDeed(deed) && !WITH_OR_WITHOUT.has(deed.type)
  if (needsSubject && !subject) throw new TamgaError('unprocessable', `of whom: ${deed.type}?`)
  const { registry, clock } = judges
  const now = clock.now()
  if (subject && (isLifeDeed(deed) || isCaseDeed(deed))) {
    const reason = registry.lives.refusal(subject, deed, by, now)
    if (reason) refuse('conflict', reason)
  }
  if (isCaseDeed(deed)) checkExaminer(deed, by, subject, judges)
  else if (isLifeDeed(deed)) checkUnderLaw(deed, registry.lives.life(subject!), judges)
  else if (deed.type === 'policy') checkPolicy(deed, judges)
  else if (deed.type === 'release') checkRelease(deed.case, subject!, judges)
  else if (deed.type === 'hold') checkHold(deed, judges)
  else if (deed.type === 'crossing') checkCrossing(deed)
  else if (deed.type === 'certificate-revocation') checkUnrevoked(deed.certificate, judges)
  else if (deed.type === 'breach' && deed.from >= deed.to) {
    throw new TamgaError('unprocessable', 'a period that is none')
  }
}

function checkUnderLaw(deed: LifeDeed, life: Life, { registry, clock }: Judges): void {
  const now = clock.now()
  const today = civilDateAt(now)
  const policy = registry.laws.at(now)
  const { taken } = life
  switch (deed.type) {
    case 'refusal': {
      const fines = policy.groups.map(({ refusal }) => refusal.fineTenthsOfMrp)
      if (!fines.includes(deed.fine)) refuse('unprocessable', 'fine-not-in-law')
      return
    }
    case 'postponement': {
      const last = addDays(today, policy.postponement.daysMax)
      if (deed.until <= today || deed.until > last) refuse('unprocessable', 'term-not-in-law')
      return
    }
    case 'exemption': {
      const isForTime = deed.cause === 'under-age'
      if (isForTime !== (deed.until !== undefined)) refuse('unprocessable', 'term-not-in-law')
      return
    }
    case 'document': {
      const { eligible, reasons } = eligibility(policy, holderOf(life), deed.document, today)
      if (!eligible) throw new RuleRefusal('conflict', reasons, `no ${deed.document} may be issued`)
      return
    }
    case 'expiry': {
      if (!isRetentionOver(life, policy, today)) refuse('conflict', 'retention-not-over')
      return
    }
    case 'erasure': {
      const isAsked = deed.ground === 'request' || deed.ground === 'consent-withdrawn'
      const isOwed = taken?.verdict === 'mandatory' && standingOf(taken, policy) === 'keep'
      if (isAsked && isOwed) refuse('conflict', 'kept-by-law')
      if (deed.ground === 'expired' && life.status !== 'expired') {
        refuse('conflict', 'retention-not-over')
      }
      return
    }
    default:
  }
}

/** Of the dead too: nobody searches for them any more, and the record is there all the same. */
function isRetentionOver({ taken, enrolledAt }: Life, policy: Policy, today: CivilDate): boolean {
  const rule = policy.retention.find(({ citizenships }) => {
    return taken !== undefined && citizenships.includes(taken.citizenship)
  })
  if (!rule || enrolledAt === undefined) return false
  return addYears(civilDateAt(enrolledAt), rule.years) <= today
}

function checkHold(
  { log, index, until }: Extract<Deed, { type: 'hold' }>,
  { registry, ledger, clock }: Judges,
): void {
  const now = clock.now()
  const { holdDaysMax } = registry.laws.at(now)
  if (index >= ledger.size(log)) throw new TamgaError('not-found', 'no such access')
  if (until <= now) throw new TamgaError('unprocessable', 'a hold that is over already')
  if (until > now + holdDaysMax * DAY_MS) refuse('unprocessable', 'hold-too-long')
}

/** Whose turn it is, and whether the case is the one that the person is held for. */
function checkExaminer(
  deed: CaseDeed,
  by: AuthorisedDeed['by'],
  subject: Uint8Array | undefined,
  { registry, clock }: Judges,
): void {
  const found = registry.cases.file(deed.case)
  const isOf = found?.subject ? subject && equalBytes(found.subject, subject) : !subject
  if (!found || !isOf) refuse('conflict', 'no-such-case')
  const now = clock.now()
  const { caseDays } = registry.laws.at(now)
  const routing = caseRouting({ ...found, caseDays }, now)
  if (!by.every(({ grant }) => mayDecide(routing, grant))) refuse('conflict', 'not-your-case')
  const file = fileOf(found)
  for (const { grant } of by) {
    const { publicKey: officer, role } = grant
    const opinion = { officer, person: personOf(grant), role, at: now }
    const next =
      deed.type === 'opinion'
        ? withOpinion(file, { ...deed, ...opinion })
        : withSecondExaminer(file)
    if (typeof next === 'string') refuse('conflict', next)
  }
}

function fileOf({ candidates, opinions, secondExaminer }: Case): CaseFile {
  return { candidates: candidates.map(({ handle }) => handle), opinions, secondExaminer }
}

function checkPolicy({ policy }: Extract<Deed, { type: 'policy' }>, { registry }: Judges): void {
  const { id } = decodePolicy(policy)
  if (registry.laws.policies.some((known) => known.id === id)) refuse('conflict', 'policy-in-force')
}

function checkUnrevoked(certificate: Uint8Array, { registry }: Judges): void {
  if (!registry.revokedCertificates.has(toHex(certificate))) return
  throw new TamgaError('conflict', 'the certificate is known to be revoked')
}

/** A person has to have confirmed the hit before anybody is told who it is. */
function checkRelease(id: Uint8Array, subject: Uint8Array, { registry }: Judges): void {
  const file = registry.cases.file(id)
  if (!file || !file.candidates.some(({ handle }) => equalBytes(handle, subject))) {
    refuse('conflict', 'no-such-case')
  }
  if (findingOn(fileOf(file), subject) !== 'same') refuse('conflict', 'case-open')
}

function refuse(code: 'conflict' | 'unprocessable', reason: ReasonCode): never {
  throw new RuleRefusal(code, [reason], `as the law and things are: ${reason}`)
}
