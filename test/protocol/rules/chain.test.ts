import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { inOrder } from '../../../protocol/rules/chain.ts'
import { check } from '../support/codec-promises.ts'
import { leafOf } from './support/story.ts'

interface Link {
  readonly name: string
  readonly leaf: Uint8Array
  readonly after: Uint8Array | undefined
  readonly at: number
}

const promises = suite('a chain of events')

promises('goes from each event to the one that names it', () => {
  const [a, b, c] = [link('a', undefined, 9), link('b', 'a', 5), link('c', 'b', 1)]
  equal(namesOf([c, a, b]), ['a', 'b', 'c'])
})

promises('puts by time what happened at two nodes at once, and then by leaf', () => {
  const events = [link('a', undefined, 1), link('late', 'a', 3), link('early', 'a', 2)]
  equal(namesOf(events), ['a', 'early', 'late'])
  const twins = ['p', 'q', 'r'].map((name) => link(name, undefined, 1))
  const byLeaf = twins.map(({ leaf }) => toHex(leaf)).sort()
  equal(
    inOrder(twins).map(({ leaf }) => toHex(leaf)),
    byLeaf,
  )
})

promises('lets what is dated too early follow at once what it names', () => {
  const events = [
    link('a', undefined, 5),
    link('b', undefined, 6),
    link('a1', 'a', 1),
    link('a2', 'a1', 4),
    link('a3', 'a', 2),
  ]
  equal(namesOf(events), ['a', 'a1', 'a2', 'a3', 'b'])
})

promises('leaves out what follows something that is not there, until it is', () => {
  const events = [link('a', undefined, 1), link('c', 'b', 3), link('d', 'c', 4), link('e', 'a', 5)]
  equal(namesOf(events), ['a', 'e'])
  equal(namesOf([...events, link('b', 'a', 2)]), ['a', 'b', 'c', 'd', 'e'])
})

promises('has an event that stands in two logs once', () => {
  const [a, b] = [link('a', undefined, 1), link('b', 'a', 2)]
  equal(namesOf([b, a, b, a]), ['a', 'b'])
})

promises('ends although events name each other in a circle', () => {
  const events = [
    link('a', 'b', 1),
    link('b', 'a', 2),
    link('own', 'own', 3),
    link('c', undefined, 4),
  ]
  equal(namesOf(events), ['c'])
})

promises('is the same in whichever order the events came', () => {
  check(shuffled(), ([events, arrived]) => equal(namesOf(arrived), namesOf(events)))
})

promises('has each event behind the one that it names', () => {
  check(forests(), (events) => {
    const ordered = namesOf(events)
    for (const { name, after } of events) {
      const before = events.find(({ leaf }) => after && toHex(leaf) === toHex(after))
      ok(!before || ordered.indexOf(before.name) < ordered.indexOf(name))
    }
    is(ordered.length, events.length)
  })
})

promises('never moves what was there by what arrives', () => {
  check(fc.tuple(shuffled(), fc.nat(20)), ([[, arrived], count]) => {
    const early = namesOf(arrived.slice(0, count))
    const later = namesOf(arrived).filter((name) => early.includes(name))
    equal(later, early)
  })
})

promises('has what names the last of a chain behind all of it, whatever its date', () => {
  check(fc.tuple(forests(), fc.nat(10)), ([events, at]) => {
    const last = namesOf(events).at(-1)
    equal(namesOf([...events, link('next', last, at)]).at(-1), 'next')
  })
})

promises('takes a hundred thousand events, in a row or all at once', () => {
  const count = 100_000
  const row = Array.from({ length: count }, (_, i) => link(`${i}`, i ? `${i - 1}` : undefined, -i))
  equal([inOrder(row).length, inOrder(row).at(-1)?.name], [count, `${count - 1}`])
  const fan = row.map((one, i) => (i === 0 ? one : { ...one, after: row[0]!.leaf }))
  equal([inOrder(fan).length, inOrder(fan).at(1)?.name], [count, `${count - 1}`])
})

promises.run()

function link(name: string, after: string | undefined, at: number): Link {
  return { name, leaf: leafOf(name), after: after === undefined ? undefined : leafOf(after), at }
}

function namesOf(events: readonly Link[]): string[] {
  return inOrder(events).map(({ name }) => name)
}

/** Events of which each names one before it in the list, or none, at any time. */
function forests(): fc.Arbitrary<Link[]> {
  return fc.array(fc.tuple(fc.nat(10), fc.nat(6)), { maxLength: 20 }).map((said) =>
    said.map(([at, back], place) => {
      const before = place - 1 - back
      return link(`${place}`, before < 0 ? undefined : `${before}`, at)
    }),
  )
}

function shuffled(): fc.Arbitrary<[Link[], Link[]]> {
  return forests().chain((events) => {
    const arrived = fc.shuffledSubarray(events, { minLength: events.length })
    return fc.tuple(fc.constant(events), arrived)
  })
}
