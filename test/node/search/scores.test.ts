import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { BLOCK_PEOPLE as DIGESTED } from '../../../matcher/gallery/score-board.ts'
import type { Found } from '../../../node/search/search.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { scoresReplies, scoresRequests, SCORES } from '../../../protocol/message/scores.ts'
import { searchReplies, searchRequests, SEARCHES } from '../../../protocol/message/search.ts'
import { decodePart, partDigest, type Part } from '../../../protocol/part.ts'
import type { CapturedFinger } from '../../../protocol/payload.ts'
import { BLOCK_PEOPLE, blocksOf, scoresRoot } from '../../../protocol/score-tree.ts'
import { shardOf } from '../../../protocol/shards.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const PEOPLE = 9
const PATIENCE_MS = 10_000

const promises = suite<{ mesh: TestMesh }>('the scores of a part')

promises.before(async (state) => {
  state.mesh = await startTestMesh({ nodes: 3, shards: 3, replicas: 2 })
  for (let i = 0; i < PEOPLE; i += 1) {
    const fingers = testPerson(`scored ${i}`).capture()
    await state.mesh.node(i % 3).enrolment.enrol(state.mesh.signedEnrolment({ fingers }))
  }
  await state.mesh.settled()
})

promises.after(async ({ mesh }) => mesh.close())

promises(
  'are the same by every replica of a shard, whatever it searches besides',
  async ({ mesh }) => {
    const asked = mesh.signedQuery({ fingers: testPerson('scored 3').capture('again') })
    const { bundle } = await mesh.node().search.ask(asked)
    const roots = new Map<number, Set<string>>()
    for (const { name } of mesh.nodes) {
      const all = mesh.nodes.find((node) => node.name === name)!.keeper.shards
      for (const shards of [all, ...all.map((shard) => [shard])]) {
        const request = searchRequests.encode({
          query: bundle.query,
          payload: asked.payload,
          shards,
          epoch: 1,
        })
        const part = opened(await call(mesh, name, SEARCHES, request))
        for (const { shard, scores } of part.shards) {
          roots.set(shard, (roots.get(shard) ?? new Set()).add(toHex(scores)))
        }
      }
    }
    equal(
      [0, 1, 2].map((shard) => roots.get(shard)?.size),
      [1, 1, 1],
    )
    is(new Set([...roots.values()].flatMap((each) => [...each])).size, 3)
  },
)

promises('are opened to the node that asked for the part, and to no other', async ({ mesh }) => {
  const asked = mesh.signedQuery({ fingers: testPerson('scored 5').capture('again') })
  const { bundle } = await mesh.node().search.ask(asked)
  for (const { part } of bundle.parts) {
    const { node, shards } = decodePart(part)
    const request = scoresRequests.encode({ part: partDigest(part) })
    const scores = scoresReplies.decode(await call(mesh, node, SCORES, request))
    equal(
      scores.map(({ shard, digests }) => ({ shard, root: toHex(scoresRoot(digests)) })),
      shards.map(({ shard, scores: root }) => ({ shard, root: toHex(root) })),
    )
    ok(shards.every(({ searched }, at) => scores[at]!.digests.length === blocksOf(searched)))
    const stranger = mesh.nodes.findIndex(({ name }) => name !== mesh.node().name)
    is(await refusal(call(mesh, node, SCORES, request, stranger)), 'not-found')
    const unknown = scoresRequests.encode({ part: partDigest(part.subarray(1)) })
    is(await refusal(call(mesh, node, SCORES, unknown)), 'not-found')
  }
})

promises('are of nobody where one person alone is compared', async ({ mesh }) => {
  const { candidates } = (await ask(mesh, testPerson('scored 1').capture('again'))).answer
  const { handle } = candidates[0]!
  const { parts } = await ask(mesh, testPerson('scored 1').capture('again'), handle)
  equal(
    parts.flatMap(({ shards }) => shards.map(({ shard, scores }) => [shard, toHex(scores)])),
    [[shardOf(handle, mesh.roster), toHex(scoresRoot([]))]],
  )
})

promises('are digested in blocks as the protocol has them', () => {
  is(DIGESTED, BLOCK_PEOPLE)
})

promises.run()

async function ask(
  mesh: TestMesh,
  fingers: readonly CapturedFinger[],
  handle?: Uint8Array,
): Promise<Found> {
  const request = mesh.signedQuery({ fingers, ...(handle && { handle }) })
  return mesh.node().search.ask(request)
}

function opened(reply: Uint8Array): Part {
  return decodePart(searchReplies.decode(reply).part.part)
}

async function call(
  mesh: TestMesh,
  to: string,
  protocol: string,
  request: Uint8Array,
  by = 0,
): Promise<Uint8Array> {
  return mesh.node(by).mesh.call(to, protocol, request, { deadline: Date.now() + PATIENCE_MS })
}

async function refusal(calling: Promise<unknown>): Promise<string> {
  return calling.then(
    () => 'answered',
    (error: unknown) => asTamgaError(error).code,
  )
}
