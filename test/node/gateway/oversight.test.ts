import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { fromBase64, toBase64, toHex } from '../../../crypto/bytes.ts'
import { verifyAccessList } from '../../../node/audit/verify-access-list.ts'
import { verifyBreachReport } from '../../../node/audit/verify-breach-report.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { relativesDigest, type Deed } from '../../../protocol/deed.ts'
import { bodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway } from './support/client.ts'
import { Desk } from './support/desk.ts'

interface Listed {
  readonly list: {
    readonly handle: string
    readonly total: number
    readonly accesses: readonly {
      readonly log: string
      readonly index: number
      readonly record?: number
      readonly kind: string
      readonly by: readonly { readonly organisation: string; readonly purpose: string }[]
    }[]
  }
  readonly proof: string
}

interface Reported {
  readonly report: {
    readonly officer: string
    readonly acts: readonly { readonly what: string; readonly handles: readonly string[] }[]
  }
  readonly proof: string
}

const DAY_MS = 86_400_000
const STATUS: Deed = { type: 'status' }

const oversight = suite('oversight over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client
let desk: Desk

oversight.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
  desk = new Desk(mesh, client)
})

oversight.after(async () => {
  await gateway.close()
  await mesh.close()
})

oversight('tells a person who has looked, by which body, and proves it', async () => {
  const handle = await desk.enrolled('asks')
  await verify(handle, 'asks')
  const { list, proof } = await accesses(handle)
  is(list.handle, toHex(handle))
  equal(
    list.accesses.map(({ kind, by }) => [kind, by[0]?.organisation, by[0]?.purpose]),
    [
      ['enrolled', 'migration-service', 'identity-documents'],
      ['verified', 'border-service', 'border'],
      ['read', 'migration-service', 'own-request'],
    ],
  )
  const verified = verifyAccessList(fromBase64(proof), mesh.roster)
  is(verified.total, list.total)
  is(verified.accesses.length, list.accesses.length)
  const { accesses: rest } = (await accesses(handle, 1)).list
  is(rest[0]?.index, list.accesses[1]?.index)
  const curious = await desk.ask(
    '/v1/persons/accesses',
    { type: 'accesses' },
    [mesh.officers.registrar],
    'document-issue',
    { handle },
  )
  refused(curious, 403, 'forbidden', 'purpose-not-allowed')
})

oversight('keeps an access back for as long as the law lets it', async () => {
  const handle = await desk.enrolled('watched')
  await verify(handle, 'watched')
  const { list } = await accesses(handle)
  const { log, index, record } = list.accesses.find(({ kind }) => kind === 'verified')!
  const hold = (until: number) => {
    const deed = { type: 'hold', log, index, record, until } as const
    const by = [mesh.officers.adjudicator, mesh.officers.protector]
    return desk.ask('/v1/oversight/holds', deed, by, 'criminal-investigation')
  }
  refused(await hold(Date.now() - 1), 422, 'unprocessable')
  refused(await hold(Date.now() + 9_999 * DAY_MS), 422, 'unprocessable', 'hold-too-long')
  is((await hold(Date.now() + DAY_MS)).status, 201)
  const after = await accesses(handle)
  is(
    after.list.accesses.some((access) => access.log === log && access.index === index),
    false,
  )
})

oversight('reckons up what a key has touched, and proves it', async () => {
  const handle = await desk.enrolled('touched')
  const { guard, auditor } = mesh.officers
  await verify(handle, 'touched')
  const breach = (by = [auditor]) => {
    const [from, to] = [Date.now() - DAY_MS, Date.now() + DAY_MS]
    const deed = { type: 'breach', officer: guard.signer.publicKey, from, to } as const
    return desk.ask<Reported>('/v1/oversight/breaches', deed, by, 'audit')
  }
  const { report, proof } = (await breach()).body.result
  is(report.officer, toBase64(guard.signer.publicKey))
  ok(report.acts.some(({ handles }) => handles.includes(toHex(handle))))
  is(verifyBreachReport(fromBase64(proof), mesh.roster).acts.length, report.acts.length)
  refused(await breach([guard]), 403, 'forbidden', 'role-may-not')
})

oversight('is told when an officer looks at their own relatives', async () => {
  const handle = await desk.enrolled('cousin')
  const { registrar, protector } = mesh.officers
  const officer = registrar.signer.publicKey
  const declare = (handles: readonly Uint8Array[], meant = handles) => {
    const nonce = new Uint8Array(32).fill(7)
    const commitment = relativesDigest(nonce, meant)
    const relatives = { handles: handles.map(toHex), nonce: toBase64(nonce) }
    const deed = { type: 'relatives', officer, commitment } as const
    return desk.ask('/v1/oversight/relatives', deed, [protector], 'data-protection', {
      extra: { relatives },
    })
  }
  refused(await declare([handle], []), 422, 'unprocessable')
  is((await declare([handle])).status, 201)
  await desk.done('/v1/persons/status', STATUS, [registrar], 'document-issue', { handle })
  const alarms = (by = [protector]) =>
    desk.ask<{ alarms: { kind: string; officer: { name: string } }[] }>(
      '/v1/oversight/alarms',
      { type: 'alarms' },
      by,
      'data-protection',
    )
  const raised = (await alarms()).body.result.alarms.find(({ kind }) => kind === 'own-relative')
  is(raised?.officer.name, 'enrolment-officer')
  refused(await alarms([registrar]), 403, 'forbidden', 'role-may-not')
})

oversight('puts a person on the watch list, and takes them off, by two', async () => {
  const handle = await desk.enrolled('wanted')
  const { adjudicator, protector, guard } = mesh.officers
  const watch = (listed: 'added' | 'removed', by = [adjudicator, protector]) => {
    const deed = { type: 'watch', listed, cause: 'wanted' } as const
    return desk.ask('/v1/watch-list', deed, by, 'criminal-investigation', { handle })
  }
  const cause = async () => {
    const asked = ['/v1/persons/status', STATUS, [guard], 'border-control', { handle }] as const
    return (await desk.done(...asked))['watch']
  }
  refused(await watch('added', [adjudicator]), 403, 'forbidden', 'second-person-needed')
  is(await cause(), undefined)
  is((await watch('added')).status, 201)
  is(await cause(), 'wanted')
  is((await watch('removed')).status, 201)
  is(await cause(), undefined)
})

oversight.run()

async function verify(handle: Uint8Array, name: string): Promise<void> {
  const query = mesh.signedQuery({ handle, fingers: testPerson(name).capture('at the desk') })
  is((await client.post('/v1/verify', bodyOf(query))).status, 200)
}

function accesses(handle: Uint8Array, offset?: number): Promise<Listed> {
  const by = [mesh.officers.registrar]
  const extra = offset === undefined ? {} : { offset }
  return desk.done<Listed>('/v1/persons/accesses', { type: 'accesses' }, by, 'subject-access', {
    handle,
    extra,
  })
}
