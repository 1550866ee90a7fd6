import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { decodeEntry, encodeEntry } from '../../../protocol/entry/entry.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { SEARCHES, searchRequests } from '../../../protocol/message/search.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { decodeStatement } from '../../../protocol/statement.ts'
import { expandedLog } from '../../support/expanded-log.ts'
import { startTestMesh, type TestMesh, type TestRequest } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const PATIENCE_MS = 10_000

const promises = suite<{ mesh: TestMesh }>('a search over three nodes')

promises.before(async (state) => {
  state.mesh = await startTestMesh({ nodes: 3, shards: 6, replicas: 2 })
})

promises.after(async ({ mesh }) => mesh.close())

promises('finds at every node whom any node has just enrolled', async ({ mesh }) => {
  for (let i = 0; i < 12; i += 1) {
    const person = testPerson(`just enrolled ${i}`)
    const request = mesh.signedEnrolment({ fingers: person.capture() })
    await mesh.node(i % 3).enrolment.enrol(request)
    const asked = mesh.signedQuery({ fingers: person.capture('again') })
    const { answer } = await mesh.node((i + 1) % 3).search.ask(asked)
    // Whoever asks elsewhere at once may know nothing of the enrolment yet, and then says so.
    if (answer.verdict === 'hit') is(toHex(answer.candidates[0]!.handle), toHex(request.handle))
    const here = await mesh.node(i % 3).search.ask(asked)
    is(here.answer.verdict, 'hit')
    is(toHex(here.answer.candidates[0]!.handle), toHex(request.handle))
  }
})

promises(
  'is in the log before it is answered, at the asker and at every shard',
  async ({ mesh }) => {
    const asked = mesh.signedQuery({ fingers: testPerson('somebody').capture() })
    const { bundle, answer } = await mesh.node(0).search.ask(asked)
    const places = (await expandedLog(mesh.node(0))).map(({ entry }) => entry)
    const query = places.findIndex((entry) => isAbout(entry, 'query', answer.queryId))
    const search = places.findIndex((entry) => isAbout(entry, 'search', answer.queryId))
    ok(query >= 0, 'the query is logged')
    ok(search < 0 || search > query, 'and no shard of this node came before it')
    for (const { search: logged } of bundle.parts) {
      const node = mesh.nodes.find(({ name }) => name === logged.log)!
      const own = await expandedLog(node)
      ok(
        own.some(({ bytes }) => toHex(bytes) === toHex(logged.entry)),
        `${logged.log} logged its part`,
      )
    }
  },
)

promises('is not run for a query that is not proven to be logged', async ({ mesh }) => {
  const request = mesh.signedQuery({ fingers: testPerson('somebody').capture() })
  const { bundle } = await mesh.node(0).search.ask(request)
  const ask = async (query: typeof bundle.query, by = 0, payload = request.payload) => {
    const shards = mesh.node(1).keeper.shards
    const encoded = searchRequests.encode({ query, payload, shards, epoch: 1 })
    const before = mesh.node(1).ledger.own.size
    const code = await mesh
      .node(by)
      .mesh.call(mesh.node(1).name, SEARCHES, encoded, { deadline: Date.now() + PATIENCE_MS })
      .then(
        () => 'answered',
        (error: unknown) => asTamgaError(error).code,
      )
    if (code !== 'answered') is(mesh.node(1).ledger.own.size, before, 'and nothing is logged')
    return code
  }
  is(await ask(bundle.query), 'answered')
  const entry = decodeEntry(bundle.query.entry)
  const forged = encodeEntry({ ...entry, at: entry.at + 1 })
  is(await ask({ ...bundle.query, entry: forged }), 'bad-proof')
  is(await ask(bundle.query, 2), 'forbidden')
  const other = mesh.signedQuery({ fingers: testPerson('another').capture() })
  is(await ask(bundle.query, 0, other.payload), 'bad-proof')
})

promises('is refused to whom the roster does not entitle', async ({ mesh }) => {
  const fingers = testPerson('somebody').capture()
  const { own } = mesh.node(0).ledger
  const ask = async (request: TestRequest) => {
    const before = own.size
    const found = mesh.node(0).search.ask(request)
    const code = await found.then(
      () => 'answered',
      (error: unknown) => asTamgaError(error).code,
    )
    const logged = (await own.stored.entries(before, own.size)).map((bytes) => decodeEntry(bytes))
    return [code, ...logged.map((entry) => (entry.type === 'refused' ? entry.reason : entry.type))]
  }
  const { registrar, stranger } = mesh.officers
  const day = 86_400_000
  const { at } = decodeStatement(mesh.signedQuery({ fingers }).signed.statement)
  const refused = ['forbidden', 'role-may-not']
  equal(await ask(mesh.signedQuery({ fingers, officer: registrar })), refused)
  const stale = { at: at - day - 60_000 }
  equal(await ask(mesh.signedQuery({ fingers, statement: stale })), ['forbidden'])
  equal(await ask(mesh.signedQuery({ fingers, officer: stranger })), ['forbidden'])
  equal(await ask(mesh.signedQuery({ fingers, statement: { network: 'other.kz' } })), ['forbidden'])
})

promises('has its outcome in the log before it is answered', async ({ mesh }) => {
  const person = testPerson('with an outcome')
  await enrolled(mesh, person)
  const { own } = mesh.node(0).ledger
  const before = own.size
  const asked = mesh.signedQuery({ fingers: person.capture('again') })
  const { answer } = await mesh.node(0).search.ask(asked)
  const logged = await expandedLog(mesh.node(0), before)
  const query = logged.find(({ entry }) => entry.type === 'query')
  const [outcome] = logged.flatMap(({ entry }) => (entry.type === 'outcome' ? [entry] : []))
  ok(outcome && isAbout(query!.entry, 'query', answer.queryId))
  equal([outcome.query, outcome.queryId], [query!.leaf, answer.queryId])
  is(outcome.batch, query!.index)
  equal([outcome.verdict, outcome.candidates], [answer.verdict, answer.candidates])
})

promises('of the same fingers twice at a time enrols one person', async ({ mesh }) => {
  const fingers = testPerson('twice').capture()
  const requests = Array.from({ length: 4 }, () => mesh.signedEnrolment({ fingers }))
  const outcomes = await Promise.allSettled(
    requests.map(async (request) => mesh.node(0).enrolment.enrol(request)),
  )
  is(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  const codes = outcomes.flatMap((outcome) => {
    return outcome.status === 'rejected' ? [asTamgaError(outcome.reason).code] : []
  })
  ok(
    codes.every((code) => code === 'conflict' || code === 'duplicate'),
    codes.join(' '),
  )
})

const losses = suite('a search when nodes are gone')

losses('is complete with one of two replicas, and names what is silent without both', async () => {
  const mesh = await startTestMesh({ nodes: 3, shards: 6, replicas: 2 })
  try {
    const person = testPerson('searched for')
    const { handle } = await enrolled(mesh, person)
    await mesh.settled()
    const ask = async () => {
      const asked = mesh.signedQuery({ fingers: person.capture('again') })
      return mesh.node(0).search.ask({ ...asked, timeoutMs: 2_000 })
    }
    await mesh.stop(1)
    const whole = await ask()
    is(whole.answer.verdict, 'hit')
    ok(whole.answer.shards.every(({ answeredBy }) => answeredBy !== undefined))

    await mesh.stop(2)
    const { answer, encoded } = await ask()
    const names = [mesh.roster.nodes[1]!.name, mesh.roster.nodes[2]!.name]
    const lost = answer.shards.filter(({ answeredBy }) => answeredBy === undefined)
    const expected = Array.from({ length: mesh.roster.shards }, (_, shard) => shard).filter(
      (shard) => replicasOf(shard, mesh.roster).every((name) => names.includes(name)),
    )
    ok(expected.length > 0, 'the roster has shards that only the two hold')
    equal(
      lost.map(({ shard }) => shard),
      expected,
    )
    const isLost = expected.includes(shardOf(handle, mesh.roster))
    is(answer.verdict, isLost ? 'incomplete' : 'hit')
    is(verifyAnswer(encoded, mesh.roster).answer.verdict, answer.verdict)
  } finally {
    await mesh.close()
  }
})

losses('is never "no hit" while a shard is silent', async () => {
  const mesh = await startTestMesh({ nodes: 2, shards: 4, replicas: 1 })
  try {
    await mesh.stop(1)
    const asked = mesh.signedQuery({ fingers: testPerson('nobody').capture() })
    const { answer } = await mesh.node(0).search.ask({ ...asked, timeoutMs: 1_000 })
    is(answer.verdict, 'incomplete')
    const request = mesh.signedEnrolment({ fingers: testPerson('newcomer').capture() })
    const refused = mesh.node(0).enrolment.enrol(request)
    const code = await refused.then(
      () => 'enrolled',
      (error: unknown) => asTamgaError(error).code,
    )
    is(code, 'incomplete', 'nobody is enrolled whom not every shard was searched for')
  } finally {
    await mesh.close()
  }
})

promises.run()
losses.run()

async function enrolled(mesh: TestMesh, person: ReturnType<typeof testPerson>) {
  const request = mesh.signedEnrolment({ fingers: person.capture() })
  await mesh.node(0).enrolment.enrol(request)
  return request
}

function isAbout(
  entry: ReturnType<typeof decodeEntry>,
  type: 'query' | 'search',
  queryId: Uint8Array,
): boolean {
  return entry.type === type && toHex(entry.queryId) === toHex(queryId)
}
