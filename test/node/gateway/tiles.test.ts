import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { decodeBundle } from '../../../crypto/merkle/entry-bundle.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { noteVerifier } from '../../../crypto/note.ts'
import { audit } from '../../../node/audit/audit.ts'
import { HttpSource } from '../../../node/audit/http-source.ts'
import type { KeptCheckpoints } from '../../../node/audit/kept-checkpoints.ts'
import { Unreadable } from '../../../node/audit/log-source.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { LogCopies } from '../../../node/gateway/log-copies.ts'
import { LOG_COPIES_MAX } from '../../../node/gateway/limits.ts'
import { copyDigest } from '../../../protocol/deed.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { expandedLog } from '../../support/expanded-log.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, refused, startGateway } from './support/client.ts'
import { Desk } from './support/desk.ts'

const TOKEN = sha256()

const tiles = suite('a whole log over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client
let desk: Desk

tiles.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
  desk = new Desk(mesh, client)
  await desk.enrolled('somebody')
})

tiles.after(async () => {
  await gateway.close()
  await mesh.close()
})

tiles('has hashes for everybody, and entries for nobody who is not let', async () => {
  const { name, size } = mesh.node().ledger.own
  const note = await client.get(`/v1/logs/${name}/checkpoint`)
  const verifier = logVerifier(mesh.roster.network, mesh.roster.nodes[0]!)
  const origin = logOrigin(mesh.roster.network, name)
  is(openCheckpoint(note.text, origin, verifier).size, BigInt(size))
  is((await client.get(`/v1/logs/${name}/tile/0/000.p/${size}`)).status, 200)
  refused(await client.get(`/v1/logs/${name}/tile/entries/000.p/${size}`), 403, 'forbidden')
  const said = await expandedLog(mesh.node())
  const { index } = said.find(({ entry }) => entry.type === 'batch')!
  refused(await client.get(`/v1/logs/${name}/records/${index}`), 403, 'forbidden')
  const by = [mesh.officers.registrar, mesh.officers.guard]
  for (const officer of by) {
    const deed = { type: 'log-copy', commitment: copyDigest(TOKEN) } as const
    const reply = await desk.ask('/v1/oversight/log-copies', deed, [officer], 'audit')
    refused(reply, 403, 'forbidden', 'role-may-not')
  }
  is(await statusWith(`Bearer ${toHex(TOKEN)}`), 403)
})

tiles('has no tile that is spelt otherwise, or is not there yet', async () => {
  const { name, size } = mesh.node().ledger.own
  for (const path of [
    `0/000.p/${size + 1}`,
    '0/000',
    '0/001.p/1',
    '1/000.p/1',
    '0/0',
    '9/000',
    'entries/',
    'entries/000.p/0',
    '..%2f..%2froster',
    '0/000.p/01',
  ]) {
    const { status } = await client.get(`/v1/logs/${name}/tile/${path}`)
    ok(status === 404 || status === 403 || status === 400, `${path}: ${status}`)
  }
  is((await client.get('/v1/logs/nobody/tile/0/000.p/1')).status, 404)
})

tiles('is handed to an auditor upon a deed that stands in the log, and audited', async () => {
  const before = mesh.node().ledger.own.size
  const deed = { type: 'log-copy', commitment: copyDigest(TOKEN) } as const
  const { auditor } = mesh.officers
  const reply = await desk.ask<{ until: number }>(
    '/v1/oversight/log-copies',
    deed,
    [auditor],
    'audit',
  )
  is(reply.status, 201)
  ok(reply.body.result.until > Date.now())
  const { name, size, stored } = mesh.node().ledger.own
  is(size, before + 1)
  const source = new HttpSource({ url: gateway.url, token: toHex(TOKEN) })
  const bundle = await source.read(`logs/${name}/tile/entries/000.p/${size}`, 1_000_000)
  equal(decodeBundle(bundle, size), await stored.entries(0, size))
  for (const wrong of [undefined, 'Bearer', `Bearer ${'0'.repeat(64)}`, toHex(TOKEN)]) {
    is(await statusWith(wrong), 403)
  }
  const result = await audited(source)
  equal(
    result.remarks.filter(({ severity }) => severity !== 'note'),
    [],
  )
  is(result.logs[0]!.entries, size)
  is((await audited(new HttpSource({ url: gateway.url, token: '' }))).verdict, 'unchecked')
})

tiles('is no longer than an auditor can take, and is missing where it is', async () => {
  const source = new HttpSource({ url: gateway.url, token: toHex(TOKEN) })
  const { name } = mesh.node().ledger.own
  is(await codeOf(source.read(`logs/${name}/tile/0/000.p/2`, 63)), 'oversize')
  is((await source.read(`logs/${name}/tile/0/000.p/2`, 64)).length, 64)
  is(await codeOf(source.read('logs/nobody/checkpoint', 64)), 'missing')
  const nowhere = new HttpSource({ url: 'http://127.0.0.1:1', token: '' })
  is(await codeOf(nowhere.read('roster', 64)), 'unreadable')
})

const copies = suite('leave to copy logs')

copies('ends with its time, and with too many others', () => {
  let now = 1_000
  const clock = { now: () => now, sleep: async () => undefined, timer: () => () => undefined }
  const given = new LogCopies({ clock })
  given.allow({ commitment: copyDigest(TOKEN), until: 2_000 })
  const isLet = (): boolean => {
    try {
      given.check(`Bearer ${toHex(TOKEN)}`)
      return true
    } catch {
      return false
    }
  }
  is(isLet(), true)
  now = 2_000
  is(isLet(), false)
  now = 1_000
  for (let i = 0; i < LOG_COPIES_MAX; i += 1) {
    given.allow({ commitment: sha256(Uint8Array.of(i)), until: 2_000 })
  }
  is(isLet(), false)
})

async function statusWith(authorization: string | undefined): Promise<number> {
  const { name, size } = mesh.node().ledger.own
  const headers = authorization === undefined ? {} : { authorization }
  const url = `${gateway.url}/v1/logs/${name}/tile/entries/000.p/${size}`
  const response = await fetch(url, { headers: headers as Record<string, string> })
  await response.arrayBuffer()
  return response.status
}

async function audited(source: HttpSource) {
  const { roster, rosterNote } = mesh
  const kept = { of: () => [], keep: async () => undefined } as unknown as KeptCheckpoints
  return audit(
    { roster, rosterNote, authority: noteVerifier(mesh.authority), isUnwitnessedTaken: false },
    { sources: [source], kept, clock: { now: () => 0 } },
  )
}

async function codeOf(reading: Promise<unknown>): Promise<unknown> {
  const error = await reading.catch((thrown: unknown) => thrown)
  return error instanceof Unreadable ? error.code : undefined
}

tiles.run()
copies.run()
