import { once } from 'node:events'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { systemClock } from '../../../node/clock.ts'
import { silentLogger } from '../../../node/logger.ts'
import { Libp2pMesh } from '../../../node/mesh/libp2p-mesh.ts'
import type { Call } from '../../../node/mesh/mesh.ts'
import { nodeSigningSeed } from '../../../node/node.ts'
import { SEARCHES } from '../../../protocol/message/search.ts'
import { bodyOf, startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { testPerson } from '../../support/test-person.ts'
import { startGateway } from '../gateway/support/client.ts'

/** Whose place is taken by somebody who hears questions and answers none. */
const STALLED = 1

/** After half of it even a search that is not hedged goes on to the next replica. */
const TIMEOUT_MS = 20_000

const promises = suite('a search over TCP')

promises('is whole soon when a node stands still, which is then told to stop', async () => {
  await withMesh({ nodes: 3, replicas: 2 }, async (mesh) => {
    let givenUp = 0
    const stalled = await takePlace(mesh, async ({ signal }) => {
      await once(signal, 'abort')
      givenUp += 1
    })
    try {
      const { shards } = await whole(mesh)
      const followed = shards.filter(({ asked }) => asked[0] === stalled.self)
      ok(followed.length > 0, 'it was asked')
      for (const { asked, answeredBy } of followed) equal(asked, [stalled.self, answeredBy])
      await until(() => givenUp > 0)
    } finally {
      await stalled.close()
    }
  })
})

promises('is whole at once when a node dies while it searches', async () => {
  await withMesh({ nodes: 3, replicas: 2 }, async (mesh) => {
    const dying = await takePlace(mesh, async () => dying.close())
    const { shards } = await whole(mesh)
    ok(shards.some(({ asked }) => asked[0] === dying.self))
  })
})

promises('stops at every node when the client hangs up', async () => {
  await withMesh({ nodes: 2, replicas: 1 }, async (mesh) => {
    let begun = 0
    let givenUp = 0
    const stalled = await takePlace(mesh, async ({ signal }) => {
      begun += 1
      await once(signal, 'abort')
      givenUp += 1
    })
    const gateway = await startGateway(mesh.node())
    try {
      const client = new AbortController()
      const question = mesh.signedQuery({ fingers: testPerson('searched for').capture('again') })
      const asked = fetch(`${gateway.url}/v1/identify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...bodyOf(question), timeoutMs: 2 * TIMEOUT_MS }),
        signal: client.signal,
      })
      const outcome = asked.then(
        () => 'answered',
        (error: Error) => error.name,
      )
      await until(() => begun === 1)
      const before = systemClock.now()
      client.abort()
      is(await outcome, 'AbortError')
      await until(() => givenUp === 1)
      ok(systemClock.now() - before < TIMEOUT_MS, 'long before its time was over')
    } finally {
      await stalled.close()
      await gateway.close()
    }
  })
})

promises.run()

/** With somebody enrolled who is searched for. */
async function withMesh(
  options: { readonly nodes: number; readonly replicas: number },
  use: (mesh: TestMesh) => Promise<void>,
): Promise<void> {
  const mesh = await startTestMesh({ ...options, shards: 6 })
  try {
    const fingers = testPerson('searched for').capture()
    await mesh.node().enrolment.enrol(mesh.signedEnrolment({ fingers }))
    await mesh.settled()
    await use(mesh)
  } finally {
    await mesh.close()
  }
}

/** Stops a node, and connects in its place what does no more than hear questions. */
async function takePlace(mesh: TestMesh, hear: (call: Call) => Promise<void>): Promise<Libp2pMesh> {
  const { name, address } = mesh.roster.nodes[STALLED]!
  await mesh.stop(STALLED)
  const stalled = await Libp2pMesh.start(
    {
      self: name,
      seed: nodeSigningSeed(seedOf(name)),
      listen: address,
      peers: mesh.roster.nodes,
    },
    { clock: systemClock, logger: silentLogger },
  )
  stalled.serve(SEARCHES, async (_request, call) => {
    await hear(call)
    return new Uint8Array()
  })
  await until(() => mesh.node().mesh.connected().includes(name))
  return stalled
}

async function ask(mesh: TestMesh) {
  const question = mesh.signedQuery({ fingers: testPerson('searched for').capture('again') })
  return mesh.node().search.ask({ ...question, timeoutMs: TIMEOUT_MS })
}

/** The answer is complete before a search that is not hedged would go on to the next replica. */
async function whole(mesh: TestMesh) {
  const started = systemClock.now()
  const { answer, encoded } = await ask(mesh)
  const ms = systemClock.now() - started
  ok(ms < TIMEOUT_MS / 2, `after ${ms} ms`)
  is(answer.verdict, 'hit')
  ok(answer.shards.every(({ answeredBy }) => answeredBy !== undefined))
  is(verifyAnswer(encoded, mesh.roster).answer.verdict, 'hit')
  return answer
}
