/** Another order of the same things. */
import type { SeededRandom } from '../../simulations/world/seeded-random.ts'

export function shuffled<T>(things: readonly T[], random: SeededRandom): T[] {
  const left = [...things]
  return things.map(() => left.splice(random.integer(left.length), 1)[0]!)
}
