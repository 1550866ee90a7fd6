import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { ROLES } from '../../../protocol/credential.ts'
import { FINDINGS, type Finding } from '../../../protocol/deed.ts'
import {
  caseRouting,
  mayDecide,
  needsExpert,
  openCase,
  resolutionOf,
  withOpinion,
  withSecondExaminer,
  type CaseFile,
  type CaseRouting,
} from '../../../protocol/rules/case.ts'
import type { ReasonCode } from '../../../protocol/rules/reasons/reason.ts'
import { check } from '../support/codec-promises.ts'

const promises = suite('a case')

/** `second`, or an officer, a candidate and a finding: adjudicators a–d, forensic examiners X–Z. */
type Step = 'second' | `${string} ${string} ${Finding}`

/** Steps on a case against candidates 1 and 2, or 1 alone, and what it has come to. */
const COURSES: readonly [what: string, candidates: string, steps: Step[], resolution: string][] = [
  ['is open without an opinion', '1', [], 'open'],
  ['one opinion says that it is the same person', '1', ['a 1 same'], 'same'],
  ['or that it is not', '1', ['a 1 different'], 'different'],
  ['a forensic examiner says it alone as well', '1', ['X 1 different'], 'different'],
  ['one who cannot tell decides nothing', '1', ['a 1 cannot-tell'], 'open'],
  ['nor does another adjudicator then', '1', ['a 1 cannot-tell', 'b 1 same'], 'open'],
  ['a forensic examiner does', '1', ['a 1 cannot-tell', 'b 1 same', 'X 1 different'], 'different'],
  ['also that nobody can tell', '1', ['a 1 cannot-tell', 'X 1 cannot-tell'], 'cannot-tell'],
  ['even at once', '1', ['X 1 cannot-tell'], 'cannot-tell'],
  ['where two are wanted, one decides nothing', '1', ['second', 'a 1 same'], 'open'],
  ['not even a forensic examiner', '1', ['second', 'X 1 same'], 'open'],
  ['two who agree do', '1', ['second', 'a 1 same', 'b 1 same'], 'same'],
  ['two who do not agree do not', '1', ['second', 'a 1 same', 'b 1 different'], 'open'],
  [
    'a third adjudicator does not help them',
    '1',
    ['second', 'a 1 same', 'b 1 different', 'c 1 different'],
    'open',
  ],
  [
    'a forensic examiner decides between them',
    '1',
    ['second', 'a 1 same', 'b 1 different', 'X 1 different'],
    'different',
  ],
  ['or is one of the two', '1', ['second', 'X 1 same', 'a 1 different'], 'same'],
  ['two forensic examiners may disagree', '1', ['second', 'X 1 same', 'Y 1 different'], 'open'],
  [
    'then a third decides',
    '1',
    ['second', 'X 1 same', 'Y 1 different', 'Z 1 cannot-tell'],
    'cannot-tell',
  ],
  [
    'two who cannot tell want one, too',
    '1',
    ['second', 'a 1 cannot-tell', 'b 1 cannot-tell'],
    'open',
  ],
  ['the same person is found among two', '12', ['a 2 same'], 'same'],
  ['different from one says nothing of the other', '12', ['a 1 different'], 'open'],
  ['different takes all', '12', ['a 1 different', 'b 2 different'], 'different'],
  ['one officer may say it of all', '12', ['a 1 different', 'a 2 different'], 'different'],
  ['some cannot be told', '12', ['X 1 cannot-tell', 'a 2 different'], 'cannot-tell'],
  ['unless one is the same', '12', ['X 1 cannot-tell', 'a 2 same'], 'same'],
  [
    'a second examiner is wanted for what one has said before, too',
    '12',
    ['a 1 different', 'second', 'a 2 different', 'b 2 different'],
    'open',
  ],
  ['the others may still be told, and it stays', '12', ['a 1 same', 'a 2 different'], 'same'],
]

for (const [what, candidates, steps, resolution] of COURSES) {
  promises(`${what}: ${[...steps, resolution].join(', ')}`, () => {
    const file = follow(candidates, steps)
    is(resolutionOf(file), resolution)
    is(file.opinions.length, steps.filter((step) => step !== 'second').length)
  })
}

const REFUSED: readonly [candidates: string, steps: Step[], refused: Step, code: ReasonCode][] = [
  ['1', [], 'a 2 same', 'no-such-case'],
  ['1', ['a 1 same'], 'b 1 same', 'case-decided'],
  ['1', ['a 1 same'], 'second', 'case-decided'],
  ['1', ['X 1 cannot-tell'], 'second', 'case-decided'],
  ['12', ['a 1 different'], 'b 1 same', 'case-decided'],
  ['1', ['second', 'a 1 same'], "a' 1 same", 'already-gave-opinion'],
  ['1', ['second', 'a 1 same'], 'a 1 same', 'already-gave-opinion'],
  ['1', ['a 1 cannot-tell'], 'a 1 same', 'already-gave-opinion'],
  ['12', ['a 1 different', 'second'], 'a 1 different', 'already-gave-opinion'],
]

for (const [candidates, steps, refused, code] of REFUSED) {
  promises(`after ${steps.join(', ') || 'nothing'} does not take ${refused}: ${code}`, () => {
    is(taken(follow(candidates, steps), refused), code)
  })
}

/** Whether only a forensic examiner can help a case on. */
const HELP: readonly [candidates: string, steps: Step[], needs: boolean][] = [
  ['1', [], false],
  ['1', ['a 1 cannot-tell'], true],
  ['12', ['a 1 cannot-tell'], true],
  ['1', ['a 1 cannot-tell', 'X 1 same'], false],
  ['1', ['second', 'a 1 same'], false],
  ['1', ['second', 'a 1 same', 'b 1 different'], true],
  ['12', ['a 1 cannot-tell', 'a 2 same'], false],
]

for (const [candidates, course, needs] of HELP) {
  promises(`after ${course.join(', ') || 'nothing'} ${needs ? 'needs' : 'needs no'} expert`, () => {
    is(needsExpert(follow(candidates, course)), needs)
  })
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>('second'),
  fc
    .tuple(
      fc.constantFrom(...'abcdXYZ'.split('')),
      fc.constantFrom(...'123'.split('')),
      fc.constantFrom(...FINDINGS),
    )
    .map(([officer, candidate, finding]): Step => `${officer} ${candidate} ${finding}`),
)

promises('once it is decided is decided so for ever', () => {
  check(fc.array(steps, { maxLength: 30 }), (found) => {
    let file = start('123')
    for (const step of found) {
      const before = resolutionOf(file)
      const next = taken(file, step)
      if (typeof next !== 'string') file = next
      if (before !== 'open') is(resolutionOf(file), before)
    }
  })
})

promises('can be decided whatever was said: three forensic examiners are always enough', () => {
  check(fc.array(steps, { maxLength: 30 }), (found) => {
    const byAdjudicators = found.filter((step) => !/^[XYZ]/.test(step))
    const said = byAdjudicators.reduce(takenOr, start('123'))
    const experts = 'XYZ'.split('').flatMap((officer) => {
      return '123'.split('').map((candidate): Step => `${officer} ${candidate} different`)
    })
    is(resolutionOf(experts.reduce(takenOr, said)) === 'open', false)
  })
})

const DAY = 86_400_000
const OPENED = 1_000
const AT_ALMATY = { openedAt: OPENED, region: 'almaty', caseDays: 15 }

const TIMES: readonly [now: number, level: CaseRouting['level'], overdue: boolean, age: number][] =
  [
    [OPENED - 1, 0, false, 0],
    [OPENED, 0, false, 0],
    [OPENED + 15 * DAY - 1, 0, false, 15 * DAY - 1],
    [OPENED + 15 * DAY, 1, false, 15 * DAY],
    [OPENED + 30 * DAY - 1, 1, false, 30 * DAY - 1],
    [OPENED + 30 * DAY, 2, true, 30 * DAY],
    [OPENED + 3_000 * DAY, 2, true, 3_000 * DAY],
  ]

for (const [now, level, overdue, age] of TIMES) {
  promises(`of ${age} ms is at level ${level}`, () => {
    const deadline = OPENED + 15 * DAY
    equal(caseRouting(AT_ALMATY, now), { region: 'almaty', deadline, age, overdue, level })
  })
}

promises('that needs an expert goes to one at once, and is not overdue for that', () => {
  const routing = caseRouting({ ...AT_ALMATY, needsExpert: true }, OPENED)
  equal([routing.level, routing.overdue, routing.deadline], [2, false, OPENED + 15 * DAY])
})

promises('goes to adjudicators of its region, then of any, then to forensic examiners', () => {
  const WHO: Record<string, readonly [almaty: boolean[], astana: boolean[]]> = {
    adjudicator: [
      [true, true, false],
      [false, true, false],
    ],
    'forensic-examiner': [
      [false, false, true],
      [false, false, true],
    ],
  }
  const nobody = [false, false, false]
  for (const role of ROLES) {
    for (const [place, region] of ['almaty', 'astana'].entries()) {
      const may = [0, 15, 30].map((days) => {
        return mayDecide(caseRouting(AT_ALMATY, OPENED + days * DAY), { role, region })
      })
      equal(may, WHO[role]?.[place] ?? nobody, `${role} of ${region}`)
    }
  }
})

promises.run()

function start(candidates: string): CaseFile {
  return openCase(candidates.split('').map(utf8))
}

/** @throws Error when a step is not taken */
function follow(candidates: string, course: readonly Step[]): CaseFile {
  return course.reduce((file, step) => {
    const next = taken(file, step)
    if (typeof next === 'string') throw new Error(`${step}: ${next}`)
    return next
  }, start(candidates))
}

function takenOr(file: CaseFile, step: Step): CaseFile {
  const next = taken(file, step)
  return typeof next === 'string' ? file : next
}

function taken(file: CaseFile, step: Step): CaseFile | ReasonCode {
  if (step === 'second') return withSecondExaminer(file)
  const [officer, candidate, finding] = step.split(' ') as [string, string, Finding]
  // A name with a mark is the same person with another key.
  const person = `laboratory/${officer.replace("'", '')}`
  const role = /[XYZ]/.test(officer) ? 'forensic-examiner' : 'adjudicator'
  const opinion = {
    officer: utf8(officer),
    person,
    role,
    candidate: utf8(candidate),
    finding,
    reason: 'ridges',
    at: 1,
  } as const
  return withOpinion(file, opinion)
}
