/** The law, what it decides and how often searches err, as JSON Schema. */
import { FINGERS_MAX, TEXT_BYTES_MAX } from '../../protocol/limits.ts'
import {
  ATTEMPTS_MAX,
  CITIZENSHIPS,
  CONSENTS,
  MISSING_CAUSES,
  QUALITY_MAX,
  SEXES,
} from '../../protocol/rules/application.ts'
import { DOCUMENTS, LIFE_STATUSES } from '../../protocol/rules/eligibility.ts'
import {
  DNA_CONSENTS,
  DNA_GROUNDS,
  DUTIES,
  OPEN_CASES,
  STANDINGS,
  TAKEN_AS,
} from '../../protocol/rules/policy.ts'
import { body, count, date, flag, list, object, oneOf, reasons, text } from './schemas.ts'

const citizenships = list(oneOf(CITIZENSHIPS))
const causes = list(oneOf(MISSING_CAUSES))
const statuses = list(oneOf(LIFE_STATUSES))

/** What follows when a person does not give their prints. */
const refusal = object({
  fineTenthsOfMrp: { ...count, description: 'Tenths of the monthly calculation index.' },
  blocksDocument: flag,
})

const ages = {
  ageFrom: { ...count, description: 'Full years; the birthday itself is inside.' },
  ageBelow: { ...count, description: 'Full years; absent: for life.' },
}

export const policy = object(
  {
    id: text,
    from: { ...date, description: 'The first day on which it is in force.' },
    title: object({ en: text, kk: text, ru: text }),
    groups: list(
      object({ citizenships, ...ages, duty: oneOf(DUTIES), consent: oneOf(CONSENTS), refusal }, [
        'ageBelow',
      ]),
    ),
    consentForms: { ...list(text), description: 'On which a consent is good; none: on any.' },
    unknownBirthAge: count,
    wanted: { ...list(count), description: 'Finger positions, in the order of preference.' },
    wantedLeast: count,
    attemptsMax: count,
    thresholds: { ...list(count), description: 'Least NFIQ 2 quality, by finger position.' },
    exemptions: causes,
    postponement: object({ causes, daysMax: count }),
    retention: list(object({ citizenships, years: count })),
    dna: list(
      object(
        {
          ground: oneOf(DNA_GROUNDS),
          duty: oneOf(DUTIES),
          consent: oneOf(DNA_CONSENTS),
          retentionYears: count,
        },
        ['retentionYears'],
      ),
    ),
    documents: list(
      object(
        {
          document: oneOf(DOCUMENTS),
          citizenships,
          ...ages,
          suffices: statuses,
          unblocked: statuses,
        },
        ['ageBelow'],
      ),
    ),
    caseDays: count,
    holdDaysMax: count,
    openCases: oneOf(OPEN_CASES),
    earlier: list(object({ citizenships, taken: oneOf(TAKEN_AS), status: oneOf(STANDINGS) })),
  },
  ['unknownBirthAge'],
)

const decided = {
  verdict: oneOf(['permitted', 'mandatory', 'refused']),
  reasons,
}

export const decision = object(
  {
    on: { ...date, description: 'The day for which it was decided.' },
    policy: text,
    ...decided,
    refusal: { ...refusal, description: 'What follows when the person refuses.' },
    dna: object(decided),
  },
  ['dna'],
)

const finger = body(
  {
    position: { type: 'integer', minimum: 0, maximum: FINGERS_MAX },
    attempts: {
      ...list({ type: 'integer', minimum: 0, maximum: QUALITY_MAX }, ATTEMPTS_MAX),
      description: 'Qualities, 0 to 100; none of a finger that is missing.',
    },
    missing: oneOf(MISSING_CAUSES),
    reason: {
      type: 'string',
      maxLength: TEXT_BYTES_MAX,
      default: '',
      description: 'Why the best is kept although it is poor.',
    },
  },
  ['missing', 'reason'],
)

/** What the calculator is told of a person: no name, no number, nothing biometric. */
export const factsBody = body(
  {
    born: {
      type: 'string',
      pattern: '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$',
      description: 'YYYY-MM-DD, YYYY-MM or YYYY; absent when nothing is known.',
    },
    citizenship: oneOf(CITIZENSHIPS),
    sex: { ...oneOf(SEXES), default: 'unknown' },
    consent: oneOf(CONSENTS),
    consentForm: { type: 'string', maxLength: TEXT_BYTES_MAX, default: '' },
    requestedOn: {
      ...date,
      description: 'When it was asked for; the day of the decision if absent.',
    },
    on: { ...date, description: 'The day of the decision; today if absent.' },
    fingers: {
      ...list(finger, FINGERS_MAX),
      description: 'If absent, as many good fingers as the law wants.',
    },
    dna: body({ ground: oneOf(DNA_GROUNDS), consent: oneOf(DNA_CONSENTS) }),
  },
  ['born', 'sex', 'consentForm', 'requestedOn', 'on', 'fingers', 'dna'],
)

const share = { type: 'number', minimum: 0, maximum: 1 }

const rate = object(
  {
    events: count,
    trials: count,
    rate: { ...share, description: 'Absent without trials.' },
    interval: { ...list(share), description: 'Low and high end of the 95 % confidence interval.' },
  },
  ['rate'],
)

export const rates = object({
  searches: count,
  undecided: { ...count, description: 'Their case is open, or nobody could tell.' },
  fpir: { ...rate, description: 'Searches that named somebody and had no mate.' },
  fnir: { ...rate, description: 'Searches that had a mate and missed it: an estimate from below.' },
})
