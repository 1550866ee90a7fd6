import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { nodeKeys } from '../../../node/node.ts'
import { evidences, verifyEvidence } from '../../../protocol/evidence.ts'
import { convicting, forked } from '../../support/history.ts'
import { startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { Client, refused, startGateway } from './support/client.ts'

const promises = suite('evidence over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client

promises.before(async () => {
  mesh = await startTestMesh({ nodes: 2 })
  gateway = await startGateway(mesh.node(1))
  client = new Client(gateway)
})

promises.after(async () => {
  await gateway.close()
  await mesh.close()
})

promises('is none while every log has one history', async () => {
  const { status, body } = await client.get('/v1/evidence')
  equal([status, body], [200, []])
  for (const log of [mesh.node().name, 'nobody']) {
    refused(await client.get(`/v1/evidence/${log}`), 404, 'not-found')
  }
  refused(await client.get('/v1/evidence/..%2flog'), 400, 'malformed')
})

promises('reaches a node from another one, and is there for anybody to check', async () => {
  const { name } = mesh.node()
  const key = nodeKeys(seedOf(name)).signer
  const evidence = evidences.encode(await convicting(name, forked(name, 2, 5, key), 4, 6))
  is(await mesh.node().ledger.quarantine.add(evidence), true)
  await until(() => mesh.node(1).ledger.quarantine.evidence(name) !== undefined)

  const { kind, first, second } = verifyEvidence(evidence, mesh.roster)
  const { body } = await client.get('/v1/evidence')
  equal(body, [{ log: name, kind, first: first.note, second: second.note }])
  const response = await fetch(`${gateway.url}/v1/evidence/${name}`)
  is(response.headers.get('content-type'), 'application/octet-stream')
  equal(new Uint8Array(await response.arrayBuffer()), evidence)
  refused(await client.get(`/v1/evidence/${mesh.node(1).name}`), 404, 'not-found')
})

promises('is still there when the node has been started again', async () => {
  const { name } = mesh.node()
  const before = mesh.node().ledger.quarantine.evidence(name)
  await mesh.stop(0)
  const { quarantine } = (await mesh.start(0)).ledger
  equal([quarantine.logs(), quarantine.evidence(name)], [[name], before])
  not.equal(before, undefined)
})

promises.run()
