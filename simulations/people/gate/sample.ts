/** Scores of fingers with themselves and with others, of real prints or of synthetic ones. */
import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { SeededRandom } from '../../world/seeded-random.ts'
import { SyntheticPopulation } from '../population.ts'
import type { Recipe } from '../recipe.ts'

/** Impressions of one finger; undefined where extraction failed, which scores 0. */
export type Prints = readonly (Uint8Array | undefined)[]

export interface Sample {
  /** Scores of every two impressions of a finger, finger by finger. */
  readonly genuine: readonly (readonly number[])[]
  /** Scores of impressions of different fingers. */
  readonly impostor: readonly number[]
}

export interface SyntheticSampleOptions {
  readonly seed: string
  readonly fingers: number
  readonly impostors: number
  readonly recipe?: Recipe
}

/** Of one finger: as many as FVC has. */
const IMPRESSIONS = 8

/** Right index: one finger a person, so that no two have a person in common. */
const POSITIONS = [2] as const

/** Every pair there is within each set; no finger is compared with one of another sensor. */
export function realSample(sets: readonly (readonly Prints[])[]): Sample {
  const impostor = sets.flatMap((fingers) =>
    fingers.flatMap((one, index) =>
      fingers.slice(index + 1).flatMap((two) => one.flatMap((a) => two.map((b) => scored(a, b)))),
    ),
  )
  return { genuine: sets.flat().map(ownScores), impostor }
}

/** Every pair of one finger, and impostor pairs drawn from all there are. */
export function syntheticSample(options: SyntheticSampleOptions): Sample {
  const { seed, fingers, impostors } = options
  const people = new SyntheticPopulation({ ...options, positions: POSITIONS })
  const prints = Array.from({ length: fingers }, (_, index) => printsOf(people, index))
  const random = new SeededRandom(seed).fork('impostors')
  const impostor = Array.from({ length: impostors }, () => {
    const one = random.integer(fingers)
    const two = (one + 1 + random.integer(fingers - 1)) % fingers
    return scored(random.pick(prints[one]!), random.pick(prints[two]!))
  })
  return { genuine: prints.map(ownScores), impostor }
}

function printsOf(people: SyntheticPopulation, index: number): Uint8Array[] {
  const probes = Array.from({ length: IMPRESSIONS - 1 }, (_, attempt) =>
    people.probe(index, attempt),
  )
  return [people.enrolment(index), ...probes].flat().map((view) => pack(view))
}

function ownScores(prints: Prints): number[] {
  return prints.flatMap((one, index) => prints.slice(index + 1).map((two) => scored(one, two)))
}

function scored(one: Uint8Array | undefined, two: Uint8Array | undefined): number {
  return one && two ? score(one, two) : 0
}
