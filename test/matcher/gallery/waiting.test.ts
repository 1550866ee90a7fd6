import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Priority } from '../../../matcher/gallery/gallery.ts'
import { Waiting } from '../../../matcher/gallery/waiting.ts'

interface Search {
  readonly name: string
  readonly priority: Priority
  readonly due?: number
}

const promises = suite('searches that wait')

promises('are served by priority, and among equals by arrival', () => {
  const waiting = new Waiting<Search>()
  for (const [name, priority] of [
    ['a', 'bulk'],
    ['b', 'enrolment'],
    ['c', 'border'],
    ['d', 'enrolment'],
    ['e', 'border'],
  ] as const) {
    waiting.add({ name, priority })
  }
  equal(served(waiting), ['c', 'e', 'b', 'd', 'a'])
  is(waiting.next(), undefined)
})

promises('of equals serve first who is due first, whoever came first', () => {
  const waiting = new Waiting<Search>()
  for (const [name, priority, due] of [
    ['third', 'border', 30],
    ['newcomer', 'enrolment', 5],
    ['first', 'border', 10],
    ['whenever', 'border', undefined],
    ['second', 'border', 20],
    ['also second', 'border', 20],
  ] as const) {
    waiting.add({ name, priority, ...(due === undefined ? {} : { due }) })
  }
  const expected = ['first', 'second', 'also second', 'third', 'whenever', 'newcomer']
  equal(served(waiting), expected)
})

promises('are all served in the end, however many come that go first', () => {
  const waiting = new Waiting<Search>()
  waiting.add({ name: 'audit', priority: 'bulk' })
  const order: string[] = []
  for (let round = 0; round < 40; round += 1) {
    waiting.add({ name: `traveller ${round}`, priority: 'border' })
    order.push(waiting.next()!.name)
  }
  const turn = order.indexOf('audit')
  is(turn > 7 && turn < 20, true, `it was number ${turn}`)
})

promises('let hardly anybody of a crowd go before whoever is in a hurry', () => {
  const waiting = new Waiting<Search>()
  for (let one = 0; one < 100; one += 1) waiting.add({ name: 'newcomer', priority: 'enrolment' })
  let before = 0
  for (let round = 0; round < 90; round += 1) {
    waiting.add({ name: 'traveller', priority: 'border' })
    while (waiting.next()!.name !== 'traveller') before += 1
  }
  is(before > 0 && before <= 90 / 8, true, `${before} newcomers came before 90 travellers`)
})

promises('come first among equals when they were interrupted', () => {
  const waiting = new Waiting<Search>()
  waiting.add({ name: 'later', priority: 'bulk' })
  waiting.add({ name: 'border', priority: 'border' })
  waiting.addAgain({ name: 'interrupted', priority: 'bulk', due: 20 })
  waiting.add({ name: 'sooner due', priority: 'bulk', due: 10 })
  equal(served(waiting), ['border', 'interrupted', 'sooner due', 'later'])
})

promises('can be given up', () => {
  const waiting = new Waiting<Search>()
  const searches = ['a', 'b', 'c'].map((name): Search => ({ name, priority: 'border' }))
  for (const search of searches) waiting.add(search)
  is(waiting.remove(searches[1]!), true)
  is(waiting.remove(searches[1]!), false)
  is(waiting.length, 2)
  equal(
    waiting.clear().map(({ name }) => name),
    ['a', 'c'],
  )
  is(waiting.length, 0)
})

promises.run()

function served(waiting: Waiting<Search>): string[] {
  const names: string[] = []
  for (let next = waiting.next(); next; next = waiting.next()) names.push(next.name)
  return names
}
