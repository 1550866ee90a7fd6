/**
 * The plan as it was announced at the end of 2016 for 2017 to 2021.
 *
 * Source: the announcement as EurasiaNet reported it in November 2016. What it says is marked
 * “announced”; where it is silent the choice made here says so. It names no number of fingers for
 * the register, no retention, no term: those are parameters that stand here to be set.
 */
import type { Group, Policy, Refusal } from '../policy.ts'

const NO_CONSEQUENCE: Refusal = { fineTenthsOfMrp: 0, blocksDocument: false }

/** Announced: citizens, and foreign residents alike; a stateless resident is read as the latter. */
const RESIDENTS: Group['citizenships'] = ['citizen', 'foreign-resident', 'stateless']

const ENROLLED = ['exempt', 'confirmed', 'documented', 'updated'] as const

/**
 * The announcement does not speak of them. Who owes no prints does not lack them; a postponement
 * that still runs holds nobody up; and a retention that is over leaves a person as they came.
 */
const UNENROLLED = ['unknown', 'refused', 'expired', 'erased'] as const

export const SEED_2017: Policy = {
  id: 'seed-2017',
  from: '2017-01-01',
  title: {
    en: 'The announced programme of fingerprint registration, 2017',
    kk: 'Саусақ ізін тіркеудің жарияланған бағдарламасы, 2017 жыл',
    ru: 'Объявленная программа дактилоскопической регистрации, 2017 год',
  },
  groups: [
    // Announced: under 12 never.
    {
      citizenships: RESIDENTS,
      ageFrom: 0,
      ageBelow: 12,
      duty: 'never',
      consent: 'none',
      refusal: NO_CONSEQUENCE,
    },
    // Announced: from 12 to 16 the child must consent. Nothing is said of parents.
    {
      citizenships: RESIDENTS,
      ageFrom: 12,
      ageBelow: 16,
      duty: 'voluntary',
      consent: 'own',
      refusal: NO_CONSEQUENCE,
    },
    // Announced: over 16 must, else a fine and no document. “12 to 16” and “over 16” leave the 16th
    // birthday open; it is read as a duty already, since from that day an identity card is due. The
    // amount is that of art. 443-1 of the Administrative Code in 2021, as the press had it: 5 MRP.
    {
      citizenships: RESIDENTS,
      ageFrom: 16,
      ageBelow: undefined,
      duty: 'mandatory',
      consent: 'none',
      refusal: { fineTenthsOfMrp: 50, blocksDocument: true },
    },
    // Not announced: visitors. What no rule allows is not taken.
    {
      citizenships: ['foreign-visitor'],
      ageFrom: 0,
      ageBelow: undefined,
      duty: 'never',
      consent: 'none',
      refusal: NO_CONSEQUENCE,
    },
  ],
  // Not seen: which form a consent has to have.
  consentForms: [],
  // Not announced. Without any date of birth nobody is taken for a child or for an adult by guess.
  unknownBirthAge: undefined,
  // Announced: a document's chip has two fingers. The index fingers come first, as in EU documents,
  // and the others replace a missing one in this order.
  wanted: [2, 7, 1, 6, 3, 8, 4, 9, 5, 10],
  wantedLeast: 2,
  // BSI TR-03121 v6, plain fingers at enrolment: thumb and index 30, middle 20, ring and little 10.
  // An unknown finger might be any, and the strictest is asked of it.
  attemptsMax: 3,
  thresholds: [30, 30, 30, 20, 10, 10, 30, 30, 20, 10, 10],
  // Not announced; taken from the law as it came: nobody owes what they do not have.
  exemptions: ['amputated', 'no-pattern'],
  postponement: { causes: ['injured', 'bandaged'], daysMax: 90 },
  // Not announced, and not seen in the law: longer than a life for citizens, and for others as long
  // as the longest permit of residence and its renewal.
  retention: [
    { citizenships: ['citizen'], years: 100 },
    { citizenships: ['foreign-resident', 'stateless'], years: 20 },
    { citizenships: ['foreign-visitor'], years: 5 },
  ],
  // Announced: convicts of serious crimes and immediate relatives of missing persons must.
  dna: [
    { ground: 'serious-convict', duty: 'mandatory', consent: 'none', retentionYears: undefined },
    {
      ground: 'relative-of-missing',
      duty: 'mandatory',
      consent: 'none',
      retentionYears: undefined,
    },
  ],
  documents: [
    {
      document: 'passport',
      citizenships: ['citizen'],
      ageFrom: 0,
      ageBelow: undefined,
      suffices: [...ENROLLED, 'postponed'],
      unblocked: UNENROLLED,
    },
    {
      document: 'id-card',
      citizenships: ['citizen'],
      ageFrom: 16,
      ageBelow: undefined,
      suffices: [...ENROLLED, 'postponed'],
      unblocked: UNENROLLED,
    },
    {
      document: 'residence-permit',
      citizenships: ['foreign-resident', 'stateless'],
      ageFrom: 0,
      ageBelow: undefined,
      suffices: [...ENROLLED, 'postponed'],
      unblocked: UNENROLLED,
    },
    {
      document: 'child-passport',
      citizenships: ['citizen'],
      ageFrom: 0,
      ageBelow: 16,
      suffices: [...ENROLLED, 'postponed'],
      unblocked: UNENROLLED,
    },
  ],
  // Not announced: terms of the administrative procedure, to be set.
  caseDays: 15,
  holdDaysMax: 180,
  openCases: 'rule-of-decision',
  // Nothing was taken before it; were there anything, it would be older than all rules.
  earlier: [
    {
      citizenships: ['citizen', 'foreign-resident', 'foreign-visitor', 'stateless'],
      taken: 'mandatory',
      status: 'keep',
    },
    {
      citizenships: ['citizen', 'foreign-resident', 'foreign-visitor', 'stateless'],
      taken: 'permitted',
      status: 'keep',
    },
  ],
}
