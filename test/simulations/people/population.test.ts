import { suite } from 'uvu'
import { equal, is, not, throws } from 'uvu/assert'

import { PACKED_BYTES, pack } from '../../../matcher/packed.ts'
import { packedPeople, type PackedPeople } from '../../../simulations/people/packed-people.ts'
import { SyntheticPopulation } from '../../../simulations/people/population.ts'

/** More than one batch, so that threads have something to share. */
const PEOPLE = 700

const population = suite('a synthetic population')

population('has the same person at a number, whoever was asked for before', () => {
  const straight = new SyntheticPopulation({ seed: 'nation' })
  const wandering = new SyntheticPopulation({ seed: 'nation' })
  wandering.enrolment(999_999)
  wandering.probe(3, 7)
  for (const index of [5, 0, 123_456]) {
    equal(wandering.enrolment(index), straight.enrolment(index))
    equal(wandering.probe(index, 2), straight.probe(index, 2))
  }
  not.equal(straight.enrolment(1), straight.enrolment(2))
  not.equal(straight.enrolment(1), new SyntheticPopulation({ seed: 'other' }).enrolment(1))
})

population('gives other impressions of the fingers that were enrolled', () => {
  const people = new SyntheticPopulation({ seed: 'nation' })
  const { fingers } = people.personAt(8)
  const [enrolled, first, second] = [people.enrolment(8), people.probe(8), people.probe(8, 1)]
  not.equal(enrolled, first)
  not.equal(first, second)
  for (const views of [enrolled, first, second]) {
    equal(
      views.map(({ position }) => position),
      [2, 7],
    )
    for (const [index, { origins }] of views.entries()) {
      const seen = origins.filter((origin) => origin !== undefined)
      is(new Set(seen).size, seen.length)
      is(Math.max(...seen) < fingers[index]!.minutiae.length, true)
    }
  }
})

population('stays inside the image and inside what a template can say', () => {
  const people = new SyntheticPopulation({ seed: 'bounds' })
  for (let index = 0; index < 200; index += 1) {
    for (const { minutiae, width, height } of people.enrolment(index)) {
      is(minutiae.length <= 255, true)
      for (const { x, y, angle, quality } of minutiae) {
        is(Number.isInteger(x) && x >= 0 && x < width, true, `x ${x}`)
        is(Number.isInteger(y) && y >= 0 && y < height, true, `y ${y}`)
        is(Number.isInteger(angle) && angle >= 0 && angle < 256, true, `angle ${angle}`)
        is(Number.isInteger(quality) && quality >= 1 && quality <= 100, true, `quality ${quality}`)
      }
    }
  }
})

population('has the patterns of the natural one, and twins of patterns in one person', () => {
  const people = new SyntheticPopulation({ seed: 'patterns' })
  const hands = Array.from({ length: 2_000 }, (_, index) =>
    people.personAt(index).fingers.map(({ field }) => field.pattern),
  )
  const all = hands.flat()
  const share = (...patterns: string[]) =>
    all.filter((one) => patterns.includes(one)).length / all.length
  // NISTIR 5163: 27.9 %, 65.5 % and 6.6 %; three deviations of 4,000 fingers, twins counted once.
  near(share('whorl'), 0.279, 0.03)
  near(share('left-loop', 'right-loop'), 0.655, 0.03)
  near(share('arch', 'tented-arch'), 0.066, 0.02)
  const alike = hands.filter(([right, left]) => right === 'whorl' && left === 'whorl').length
  is(alike / hands.length > 1.3 * 0.279 ** 2, true, `${alike} people with two whorls`)
})

population('asks for whole numbers', () => {
  const people = new SyntheticPopulation({ seed: 'nation' })
  for (const index of [-1, 0.5, NaN, Infinity]) throws(() => people.personAt(index), /no person/)
})

population('is packed by threads as it would be by one, in order', async () => {
  const people = new SyntheticPopulation({ seed: 'packed' })
  const one = await collect(packedPeople({ seed: 'packed' }, { to: PEOPLE }))
  const three = await collect(packedPeople({ seed: 'packed' }, { to: PEOPLE, threads: 3 }))
  equal(three, one)
  let next = 0
  for (const { from, to, records } of one) {
    is(from, next)
    is(records.length, (to - from) * 2 * PACKED_BYTES)
    next = to
  }
  is(next, PEOPLE)
  const [views] = [people.enrolment(PEOPLE - 1)]
  const tail = one.at(-1)!.records.subarray(-2 * PACKED_BYTES)
  equal(Buffer.from(tail), Buffer.concat(views.map((view) => pack(view))))
})

population('is packed from anywhere, and stops when nobody reads on', async () => {
  const all = packedPeople({ seed: 'packed', positions: [2] }, { from: 40, to: 1_000_000_000 })
  const { value } = await all.next()
  const { from, records } = value as PackedPeople
  is(from, 40)
  const people = new SyntheticPopulation({ seed: 'packed', positions: [2] })
  equal(Buffer.from(records.subarray(0, PACKED_BYTES)), Buffer.from(pack(people.enrolment(40)[0]!)))
  is((await all.return(undefined)).done, true)
  is((await all.next()).done, true)
})

population.run()

async function collect(batches: AsyncIterable<PackedPeople>): Promise<PackedPeople[]> {
  const collected: PackedPeople[] = []
  for await (const batch of batches) collected.push(batch)
  return collected
}

function near(value: number, expected: number, tolerance: number): void {
  is(Math.abs(value - expected) <= tolerance, true, `${value} is not ${expected} ± ${tolerance}`)
}
