/** Any policy that decodes. */
import fc from 'fast-check'
import {
  CITIZENSHIPS,
  MISSING_CAUSES,
  QUALITY_MAX,
  type Citizenship,
} from '../../../../protocol/rules/application.ts'
import { DOCUMENTS, LIFE_STATUSES } from '../../../../protocol/rules/eligibility.ts'
import {
  DNA_GROUNDS,
  OPEN_CASES,
  STANDINGS,
  TAKEN_AS,
  type DnaRule,
  type DocumentRule,
  type Group,
  type Policy,
} from '../../../../protocol/rules/policy.ts'
import { names, texts } from '../../../support/arbitraries.ts'
import { dates } from './applications.ts'

const NO_CONSEQUENCE = { fineTenthsOfMrp: 0, blocksDocument: false }
const ASKED = ['own', 'guardian', 'own-and-guardian'] as const

const terms: fc.Arbitrary<Pick<Group, 'duty' | 'consent' | 'refusal'>> = fc.oneof(
  fc.constant({ duty: 'never' as const, consent: 'none' as const, refusal: NO_CONSEQUENCE }),
  fc
    .constantFrom(...ASKED)
    .map((consent) => ({ duty: 'voluntary' as const, consent, refusal: NO_CONSEQUENCE })),
  objects({
    duty: fc.constant('mandatory' as const),
    consent: fc.constantFrom('none' as const, ...ASKED),
    refusal: objects({ fineTenthsOfMrp: fc.nat(100), blocksDocument: fc.boolean() }),
  }),
)

/** The whole life of one citizenship, cut at up to two birthdays. */
function groupsOf(citizenship: Citizenship): fc.Arbitrary<Group[]> {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 90 }), { maxLength: 2 })
  return cuts.chain((found) => {
    const starts = [0, ...found.toSorted((a, b) => a - b)]
    return fc.tuple(
      ...starts.map((ageFrom, place) =>
        terms.map((rest) => ({
          citizenships: [citizenship],
          ageFrom,
          ageBelow: starts[place + 1],
          ...rest,
        })),
      ),
    )
  })
}

const dna: fc.Arbitrary<DnaRule[]> = fc.uniqueArray(
  objects({
    ground: fc.constantFrom(...DNA_GROUNDS),
    duty: fc.constantFrom('mandatory' as const, 'voluntary' as const, 'never' as const),
    retentionYears: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  }).map(({ ground, duty, retentionYears }) => ({
    ground,
    duty,
    consent: duty === 'voluntary' ? ('written' as const) : ('none' as const),
    retentionYears,
  })),
  { selector: ({ ground }) => ground },
)

const documents: fc.Arbitrary<DocumentRule[]> = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom(...DOCUMENTS),
      fc.subarray([...CITIZENSHIPS]),
      fc.nat(20),
      fc.option(fc.integer({ min: 21, max: 100 }), { nil: undefined }),
      fc.shuffledSubarray([...LIFE_STATUSES]),
      fc.nat(LIFE_STATUSES.length),
    )
    .map(([document, citizenships, ageFrom, ageBelow, statuses, cut]) => ({
      document,
      citizenships,
      ageFrom,
      ageBelow,
      suffices: statuses.slice(0, cut),
      unblocked: statuses.slice(cut),
    })),
  { selector: ({ document }) => document },
)

const causes = fc.subarray([...MISSING_CAUSES]).map((exemptions) => ({
  exemptions,
  postponing: MISSING_CAUSES.filter((cause) => !exemptions.includes(cause)),
}))

export const policies: fc.Arbitrary<Policy> = fc
  .tuple(
    fc.tuple(...CITIZENSHIPS.map(groupsOf)),
    causes,
    fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { minLength: 1 }),
    fc.array(fc.constantFrom(...STANDINGS), { minLength: 8, maxLength: 8 }),
  )
  .chain(([groups, { exemptions, postponing }, wanted, standings]) => {
    const few = fc.integer({ min: 1, max: 100 })
    return objects<Policy>({
      id: names.filter((name) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)),
      from: dates,
      title: objects({ en: titles(), kk: titles(), ru: titles() }),
      groups: fc.constant(groups.flat()),
      consentForms: fc.array(titles(), { maxLength: 3 }),
      unknownBirthAge: fc.option(fc.nat(40), { nil: undefined }),
      wanted: fc.constant(wanted),
      wantedLeast: fc.integer({ min: 1, max: wanted.length }),
      attemptsMax: fc.integer({ min: 1, max: 3 }),
      thresholds: fc.array(fc.nat(QUALITY_MAX), { minLength: 11, maxLength: 11 }),
      exemptions: fc.constant(exemptions),
      postponement: objects({ causes: fc.constant(postponing), daysMax: few }),
      retention: few.map((years) => [{ citizenships: [...CITIZENSHIPS], years }]),
      dna,
      documents,
      caseDays: few,
      holdDaysMax: fc.nat(400),
      openCases: fc.constantFrom(...OPEN_CASES),
      earlier: fc.constant(
        standings.map((status, place) => ({
          citizenships: [CITIZENSHIPS[place % 4]!],
          taken: TAKEN_AS[place >> 2]!,
          status,
        })),
      ),
    })
  })

function titles(): fc.Arbitrary<string> {
  return texts(30).filter((title) => title !== '')
}

function objects<T extends object>(fields: {
  [F in keyof T]: fc.Arbitrary<T[F]>
}): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}
