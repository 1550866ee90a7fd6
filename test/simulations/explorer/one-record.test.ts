import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { PairCoverage, type PairStanding } from '../../../protocol/pairs/pair-coverage.ts'
import { explore, type Model } from '../../../simulations/explorer/explore.ts'
import { oneRecord } from '../../../simulations/explorer/one-record.ts'
import type { RegionsOptions } from '../../../simulations/explorer/regions.ts'

const STATES_MAX = 100_000

const TWO: RegionsOptions = {
  regions: 2,
  enrolments: 2,
  replicas: 2,
  cuts: 0,
  crashes: 0,
  copies: 'any-entry',
}

const promises = suite('the explorer')

promises(
  'finds every state of a model whose number is known, and the shortest way to a wrong one',
  () => {
    // A place on a board of 5 by 7, from a corner by single steps; mirrored boards are one.
    const board: Model<readonly number[]> = {
      starts: [[0, 0]],
      steps: ([x, y]) => {
        const right = x! < 4 ? [{ name: 'right', state: [x! + 1, y!] }] : []
        return y! < 6 ? [...right, { name: 'up', state: [x!, y! + 1] }] : right
      },
      keyOf: (state) => state.join(),
      check: () => undefined,
    }
    const { states, transitions, depth, ends } = explore(board, STATES_MAX)
    equal([states, transitions, depth, ends], [35, 58, 10, 1])
    const { violation } = explore({ ...board, check: isWrong }, STATES_MAX)
    is(violation?.trace.length, 3)
  },
)

promises('finds no state in which one person has two confirmed records', () => {
  const { states, ends, violation } = explore(oneRecord(TWO), STATES_MAX)
  is(violation, undefined)
  ok(states > 10_000 && ends > 1_000)
})

promises('nor where links are cut, and nodes crash', () => {
  const faulty = { ...TWO, replicas: 1, cuts: 1, crashes: 1 }
  const { states, violation } = explore(oneRecord(faulty), STATES_MAX)
  is(violation, undefined)
  ok(states > 10_000)
})

/** Wrong in one thing each. */
const WRONG: Record<string, [rule: typeof PairCoverage, what: RegExp]> = {
  'confirms without having heard of every log': [
    class extends PairCoverage {
      override standing(leaf: Uint8Array): PairStanding {
        const isCompared = this.uncoveredOf(leaf).next().done === true
        return { ...super.standing(leaf), isCompared }
      }
    },
    /two records|was confirmed/,
  ],
  'takes no note of whom a cross-check found': [
    class extends PairCoverage {
      override crossCheck(check: Parameters<PairCoverage['crossCheck']>[0]): void {
        super.crossCheck({ ...check, candidates: [] })
      }
    },
    /two records/,
  ],
  'says by the leaf alone who came first': [
    class extends PairCoverage {
      override isFirst(a: { leaf: Uint8Array }, b: { leaf: Uint8Array }): boolean {
        return a.leaf[0]! < b.leaf[0]!
      }
    },
    /both records|was confirmed/,
  ],
  'takes a search to have covered what its node had not read': [
    class extends PairCoverage {
      override enrol(record: Parameters<PairCoverage['enrol']>[0]): void {
        const frontier = record.frontier.map(({ node, size }) => ({ node, size: size + 1 }))
        super.enrol({ ...record, frontier })
      }
    },
    /two records|both records|ends/,
  ],
}

for (const [mistake, [rule, what]] of Object.entries(WRONG)) {
  promises(`finds out a rule that ${mistake}`, () => {
    const { violation } = explore(oneRecord(TWO, rule), STATES_MAX)
    ok(violation && what.test(violation.what), violation?.what)
    ok(violation.trace.length > 3)
  })
}

promises.run()

function isWrong([x, y]: readonly number[]): string | undefined {
  return x === 2 && y === 1 ? 'there' : undefined
}
