import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Node } from '../../../node/node.ts'
import { foldedReplies, foldedRequests, FOLDED } from '../../../protocol/message/folded.ts'
import { entry } from '../log/support/logs.ts'
import { codeOf } from '../log/support/test-disk.ts'
import { Erasing } from './support/erasing.ts'

const promises = suite('a node that is asked whether it knows of an entry')

let erasing: Erasing
let node: Node

promises.before.each(async ({ __test__ }) => {
  erasing = await Erasing.start(`folded ${__test__}`)
  node = erasing.node()
})

promises('counts what was on its way to its disk by then', async () => {
  const { size } = node.ledger.own
  const appends = [1, 2, 3].map((number) => node.ledger.own.append(entry(number)))
  is(node.ledger.own.size, size, 'nothing of it is durable yet')
  is(await erasing.run(ask(node.name, 0)), size + 3)
  equal(await Promise.all(appends), [size, size + 1, size + 2])
})

promises('waits until it does, and no longer than it is waited for', async () => {
  const other = erasing.node(1)
  const { size } = other.ledger.own
  is(await erasing.run(codeOf(ask(other.name, size))), 'deadline')
  const asked = ask(other.name, size)
  await erasing.run(other.ledger.own.append(entry(1)))
  is(await erasing.run(asked), node.ledger.own.size)
  is(node.registry.frontier()[1]?.size, size + 1)
})

promises('knows only the logs of the roster', async () => {
  is(await erasing.run(codeOf(ask('nobody', 0))), 'not-found')
})

promises.run()

/** The node asks itself: that takes no time on the way. */
async function ask(log: string, index: number): Promise<number> {
  const deadline = erasing.world.clock.now() + 2_000
  const request = foldedRequests.encode({ log, index })
  return foldedReplies.decode(await node.mesh.call(node.name, FOLDED, request, { deadline })).size
}
