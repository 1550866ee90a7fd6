/** Applications: any that decodes, and plain ones to vary in one point. */
import fc from 'fast-check'
import {
  ATTEMPTS_MAX,
  CITIZENSHIPS,
  CONSENTS,
  MISSING_CAUSES,
  QUALITY_MAX,
  SEXES,
  type Application,
  type FingerRecord,
} from '../../../../protocol/rules/application.ts'
import { addDays } from '../../../../protocol/rules/civil-date.ts'
import { digests, texts } from '../../../support/arbitraries.ts'

/** A citizen of thirty who has signed and given two good index fingers. */
export const PLAIN: Application = {
  nonce: new Uint8Array(32),
  born: '1990-05-17',
  citizenship: 'citizen',
  sex: 'female',
  consent: 'own',
  consentForm: 'form-7',
  requestedOn: '2020-06-01',
  fingers: [captured(2, 60), captured(7, 55)],
}

export function captured(position: number, ...attempts: readonly number[]): FingerRecord {
  return { position, attempts, missing: undefined, reason: '' }
}

export function missing(position: number, cause: FingerRecord['missing']): FingerRecord {
  return { position, attempts: [], missing: cause, reason: '' }
}

/** Dates of a long century, the ends of February among them more often than by chance. */
export const dates = fc.oneof(
  fc.nat(70_000).map((days) => addDays('1920-01-01', days)),
  fc.constantFrom('1996-02-29', '2000-02-29', '2084-02-29', '2023-02-28', '2023-03-01'),
)

const fingers: fc.Arbitrary<FingerRecord[]> = fc.uniqueArray(
  fc.oneof(
    fc
      .tuple(
        fc.nat(10),
        fc.array(fc.nat(QUALITY_MAX), { minLength: 1, maxLength: ATTEMPTS_MAX }),
        fc.oneof(fc.constant(''), texts(40)),
      )
      .map(([position, attempts, reason]) => ({ ...captured(position, ...attempts), reason })),
    fc
      .tuple(fc.nat(10), fc.constantFrom(...MISSING_CAUSES))
      .map(([position, cause]) => missing(position, cause)),
  ),
  { maxLength: 10, selector: ({ position }) => position },
)

export const applications: fc.Arbitrary<Application> = dates.chain((requestedOn) =>
  fc.record(
    {
      nonce: digests,
      born: fc.option(births(requestedOn), { nil: undefined }),
      citizenship: fc.constantFrom(...CITIZENSHIPS),
      sex: fc.constantFrom(...SEXES),
      consent: fc.constantFrom(...CONSENTS),
      consentForm: fc.oneof(fc.constant(''), texts(20)),
      requestedOn: fc.constant(requestedOn),
      fingers,
    },
    { noNullPrototype: true },
  ),
)

/** Known wholly or in part, and not ahead of the request. */
function births(requestedOn: string): fc.Arbitrary<string> {
  const age = fc.oneof(fc.nat(40_000), fc.integer({ min: 4_300, max: 6_000 }))
  return fc
    .tuple(age, fc.constantFrom(4, 7, 10))
    .map(([days, known]) => addDays(requestedOn, -days).slice(0, known))
}
