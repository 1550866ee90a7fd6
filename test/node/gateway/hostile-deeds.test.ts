import { assert as checked, asyncProperty, constantFrom, jsonValue } from 'fast-check'
import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { toBase64, utf8 } from '../../../crypto/bytes.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { encodeDeed } from '../../../protocol/deed.ts'
import { deedBodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, refused, startGateway } from './support/client.ts'

const hostile = suite('a gateway where deeds are done that is sent')

let mesh: TestMesh
let gateway: Gateway
let client: Client
let size = 0

/** Where deeds are done with nothing but a deed. */
const DEED_PATHS = [
  '/v1/cases/file',
  '/v1/cases/opinions',
  '/v1/cases/queue',
  '/v1/oversight/alarms',
  '/v1/oversight/holds',
  '/v1/oversight/log-copies',
  '/v1/persons/deeds',
  '/v1/persons/eligibility',
  '/v1/persons/identity',
  '/v1/persons/status',
  '/v1/policies',
  '/v1/watch-list',
]

hostile.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
})

hostile.before.each(() => {
  size = mesh.node().ledger.own.size
})

// Such a refusal costs the log nothing, and the node goes on.
hostile.after.each(async () => {
  is(mesh.node().ledger.own.size, size)
  is((await client.get('/health')).status, 200)
})

hostile.after(async () => {
  await gateway.close()
  await mesh.close()
})

hostile('a deed that cannot be read refuses it, on every path', async () => {
  const whole = statusBody()
  const { signatures, deed } = whole
  const [signature] = signatures
  const bodies: Record<string, unknown>[] = [
    { deed },
    { signatures },
    { deed, signatures: [] },
    { deed, signatures: [signature, signature, signature] },
    { deed, signatures: [{ ...signature, extra: 1 }] },
    { deed, signatures: [{ ...signature, statement: undefined }] },
    { deed, signatures: signature },
    { deed: 7, signatures },
    { deed: 'AQ', signatures },
    { deed: 'AAAA'.repeat(10_000), signatures },
    { deed: toBase64(utf8('no deed at all')), signatures },
    { ...whole, iin: { digits: '12', nonce: '' } },
    { ...whole, offset: -1 },
    { ...whole, extra: null },
  ]
  for (const path of DEED_PATHS) {
    for (const body of bodies) refused(await client.post(path, body), 400, 'malformed')
  }
})

hostile('a deed on the path of another refuses it', async () => {
  for (const path of DEED_PATHS.filter((each) => each !== '/v1/persons/status')) {
    refused(await client.post(path, statusBody()), 422, 'unprocessable')
  }
})

hostile('a deed that others signed for refuses it', async () => {
  const { signatures } = statusBody()
  const deed = toBase64(encodeDeed({ type: 'eligibility', document: 'passport' }))
  const other = await client.post('/v1/persons/eligibility', { deed, signatures })
  refused(other, 422, 'unprocessable')
  const [signature] = signatures
  const forged = { ...signature, signature: `AAAA${signature!.signature.slice(4)}` }
  const body = { ...statusBody(), signatures: [forged] }
  refused(await client.post('/v1/persons/status', body), 401, 'bad-signature')
})

hostile('any JSON at all as a deed answers with an error of the client', async () => {
  await checked(
    asyncProperty(constantFrom(...DEED_PATHS), jsonValue(), jsonValue(), async (path, a, b) => {
      for (const body of [a, { deed: a, signatures: b }, { ...statusBody(), signatures: [b] }]) {
        const { status } = await client.postText(path, JSON.stringify(body))
        ok(status >= 400 && status < 500, `${status}`)
      }
    }),
    { numRuns: 50 },
  )
})

hostile('credentials and revocations of nobody refuses them', async () => {
  const { stranger, guard } = mesh.officers
  const own = toBase64(stranger.credential)
  refused(await client.post('/v1/credentials', { credential: own }), 403, 'forbidden')
  const known = toBase64(guard.credential)
  refused(await client.post('/v1/credentials', { credential: known }), 409, 'conflict')
  for (const path of ['/v1/credentials', '/v1/revocations']) {
    const field = path === '/v1/credentials' ? 'credential' : 'revocation'
    const noise = { [field]: toBase64(utf8('signed by nobody')) }
    refused(await client.post(path, noise), 400, 'malformed')
    refused(await client.post(path, {}), 400, 'malformed')
    refused(await client.post(path, { [field]: known, extra: 1 }), 400, 'malformed')
    refused(await client.post(path, { [field]: `${known}!` }), 400, 'malformed')
  }
  // One kind of signed bytes is not taken for another.
  refused(await client.post('/v1/revocations', { revocation: known }), 400, 'malformed')
})

hostile('facts that no application could state refuses them', async () => {
  const facts = { citizenship: 'citizen', consent: 'own' }
  const malformed: Record<string, unknown>[] = [
    {},
    { ...facts, citizenship: 'martian' },
    { ...facts, born: 'long ago' },
    { ...facts, on: 'today' },
    { ...facts, fingers: [{ position: 11, attempts: [60] }] },
    { ...facts, fingers: [{ position: 2, attempts: [60, 60, 60, 60] }] },
    { ...facts, fingers: [{ position: 2, attempts: [101] }] },
    { ...facts, dna: { ground: 'none' } },
    { ...facts, name: 'somebody' },
  ]
  for (const body of malformed) {
    refused(await client.post('/v1/decisions', body), 400, 'malformed')
  }
  const finger = { position: 2, attempts: [60] }
  const improper: Record<string, unknown>[] = [
    { ...facts, born: '2021-02-30' },
    { ...facts, born: '2999-01-01' },
    { ...facts, on: '2021-02-30' },
    { ...facts, fingers: [finger, finger] },
    { ...facts, fingers: [{ ...finger, missing: 'injured' }] },
  ]
  for (const body of improper) {
    refused(await client.post('/v1/decisions', body), 422, 'unprocessable')
  }
})

hostile.run()

/** How somebody stands: a deed that would be done. */
function statusBody() {
  const about = { handle: new Uint8Array(16) }
  return deedBodyOf(mesh.signedDeed({ type: 'status' }, [mesh.officers.registrar], about))
}
