import { request } from 'node:https'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { suite } from 'uvu'
import { is, match } from 'uvu/assert'
import { fromHex } from '../../../crypto/bytes.ts'
import { Client } from '../../../node/cli/client.ts'
import { systemClock } from '../../../node/clock.ts'
import { Gateway } from '../../../node/gateway/gateway.ts'
import { silentLogger } from '../../../node/logger.ts'
import type { Identity } from '../../../node/tls/identity.ts'
import { bodyOf, deedBodyOf, startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { codeOf } from '../post/support/refusals.ts'
import { certified, testAuthority } from '../tls/support/identities.ts'
import { idleExtractor } from './support/client.ts'

const DAY_MS = 86_400_000
const ADDRESSES = ['127.0.0.1', 'localhost']

const authority = testAuthority()
const post = certified('post-1', authority)

const promises = suite('a gateway with certificates')

let mesh: TestMesh
let gateways: Gateway[]

promises.before(async () => {
  mesh = await startTestMesh({ nodes: 2 })
  gateways = await Promise.all([0, 1].map((place) => opened(place)))
})

promises.after(async () => {
  for (const gateway of gateways) await gateway.close()
  await mesh.close()
})

promises('serves whoever has one of its authority', async () => {
  match(gateways[0]!.url, /^https:/)
  is((await clientOf(post).roster()).network, mesh.roster.network)
  const question = mesh.signedQuery({ fingers: testPerson('anybody').capture() })
  is((await clientOf(post).identify(bodyOf(question))).verdict, 'no-hit')
})

const STRANGERS: readonly [string, () => Identity][] = [
  ['of another authority', () => certified('post-1', testAuthority(), { believes: authority })],
  ['that is over', () => certified('post-1', authority, { at: systemClock.now() - 2 * DAY_MS })],
  ['that has not begun', () => certified('post-1', authority, { at: systemClock.now() + DAY_MS })],
  ['of a node', () => certified('region-1', authority, { addresses: ADDRESSES })],
]

for (const [what, stranger] of STRANGERS) {
  promises(`refuses a certificate ${what}, before anything is said over HTTP`, async () => {
    is(await answered(stranger()), false)
  })
}

promises('refuses who has none', async () => {
  is(await answered({ authority: post.authority }), false)
  is(await answered(post), true)
})

promises('refuses TLS 1.2 and plain HTTP', async () => {
  is(await answered(post, { maxVersion: 'TLSv1.2' }), false)
  const plain = gateways[0]!.url.replace('https', 'http')
  is(await codeOf(new Client({ url: plain }).get('/v1/status')), 'unreachable')
})

promises('takes no session up again: each connection shows its certificate', async () => {
  const first = await connected(post)
  const session = new Promise<Buffer>((resolve) => {
    first.once('session', resolve)
  })
  await exchanged(first)
  const second = await connected(post, { session: await session })
  is(second.isSessionReused(), false)
  match(await exchanged(second), /^HTTP\/1.1 200 /)
  second.destroy()
  first.destroy()
})

promises('is not believed by who has another authority, or at another address', async () => {
  const { port } = new URL(gateways[0]!.url)
  const other = certified('post-1', testAuthority())
  is(await codeOf(clientOf(other).get('/v1/status')), 'unreachable')
  const elsewhere = new Client({ url: `https://127.0.0.2:${port}`, tls: post })
  is(await codeOf(elsewhere.get('/v1/status')), 'unreachable')
})

promises('takes from a post only what was signed there', async () => {
  const fingers = testPerson('anybody').capture()
  const statement = { post: 'post-2' }
  const asked = bodyOf(mesh.signedQuery({ fingers, statement }))
  const before = logged()
  is(await codeOf(clientOf(post).identify(asked)), 'forbidden')
  is(logged(), before)
  await clientOf(certified('post-2', authority)).identify(asked)
  const { protector, administrator } = mesh.officers
  const about = { purpose: 'data-protection', post: 'post-2' } as const
  const deed = { type: 'status' } as const
  const elsewhere = mesh.signedDeed(deed, [protector, administrator], about)
  const path = '/v1/persons/status'
  is(await codeOf(clientOf(post).deed(path, deedBodyOf(elsewhere))), 'forbidden')
})

promises('takes a deed from where one of its officers is, wherever the others are', async () => {
  const { handle } = await mesh
    .node()
    .enrolment.enrol(mesh.signedEnrolment({ fingers: testPerson('looked out for').capture() }))
  const { adjudicator, protector } = mesh.officers
  const deed = { type: 'watch', listed: 'added', cause: 'wanted' } as const
  const about = { purpose: 'criminal-investigation', handle } as const
  const here = mesh.signedDeed(deed, [protector], about)
  const there = mesh.signedDeed(deed, [adjudicator], { ...about, post: 'post-2' })
  const signatures = [...there.signatures, ...here.signatures]
  const body = deedBodyOf({ ...here, signatures })
  await clientOf(post).deed('/v1/watch-list', body)
})

promises('that is revoked at another node is refused, and cut off where it is open', async () => {
  const lost = certified('post-9', authority)
  const staying = await connected(post, {}, 1)
  const idle = await connected(lost, {}, 1)
  match(await exchanged(idle), /^HTTP\/1.1 200 /)
  await clientOf(post, 0).deed('/v1/oversight/certificate-revocations', revocation(lost))
  await until(() => idle.destroyed)
  await until(() => mesh.node(1).registry.revokedCertificates.has(lost.fingerprint))
  for (const place of [0, 1]) {
    is(await answered(lost, {}, place), false)
    is(await codeOf(clientOf(lost, place).get('/v1/status')), 'unreachable')
    is(await answered(post, {}, place), true)
  }
  match(await exchanged(staying), /^HTTP\/1.1 200 /)
  staying.destroy()
  const again = clientOf(post, 1).deed('/v1/oversight/certificate-revocations', revocation(lost))
  is(await codeOf(again), 'conflict')
})

promises('that is revoked stays so at a node that starts anew', async () => {
  const lost = certified('post-10', authority)
  await clientOf(post).deed('/v1/oversight/certificate-revocations', revocation(lost))
  await mesh.settled()
  await gateways[1]!.close()
  await mesh.stop(1)
  await mesh.start(1)
  gateways[1] = await opened(1)
  is(await answered(lost, {}, 1), false)
  is(await answered(post, {}, 1), true)
})

promises('is revoked by an administrator of nodes alone', async () => {
  const { guard, protector } = mesh.officers
  for (const officer of [guard, protector]) {
    const deed = { type: 'certificate-revocation', certificate: new Uint8Array(32) } as const
    const signed = mesh.signedDeed(deed, [officer], { purpose: 'administration' })
    const asked = clientOf(post).deed('/v1/oversight/certificate-revocations', deedBodyOf(signed))
    is(await codeOf(asked), 'forbidden')
  }
  is(await answered(post), true)
})

promises('refuses one that ends while its connection is open', async () => {
  const now = systemClock.now()
  let later = 0
  const clock = { ...systemClock, now: () => now + later }
  const own = certified('region-1', authority, { addresses: ADDRESSES, days: 9 })
  const ahead = await opened(0, { clock, tls: own })
  try {
    const socket = await connected(post, {}, ahead)
    match(await exchanged(socket), /^HTTP\/1.1 200 /)
    later = 2 * DAY_MS
    const refused = await exchanged(socket)
    match(refused, /^HTTP\/1.1 403 /)
    match(refused, /connection: close/i)
  } finally {
    await ahead.close()
  }
})

promises('does not serve others over plain HTTP, nor with a certificate that is over', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    is(await codeOf(opened(0, { tls: undefined, host })), 'unprocessable')
  }
  const past = systemClock.now() - 2 * DAY_MS
  const over = certified('region-1', authority, { addresses: ADDRESSES, at: past })
  is(await codeOf(opened(0, { tls: over })), 'unprocessable')
  const everywhere = await opened(0, { host: '0.0.0.0' })
  await everywhere.close()
})

promises.run()

interface Opening {
  readonly host?: string
  readonly tls?: Identity | undefined
  readonly clock?: typeof systemClock
}

function opened(place: number, options: Opening = {}): Promise<Gateway> {
  const node = mesh.node(place)
  const own = certified(node.name, authority, { addresses: ADDRESSES })
  const { host = '127.0.0.1', clock = systemClock } = options
  const tls = 'tls' in options ? options.tls : own
  const modules = { node, extractor: idleExtractor(), clock, logger: silentLogger }
  return Gateway.start({ host, port: 0, tls }, modules)
}

function clientOf(tls: Identity, place = 0): Client {
  return new Client({ url: gateways[place]!.url, tls })
}

function revocation({ fingerprint }: Identity) {
  const deed = { type: 'certificate-revocation', certificate: fromHex(fingerprint) } as const
  const { administrator } = mesh.officers
  return deedBodyOf(mesh.signedDeed(deed, [administrator], { purpose: 'administration' }))
}

function logged(): number {
  return mesh.node().ledger.own.size
}

/** A connection of which TLS at this end thinks that it stands. */
function connected(
  { key, certificate, authority: ca }: Identity,
  more: ConnectionOptions = {},
  at: Gateway | number = 0,
): Promise<TLSSocket> {
  const { hostname, port } = new URL((typeof at === 'number' ? gateways[at]! : at).url)
  const options = { host: hostname, port: Number(port), key, cert: certificate, ca, ...more }
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** What a node says to a request on that connection, as far as its first bytes. */
function exchanged(socket: TLSSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
    socket.write('GET /v1/policies HTTP/1.1\r\nhost: node\r\n\r\n')
  })
}

/** Whether a node answers anything at all. */
function answered(
  { key, certificate, authority: ca }: Partial<Identity> & { readonly authority: string },
  more: ConnectionOptions = {},
  place = 0,
): Promise<boolean> {
  const tls = { ...(key && { key }), ...(certificate && { cert: certificate }), ca, ...more }
  return new Promise((resolve) => {
    const asked = request(`${gateways[place]!.url}/v1/status`, { ...tls, agent: false }, (said) => {
      said.resume()
      resolve(true)
    })
    asked.once('error', () => resolve(false))
    asked.end()
  })
}
