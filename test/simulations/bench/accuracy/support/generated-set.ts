import { pack } from '../../../../../matcher/packed.ts'
import type { FvcSet } from '../../../../../simulations/bench/accuracy/sets.ts'
import { impression } from '../../../../../simulations/people/impression.ts'
import { generatePerson } from '../../../../../simulations/people/person.ts'
import { SeededRandom } from '../../../../../simulations/world/seeded-random.ts'

/** Good impressions of synthetic fingers, laid out like a set of FVC. */
export function generatedSet(fingers: number, { name = 'set', each = 3 } = {}): FvcSet {
  const random = new SeededRandom(name)
  const impressions = Array.from({ length: fingers }, (_, index) => {
    const [finger] = generatePerson(random, { positions: [2] }).fingers
    return Array.from({ length: each }, (_given, place) => ({
      finger: index + 1,
      impression: place + 1,
      record: pack(impression(finger!, random, { quality: 0.95 })),
    }))
  }).flat()
  return { name, impressions }
}
