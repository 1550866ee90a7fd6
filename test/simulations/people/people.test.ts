import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'

import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { impression, type Impression } from '../../../simulations/people/impression.ts'
import {
  drawPattern,
  emptyFlow,
  type OrientationField,
} from '../../../simulations/people/orientation-field.ts'
import { drawQuality, generatePerson } from '../../../simulations/people/person.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'

const PEOPLE = 40
const IMPRESSIONS = 4
const crowd = generateCrowd()

const people = suite('synthetic people')

people('are the same for the same seed, and others for another', () => {
  equal(generatePersonPrint('a'), generatePersonPrint('a'))
  not.equal(generatePersonPrint('a'), generatePersonPrint('b'))
})

people('print templates that read back as they were', () => {
  for (const { origins: _origins, ...view } of crowd.flat()) {
    const bytes = writeIso19794v2005({ views: [view] })
    const [back] = readTemplate(bytes).views
    equal(back?.minutiae, view.minutiae)
    is(back?.position, view.position)
    equal(writeIso19794v2005(readTemplate(bytes)), bytes)
  }
})

people('have as many minutiae as real prints, and as far apart', () => {
  const views = crowd.flat()
  const counts = views.map(({ minutiae }) => minutiae.length)
  // FVC 2002 and 2004 by three extractors: medians 33 to 50, 5th percentiles 18 to 29.
  within(quantile(counts, 0.5), 33, 52)
  within(quantile(counts, 0.05), 15, 32)
  // The same: medians 14.0 to 19.1 px, 5th percentiles 5.4 to 7.2 px.
  const distances = views.flatMap(nearestDistances)
  within(quantile(distances, 0.5), 14, 20)
  within(quantile(distances, 0.05), 5, 8)
})

people('have minutiae that follow the flow and that neighbours share the sense of', () => {
  const cosines = crowd.flat().flatMap(neighbourCosines)
  // FVC: 0.89 to 0.92, and 0.14 to 0.25; independent directions would give 0.64 and 0.
  within(mean(cosines.map(Math.abs)), 0.87, 0.95)
  within(mean(cosines), 0.1, 0.33)
})

people('say of each minutia which true one it is', () => {
  const person = generatePerson(new SeededRandom('origins'))
  const [finger] = person.fingers
  if (finger === undefined) throw new Error('a person without fingers')
  const good = impression(finger, new SeededRandom('good'), { quality: 0.9 })
  const poor = impression(finger, new SeededRandom('good'), { quality: 0.1 })
  is(good.origins.length, good.minutiae.length)
  within(invented(good), 0, 0.25)
  is(invented(poor) > invented(good), true)
  const seen = good.origins.filter((origin) => origin !== undefined)
  is(new Set(seen).size, seen.length)
  is(
    seen.every((origin) => finger.minutiae[origin] !== undefined),
    true,
  )
})

people('have the patterns of the population', () => {
  const random = new SeededRandom('patterns')
  const drawn = Array.from({ length: 10_000 }, () => drawPattern(random))
  const share = (pattern: string) => drawn.filter((one) => one === pattern).length / drawn.length
  within(share('whorl'), 0.26, 0.3)
  within(share('left-loop') + share('right-loop'), 0.63, 0.68)
  within(share('arch') + share('tented-arch'), 0.05, 0.08)
})

people('have a core around which the ridges turn by half a turn', () => {
  for (const { field } of generateFingers()) {
    for (const core of field.cores) {
      let turned = 0
      for (let step = 0; step < 72; step += 1) {
        const at = (index: number) => {
          const angle = (2 * Math.PI * index) / 72
          return angleAt(field, core.x + 2 * Math.cos(angle), core.y + 2 * Math.sin(angle))
        }
        turned += halfTurn(at(step + 1) - at(step))
      }
      is(Math.round(turned / Math.PI), 1)
    }
  }
})

people('have a flow whose gradient is that of its angle', () => {
  const flow = emptyFlow()
  const step = 0.01
  for (const { field } of generateFingers()) {
    for (const [x, y] of [
      [40, 30],
      [-70, -100],
      [15, 120],
    ] as const) {
      const alongX = halfTurn(angleAt(field, x + step, y) - angleAt(field, x - step, y))
      const alongY = halfTurn(angleAt(field, x, y + step) - angleAt(field, x, y - step))
      field.read(x, y, flow)
      within(flow.slopeX - alongX / (2 * step), -1e-4, 1e-4)
      within(flow.slopeY - alongY / (2 * step), -1e-4, 1e-4)
    }
  }
})

people('are told apart by the matcher', () => {
  const packed = crowd.map((views) => views.map(pack))
  const genuine: number[] = []
  const impostor: number[] = []
  for (const [person, [first, ...others]] of packed.entries()) {
    if (first === undefined) throw new Error('a person without impressions')
    for (const other of others) genuine.push(score(first, other))
    for (const stranger of packed.slice(person + 1).flat()) impostor.push(score(first, stranger))
  }
  is(quantile(genuine, 0.5) > 2 * quantile(impostor, 0.999), true)
  is(quantile(genuine, 0.1) > quantile(impostor, 0.99), true)
})

people.run()

function generateCrowd(): Impression[][] {
  const random = new SeededRandom('crowd')
  return Array.from({ length: PEOPLE }, () => {
    const person = generatePerson(random, { positions: [2] })
    return person.fingers.flatMap((finger) =>
      Array.from({ length: IMPRESSIONS }, () =>
        impression(finger, random, { quality: drawQuality(person, random) }),
      ),
    )
  })
}

function generateFingers() {
  const random = new SeededRandom('fingers')
  return Array.from({ length: 20 }, () => generatePerson(random).fingers).flat()
}

/** Radians, between -π/2 and π/2. */
function angleAt(field: OrientationField, x: number, y: number): number {
  const flow = emptyFlow()
  field.read(x, y, flow)
  return Math.atan2(flow.sine, flow.cosine)
}

/** `angle` less the multiple of π that brings it into [-π/2, π/2]. */
function halfTurn(angle: number): number {
  return angle - Math.PI * Math.round(angle / Math.PI)
}

function generatePersonPrint(seed: string): Impression[] {
  const random = new SeededRandom(seed)
  const { fingers } = generatePerson(random)
  return fingers.map((finger) => impression(finger, random, { quality: 0.7 }))
}

function invented({ origins }: Impression): number {
  return origins.filter((origin) => origin === undefined).length / origins.length
}

function nearestDistances({ minutiae }: Impression): number[] {
  return minutiae.map((minutia) =>
    Math.min(
      ...minutiae
        .filter((other) => other !== minutia)
        .map((other) => Math.hypot(other.x - minutia.x, other.y - minutia.y)),
    ),
  )
}

/** Cosines of the differences of direction of all minutiae less than 40 px apart. */
function neighbourCosines({ minutiae }: Impression): number[] {
  return minutiae.flatMap((minutia) =>
    minutiae
      .filter((other) => other !== minutia)
      .filter((other) => Math.hypot(other.x - minutia.x, other.y - minutia.y) < 40)
      .map((other) => Math.cos(((other.angle - minutia.angle) / 128) * Math.PI)),
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

function within(value: number, min: number, max: number): void {
  is(value >= min && value <= max, true, `${value} is not in ${min}..${max}`)
}
