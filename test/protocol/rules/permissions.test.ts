import { suite } from 'uvu'
import { is } from 'uvu/assert'
import { ROLES, type Role } from '../../../protocol/credential.ts'
import { isPurpose, PURPOSES } from '../../../protocol/purpose.ts'
import { checkPermitted, checkPersons, type Doing } from '../../../protocol/rules/permissions.ts'
import { grantOf, refusalOf } from '../support/officials.ts'

const promises = suite('permissions')

const OWN = 'subject-access'
const PAPERS = 'document-issue residence-permit'
const FORENSIC = 'criminal-investigation missing-person unidentified-remains court-order'
const HOLDS = 'criminal-investigation court-order'
const RELEASES = `${FORENSIC} border-control`
const WATCHES = 'criminal-investigation missing-person court-order border-control'
const ERASURES = `data-protection audit court-order ${OWN}`

/** Everything that can be done: who may do it, for which purposes. */
const TABLE: Record<Doing, Partial<Record<Role, string>>> = {
  enrol: { 'enrolment-officer': PAPERS },
  update: { 'enrolment-officer': PAPERS },
  identify: { 'border-officer': 'border-control', 'forensic-examiner': FORENSIC },
  verify: {
    'enrolment-officer': `${PAPERS} ${OWN}`,
    'border-officer': 'border-control',
    'forensic-examiner': FORENSIC,
  },
  refusal: { 'enrolment-officer': PAPERS },
  postponement: { 'enrolment-officer': PAPERS },
  exemption: { 'enrolment-officer': PAPERS },
  confirmation: { 'enrolment-officer': PAPERS },
  document: { 'enrolment-officer': PAPERS },
  suspension: { adjudicator: 'adjudication court-order' },
  reinstatement: { adjudicator: 'adjudication court-order' },
  death: { 'enrolment-officer': 'civil-status', 'data-protection-officer': 'civil-status' },
  expiry: { adjudicator: 'data-protection', 'data-protection-officer': 'data-protection' },
  erasure: { adjudicator: ERASURES, 'data-protection-officer': ERASURES },
  opinion: { adjudicator: 'adjudication', 'forensic-examiner': 'adjudication' },
  'second-examiner': { adjudicator: 'adjudication', 'forensic-examiner': 'adjudication' },
  policy: {
    'data-protection-officer': 'administration',
    'node-administrator': 'administration',
  },
  watch: { adjudicator: WATCHES, 'data-protection-officer': WATCHES },
  release: {
    adjudicator: RELEASES,
    'forensic-examiner': RELEASES,
    'data-protection-officer': RELEASES,
  },
  hold: { adjudicator: HOLDS, 'data-protection-officer': HOLDS },
  status: {
    'enrolment-officer': PAPERS,
    'border-officer': 'border-control',
    adjudicator: 'adjudication',
    auditor: 'audit',
    'data-protection-officer': 'data-protection',
  },
  eligibility: { 'enrolment-officer': PAPERS },
  accesses: {
    'enrolment-officer': OWN,
    auditor: 'audit',
    'data-protection-officer': `data-protection ${OWN}`,
  },
  'case-file': { adjudicator: 'adjudication', 'forensic-examiner': 'adjudication' },
  'case-queue': { adjudicator: 'adjudication', 'forensic-examiner': 'adjudication' },
  breach: { auditor: 'audit', 'data-protection-officer': 'data-protection' },
  alarms: { auditor: 'audit', 'data-protection-officer': 'data-protection' },
  resolution: {
    'enrolment-officer': `${PAPERS} ${OWN} civil-status`,
    'border-officer': 'border-control',
    'forensic-examiner': FORENSIC,
    'data-protection-officer': OWN,
  },
  relatives: { 'data-protection-officer': 'data-protection' },
  'log-copy': { auditor: 'audit' },
  'certificate-revocation': { 'node-administrator': 'administration' },
  inspection: { 'border-officer': 'border-control' },
  crossing: { 'border-officer': 'border-control' },
}

const DOINGS = Object.keys(TABLE) as Doing[]

/** Words that are no purposes, some of which an object has without being told. */
const NO_PURPOSES = ['', 'curiosity', 'Audit', 'audit ', 'constructor', '__proto__', 'length', '0']

for (const doing of DOINGS) {
  for (const role of ROLES) {
    const allowed = TABLE[doing][role]
    promises(`${role}, ${doing}: ${allowed ?? 'never'}`, () => {
      for (const purpose of [...Object.keys(PURPOSES), ...NO_PURPOSES]) {
        const reason =
          allowed === undefined
            ? 'role-may-not'
            : allowed.split(' ').includes(purpose)
              ? undefined
              : 'purpose-not-allowed'
        is(
          refusalOf(() => checkPermitted(grantOf(role), doing, purpose)),
          reason && `forbidden: ${reason}`,
          purpose,
        )
      }
    })
  }
}

promises('let nobody record without saying what, nor do what nobody knows', () => {
  for (const role of ROLES) {
    for (const doing of ['record', 'list-everybody', 'export', '']) {
      is(
        refusalOf(() => checkPermitted(grantOf(role), doing as Doing, 'audit')),
        'forbidden: role-may-not',
      )
    }
  }
})

/** What one person may not do alone (handbook, domain §4.3). */
const TWO_PERSONS: readonly Doing[] = [
  'erasure',
  'watch',
  'release',
  'policy',
  'death',
  'expiry',
  'hold',
]

for (const doing of DOINGS) {
  const needed = TWO_PERSONS.includes(doing) ? 2 : 1
  promises(`${doing} takes ${needed === 2 ? 'two persons of two roles' : 'one person'}`, () => {
    const some = [grantOf('auditor'), grantOf('adjudicator'), grantOf('forensic-examiner')]
    for (const count of [0, 1, 2, 3]) {
      is(
        refusalOf(() => checkPersons(doing, some.slice(0, count))),
        count === needed ? undefined : 'forbidden: second-person-needed',
        `${count} persons`,
      )
    }
    const alike = [grantOf('auditor', { name: 'a' }), grantOf('auditor', { name: 'b' })]
    is(
      refusalOf(() => checkPersons(doing, alike)),
      needed === 2 ? 'forbidden: same-role-twice' : 'forbidden: second-person-needed',
    )
  })
}

promises('know every purpose that they speak of, and use every purpose that there is', () => {
  const used = Object.values(TABLE).flatMap((roles) => {
    return Object.values(roles).flatMap((purposes) => purposes.split(' '))
  })
  is(used.every(isPurpose), true)
  is(new Set(used).size, Object.keys(PURPOSES).length)
  for (const word of NO_PURPOSES) is(isPurpose(word), false, word)
})

promises.run()
