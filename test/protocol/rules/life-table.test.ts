import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { LifeStatus } from '../../../protocol/rules/eligibility.ts'
import { check as checkNext, lifeOf, type Life } from '../../../protocol/rules/life.ts'
import type { ReasonCode } from '../../../protocol/rules/reasons/reason.ts'
import {
  REFUSAL,
  CONFIRMATION,
  DEATH,
  EXPIRY,
  HELD,
  BARRED,
  CLEARED,
  ORDERED,
  ERASURE,
  EXEMPT,
  POSTPONED,
  LAPSING,
  document,
  enrolment,
  leafOf,
  opinion,
  signer,
  told,
  update,
  type What,
  type Story,
} from './support/story.ts'

const EXPERT = signer('expert', 'forensic-examiner')

/** One of each kind; cases are those that the story's first event has opened. */
const PROBES: Readonly<Record<string, What>> = {
  enrolment: enrolment(),
  update: update(),
  refusal: REFUSAL,
  postponement: POSTPONED,
  exemption: EXEMPT,
  confirmation: CONFIRMATION,
  document: document('new'),
  suspension: BARRED,
  'reinstatement cleared': CLEARED,
  'reinstatement court-order': ORDERED,
  death: DEATH,
  expiry: EXPIRY,
  'erasure request': { type: 'erasure', ground: 'request' },
  'erasure consent-withdrawn': { type: 'erasure', ground: 'consent-withdrawn' },
  'erasure court-order': ERASURE,
  'erasure expired': { type: 'erasure', ground: 'expired' },
  opinion: opinion('0', 'different'),
  'second-examiner': { type: 'second-examiner', case: leafOf('0') },
}

type Legal = Readonly<Record<string, LifeStatus>>
/** Kinds by the code that refuses them; `otherwise` is for all that the row does not name. */
type Refused = Readonly<Partial<Record<ReasonCode, readonly string[] | 'otherwise'>>>

const ERASABLE: Legal = {
  'erasure request': 'erased',
  'erasure consent-withdrawn': 'erased',
  'erasure court-order': 'erased',
}
const ABLE: Legal = { enrolment: 'provisional', exemption: 'exempt', death: 'deceased' }
const COMING: Legal = { ...ABLE, refusal: 'refused', postponement: 'postponed' }
const CASE = ['opinion', 'second-examiner']
const REINSTATEMENTS = ['reinstatement cleared', 'reinstatement court-order']
const ENROLLED: Legal = {
  ...ERASABLE,
  update: 'updated',
  suspension: 'suspended',
  death: 'deceased',
  expiry: 'expired',
}
const ENROLLED_REFUSED: Refused = {
  'already-enrolled': ['enrolment', 'refusal', 'postponement', 'exemption'],
  'not-suspended': REINSTATEMENTS,
  'retention-not-over': ['erasure expired'],
  'no-such-case': CASE,
}
const SUSPENDED_REFUSED: Refused = {
  'already-enrolled': ['enrolment'],
  'retention-not-over': ['erasure expired'],
}

const TABLE: readonly [name: string, story: Story, legal: Legal, refused: Refused][] = [
  [
    'nobody knows',
    [],
    { ...COMING, document: 'unknown' },
    { 'no-such-case': CASE, 'not-enrolled': 'otherwise' },
  ],
  [
    'has refused',
    [REFUSAL],
    { ...ABLE, ...ERASABLE, postponement: 'postponed', document: 'refused' },
    {
      'already-refused': ['refusal'],
      'not-enrolled': ['update'],
      'retention-not-over': ['erasure expired'],
      'no-such-case': CASE,
      'is-refused': 'otherwise',
    },
  ],
  [
    'is postponed',
    [POSTPONED],
    { ...ABLE, ...ERASABLE, postponement: 'postponed', document: 'postponed' },
    {
      'not-enrolled': ['update'],
      'retention-not-over': ['erasure expired'],
      'no-such-case': CASE,
      'is-postponed': 'otherwise',
    },
  ],
  [
    'is exempt',
    [EXEMPT],
    { ...ABLE, ...ERASABLE, document: 'exempt' },
    {
      'not-enrolled': ['update'],
      'retention-not-over': ['erasure expired'],
      'no-such-case': CASE,
      'is-exempt': 'otherwise',
    },
  ],
  [
    'was postponed until yesterday',
    [LAPSING],
    { ...COMING, ...ERASABLE, document: 'postponed' },
    {
      'retention-not-over': ['erasure expired'],
      'no-such-case': CASE,
      'not-enrolled': 'otherwise',
    },
  ],
  [
    'is enrolled provisionally',
    [enrolment()],
    { ...ENROLLED, update: 'provisional', confirmation: 'confirmed' },
    { ...ENROLLED_REFUSED, 'not-confirmed': ['document'] },
  ],
  [
    'is confirmed',
    [enrolment(), CONFIRMATION],
    { ...ENROLLED, document: 'documented' },
    { ...ENROLLED_REFUSED, 'illegal-transition': ['confirmation'] },
  ],
  [
    'has a document',
    [enrolment(), CONFIRMATION, document('old')],
    { ...ENROLLED, document: 'documented' },
    { ...ENROLLED_REFUSED, 'illegal-transition': ['confirmation'] },
  ],
  [
    'was enrolled anew when confirmed',
    [enrolment(), CONFIRMATION, update()],
    { ...ENROLLED, confirmation: 'confirmed', document: 'updated' },
    ENROLLED_REFUSED,
  ],
  [
    'was enrolled anew with a document',
    [enrolment(), CONFIRMATION, document('old'), update()],
    { ...ENROLLED, confirmation: 'documented', document: 'updated' },
    ENROLLED_REFUSED,
  ],
  [
    'was found to be another after all',
    [enrolment('other'), opinion('0', 'different')],
    { ...ENROLLED, update: 'provisional', confirmation: 'confirmed' },
    {
      ...ENROLLED_REFUSED,
      'no-such-case': [],
      'not-confirmed': ['document'],
      'case-decided': CASE,
    },
  ],
  [
    'may be somebody else',
    [enrolment('other')],
    {
      suspension: 'suspended',
      'reinstatement court-order': 'provisional',
      death: 'deceased',
      'erasure court-order': 'erased',
      opinion: 'provisional',
      'second-examiner': 'suspended',
    },
    { ...SUSPENDED_REFUSED, 'case-open': 'otherwise' },
  ],
  [
    'is somebody else',
    [enrolment('other'), opinion('0', 'same')],
    {
      suspension: 'suspended',
      'reinstatement court-order': 'provisional',
      death: 'deceased',
      'erasure court-order': 'erased',
    },
    { ...SUSPENDED_REFUSED, 'case-decided': CASE, 'is-duplicate': 'otherwise' },
  ],
  [
    'may be somebody else for all that anybody can tell',
    [enrolment('other'), [opinion('0', 'cannot-tell'), { by: [EXPERT] }]],
    {
      ...ERASABLE,
      suspension: 'suspended',
      'reinstatement cleared': 'provisional',
      'reinstatement court-order': 'provisional',
      death: 'deceased',
      expiry: 'expired',
    },
    { ...SUSPENDED_REFUSED, 'case-decided': CASE, 'is-suspended': 'otherwise' },
  ],
  [
    'is suspended by a court',
    [enrolment(), CONFIRMATION, BARRED],
    {
      'reinstatement court-order': 'confirmed',
      death: 'deceased',
      'erasure court-order': 'erased',
    },
    { ...SUSPENDED_REFUSED, 'no-such-case': CASE, 'is-suspended': 'otherwise' },
  ],
  [
    'is suspended for now',
    [enrolment(), CONFIRMATION, HELD],
    {
      ...ERASABLE,
      suspension: 'suspended',
      'reinstatement cleared': 'confirmed',
      'reinstatement court-order': 'confirmed',
      death: 'deceased',
      expiry: 'expired',
    },
    { ...SUSPENDED_REFUSED, 'no-such-case': CASE, 'is-suspended': 'otherwise' },
  ],
  [
    'has died',
    [enrolment(), DEATH],
    { 'erasure court-order': 'erased', expiry: 'expired' },
    { 'retention-not-over': ['erasure expired'], 'is-deceased': 'otherwise' },
  ],
  [
    'has died unknown',
    [DEATH],
    { 'erasure court-order': 'erased', expiry: 'expired' },
    { 'retention-not-over': ['erasure expired'], 'is-deceased': 'otherwise' },
  ],
  [
    'is no more kept',
    [enrolment(), EXPIRY],
    { ...COMING, ...ERASABLE, document: 'expired', 'erasure expired': 'erased' },
    { 'not-enrolled': ['update'], 'no-such-case': CASE, 'is-expired': 'otherwise' },
  ],
  [
    'has died and is no more kept',
    [enrolment(), DEATH, EXPIRY],
    { ...ERASABLE, 'erasure expired': 'erased' },
    { 'is-deceased': 'otherwise' },
  ],
  ['is erased', [enrolment(), ERASURE], {}, { 'is-erased': 'otherwise' }],
]

const table = suite('of somebody who')

for (const [name, story, legal, refused] of TABLE) {
  for (const [kind, what] of Object.entries(PROBES)) {
    const code = codeOf(kind, legal, refused)
    const status = code ? undefined : legal[kind]
    table(`${name}: ${kind} ${code ? `is void: ${code}` : `leads to ${status}`}`, () => {
      const before = lifeOf(told(...story))
      const events = told(...story, what)
      const life = lifeOf(events)
      is(life.history.at(-1)?.void, code)
      is(life.status, code ? before.status : status)
      is(checkNext(before, events.at(-1)!), code)
      if (code) equal(stateOf(life), stateOf(before))
    })
  }
}

table.run()

/** By which code a row refuses this kind, undefined if it does not. Every row names every kind. */
function codeOf(kind: string, legal: Legal, refused: Refused): ReasonCode | undefined {
  if (kind in legal) return undefined
  const codes = Object.entries(refused) as [ReasonCode, readonly string[] | 'otherwise'][]
  const named = codes.find(([, kinds]) => kinds !== 'otherwise' && kinds.includes(kind))
  return (named ?? codes.find(([, kinds]) => kinds === 'otherwise')!)[0]
}

function stateOf(life: Life) {
  return { ...life, history: undefined, tip: undefined }
}
