import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import {
  blocksOfSample,
  PeopleThen,
  replayBlock,
  type AskReplay,
} from '../../../node/audit/replay-blocks.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { signedReplays } from '../../../protocol/replay.ts'
import { startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway } from './support/client.ts'

const SHARDS = 2
const BINARY = 'application/octet-stream'

const promises = suite('queries that were drawn, over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client

promises.before(async () => {
  mesh = await startTestMesh({ nodes: 2, shards: SHARDS, replicas: 2, secondLookShare: 1 })
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
  const fingers = testPerson('drawn').capture()
  await mesh.node().enrolment.enrol(mesh.signedEnrolment({ fingers }))
  await mesh.settled()
})

promises.after(async () => {
  await gateway.close()
  await mesh.close()
})

promises('are shown without their probes, and replayed block by block', async () => {
  const asked = mesh.signedQuery({ fingers: testPerson('drawn').capture('again') })
  const { answer } = await mesh.node().search.ask(asked)
  await mesh.node().secondLook.settled()
  const queryId = toHex(answer.queryId)
  const listed = (await client.get('/v1/samples')).body as string[]
  is(listed.at(-1), queryId)
  const sample = await bytes(`/v1/samples/${queryId}`)
  is(Buffer.from(sample).includes(Buffer.from(asked.payload)), false)
  const ask: AskReplay = async ({ queryId: query, people, ...where }) => {
    const named = people.map(({ handle, commitment }) => {
      return { handle: toHex(handle), commitment: toBase64(commitment) }
    })
    const body = JSON.stringify({ ...where, query, people: named })
    const headers = { 'content-type': 'application/json' }
    return signedReplays.decode(await bytes('/v1/replays', { method: 'POST', headers, body }))
  }
  const blocks = blocksOfSample(sample, mesh.roster)
  is(blocks.length, 1, 'one person is in one shard')
  const logs = new Map<string, Uint8Array[]>()
  for (const { name } of mesh.roster.nodes) {
    const { ledger } = mesh.node()
    logs.set(name, await ledger.stored(name).entries(0, ledger.size(name)))
  }
  const replayed = await replayBlock(blocks[0]!, sample, {
    people: new PeopleThen({ logs, roster: mesh.roster }),
    roster: mesh.roster,
    ask,
  })
  equal([replayed.verdict, replayed.against], ['agreed', []])
})

promises('are not there where none was drawn, nor is a dispute', async () => {
  const nothing = '00'.repeat(16)
  refused(await client.get(`/v1/samples/${nothing}`), 404, 'not-found')
  refused(await client.get('/v1/samples/x'), 400, 'malformed')
  equal((await client.get('/v1/disputes')).body, [])
  refused(await client.get(`/v1/disputes/${nothing}-1`), 404, 'not-found')
  const wanted = { query: nothing, node: mesh.node(1).name, shard: 0, people: [] }
  refused(await client.post('/v1/replays', wanted), 404, 'not-found')
  await until(() => mesh.node().disputes.names().length === 0)
})

promises.run()

async function bytes(path: string, init: RequestInit = {}): Promise<Uint8Array> {
  const response = await fetch(`${gateway.url}${path}`, init)
  is(response.headers.get('content-type'), BINARY)
  return new Uint8Array(await response.arrayBuffer())
}
