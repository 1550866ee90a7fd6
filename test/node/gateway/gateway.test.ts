import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { fromBase64, fromHex, toBase64, toHex } from '../../../crypto/bytes.ts'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { verifyTlogProof } from '../../../crypto/tlog-proof.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { expandedLog } from '../../support/expanded-log.ts'
import { bodyOf, deedBodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway } from './support/client.ts'
import type { AnswerBody, EnrolledBody, ErrorBody } from './support/client.ts'

const gateways = suite('a gateway of a mesh of three')

let mesh: TestMesh
let gateway: Gateway
let other: Gateway
let client: Client
let elsewhere: Client

gateways.before(async () => {
  mesh = await startTestMesh({ nodes: 3 })
  gateway = await startGateway(mesh.node(0))
  other = await startGateway(mesh.node(1))
  client = new Client(gateway)
  elsewhere = new Client(other)
})

gateways.after(async () => {
  await gateway.close()
  await other.close()
  await mesh.close()
})

gateways('enrols a person whom it did not know, and proves it', async () => {
  const { status, body } = await enrol('aigul')
  is(status, 201)
  equal(body.replicas, replicasOf(body.shard, mesh.roster))
  is(body.log, mesh.node(0).name)
  is(body.duplicateCheck?.verdict, 'no-hit')
  is(body.duplicateCheck?.shards.silent.length, 0)
  const entry = decodeEntryOf('enrolment', fromBase64(body.entry))
  is(toHex(entry.handle), body.handle)
  is(checkProof(body), BigInt(body.index))
})

gateways('finds the person at another node, with an answer that a stranger can check', async () => {
  const { body: enrolled } = await enrol('finds')
  await mesh.settled()
  const query = mesh.signedQuery({ fingers: testPerson('finds').capture('at the border') })
  const { status, body } = await elsewhere.post<AnswerBody>('/v1/identify', bodyOf(query))
  is(status, 200)
  is(body.verdict, 'hit')
  is(body.node, mesh.node(1).name)
  is(body.candidates[0]?.handle, enrolled.handle)
  is(body.shards.answered, mesh.roster.shards)
  is(body.searched, mesh.node(1).registry.people)

  const proven = verifyAnswer(fromBase64(body.proof), mesh.roster)
  is(toHex(proven.answer.queryId), body.queryId)
  is(proven.answer.verdict, body.verdict)
  is(proven.searched, body.searched)
  is(proven.answer.candidates[0]?.score, body.candidates[0]?.score)
  ok(body.candidates[0]!.falseMatchRate < 1e-6)
})

gateways('says no hit of somebody who is not enrolled', async () => {
  const query = mesh.signedQuery({ fingers: testPerson('nobody').capture() })
  const { status, body } = await client.post<AnswerBody>('/v1/identify', bodyOf(query))
  is(status, 200)
  is(body.verdict, 'no-hit')
  equal(body.candidates, [])
})

gateways('verifies a person, and asks one shard for it', async () => {
  const { body: enrolled } = await enrol('verifies')
  await mesh.settled()
  const handle = fromHex(enrolled.handle)
  const same = await verify(handle, 'verifies')
  is(same.verdict, 'hit')
  equal(
    same.shards.outcomes.map(({ shard }) => shard),
    [shardOf(handle, mesh.roster)],
  )
  const another = await verify(handle, 'somebody else')
  is(another.verdict, 'no-hit')
  is(another.candidates[0]?.handle, enrolled.handle)
})

gateways('holds an enrolment whose fingers are there already, and shows whose', async () => {
  const { body: enrolled } = await enrol('twice')
  await mesh.settled()
  const again = mesh.signedEnrolment({ fingers: testPerson('twice').capture('second visit') })
  const { status, body } = await elsewhere.post<EnrolledBody>('/v1/enrol', bodyOf(again))
  is(status, 202)
  is(body.status, 'suspended')
  is(body.case, toHex(hashLeaf(fromBase64(body.entry))))
  is(body.duplicateCheck?.candidates[0]?.handle, enrolled.handle)
  verifyAnswer(fromBase64(body.duplicateCheck!.proof), mesh.roster)
  is(checkProof(body), BigInt(body.index))
})

gateways('answers an enrolment that is sent again with the one that is there', async () => {
  const request = mesh.signedEnrolment({ fingers: testPerson('bolat').capture() })
  const first = await client.post<EnrolledBody>('/v1/enrol', bodyOf(request))
  await mesh.settled()
  for (const anywhere of [client, elsewhere]) {
    const { status, body } = await anywhere.post<EnrolledBody>('/v1/enrol', bodyOf(request))
    is(status, 200)
    is(body.duplicateCheck, undefined)
    is(body.log, first.body.log)
    is(body.index, first.body.index)
    is(body.entry, first.body.entry)
    is(checkProof(body), BigInt(body.index))
  }
})

gateways("refuses a handle that is another enrolment's", async () => {
  const { body: enrolled } = await enrol('taken')
  await mesh.settled()
  const handle = fromHex(enrolled.handle)
  const claim = mesh.signedEnrolment({ handle, fingers: testPerson('claims').capture() })
  const { status, body } = await client.post<ErrorBody>('/v1/enrol', bodyOf(claim))
  is(status, 409)
  is(body.error.code, 'conflict')
})

gateways('takes the prints of a person anew, and of nobody else under their handle', async () => {
  const { body: enrolled } = await enrol('anew')
  await mesh.settled()
  const handle = fromHex(enrolled.handle)
  await mesh.compared(handle)
  const by = [mesh.officers.registrar]
  const confirmation = deedBodyOf(mesh.signedDeed({ type: 'confirmation' }, by, { handle }))
  is((await client.post('/v1/persons/deeds', confirmation)).status, 201)
  const update = (name: string) => {
    const fingers = testPerson(name).capture('years later')
    const request = mesh.signedEnrolment({ handle, fingers, statement: { action: 'update' } })
    return client.post<EnrolledBody>('/v1/enrol', bodyOf(request))
  }
  refused(await update('an impostor'), 409, 'conflict', 'not-the-same-person')
  const { status, body } = await update('anew')
  is(status, 201, JSON.stringify(body))
  is(body.status, 'updated')
  is(body.case, undefined)
})

gateways('says by which rule somebody is not enrolled', async () => {
  const fingers = testPerson('child').capture()
  const application = { born: '2020-01-01' }
  const child = mesh.signedEnrolment({ fingers, application })
  refused(await client.post('/v1/enrol', bodyOf(child)), 422, 'unprocessable', 'under-age')
})

gateways('proves every entry of every log that it has', async () => {
  const { ledger } = mesh.node(0)
  for (const { node: log, size } of ledger.frontier()) {
    const entries = await ledger.stored(log).entries(0, size)
    for (const [index, bytes] of entries.entries()) {
      const { status, body } = await client.get<Proof>(`/v1/proof/${log}/${index}`)
      equal([status, body.index, body.leaf], [200, index, toHex(hashLeaf(bytes))])
      is(checkProof({ ...body, entry: toBase64(bytes) }), BigInt(index))
      equal(Object.keys(body).sort(), ['index', 'leaf', 'log', 'proof'], 'and says not what it is')
    }
  }
})

gateways('hands out the checkpoints and the roster as they were signed', async () => {
  await mesh.settled()
  const { body: heads } =
    await client.get<{ log: string; size: number; checkpoint: string }[]>('/v1/checkpoints')
  equal(
    heads.map(({ log }) => log),
    mesh.roster.nodes.map(({ name }) => name),
  )
  for (const { log, size, checkpoint } of heads) {
    const { text, headers } = await client.get(`/v1/checkpoint/${log}`)
    match(headers.get('content-type') ?? '', /^text\/plain/)
    is(text, checkpoint)
    is(openCheckpoint(text, ...keyOf(log)).size, BigInt(size))
  }
  const roster = await client.get('/v1/roster')
  match(roster.headers.get('content-type') ?? '', /^text\/plain/)
  is(roster.text, mesh.rosterNote)
})

gateways('tells its numbers', async () => {
  const { status, body } = await client.get<Record<string, unknown>>('/v1/status')
  const { registry, ledger, keeper } = mesh.node(0)
  is(status, 200)
  is(body['node'], 'region-1')
  is(body['network'], mesh.roster.network)
  is(body['people'], registry.people)
  is(body['missing'], 0)
  equal(body['shards'], keeper.shards)
  equal(body['entries'], Object.fromEntries(registry.entries))
  equal(
    body['logs'],
    ledger.frontier().map(({ node, size }) => ({ log: node, size })),
  )
  equal(body['peers'], [
    { name: 'region-2', connected: true },
    { name: 'region-3', connected: true },
  ])
})

gateways('keeps no more candidates than it is asked for', async () => {
  const fingers = testPerson('aigul').capture('limited')
  const body = { ...bodyOf(mesh.signedQuery({ fingers })), limit: 1, timeoutMs: 20_000 }
  const answer = await client.post<AnswerBody>('/v1/identify', body)
  is(answer.status, 200)
  ok(answer.body.candidates.length <= 1)
  const query = await logged(answer.body.queryId)
  is(query?.type === 'query' && query.limit, 1)
})

gateways('takes many questions and enrolments at once, each answered for itself', async () => {
  const newcomers = Array.from({ length: 8 }, (_, i) => `newcomer ${i}`)
  const strangers = Array.from({ length: 8 }, (_, i) => `stranger ${i}`)
  const [enrolled, asked] = await Promise.all([
    Promise.all(newcomers.map((name) => enrol(name))),
    Promise.all(
      strangers.map((name) => {
        const query = mesh.signedQuery({ fingers: testPerson(name).capture() })
        return elsewhere.post<AnswerBody>('/v1/identify', bodyOf(query))
      }),
    ),
  ])
  equal(
    enrolled.map(({ status }) => status),
    newcomers.map(() => 201),
  )
  equal(
    asked.map(({ status }) => status),
    strangers.map(() => 200),
  )
  is(new Set(enrolled.map(({ body }) => body.index)).size, newcomers.length)
  is(new Set(asked.map(({ body }) => body.queryId)).size, strangers.length)
  equal(
    asked.map(({ body }) => body.verdict),
    strangers.map(() => 'no-hit'),
  )
})

gateways('enrols once, however often the same enrolment arrives at once', async () => {
  await mesh.settled()
  const before = mesh.node(0).registry.people
  const request = bodyOf(mesh.signedEnrolment({ fingers: testPerson('hasty').capture() }))
  const replies = await Promise.all(
    Array.from({ length: 6 }, () => client.post<EnrolledBody & ErrorBody>('/v1/enrol', request)),
  )
  await mesh.settled()
  is(mesh.node(0).registry.people, before + 1)
  is(replies.filter(({ status }) => status === 201).length, 1)
  for (const { status, body } of replies) if (status === 409) is(body.error.code, 'conflict')
  equal(
    replies.filter(({ status }) => ![200, 201, 409].includes(status)),
    [],
  )
})

gateways.run()

function enrol(name: string) {
  const request = mesh.signedEnrolment({ fingers: testPerson(name).capture() })
  return client.post<EnrolledBody>('/v1/enrol', bodyOf(request))
}

async function verify(handle: Uint8Array, name: string): Promise<AnswerBody> {
  const query = mesh.signedQuery({ handle, fingers: testPerson(name).capture('at the desk') })
  const { status, body } = await client.post<AnswerBody>('/v1/verify', bodyOf(query))
  is(status, 200)
  verifyAnswer(fromBase64(body.proof), mesh.roster)
  return body
}

/** Where the entry is proven to stand. */
interface Proof {
  readonly log: string
  readonly index: number
  readonly leaf: string
  readonly proof: string
}

function checkProof({ log, entry, proof }: { log: string; entry: string; proof: string }): bigint {
  return verifyTlogProof(fromBase64(entry), proof, ...keyOf(log)).index
}

function keyOf(log: string) {
  const { network, nodes } = mesh.roster
  const node = nodes.find(({ name }) => name === log)
  if (!node) throw new Error(`no node ${log}`)
  return [logOrigin(network, log), logVerifier(network, node)] as const
}

/** The query as it stands in the log of the node that was asked. */
async function logged(queryId: string) {
  const said = (await expandedLog(mesh.node(0))).map(({ entry }) => entry)
  return said.find((entry) => entry.type === 'query' && toHex(entry.queryId) === queryId)
}
