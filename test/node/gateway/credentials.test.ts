import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toBase64 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { signGrant, signRevocation, type Grant } from '../../../protocol/credential.ts'
import type { OfficerKey } from '../../../protocol/statement.ts'
import { bodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway } from './support/client.ts'

const credentials = suite('credentials over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client

credentials.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
})

credentials.after(async () => {
  await gateway.close()
  await mesh.close()
})

credentials('let an officer ask once they are known, and not before', async () => {
  const { signer, credential } = appointed('dana')
  refused(await ask({ signer, credential }), 403, 'forbidden', 'credential-unknown')
  const { status, body } = await makeKnown(credential)
  is(status, 201)
  const { name, ledger } = mesh.node()
  equal(body, { log: name, index: ledger.own.size - 1 })
  is((await ask({ signer, credential })).status, 200)
  refused(await makeKnown(credential), 409, 'conflict')
})

credentials('end when they are revoked', async () => {
  const officer = appointed('erlan')
  await makeKnown(officer.credential)
  is((await ask(officer)).status, 200)
  const revocation = signRevocation(
    {
      network: mesh.roster.network,
      organisation: 'border-service',
      publicKey: officer.signer.publicKey,
      from: Date.now() - 1_000,
      cause: 'compromised',
    },
    signerFromSeed(seedOf('border-service')),
  )
  const revoked = await client.post('/v1/revocations', { revocation: toBase64(revocation) })
  is(revoked.status, 201, revoked.text)
  const again = await client.post('/v1/revocations', { revocation: toBase64(revocation) })
  refused(again, 409, 'conflict')
  refused(await ask(officer), 403, 'forbidden', 'credential-revoked')
})

credentials('end with the key that another one replaces', async () => {
  const old = appointed('farida')
  await makeKnown(old.credential)
  const next = appointed('farida-2', { name: 'farida', replaces: old.signer.publicKey })
  await makeKnown(next.credential)
  is((await ask(next)).status, 200)
  refused(await ask(old), 403, 'forbidden', 'credential-revoked')
})

credentials('are good for their time, and for what the organisation may grant', async () => {
  const over = appointed('gulim', { from: 1, until: 2 })
  is((await makeKnown(over.credential)).status, 201)
  refused(await ask(over), 403, 'forbidden', 'credential-expired')
  const { credential } = appointed('hakim', { role: 'auditor' })
  refused(await makeKnown(credential), 403, 'forbidden')
})

credentials.run()

/** A border officer, unless it is said otherwise. */
function appointed(seed: string, said: Partial<Grant> = {}): OfficerKey {
  const signer = signerFromSeed(seedOf(seed))
  const grant: Grant = {
    network: mesh.roster.network,
    organisation: 'border-service',
    name: seed,
    role: 'border-officer',
    region: 'region-1',
    publicKey: signer.publicKey,
    handle: undefined,
    from: Date.now() - 60_000,
    until: Date.now() + 3_600_000,
    replaces: undefined,
    ...said,
  }
  return { signer, credential: signGrant(grant, signerFromSeed(seedOf('border-service'))) }
}

function makeKnown(credential: Uint8Array) {
  return client.post('/v1/credentials', { credential: toBase64(credential) })
}

function ask(officer: OfficerKey) {
  const fingers = testPerson('anybody').capture()
  return client.post('/v1/identify', bodyOf(mesh.signedQuery({ fingers, officer })))
}
