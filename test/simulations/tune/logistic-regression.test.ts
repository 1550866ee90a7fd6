import { suite } from 'uvu'
import { ok, throws } from 'uvu/assert'
import { logisticRegression } from '../../../simulations/tune/logistic-regression.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'

const promises = suite('a logistic regression')

promises('finds the odds that examples were drawn with', () => {
  const random = new SeededRandom('examples')
  const [weightA, weightB, intercept] = [0.7, -0.002, -1.5]
  const examples = Array.from({ length: 40_000 }, () => {
    const features = [random.normal(2, 3), random.normal(500, 900), random.normal(0, 1)]
    const odds = weightA * features[0]! + weightB * features[1]! + intercept
    return { features, isOne: random.chance(1 / (1 + Math.exp(-odds))) }
  })
  const [a, b, nothing, found] = logisticRegression(examples) as [number, number, number, number]
  ok(Math.abs(a - weightA) < 0.03, `${a}`)
  ok(Math.abs(b - weightB) < 0.0001, `${b}`)
  ok(Math.abs(nothing) < 0.05, `${nothing}`)
  ok(Math.abs(found - intercept) < 0.08, `${found}`)
})

promises('bears a feature that is always the same', () => {
  const examples = Array.from({ length: 200 }, (_, at) => {
    return { features: [at % 7, 5], isOne: at % 7 > 2 + (at % 3) }
  })
  ok(logisticRegression(examples).every((weight) => Number.isFinite(weight)))
})

promises('needs examples of both kinds', () => {
  throws(() => logisticRegression([{ features: [1], isOne: true }]), /one kind/)
})

promises.run()
