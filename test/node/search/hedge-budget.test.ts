import { suite } from 'uvu'
import { is } from 'uvu/assert'
import { HEDGES_AT_ONCE, HEDGES_SHARE } from '../../../node/limits.ts'
import { HedgeBudget } from '../../../node/search/hedge-budget.ts'

const promises = suite('the budget for asking twice')

promises('is a twentieth of the calls, and some at once', () => {
  const tokens = new HedgeBudget()
  let taken = 0
  const takeAll = (): void => {
    while (tokens.take()) taken += 1
  }
  takeAll()
  is(taken, HEDGES_AT_ONCE)
  for (let calls = 0; calls < 1_000; calls += 1) {
    tokens.earn()
    takeAll()
  }
  is(Math.abs(taken - HEDGES_AT_ONCE - 1_000 * HEDGES_SHARE) <= 1, true, `${taken} were taken`)
  for (let calls = 0; calls < 100_000; calls += 1) tokens.earn()
  taken = 0
  takeAll()
  is(taken, HEDGES_AT_ONCE)
})

promises.run()
