import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { PairCoverage, type PairStanding } from '../../../protocol/pairs/pair-coverage.ts'
import { anyReader } from '../../../simulations/explorer/any-reader.ts'
import { explore, type Model } from '../../../simulations/explorer/explore.ts'
import { LogTable } from '../../../simulations/explorer/log-table.ts'
import {
  looselyOf,
  type LooseOptions,
  type LooseState,
} from '../../../simulations/explorer/loose-regions.ts'
import { oneRecord } from '../../../simulations/explorer/one-record.ts'
import type { RegionsOptions, RegionsState } from '../../../simulations/explorer/regions.ts'

const STATES_MAX = 100_000

const TWO: RegionsOptions = {
  regions: 2,
  enrolments: 2,
  replicas: 2,
  cuts: 0,
  crashes: 0,
  copies: 'any-entry',
}

const LOOSE: LooseOptions = { regions: 3, enrolments: 2, same: 2 }

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

promises('finds none with three regions either, in the looser model', () => {
  const { states, ends, violation } = explore(anyReader(LOOSE), STATES_MAX)
  is(violation, undefined)
  ok(states > 1_000 && ends > 500)
})

for (const [replicas, cuts, crashes] of [
  [2, 0, 0],
  [1, 1, 1],
] as const) {
  const about = `${replicas} replicas, ${cuts} cuts, ${crashes} crashes`
  promises(`writes no log with ${about} that the looser model does not write`, () => {
    const loose = { regions: 2, enrolments: 2, same: 2 }
    const [from, to] = [new LogTable(), new LogTable()]
    const model = anyReader(loose, undefined, to)
    const written = new Set<string>()
    const noted = (state: LooseState): undefined => void written.add(model.keyOf(state))
    explore({ ...model, check: noted }, STATES_MAX)
    const exact = oneRecord({ ...TWO, replicas, cuts, crashes }, undefined, from)
    const found = new Set<string>()
    const check = (state: RegionsState): string | undefined => {
      const key = model.keyOf(looselyOf(state, { from, to }))
      found.add(key)
      return written.has(key) ? undefined : key
    }
    is(explore({ ...exact, check }, STATES_MAX).violation, undefined)
    ok(found.size > 50)
  })
}

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
    for (const regions of [2, 3]) {
      const loose = explore(anyReader({ ...LOOSE, regions }, rule), STATES_MAX).violation
      ok(loose && what.test(loose.what), loose?.what)
    }
  })
}

promises.run()

function isWrong([x, y]: readonly number[]): string | undefined {
  return x === 2 && y === 1 ? 'there' : undefined
}
