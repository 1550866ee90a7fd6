import { suite } from 'uvu'
import { is } from 'uvu/assert'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import {
  countWatched,
  isOnWatchDigests,
  openWatchDigests,
} from '../../../protocol/border/watch-digests.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, startGateway } from './support/client.ts'
import { Desk } from './support/desk.ts'

const copies = suite('a copy of the watch list over HTTP')

let mesh: TestMesh
let gateway: Gateway
let desk: Desk

copies.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  desk = new Desk(mesh, new Client(gateway))
})

copies.after(async () => {
  await gateway.close()
  await mesh.close()
})

copies('is signed, and is of whom two have put on it; documents are left out', async () => {
  const [wanted, reported] = [await desk.enrolled('wanted'), await desk.enrolled('reported')]
  await watch(wanted, 'wanted')
  await watch(reported, 'document-reported')
  const response = await fetch(`${gateway.url}/v1/border/watch-list`)
  is(response.status, 200)
  const copy = openWatchDigests(new Uint8Array(await response.arrayBuffer()), (name) => {
    return mesh.roster.nodes.find((node) => node.name === name)!.publicKey
  })
  is(copy.network, mesh.roster.network)
  is(countWatched(copy), 1)
  is(isOnWatchDigests(wanted, copy), true)
  is(isOnWatchDigests(reported, copy), false)
})

copies.run()

async function watch(handle: Uint8Array, cause: 'wanted' | 'document-reported'): Promise<void> {
  const deed = { type: 'watch', listed: 'added', cause } as const
  const by = [mesh.officers.adjudicator, mesh.officers.protector]
  const about = { handle }
  const reply = await desk.ask('/v1/watch-list', deed, by, 'criminal-investigation', about)
  is(reply.status, 201, reply.text)
}
