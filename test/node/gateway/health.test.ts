import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { fromBase64 } from '../../../crypto/bytes.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { healthOf, type Health } from '../../../node/gateway/health.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { replicasOf } from '../../../protocol/shards.ts'
import { bodyOf, startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, startGateway, type AnswerBody, type ErrorBody } from './support/client.ts'

/** Enough that some have no replica on the first of three nodes. */
const SHARDS = 8

const healths = suite('the health of a node')

healths(
  'is bad exactly while a shard has no live replica, and answers name that shard',
  async () => {
    const mesh = await startTestMesh({ nodes: 3, shards: SHARDS, replicas: 2 })
    const gateway = await startGateway(mesh.node())
    const client = new Client(gateway)
    try {
      equal(await failing(client), [])

      await mesh.stop(1)
      await connected(mesh, 1)
      equal(await failing(client), [])
      is((await identify(mesh, client)).verdict, 'no-hit')

      await mesh.stop(2)
      await connected(mesh, 0)
      equal(await failing(client), ['shards-reachable'])
      const orphaned = [...Array(SHARDS).keys()].filter(
        (shard) => !replicasOf(shard, mesh.roster).includes(mesh.node().name),
      )
      ok(orphaned.length > 0)
      const answer = await identify(mesh, client)
      is(answer.verdict, 'incomplete')
      equal(answer.shards.silent, orphaned)
      is(answer.shards.answered, SHARDS - orphaned.length)
      const enrolment = mesh.signedEnrolment({ fingers: testPerson('late').capture() })
      const refusal = await client.post<ErrorBody>('/v1/enrol', bodyOf(enrolment))
      is(refusal.status, 503)
      is(refusal.body.error.code, 'incomplete')
      is(refusal.headers.get('retry-after'), '1')

      await mesh.start(2)
      await connected(mesh, 1)
      equal(await failing(client), [])
      await mesh.start(1)
      await mesh.settled()
      equal(await failing(client), [])
      is((await client.post('/v1/enrol', bodyOf(enrolment))).status, 201)
    } finally {
      await gateway.close()
      await mesh.close()
    }
  },
)

healths('is bad when its log takes no more entries', async () => {
  await withOne(async (mesh, client) => {
    equal(await failing(client), [])
    mesh.node().ledger.own.close()
    equal(await failing(client), ['log-accepts-entries'])
    const query = bodyOf(mesh.signedQuery({ fingers: testPerson('any').capture() }))
    const { status, body } = await client.post<ErrorBody>('/v1/identify', query)
    is(status, 503)
    is(body.error.code, 'closed')
  })
})

healths('is bad when its log refuses to sign, and says why', async () => {
  await withOne(async (mesh, client) => {
    mesh.node().ledger.own.refuse('somebody else has its key')
    equal(await failing(client), ['log-accepts-entries'])
    const { body } = await client.get<Health>('/health')
    is(body.checks.find(({ passed }) => !passed)?.detail, 'somebody else has its key')
    const query = bodyOf(mesh.signedQuery({ fingers: testPerson('any').capture() }))
    const refusal = await client.post<ErrorBody>('/v1/identify', query)
    equal([refusal.status, refusal.body.error.code], [503, 'not-ready'])
  })
})

healths('costs the log nothing to ask for', async () => {
  await withOne(async (mesh, client) => {
    const { size } = mesh.node().ledger.own
    for (let i = 0; i < 10; i += 1) equal(await failing(client), [])
    is(mesh.node().ledger.own.size, size)
  })
})

healths('is bad when a sealed record is gone, and nobody is told "no hit"', async () => {
  await withOne(async (mesh, client, restarted) => {
    const person = testPerson('kept')
    const enrolment = mesh.signedEnrolment({ fingers: person.capture() })
    is((await client.post('/v1/enrol', bodyOf(enrolment))).status, 201)
    const after = await restarted(async (folder) => {
      const store = await LevelStore.open(folder)
      const records = await store.range('vault/', 'vault0', 10)
      is(records.length, 1)
      await store.batch(
        records.map(([key]) => ({ type: 'del' as const, key })),
        { durable: true },
      )
      await store.close()
    })
    equal(await failing(after), ['sealed-records-present'])
    is((await identify(mesh, after, 'kept')).verdict, 'incomplete')
  })
})

healths('shows the law in force, and how many cases wait too long, without being bad', async () => {
  await withOne(async (mesh, client) => {
    for (const label of ['first', 'second visit']) {
      const fingers = testPerson('twice').capture(label)
      await client.post('/v1/enrol', bodyOf(mesh.signedEnrolment({ fingers })))
    }
    const { body } = await client.get<Health>('/health')
    const details = new Map(body.checks.map(({ name, detail }) => [name, detail]))
    is(details.get('law-in-force'), 'seed-2017 since 2017-01-01')
    is(details.get('cases-decided-in-time'), '0 overdue of 1 open')
    const { caseDays } = mesh.node().registry.laws.policies[0]!
    const later = healthOf(mesh.node(), Date.now() + (2 * caseDays + 1) * 86_400_000)
    is(later.healthy, true)
    const overdue = later.checks.find(({ name }) => name === 'cases-decided-in-time')
    is(overdue?.detail, '1 overdue of 1 open')
  })
})

healths.run()

/** Names of the checks that failed. The status must say the same. */
async function failing(client: Client): Promise<string[]> {
  const { status, body } = await client.get<Health>('/health')
  const names = body.checks.filter(({ passed }) => !passed).map(({ name }) => name)
  is(body.healthy, names.length === 0)
  is(status, body.healthy ? 200 : 503)
  is(body.checks.length, 10)
  return names
}

async function identify(mesh: TestMesh, client: Client, name = 'a stranger'): Promise<AnswerBody> {
  const query = bodyOf(mesh.signedQuery({ fingers: testPerson(name).capture('later') }))
  const { status, body } = await client.post<AnswerBody>('/v1/identify', {
    ...query,
    timeoutMs: 5_000,
  })
  is(status, 200)
  is(verifyAnswer(fromBase64(body.proof), mesh.roster).answer.verdict, body.verdict)
  return body
}

async function connected(mesh: TestMesh, peers: number): Promise<void> {
  await until(() => mesh.node().mesh.connected().length === peers)
}

type Tamper = (folder: string) => Promise<void>

/** A node alone, and what stops it, tampers with its disk and starts it again. */
async function withOne(
  work: (
    mesh: TestMesh,
    client: Client,
    restarted: (tamper: Tamper) => Promise<Client>,
  ) => Promise<void>,
): Promise<void> {
  const mesh = await startTestMesh()
  const gateways: Gateway[] = [await startGateway(mesh.node())]
  try {
    await work(mesh, new Client(gateways[0]!), async (tamper) => {
      await mesh.stop(0)
      await tamper(mesh.folder(0))
      const gateway = await startGateway(await mesh.start(0))
      gateways.push(gateway)
      return new Client(gateway)
    })
  } finally {
    for (const gateway of gateways) await gateway.close()
    await mesh.close()
  }
}
