import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { FingerRecord } from '../../../protocol/rules/application.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { examineFingers, fingersBelow, keptAttempt } from '../../../protocol/rules/quality.ts'
import type { ReasonCode } from '../../../protocol/rules/reasons/reason.ts'
import { check } from '../support/codec-promises.ts'
import { captured, missing } from './support/applications.ts'

const promises = suite('the quality of fingers')

const KEPT: readonly [attempts: number[], attempt: number, quality: number][] = [
  [[40], 0, 40],
  [[10, 20, 15], 1, 20],
  [[5, 6, 7], 2, 7],
  [[30, 12, 30], 0, 30],
  [[0], 0, 0],
]

for (const [attempts, attempt, quality] of KEPT) {
  promises(`keeps number ${attempt} of [${attempts.join(' ')}]`, () => {
    equal(keptAttempt(captured(2, ...attempts)), { attempt, quality })
  })
}

promises('keeps nothing of a missing finger', () => {
  is(keptAttempt(missing(2, 'amputated')), undefined)
})

promises('keeps no attempt when another is better', () => {
  check(fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }), (attempts) => {
    const kept = keptAttempt(captured(2, ...attempts))
    ok(kept && attempts.every((quality) => quality <= kept.quality))
    is(attempts[kept.attempt], kept.quality)
  })
})

/** BSI TR-03121: thumb and index 30, middle 20, ring and little 10. */
const THRESHOLDS: readonly [position: number, least: number][] = [
  [0, 30],
  [1, 30],
  [2, 30],
  [3, 20],
  [4, 10],
  [5, 10],
  [6, 30],
  [7, 30],
  [8, 20],
  [9, 10],
  [10, 10],
]

for (const [position, least] of THRESHOLDS) {
  promises(`asks ${least} of finger ${position}`, () => {
    is(fingersBelow(KZ_2024, [captured(position, least - 1)]).length, 1)
    is(fingersBelow(KZ_2024, [captured(position, least)]).length, 0)
  })
}

const explained: FingerRecord = { ...captured(2, 9, 8, 7), reason: 'worn by work' }

const HANDS: readonly [
  what: string,
  fingers: FingerRecord[],
  against: ReasonCode[],
  notes: ReasonCode[],
][] = [
  ['two good index fingers are enough', [captured(2, 30), captured(7, 30)], [], []],
  ['in any order', [captured(7, 30), captured(2, 30)], [], []],
  ['no finger is not', [], ['fingers-missing'], []],
  ['one alone is not', [captured(2, 30)], ['fingers-missing'], []],
  ['nor with an unknown one', [captured(2, 30), captured(0, 90)], ['fingers-missing'], []],
  [
    'others do not replace an index finger that nothing is said of',
    [captured(2, 30), captured(1, 30), captured(6, 30)],
    ['fingers-missing'],
    [],
  ],
  [
    'a thumb replaces an index finger that is missing',
    [captured(2, 30), missing(7, 'amputated'), captured(1, 30)],
    [],
    [],
  ],
  [
    'it replaces an injured one too',
    [captured(2, 30), missing(7, 'bandaged'), captured(1, 30)],
    [],
    [],
  ],
  ['a poor finger is captured again', [captured(2, 29), captured(7, 30)], ['recapture-needed'], []],
  ['and once more', [captured(2, 29, 20), captured(7, 30)], ['recapture-needed'], []],
  ['a better attempt makes it good', [captured(2, 9, 30), captured(7, 30)], [], []],
  [
    'after three attempts a reason is asked for',
    [captured(2, 9, 8, 7), captured(7, 30)],
    ['quality-too-low'],
    [],
  ],
  ['and with it the best is kept', [explained, captured(7, 30)], [], ['best-kept']],
  [
    'a reason does not shorten the attempts',
    [explained, { ...captured(7, 29), reason: 'worn by work' }],
    ['recapture-needed'],
    [],
  ],
  [
    'what lacks and what is poor are both said',
    [captured(2, 29)],
    ['fingers-missing', 'recapture-needed'],
    [],
  ],
  ['no finger left is an exemption', all(() => 'amputated'), ['exempt-no-fingers'], []],
  ['fingers without a pattern are one', all(() => 'no-pattern'), ['exempt-no-fingers'], []],
  ['all fingers injured is a postponement', all(() => 'injured'), ['postponed-injury'], []],
  [
    'one that will heal among lost ones is a postponement',
    all((position) => (position === 10 ? 'bandaged' : 'amputated')),
    ['postponed-injury'],
    [],
  ],
  [
    'so is one good finger beside it',
    [captured(2, 30), ...all((position) => (position === 7 ? 'injured' : 'amputated')).slice(1)],
    ['postponed-injury'],
    [],
  ],
  [
    'the only finger of a person is enough',
    [captured(2, 30), ...all(() => 'amputated').slice(1)],
    [],
    ['fewer-fingers'],
  ],
]

for (const [what, fingers, against, notes] of HANDS) {
  promises(what, () => {
    const examined = examineFingers(KZ_2024, fingers)
    equal(examined.against, against)
    if (against.length === 0) equal(examined.notes, notes)
  })
}

promises('goes by the policy, not by these numbers', () => {
  const fingers = [captured(2, 29)]
  const one = { ...KZ_2024, wantedLeast: 1 }
  equal(examineFingers(one, fingers).against, ['recapture-needed'])
  equal(examineFingers({ ...one, attemptsMax: 1 }, fingers).against, ['quality-too-low'])
  const mild = { ...one, thresholds: KZ_2024.thresholds.with(2, 29) }
  equal(examineFingers(mild, fingers), { against: [], notes: [] })
})

promises.run()

/** Ten missing fingers in the order in which they are wanted. */
function all(cause: (position: number) => FingerRecord['missing']): FingerRecord[] {
  return KZ_2024.wanted.map((position) => missing(position, cause(position)))
}
