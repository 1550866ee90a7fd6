import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { impression } from '../../../../simulations/people/impression.ts'
import { SyntheticPopulation } from '../../../../simulations/people/population.ts'
import { growSkin } from '../../../../simulations/people/skin/skin.ts'
import { SeededRandom } from '../../../../simulations/world/seeded-random.ts'

const [finger] = new SyntheticPopulation({ seed: 'skin' }).personAt(0).fingers
const skin = growSkin(finger!, new SeededRandom('skin'))

const promises = suite('the skin of a synthetic finger')

promises('has the minutiae of the finger where they were, and few more', () => {
  const planted = finger!.minutiae
  const grown = skin.finger.minutiae
  for (const [index, { x, y }] of planted.entries()) {
    equal([grown[index]!.x, grown[index]!.y], [x, y])
  }
  ok(grown.length - planted.length < 0.2 * planted.length)
})

promises('ends a ridge at an ending, and a valley at a bifurcation', () => {
  const { minutiae } = skin.finger
  const ends = minutiae.filter(({ type }) => type === 'ending')
  ok(ends.length > 0.3 * minutiae.length && ends.length < 0.7 * minutiae.length)
  const heights = ends.map(({ x, y, direction }) => {
    const ahead = skin.ridges.period / 2
    return skin.ridges.at({
      x: x + ahead * Math.cos(direction),
      y: y + ahead * Math.sin(direction),
    })
  })
  // Some have a pore or a crease just there.
  ok(heights.filter((height) => height > 0).length >= 0.9 * ends.length)
})

promises('has ridges all over, about as far apart as an adult’s', () => {
  for (const x of [-80, -40, 0, 40, 80]) {
    let crossings = 0
    for (let y = -150; y < -60; y += 1) {
      if (skin.ridges.at({ x, y }) > 0 !== skin.ridges.at({ x, y: y + 1 }) > 0) crossings += 1
    }
    // Ridges run nearly level up there: 90 pixels are 9 to 13 of them.
    ok(crossings >= 14 && crossings <= 30, `${crossings} crossings at ${x}`)
  }
})

promises('follows from the finger and the seed', () => {
  const again = growSkin(finger!, new SeededRandom('skin'))
  const other = growSkin(finger!, new SeededRandom('other skin'))
  const at = (of: typeof skin) =>
    Array.from({ length: 400 }, (_, place) =>
      of.ridges.at({ x: (place % 20) * 10 - 95, y: Math.floor(place / 20) * 15 - 150 }),
    )
  equal(at(again), at(skin))
  equal(again.finger.minutiae, skin.finger.minutiae)
  is(
    at(other).filter((height, place) => Math.abs(height - at(skin)[place]!) > 0.1).length > 200,
    true,
  )
})

promises('gives templates like any finger', () => {
  const view = impression(skin.finger, new SeededRandom('template'), { quality: 0.9 })
  ok(view.minutiae.length > 20)
})

promises.run()
