import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  backgroundPeople,
  type BackgroundPerson,
} from '../../../../simulations/bench/accuracy/background.ts'
import {
  cumulativeMatches,
  fnirAt,
  identificationPoints,
  identifiedWithin,
  intervalByPeople,
  lostAtMost,
  outcomeOf,
} from '../../../../simulations/bench/accuracy/identification-rates.ts'
import { realPeople } from '../../../../simulations/bench/accuracy/real-people.ts'
import { Register } from '../../../../simulations/bench/accuracy/register.ts'
import { generatedSet } from './support/generated-set.ts'

const rates = suite('rates of identification')

/** Found first, found second, missed, never searched for want of a template. */
const outcomes = [
  outcomeOf('a', listOf({ a: 90, x: 20, y: 10 })),
  outcomeOf('b', listOf({ x: 70, b: 60, y: 5 })),
  outcomeOf('c', listOf({ y: 40 })),
  outcomeOf('d', []),
]

rates('tell the own person from strangers', () => {
  equal(outcomes, [
    { person: 'a', mate: 90, rank: 1, stranger: 20, alone: undefined },
    { person: 'b', mate: 60, rank: 2, stranger: 70, alone: undefined },
    { person: 'c', mate: undefined, rank: undefined, stranger: 40, alone: undefined },
    { person: 'd', mate: undefined, rank: undefined, stranger: undefined, alone: undefined },
  ])
})

rates('count as lost who would have been first had they been looked at', () => {
  const searches = [
    outcomeOf('a', listOf({ a: 90, x: 20 }), 90),
    outcomeOf('b', listOf({ x: 70 }), 71),
    outcomeOf('c', listOf({ y: 40 }), 40),
    outcomeOf('d', []),
  ]
  is(lostAtMost(searches), 25)
})

rates('let a tie with a stranger count against us', () => {
  is(outcomeOf('a', listOf({ a: 30, x: 30, y: 29 })).rank, 2)
  is(outcomeOf('a', listOf({ x: 30, y: 30, a: 30 })).rank, 3)
})

rates('count each search with its person and without', () => {
  const points = identificationPoints(outcomes)
  const at = (threshold: number) => points.find((point) => point.threshold === threshold)
  equal(at(20), { threshold: 20, fpir: 0.75, fnir: 0.5 })
  equal(at(41), { threshold: 41, fpir: 0.25, fnir: 0.5 })
  equal(at(70), { threshold: 70, fpir: 0.25, fnir: 0.75 })
  equal(at(71), { threshold: 71, fpir: 0, fnir: 0.75 })
  equal(at(91), { threshold: 91, fpir: 0, fnir: 1 })
})

rates('are read off at the lowest threshold that keeps the FPIR', () => {
  const points = identificationPoints(outcomes)
  is(fnirAt(points, 0.25), 50)
  is(fnirAt(points, 0.24), 75)
  is(fnirAt([], 0.01), 100)
})

rates('accumulate by rank', () => {
  equal(cumulativeMatches(outcomes, 3), [0.25, 0.5, 0.5])
  is(identifiedWithin(outcomes, 2), 50)
})

rates('have intervals by people, not by searches', () => {
  const often = Array.from({ length: 50 }, () => outcomes).flat()
  equal(intervalByPeople(50, often), intervalByPeople(50, outcomes))
})

rates.run()

const people = suite('real fingers as people')

people('are right and left index in turn, enrolled once and looked for with the rest', () => {
  const [first, second, ...others] = realPeople([generatedSet(3)], 1)
  is(others.length, 1)
  equal([first?.id, second?.id], ['set/1', 'set/2'])
  equal(
    [first, second].map((one) => one?.enrolled[0]?.position),
    [2, 7],
  )
  is(first?.searches.length, 2)
})

people('share no finger when they have two', () => {
  const found = realPeople([generatedSet(5)], 2)
  equal(
    found.map(({ id }) => id),
    ['set/1+2', 'set/3+4'],
  )
  equal(
    found[1]?.enrolled.map(({ position }) => position),
    [2, 7],
  )
})

people('are not enrolled, or looked for, with a template that failed', () => {
  const { name, impressions } = generatedSet(2)
  const failed = impressions.map((one) =>
    one.finger === 1 && one.impression < 3 ? { ...one, record: undefined } : one,
  )
  const set = { name, impressions: failed }
  equal(
    realPeople([set], 1).map(({ enrolled, searches }) => [
      enrolled.length,
      ...searches.map((fingers) => fingers.length),
    ]),
    [
      [0, 0, 1],
      [1, 1, 1],
    ],
  )
  const [pair] = realPeople([set], 2)
  is(pair?.enrolled.length, 1)
})

people.run()

const crowd = suite('a crowd')

crowd('is the same each time', async () => {
  const few = await peopleOf(3)
  equal(few, (await peopleOf(5)).slice(0, 3))
  equal(
    few[1]!.fingers.map(({ position }) => position),
    [2, 7],
  )
  ok(Buffer.compare(few[1]!.fingers[0]!.packed, few[2]!.fingers[0]!.packed) !== 0)
})

crowd('is searched by the gallery as exhaustively', async () => {
  const register = await Register.of({ people: 20, precisePeople: 20, shards: 16 })
  try {
    for (const size of [1, 2] as const) {
      const found = await register.identify(realPeople([generatedSet(4)], size))
      const enrolled = size === 1 ? 4 : 2
      is(found.people, 20 + enrolled)
      is(found.precisePeople, 20 + enrolled)
      is(found.outcomes.length, enrolled * 2)
      // Good impressions of one finger, among a few strangers: their own person comes first.
      equal(new Set(found.outcomes.map(({ rank }) => rank)), new Set([1]))
      equal(found.near, found.outcomes)
      equal(
        found.precise.map(({ rank, mate }) => ({ rank, mate })),
        found.near.map(({ rank, mate }) => ({ rank, mate })),
      )
    }
  } finally {
    await register.close()
  }
})

crowd('does not hold whoever could not be enrolled', async () => {
  const { name, impressions } = generatedSet(1)
  const [, ...others] = impressions
  const set = { name, impressions: [{ ...impressions[0]!, record: undefined }, ...others] }
  const register = await Register.of({ people: 5, precisePeople: 2, shards: 1 })
  try {
    const {
      people: held,
      precisePeople,
      outcomes: found,
    } = await register.identify(realPeople([set], 1))
    equal([held, precisePeople], [5, 2])
    is(identifiedWithin(found, 1), 0)
    is(fnirAt(identificationPoints(found), 1), 100)
  } finally {
    await register.close()
  }
})

crowd.run()

function listOf(scores: Readonly<Record<string, number>>) {
  return Object.entries(scores).map(([id, score]) => ({ id, score }))
}

async function peopleOf(count: number): Promise<BackgroundPerson[]> {
  const found: BackgroundPerson[] = []
  for await (const person of backgroundPeople(count)) found.push(person)
  return found
}
