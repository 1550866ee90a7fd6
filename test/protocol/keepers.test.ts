import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { keepersOf } from '../../protocol/keepers.ts'

const promises = suite('the keepers of a log')

const nodesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `region-${at}` }) as never)

promises('are its own node, and as many others as hold an entry that is safe', () => {
  for (const mirrors of [0, 1, 2, 5]) {
    const keepers = keepersOf('region-3', { nodes: nodesOf(8), mirrors })
    is(keepers[0], 'region-3')
    is(new Set(keepers).size, mirrors + 1)
  }
})

promises('are spread over all nodes', () => {
  const nodes = nodesOf(16)
  const kept = nodes.flatMap(({ name }) => keepersOf(name, { nodes, mirrors: 2 }).slice(1))
  ok(new Set(kept).size > 8)
})

promises('stay the same when another node leaves', () => {
  const nodes = nodesOf(8)
  const before = keepersOf('region-0', { nodes, mirrors: 2 })
  for (const left of nodes.filter(({ name }) => !before.includes(name))) {
    const rest = nodes.filter((node) => node !== left)
    equal(keepersOf('region-0', { nodes: rest, mirrors: 2 }), before)
  }
})

promises.run()
