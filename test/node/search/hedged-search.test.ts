import { once } from 'node:events'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { systemClock } from '../../../node/clock.ts'
import { silentLogger } from '../../../node/logger.ts'
import { Libp2pMesh } from '../../../node/mesh/libp2p-mesh.ts'
import { nodeSigningSeed } from '../../../node/node.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { SEARCHES } from '../../../protocol/message/search.ts'
import { replicasOf } from '../../../protocol/shards.ts'
import { startTestMesh, until } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { testPerson } from '../../support/test-person.ts'

const STALLED = 1

const promises = suite('a search over TCP when a node stands still')

promises('is whole before half of its time is over, and the node is told to stop', async () => {
  const mesh = await startTestMesh({ nodes: 3, shards: 6, replicas: 2 })
  const { name, address } = mesh.roster.nodes[STALLED]!
  let asked = 0
  let givenUp = 0
  let stalled: Libp2pMesh | undefined
  try {
    const person = testPerson('searched for')
    const enrolment = mesh.signedEnrolment({ fingers: person.capture() })
    await mesh.node().enrolment.enrol(enrolment)
    const ask = async () => {
      const question = mesh.signedQuery({ fingers: person.capture('again') })
      return mesh.node().search.ask({ ...question, timeoutMs: 20_000 })
    }
    for (let round = 0; round < 24; round += 1) is((await ask()).answer.verdict, 'hit')
    await mesh.stop(STALLED)
    const peers = mesh.roster.nodes
    const listening = { self: name, seed: nodeSigningSeed(seedOf(name)), listen: address, peers }
    stalled = await Libp2pMesh.start(listening, { clock: systemClock, logger: silentLogger })
    stalled.serve(SEARCHES, async (_request, { signal }) => {
      asked += 1
      await once(signal, 'abort')
      givenUp += 1
      return new Uint8Array()
    })
    await until(() => mesh.node().mesh.connected().includes(name))
    const started = systemClock.now()
    const { answer, encoded } = await ask()
    const ms = systemClock.now() - started
    is(answer.verdict, 'hit')
    ok(answer.shards.every(({ answeredBy }) => answeredBy !== undefined && answeredBy !== name))
    is(verifyAnswer(encoded, mesh.roster).answer.verdict, 'hit')
    ok(ms < 10_000, `after ${ms} ms`)
    const isItsOwn = (shard: number): boolean => replicasOf(shard, mesh.roster)[0] === name
    ok(answer.shards.some(({ shard }) => isItsOwn(shard)))
    const followed = answer.shards.filter((one) => one.asked[0] === name)
    for (const one of followed) equal(one.asked, [name, one.answeredBy])
    await until(() => asked > 0 && givenUp === asked)
  } finally {
    await stalled?.close()
    await mesh.close()
  }
})

promises.run()
