import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Cover, type GatheredPart } from '../../../node/search/cover.ts'

const promises = suite('the parts of an answer')

promises('are the same in whatever order they come', () => {
  const parts = [part('a', [0, 3]), part('b', [1]), part('c', [2])]
  for (const order of [parts, parts.toReversed(), [parts[1]!, parts[2]!, parts[0]!]]) {
    const cover = new Cover()
    for (const one of order) is(cover.take(one), true)
    equal(
      cover.parts().map(({ opened }) => opened.node),
      ['a', 'b', 'c'],
    )
    equal(
      [0, 1, 2, 3, 4].map((shard) => cover.nodeOf(shard)),
      ['a', 'b', 'c', 'a', undefined],
    )
  }
})

promises('share no shard: the first stands', () => {
  const cover = new Cover()
  is(cover.take(part('a', [0, 1])), true)
  is(cover.take(part('b', [1, 2])), false)
  is(cover.take(part('b', [0, 1])), false)
  is(cover.has(2), false)
  is(cover.take(part('b', [2])), true)
  is(cover.parts().length, 2)
})

promises('give way to one that holds all of them and more', () => {
  const cover = new Cover()
  cover.take(part('b', [0]))
  cover.take(part('c', [1]))
  is(cover.take(part('a', [0, 1, 2])), true)
  equal(
    [0, 1, 2].map((shard) => cover.nodeOf(shard)),
    ['a', 'a', 'a'],
  )
})

promises('never give way to one that names fewer people', () => {
  const cover = new Cover()
  cover.take(part('b', [0], [7]))
  is(cover.take(part('a', [0, 1], [])), false)
  is(cover.nodeOf(0), 'b')
  is(cover.take(part('c', [0, 1], [7, 8])), true)
})

promises.run()

function part(
  node: string,
  shards: readonly number[],
  people: readonly number[] = [],
): GatheredPart {
  const search = { log: node, entry: new Uint8Array(), proof: '' }
  return {
    part: { part: new Uint8Array(), search },
    enrolments: [],
    opened: {
      queryId: new Uint8Array(),
      node,
      epoch: 1,
      at: 0,
      threshold: 10,
      matcher: '',
      frontier: [],
      shards: shards.map((shard) => {
        const nothing = new Uint8Array()
        return { shard, searched: 1, templates: nothing, scores: nothing }
      }),
      candidates: people.map((person) => ({
        handle: Uint8Array.of(person),
        shard: shards[0]!,
        score: 20,
        fingers: [],
        log: node,
        index: person,
      })),
    },
  }
}
