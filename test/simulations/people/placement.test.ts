import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { Placement } from '../../../simulations/people/placement.ts'
import { RECIPE } from '../../../simulations/people/recipe.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'

const promises = suite('a finger on a sensor')

promises('is lifted from where it was placed', () => {
  const random = new SeededRandom('placements')
  for (let trial = 0; trial < 200; trial += 1) {
    const placement = new Placement(random, { size: 1, quality: 0.5 }, RECIPE)
    const x = random.between({ min: -RECIPE.pad.x, max: RECIPE.pad.x })
    const y = random.between({ min: -RECIPE.pad.y, max: RECIPE.pad.y })
    const lifted = placement.lift(placement.place({ x, y }))
    ok(Math.hypot(lifted.x - x, lifted.y - y) < 0.01, `${x}, ${y} is lifted as ${lifted.x}`)
  }
})

promises.run()
