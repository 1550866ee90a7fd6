import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'

import { readPrints } from '../../../simulations/people/gate/prints.ts'
import {
  realSample,
  syntheticSample,
  type Sample,
} from '../../../simulations/people/gate/sample.ts'
import { compareSamples } from '../../../simulations/people/gate/verdict.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { outsideData } from '../../support/data.ts'

/** A third of what `npm run people:gate` compares: seconds instead of half a minute. */
const SAMPLE = { seed: 'gate test', fingers: 200, impostors: 20_000 } as const

const gate = suite('the gate of synthetic people')

gate('lets the real ones pass themselves', () => {
  const real = sampleOf({ mates: 300, strangers: 20 })
  is(failures(real, real).length, 0)
})

gate('stops strangers who are a quarter too unlike, or too alike', () => {
  const real = sampleOf({ mates: 300, strangers: 20 })
  for (const factor of [0.75, 1.25]) {
    const impostor = real.impostor.map((score) => Math.round(factor * score))
    equal(failures(real, { ...real, impostor }), [
      'strangers, 99 % below',
      'strangers, 99.9 % below',
    ])
  }
})

gate('stops mates who are too easily told, and such as are never missed', () => {
  const real = sampleOf({ mates: 300, strangers: 20 })
  const easier = real.genuine.map((scores) => scores.map((score) => 2 * score))
  is(failures(real, { ...real, genuine: easier }).includes('mates, 50 % below'), true)
  const spoilt = real.genuine.map((scores, finger) =>
    finger % 5 === 0 ? scores.map(() => 0) : scores,
  )
  const faultless = real.genuine.map((scores) => scores.map((score) => Math.max(score, 150)))
  const missed = failures({ ...real, genuine: spoilt }, { ...real, genuine: faultless })
  is(missed.filter((name) => name.startsWith('mates missed')).length, 3)
})

const folder = outsideData('fingerprints')
if (folder !== undefined) {
  gate('is passed, with FingerJet templates of FVC', () => {
    const sets = readPrints(folder, 'fingerjet')
    is(sets.length, 6)
    const lines = compareSamples(realSample(sets), syntheticSample(SAMPLE))
    const failed = lines.filter(({ passes }) => !passes)
    equal(failed, [], 'run people:gate, then people:fit')
  })
}

gate.run()

/** 60 fingers whose scores are spread as scores are: few high, many low. */
function sampleOf({ mates, strangers }: { mates: number; strangers: number }): Sample {
  const random = new SeededRandom('scores')
  const scores = (mean: number, count: number): number[] =>
    Array.from({ length: count }, () => Math.round(-mean * Math.log(1 - random.next())))
  return {
    genuine: Array.from({ length: 60 }, () => scores(mates, 28)),
    impostor: scores(strangers, 17_280),
  }
}

function failures(real: Sample, synthetic: Sample): string[] {
  return compareSamples(real, synthetic)
    .filter(({ passes }) => !passes)
    .map(({ name }) => name)
}
