import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { fromBase64, fromHex, toBase64, toHex } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { verifyTlogProof } from '../../../crypto/tlog-proof.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { systemRandom } from '../../../node/random.ts'
import { resolutionDigest, type Deed } from '../../../protocol/deed.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { STATEMENT_AGE_MS_MAX } from '../../../protocol/statement.ts'
import { someIins } from '../../support/iins.ts'
import { bodyOf, deedBodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway, type AnswerBody } from './support/client.ts'
import { Desk } from './support/desk.ts'

interface Status {
  readonly status: string
  readonly case?: string
  readonly documents: readonly { readonly document: string }[]
  readonly history: readonly { readonly type: string; readonly by: readonly object[] }[]
}

interface Waiting {
  readonly id: string
  readonly kind: string
  readonly subject?: string
  readonly candidates: number
}

interface File {
  readonly id: string
  readonly subject?: string
  readonly candidates: readonly { readonly handle: string; readonly score: number }[]
  readonly opinions: readonly { readonly finding: string }[]
  readonly resolution: string
}

const CHANGES = '/v1/persons/deeds'
const STATUS: Deed = { type: 'status' }

const deeds = suite('a deed over HTTP')

let mesh: TestMesh
let gateways: Gateway[]
let clients: Client[]
let desk: Desk
let elsewhere: Desk

deeds.before(async () => {
  mesh = await startTestMesh({ nodes: 2 })
  gateways = await Promise.all(mesh.nodes.map(async (node) => startGateway(node)))
  clients = gateways.map((gateway) => new Client(gateway))
  desk = new Desk(mesh, clients[0]!)
  elsewhere = new Desk(mesh, clients[1]!)
})

deeds.after(async () => {
  for (const gateway of gateways) await gateway.close()
  await mesh.close()
})

deeds('is proven to stand in the log of the node that did it', async () => {
  const handle = await desk.enrolled('proven')
  const { registrar } = mesh.officers
  const { body } = await desk.ask('/v1/persons/status', STATUS, [registrar], 'document-issue', {
    handle,
  })
  const { log, index, entry, proof } = body
  const node = mesh.roster.nodes.find(({ name }) => name === log)!
  const key = [logOrigin(mesh.roster.network, log), logVerifier(mesh.roster.network, node)] as const
  is(verifyTlogProof(fromBase64(entry), proof, ...key).index, BigInt(index))
  is(toHex(decodeEntryOf('act', fromBase64(entry)).subject!), toHex(handle))
})

deeds('tells at every node how a person stands, and by whom it came to that', async () => {
  const handle = await desk.enrolled('stands')
  const { registrar, guard } = mesh.officers
  await mesh.settled()
  for (const anywhere of [desk, elsewhere]) {
    const asked = ['/v1/persons/status', STATUS, [registrar], 'document-issue', { handle }] as const
    const { status, history } = await anywhere.done<Status>(...asked)
    is(status, 'provisional')
    equal(
      history.map(({ type }) => type),
      ['enrolment'],
    )
    equal(history[0]?.by, [
      {
        organisation: 'migration-service',
        role: 'enrolment-officer',
        purpose: 'document-issue',
        legalBasis: 'art. 11',
      },
    ])
  }
  const curious = await desk.ask('/v1/persons/status', STATUS, [guard], 'document-issue', {
    handle,
  })
  refused(curious, 403, 'forbidden', 'purpose-not-allowed')
})

deeds('that is refused although it was properly signed is logged', async () => {
  const { registrar, guard } = mesh.officers
  const { own } = mesh.node(0).ledger
  const handle = await desk.enrolled('tried')
  const attempts = [
    () => desk.ask('/v1/persons/status', STATUS, [guard], 'audit', { handle }),
    () => desk.ask('/v1/oversight/alarms', { type: 'alarms' }, [registrar], 'audit'),
  ]
  for (const attempt of attempts) {
    const before = own.size
    is((await attempt()).status, 403)
    is(own.size, before + 1)
    const [entry] = await own.stored.entries(before, before + 1)
    ok(decodeEntryOf('refused', entry!).reason)
  }
})

deeds('is good once, and not for long: its signatures can be read in the log', async () => {
  const handle = await desk.enrolled('replayed')
  const by = [mesh.officers.registrar]
  const body = deedBodyOf(mesh.signedDeed(STATUS, by, { handle }))
  is((await clients[0]!.post('/v1/persons/status', body)).status, 201)
  const { own } = mesh.node(0).ledger
  const before = own.size
  const again = await clients[0]!.post('/v1/persons/status', body)
  refused(again, 409, 'conflict', 'statement-used')
  const at = Date.now() - STATEMENT_AGE_MS_MAX - 60_000
  const late = await desk.ask('/v1/persons/status', STATUS, by, 'document-issue', { handle, at })
  refused(late, 403, 'forbidden', 'statement-stale')
  is(own.size, before)
})

deeds('takes a person from a provisional enrolment to a document, step by step', async () => {
  const handle = await desk.enrolled('steps')
  const by = [mesh.officers.registrar]
  const change = (deed: Deed) => desk.ask(CHANGES, deed, by, 'document-issue', { handle })
  const document = { type: 'document', document: 'passport', reference: reference() } as const
  refused(await change(document), 409, 'conflict', 'not-confirmed')
  refused(await change({ type: 'confirmation' }), 409, 'conflict', 'not-compared')
  await mesh.compared(handle)
  equal((await change({ type: 'confirmation' })).body.result, { status: 'confirmed' })
  refused(await change({ type: 'confirmation' }), 409, 'conflict', 'illegal-transition')
  equal((await change(document)).body.result, { status: 'documented' })
  const { documents } = await desk.done<Status>(
    '/v1/persons/status',
    STATUS,
    by,
    'document-issue',
    {
      handle,
    },
  )
  is(documents[0]?.document, 'passport')
})

deeds('says whether a document may be issued, and if not, why, in three languages', async () => {
  const handle = await desk.enrolled('eligible')
  await mesh.compared(handle)
  const by = [mesh.officers.registrar]
  await desk.done(CHANGES, { type: 'confirmation' }, by, 'document-issue', { handle })
  const ask = (document: 'passport' | 'residence-permit', officers = by) => {
    const deed = { type: 'eligibility', document } as const
    return desk.ask('/v1/persons/eligibility', deed, officers, 'document-issue', { handle })
  }
  is((await ask('passport')).body.result['eligible'], true)
  const { eligible, reasons } = (await ask('residence-permit')).body.result
  is(eligible, false)
  const [reason] = reasons as Record<string, string>[]
  equal(Object.keys(reason!), ['code', 'en', 'kk', 'ru'])
  is(reason?.['code'], 'document-not-for-citizenship')
  refused(await ask('passport', [mesh.officers.guard]), 403, 'forbidden', 'role-may-not')
})

deeds('finds the handle of a number, which stands in no log', async () => {
  const [digits, other] = someIins(2)
  const first = await resolve(digits!)
  is(first.status, 201, first.text)
  is((await resolve(digits!)).body.result['handle'], first.body.result['handle'])
  refused(await resolve(digits!, other), 422, 'unprocessable')
  refused(await resolve('000000000000'), 422, 'unprocessable')
  const { own } = mesh.node(0).ledger
  for (const entry of await own.stored.entries(0, own.size)) {
    is(Buffer.from(entry).includes(digits!), false)
  }
})

deeds('lets an examiner decide about a hit, and another one nothing any more', async () => {
  const { handle: known } = await desk.enrol('twin')
  const { handle: subject, case: id } = await desk.enrol('twin', 'second visit')
  const { adjudicator, registrar } = mesh.officers
  const by = [adjudicator]

  const queued = await desk.done<{ cases: Waiting[] }>(
    '/v1/cases/queue',
    { type: 'case-queue' },
    by,
    'adjudication',
  )
  const waiting = queued.cases.find((each) => each.id === id)
  is(waiting?.kind, 'duplicate')
  is(waiting?.subject, subject)
  is(waiting?.candidates, 1)
  const curious = await desk.ask('/v1/cases/queue', { type: 'case-queue' }, [registrar], 'audit')
  refused(curious, 403, 'forbidden', 'role-may-not')

  const file = await readFile(id!)
  is(file.subject, subject)
  is(file.candidates[0]?.handle, known)
  is(file.resolution, 'open')
  const unknown = { type: 'case-file', case: new Uint8Array(32) } as const
  refused(await desk.ask('/v1/cases/file', unknown, by, 'adjudication'), 404, 'not-found')

  const opine = () => {
    const deed = opinion(id!, known, 'different')
    const about = { handle: fromHex(subject) }
    return desk.ask('/v1/cases/opinions', deed, by, 'adjudication', about)
  }
  equal((await opine()).body.result, { status: 'provisional' })
  refused(await opine(), 409, 'conflict', 'case-decided')
  const { opinions, resolution } = await readFile(id!)
  is(resolution, 'different')
  equal(
    opinions.map(({ finding }) => finding),
    ['different'],
  )
})

deeds('demands a second examiner, whom the first one does not sway', async () => {
  const { handle: known } = await desk.enrol('blind')
  const { handle: subject, case: id } = await desk.enrol('blind', 'second visit')
  const by = [mesh.officers.adjudicator]
  const about = { handle: fromHex(subject) }
  const second = { type: 'second-examiner', case: fromHex(id!) } as const
  await desk.done('/v1/cases/opinions', second, by, 'adjudication', about)
  const said = opinion(id!, known, 'different')
  const after = await desk.done('/v1/cases/opinions', said, by, 'adjudication', about)
  equal(after, { status: 'suspended', case: id })
  is((await readFile(id!)).opinions.length, 1)
  is((await readFile(id!, mesh.officers.examiner)).opinions.length, 0)
})

deeds('releases an identity when a hit is confirmed, to two persons', async () => {
  const [, , digits] = someIins(3)
  const handle = fromHex(String((await resolve(digits!)).body.result['handle']))
  await desk.enrol('sought', 'first', handle)
  const { adjudicator, protector, examiner } = mesh.officers
  const fingers = testPerson('sought').capture('at the border')
  const query = bodyOf(mesh.signedQuery({ fingers }))
  is((await clients[0]!.post<AnswerBody>('/v1/identify', query)).body.verdict, 'hit')
  const id = await outcome()

  const release = (by = [adjudicator, protector]) => {
    const deed = { type: 'release', case: fromHex(id) } as const
    return desk.ask('/v1/persons/identity', deed, by, 'criminal-investigation', { handle })
  }
  refused(await release(), 409, 'conflict', 'case-open')
  const said = opinion(id, toHex(handle), 'same')
  await desk.done('/v1/cases/opinions', said, [adjudicator], 'adjudication')
  refused(await release([examiner]), 403, 'forbidden', 'second-person-needed')
  refused(await release([examiner, examiner]), 403, 'forbidden', 'same-person-twice')
  equal((await release()).body.result, { iin: digits })
})

deeds('erases by the decision of two, and the person is found no more', async () => {
  const handle = await desk.enrolled('gone')
  const { adjudicator, protector } = mesh.officers
  const erase = (by = [adjudicator, protector]) => {
    const deed = { type: 'erasure', ground: 'court-order' } as const
    return desk.ask(CHANGES, deed, by, 'court-order', { handle })
  }
  refused(await erase([protector]), 403, 'forbidden', 'second-person-needed')
  equal((await erase()).body.result, { status: 'erased' })
  refused(await erase(), 409, 'conflict', 'is-erased')
  const query = bodyOf(mesh.signedQuery({ fingers: testPerson('gone').capture('later') }))
  await mesh.settled()
  is((await clients[1]!.post<AnswerBody>('/v1/identify', query)).body.verdict, 'no-hit')
})

deeds.run()

function reference(): Uint8Array {
  return systemRandom.bytes(16)
}

function opinion(id: string, candidate: string, finding: 'same' | 'different'): Deed {
  const said = { candidate: fromHex(candidate), finding, reason: 'ridge counts' }
  return { type: 'opinion', case: fromHex(id), ...said }
}

function readFile(id: string, officer = mesh.officers.adjudicator): Promise<File> {
  const deed = { type: 'case-file', case: fromHex(id) } as const
  return desk.done<File>('/v1/cases/file', deed, [officer], 'adjudication')
}

/** Asks for the handle of a number, with a deed about that number or another. */
function resolve(digits: string, meant = digits) {
  const nonce = systemRandom.bytes(32)
  const deed = { type: 'resolution', commitment: resolutionDigest(nonce, meant) } as const
  const extra = { iin: { digits, nonce: toBase64(nonce) } }
  return desk.ask('/v1/persons/handle', deed, [mesh.officers.registrar], 'document-issue', {
    extra,
  })
}

/** The case that the last hit opened: named by the leaf hash of its outcome. */
async function outcome(): Promise<string> {
  const { own } = mesh.node(0).ledger
  const [entry] = await own.stored.entries(own.size - 1, own.size)
  decodeEntryOf('outcome', entry!)
  return toHex(hashLeaf(entry!))
}
