/**
 * People with several fingers, put together from sets that know only fingers.
 *
 * A set's fingers are taken in tens, in the order of their numbers; a set B is one ten, and what is
 * left of a set below ten fingers is a ten of its own. A person of `size` fingers is an unordered
 * choice of so many different fingers of one ten, and gives them together: impression i of all of
 * them is one visit.
 *
 * - Genuine: every unordered pair of visits of one person.
 * - Impostor: every visit of one person with every visit of another of the same ten who shares no
 *   finger with the first, lowest finger with lowest and so on.
 *
 * A ten has 45 people of two fingers and 210 of four. They share fingers and are not independent.
 * With ten fingers there is one person in a ten, so that strangers come from other tens, mostly
 * from other sensors, which is easier; and six people are no sample of anything.
 */
import type { Trial } from './bootstrap.ts'
import {
  checkedScore,
  fingerName,
  type Comparison,
  type Impression,
  type Scorer,
} from './protocol.ts'
import { fuse } from '../../../matcher/fusion.ts'

/** Fingers of a person. */
const TEN = 10

export interface ComparedSet<T> {
  readonly name: string
  readonly impressions: readonly Impression<T>[]
  /** As `compareSet` made them of the impressions. */
  readonly comparisons: readonly Comparison[]
}

/** Undefined where the score is missing because extraction failed on either side. */
type ScoreOf<T> = (one: Impression<T>, two: Impression<T>) => number | undefined

interface Person<T> {
  readonly fingers: readonly string[]
  /** By visit and finger. */
  readonly visits: readonly (readonly Impression<T>[])[]
}

/** The scorer is asked only where strangers come from other sets: with ten fingers. */
export function fusedTrials<T>(
  sets: readonly ComparedSet<T>[],
  size: number,
  scorer: Scorer<T>,
): Trial[] {
  const tens = sets.flatMap((set) => {
    const scoreOf = lookUp(set)
    return tensOf(set).map((fingers) => ({ people: peopleOf(fingers, size), scoreOf }))
  })
  const within = tens.flatMap(({ people, scoreOf }) => [
    ...people.flatMap((person) => genuineTrials(person, scoreOf)),
    ...pairsOf(people).flatMap(([one, two]) => impostorTrials(one, two, scoreOf)),
  ])
  if (size < TEN) return within
  const everybody = tens.map(({ people }) => people)
  const across = pairsOf(everybody).flatMap(([ones, twos]) =>
    ones.flatMap((one) => twos.flatMap((two) => impostorTrials(one, two, asking(scorer)))),
  )
  return [...within, ...across]
}

/** Every way to take `size` of the items, in their order. */
export function choices<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, index) =>
    choices(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]),
  )
}

interface Finger<T> {
  readonly name: string
  readonly impressions: readonly Impression<T>[]
}

function tensOf<T>({ name, impressions }: ComparedSet<T>): Finger<T>[][] {
  const byNumber = new Map<number, Impression<T>[]>()
  for (const one of impressions) {
    byNumber.set(one.finger, [...(byNumber.get(one.finger) ?? []), one])
  }
  const fingers = [...byNumber.entries()]
    .sort(([one], [two]) => one - two)
    .map(([finger, own]) => ({ name: fingerName(name, finger), impressions: own }))
  const tens = Math.ceil(fingers.length / TEN)
  return Array.from({ length: tens }, (_, ten) => fingers.slice(ten * TEN, (ten + 1) * TEN))
}

function peopleOf<T>(fingers: readonly Finger<T>[], size: number): Person<T>[] {
  return choices(fingers, size).map((chosen) => ({
    fingers: chosen.map(({ name }) => name),
    visits: visitsOf(chosen),
  }))
}

/** Of the impressions that every one of the fingers has, whether or not extraction failed. */
function visitsOf<T>([first, ...others]: readonly Finger<T>[]): Impression<T>[][] {
  if (!first) return []
  return first.impressions.flatMap((one) => {
    const same = others.map(({ impressions }) =>
      impressions.find(({ impression }) => impression === one.impression),
    )
    const visit = [one, ...same].filter((given) => given !== undefined)
    return visit.length > others.length ? [visit] : []
  })
}

function genuineTrials<T>({ fingers, visits }: Person<T>, scoreOf: ScoreOf<T>): Trial[] {
  return pairsOf(visits).map(([one, two]) => ({
    kind: 'genuine',
    score: fusedScore(one, two, scoreOf),
    fingers,
  }))
}

function impostorTrials<T>(one: Person<T>, two: Person<T>, scoreOf: ScoreOf<T>): Trial[] {
  if (one.fingers.some((finger) => two.fingers.includes(finger))) return []
  const fingers = [...one.fingers, ...two.fingers]
  return one.visits.flatMap((first) =>
    two.visits.map((second): Trial => ({
      kind: 'impostor',
      score: fusedScore(first, second, scoreOf),
      fingers,
    })),
  )
}

function fusedScore<T>(
  one: readonly Impression<T>[],
  two: readonly Impression<T>[],
  scoreOf: ScoreOf<T>,
): number {
  const scores = one.map((impression, finger) => scoreOf(impression, two[finger]!))
  return checkedScore(fuse(scores.filter((score) => score !== undefined)))
}

/** From what was compared already: the comparisons come in the order of the impressions. */
function lookUp<T>({ impressions, comparisons }: ComparedSet<T>): ScoreOf<T> {
  const size = impressions.length
  const places = new Map(impressions.map((one, place) => [one, place]))
  const scores = new Float64Array(size * size)
  let next = 0
  for (let row = 0; row < size; row += 1) {
    for (let column = row + 1; column < size; column += 1) {
      const { score } = comparisons[next]!
      scores[row * size + column] = score
      scores[column * size + row] = score
      next += 1
    }
  }
  return (one, two) => {
    if (one.record === undefined || two.record === undefined) return undefined
    return scores[places.get(one)! * size + places.get(two)!]
  }
}

function asking<T>(scorer: Scorer<T>): ScoreOf<T> {
  return (one, two) => {
    if (one.record === undefined || two.record === undefined) return undefined
    return scorer(one.record)(two.record)
  }
}

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((one, index) => items.slice(index + 1).map((two): [T, T] => [one, two]))
}
