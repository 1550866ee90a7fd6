import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { addDays, addYears, civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { encodePolicy } from '../../../protocol/rules/policy.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, refused, startGateway, type ReasonBody } from './support/client.ts'
import { Desk } from './support/desk.ts'

interface Policies {
  readonly today: string
  readonly inForce?: string
  readonly policies: readonly Record<string, unknown>[]
}

interface Decision {
  readonly on: string
  readonly policy: string
  readonly verdict: string
  readonly reasons: readonly ReasonBody[]
  readonly refusal: { readonly fineTenthsOfMrp: number; readonly blocksDocument: boolean }
  readonly dna?: { readonly verdict: string; readonly reasons: readonly ReasonBody[] }
}

interface Statistics {
  readonly all: { readonly searches: number; readonly fpir: { readonly trials: number } }
  readonly byRegion: Record<string, { readonly searches: number }>
}

const law = suite('the law over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client
let desk: Desk

law.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
  desk = new Desk(mesh, client)
})

law.after(async () => {
  await gateway.close()
  await mesh.close()
})

law('can be read by everybody, all of it', async () => {
  const { body } = await client.get<Policies>('/v1/policies')
  is(body.today, civilDateAt(Date.now()))
  is(body.inForce, 'seed-2017')
  equal(body.policies, [JSON.parse(JSON.stringify(SEED_2017))])
})

law('decides about the ages of the seed on the day, and the day before', async () => {
  const today = civilDateAt(Date.now())
  const citizen = { citizenship: 'citizen', consent: 'none' }
  const born = (years: number, days = 0) => addDays(addYears(today, -years), days)
  const cases: [object, verdict: string, reason: string][] = [
    [{ ...citizen, born: born(16) }, 'mandatory', 'citizen-duty'],
    [{ ...citizen, born: born(16, 1) }, 'refused', 'consent-missing'],
    [{ ...citizen, born: born(12, 1) }, 'refused', 'under-age'],
    [
      { ...citizen, born: born(12), consent: 'own', consentForm: 'f' },
      'permitted',
      'consent-given',
    ],
    [{ ...citizen, citizenship: 'foreign-resident', born: born(30) }, 'mandatory', 'resident-duty'],
    [{ ...citizen, citizenship: 'foreign-visitor', born: born(30) }, 'refused', 'not-covered'],
    [citizen, 'refused', 'birth-date-unknown'],
  ]
  for (const [facts, verdict, reason] of cases) {
    const { status, body, text } = await client.post<Decision>('/v1/decisions', facts)
    is(status, 200, text)
    is(body.verdict, verdict, JSON.stringify(facts))
    is(body.reasons[0]?.code, reason)
    equal(Object.keys(body.reasons[0]!), ['code', 'en', 'kk', 'ru'])
  }
})

law('says what a refusal costs, what DNA is owed, and which fingers are wanted', async () => {
  const facts = { born: '1990', citizenship: 'citizen', consent: 'none' }
  const dna = { ground: 'serious-convict', consent: 'none' }
  const { body } = await client.post<Decision>('/v1/decisions', { ...facts, dna })
  equal(body.refusal, { fineTenthsOfMrp: 50, blocksDocument: true })
  is(body.dna?.verdict, 'mandatory')
  is(body.dna?.reasons[0]?.code, 'dna-convict-duty')
  const fingers = [{ position: 2, attempts: [60] }]
  const one = await client.post<Decision>('/v1/decisions', { ...facts, fingers })
  is(one.body.reasons[0]?.code, 'fingers-missing')
  const early = await client.post('/v1/decisions', { ...facts, on: '2016-12-31' })
  refused(early, 422, 'unprocessable', 'no-policy')
})

law('costs the log nothing to read or to reckon with', async () => {
  const { own } = mesh.node().ledger
  const before = own.size
  await client.get('/v1/policies')
  await client.get('/v1/statistics')
  await client.post('/v1/decisions', { citizenship: 'citizen', consent: 'none', born: '1990' })
  is(own.size, before)
})

law('is changed by two persons of two roles, once', async () => {
  const { protector, administrator, adjudicator } = mesh.officers
  const adopt = (by = [protector, administrator]) => {
    const deed = { type: 'policy', policy: encodePolicy(KZ_2024) } as const
    return desk.ask('/v1/policies', deed, by, 'administration')
  }
  refused(await adopt([administrator]), 403, 'forbidden', 'second-person-needed')
  refused(await adopt([administrator, adjudicator]), 403, 'forbidden', 'role-may-not')
  is((await client.get<Policies>('/v1/policies')).body.policies.length, 1)
  is((await adopt()).status, 201)
  const { body } = await client.get<Policies>('/v1/policies')
  is(body.inForce, 'kz-2024')
  equal(
    body.policies.map(({ id }) => id),
    ['seed-2017', 'kz-2024'],
  )
  refused(await adopt(), 409, 'conflict', 'policy-in-force')
  const facts = { born: '1990', citizenship: 'citizen', consent: 'none' }
  is((await client.post<Decision>('/v1/decisions', facts)).body.verdict, 'refused')
  const then = await client.post<Decision>('/v1/decisions', { ...facts, on: '2023-01-01' })
  is(then.body.policy, 'seed-2017')
})

law('tells how often searches erred, as far as cases are decided', async () => {
  const before = (await client.get<Statistics>('/v1/statistics')).body
  await desk.enrol('counted')
  await desk.enrol('counted', 'second visit')
  const { body } = await client.get<Statistics>('/v1/statistics')
  is(body.all.searches, before.all.searches + 2)
  is(body.byRegion['region-1']?.searches, body.all.searches)
  // The second one's case is open, and counts for nothing yet.
  is(body.all.fpir.trials, before.all.fpir.trials + 1)
  ok(JSON.stringify(body).includes('interval'))
})

law.run()
