import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { errorRates } from '../../../../simulations/bench/accuracy/error-rates.ts'
import { compareSet, type Impression } from '../../../../simulations/bench/accuracy/protocol.ts'
import { choices, fusedTrials } from '../../../../simulations/bench/accuracy/pseudo-people.ts'

const promises = suite('people put together from fingers')

type Numbered = Impression<number>

/** A score that says which two impressions it is of, whichever is the probe. */
const scorer = (probe: number) => (candidate: number) => (probe * candidate * 7_919) % 10_007

promises('are as many as there are choices', () => {
  equal(choices(['a', 'b', 'c'], 2), [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ])
  is(choices(Array.from({ length: 10 }), 4).length, 210)
})

promises('of one finger give what the fingers give', () => {
  const set = compared('set', impressionsOf(10, 4))
  equal(errorRates(fusedTrials([set], 1, scorer)), errorRates(set.comparisons))
})

promises('of two fingers are compared visit by visit, with strangers who share no finger', () => {
  const sets = ['one', 'two'].map((name) => compared(name, impressionsOf(10, 8)))
  const { genuine, impostor } = countsOf(fusedTrials(sets, 2, scorer))
  is(genuine, 2 * 45 * 28)
  // Of 45 people each has 28 of whom no finger is its own.
  is(impostor, 2 * ((45 * 28) / 2) * 64)
})

promises('of four fingers too', () => {
  const { genuine, impostor } = countsOf(
    fusedTrials([compared('a', impressionsOf(10, 3))], 4, scorer),
  )
  is(genuine, 210 * 3)
  is(impostor, ((210 * 15) / 2) * 9)
})

promises('of ten fingers meet strangers from other sets', () => {
  const sets = ['a', 'b', 'c'].map((name) => compared(name, impressionsOf(10, 2)))
  const trials = fusedTrials(sets, 10, scorer)
  equal(countsOf(trials), { genuine: 3, impostor: 3 * 4 })
  const stranger = trials.find(({ kind }) => kind === 'impostor')
  is(stranger?.fingers.length, 20)
})

promises('of ten fingers cannot be had from nine', () => {
  is(fusedTrials([compared('a', impressionsOf(9, 2))], 10, scorer).length, 0)
})

promises('take a larger set in tens', () => {
  const { genuine, impostor } = countsOf(
    fusedTrials([compared('a', impressionsOf(20, 2))], 2, scorer),
  )
  is(genuine, 2 * 45)
  is(impostor, 2 * ((45 * 28) / 2) * 4)
})

promises('have the sum of what their fingers have, lowest with lowest', () => {
  const impressions = impressionsOf(4, 2)
  const trials = fusedTrials([compared('a', impressions)], 2, scorer)
  const fingers = (names: string) => trials.filter((trial) => trial.fingers.join(' ') === names)
  const record = (finger: number, impression: number) =>
    impressions.find((one) => one.finger === finger && one.impression === impression)!.record!
  const score = (one: number, first: number, two: number, second: number) =>
    scorer(record(one, first))(record(two, second))
  equal(
    fingers('a/1 a/3').map((trial) => trial.score),
    [score(1, 1, 1, 2) + score(3, 1, 3, 2)],
  )
  equal(
    fingers('a/1 a/4 a/2 a/3').map((trial) => trial.score),
    [
      score(1, 1, 2, 1) + score(4, 1, 3, 1),
      score(1, 1, 2, 2) + score(4, 1, 3, 2),
      score(1, 2, 2, 1) + score(4, 2, 3, 1),
      score(1, 2, 2, 2) + score(4, 2, 3, 2),
    ],
  )
})

promises('do without a finger whose template failed, and score 0 without any', () => {
  const whole = impressionsOf(2, 2)
  const without = (failed: (one: Numbered) => boolean) => {
    const impressions = whole.map((one) => (failed(one) ? { ...one, record: undefined } : one))
    return fusedTrials([compared('a', impressions)], 2, scorer).map(({ score }) => score)
  }
  const [first, second] = whole
  equal(
    without(({ finger, impression }) => finger === 2 && impression === 1),
    [scorer(first!.record!)(second!.record!)],
  )
  equal(
    without(({ impression }) => impression === 1),
    [0],
  )
})

promises.run()

function impressionsOf(fingers: number, each: number): Numbered[] {
  return Array.from({ length: fingers * each }, (_, index) => ({
    finger: 1 + Math.floor(index / each),
    impression: 1 + (index % each),
    record: 100 + index * index,
  }))
}

function compared(name: string, impressions: readonly Numbered[]) {
  return { name, impressions, comparisons: compareSet(name, impressions, scorer) }
}

function countsOf(trials: readonly { kind: 'genuine' | 'impostor' }[]) {
  const genuine = trials.filter(({ kind }) => kind === 'genuine').length
  return { genuine, impostor: trials.length - genuine }
}
