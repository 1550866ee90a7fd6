import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { encodeEntry } from '../../../protocol/entry/entry.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { SEARCHES, searchReplies, searchRequests } from '../../../protocol/message/search.ts'
import { decodePart } from '../../../protocol/part.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const promises = suite<{ mesh: TestMesh }>('a search for a cross-check')

promises.before(async (state) => {
  state.mesh = await startTestMesh({ nodes: 3, shards: 4, replicas: 2 })
})

promises.after(async ({ mesh }) => mesh.close())

promises(
  'is for nodes that keep the record, with the prints that were signed for',
  async ({ mesh }) => {
    const person = testPerson('compared')
    const request = mesh.signedEnrolment({ fingers: person.capture() })
    const { entry, index, handle } = await mesh.node().enrolment.enrol(request)
    await mesh.settled()
    const enrolment = { log: entry.log, index, leaf: hashLeaf(entry.entry) }
    const keepers = replicasOf(shardOf(handle, mesh.roster), mesh.roster)
    const keeper = mesh.nodes.find(({ name }) => name === keepers[0])!
    const stranger = mesh.nodes.find(({ name }) => !keepers.includes(name))!
    const other = { ...enrolment, leaf: hashLeaf(enrolment.leaf) }
    const prints = testPerson('another').capture()
    const payload = mesh.signedEnrolment({ fingers: prints }).payload

    const asked = [
      await search(mesh, keeper, enrolment, request.payload),
      await search(mesh, stranger, enrolment, request.payload),
      await search(mesh, keeper, other, request.payload),
      await search(mesh, keeper, enrolment, payload),
    ]
    equal(asked, [toHex(handle), 'forbidden', 'forbidden', 'bad-proof'])
  },
)

promises.run()

/** Whom the shard of the first keeper finds, or why it does not search. */
async function search(
  mesh: TestMesh,
  asker: TestMesh['nodes'][number],
  enrolment: { log: string; index: number; leaf: Uint8Array },
  payload: Uint8Array,
): Promise<string> {
  const { ledger, registry } = asker
  const query = encodeEntry({
    type: 'cross-query',
    at: ledger.now(),
    queryId: hashLeaf(payload).subarray(0, 16),
    enrolment,
    threshold: 1,
    limit: 10,
    frontier: registry.horizon(),
  })
  const proven = await ledger.prove(asker.name, await ledger.own.append(query))
  const shards = Array.from({ length: mesh.roster.shards }, (_, shard) => shard)
  const found: string[] = []
  for (const shard of shards) {
    const [to] = replicasOf(shard, mesh.roster)
    const request = searchRequests.encode({ query: proven, payload, shards: [shard], epoch: 1 })
    try {
      const deadline = Date.now() + 10_000
      const reply = searchReplies.decode(
        await asker.mesh.call(to!, SEARCHES, request, { deadline }),
      )
      const { candidates } = decodePart(reply.part.part)
      found.push(...candidates.map((candidate) => toHex(candidate.handle)))
    } catch (error) {
      return asTamgaError(error).code
    }
  }
  is(found.length, 1)
  return found[0]!
}
