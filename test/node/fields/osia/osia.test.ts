import { generateKeyPairSync } from 'node:crypto'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { demoPeople, type DemoPerson } from '../../../../node/demo/people.ts'
import { HANDLE_BYTES } from '../../../../protocol/identifiers.ts'
import { until } from '../../../support/test-mesh.ts'
import {
  biometricData,
  encounter,
  missingBut,
  SCOPES,
  token,
  type OsiaClient,
} from './support/osia-client.ts'
import { OsiaStation } from './support/osia-station.ts'

interface Ids {
  readonly personId: string
  readonly encounterId: string
  readonly others: { readonly status: string; readonly case?: string }
}

interface Candidate {
  readonly personId: string
  readonly rank: number
  readonly score: number
  readonly scores: readonly { readonly biometricSubType: string }[]
}

interface Failure {
  readonly code: number
  readonly message: string
}

const HANDLE = new RegExp(`^[0-9a-f]{${2 * HANDLE_BYTES}}$`)
const NOBODY = 'ab'.repeat(HANDLE_BYTES)

const promises = suite('an ABIS for OSIA')

let station: OsiaStation
let client: OsiaClient
let people: readonly DemoPerson[]

promises.before(async () => {
  people = (await demoPeople()).people.filter(({ probes }) => probes.length > 0)
  station = await OsiaStation.start()
  client = station.client
})

promises.after(async () => {
  await station.close()
})

/** Fingers of one of the bundled people, or others of the same. */
async function dataOf(place: number, which: 'fingers' | 'probes' = 'fingers'): Promise<object[]> {
  const fingers = people[place]![which]
  return [...(await biometricData(fingers)), missingBut(people[place]!.fingers)]
}

/** Whom a search names, and what it answers besides. */
async function identify(place: number, query: Record<string, string> = {}) {
  const probes = await biometricData(people[place]!.probes)
  const body = { filter: {}, biometricData: probes }
  return client.ask<Candidate[]>('POST', '/v1/identify/ALL', { body, query })
}

let first: string

promises('enrols somebody under ids of its own', async () => {
  const body = encounter([...(await dataOf(0)), { biometricType: 'FACE', image: 'AAAA' }])
  const reply = await client.ask<Ids>('POST', '/v1/persons', { body })
  is(reply.status, 200, JSON.stringify(reply.body))
  first = reply.body.personId
  match(first, HANDLE)
  is(reply.body.encounterId, 'record')
  is(station.enrolled, 1)
})

promises('enrols somebody under the id that is asked for, and nobody else under it', async () => {
  const personId = 'cd'.repeat(HANDLE_BYTES)
  const path = `/v1/persons/${personId}/encounters`
  const body = encounter(await dataOf(1))
  is((await client.ask<Ids>('POST', path, { body })).body.personId, personId)
  const other = encounter(await dataOf(2))
  is((await client.ask('POST', path, { body: other })).status, 400)
  is((await client.ask('POST', `${path}/record`, { body: other })).status, 409)
  is((await client.ask('POST', `${path}/second`, { body: other })).status, 409)
  is(station.enrolled, 2)
})

promises('says how somebody stands, and gives no print', async () => {
  const path = `/v1/persons/${first}/encounters`
  const { body, status } = await client.ask<Record<string, unknown>[]>('GET', path)
  is(status, 200)
  const [one, ...others] = body
  equal(others, [])
  equal([one!['status'], one!['galleries'], one!['biometricData']], ['ACTIVE', ['ALL'], []])
  equal((await client.ask('GET', `${path}/record`)).body, one)
  is((await client.ask('GET', `${path}/second`)).status, 404)
  is((await client.ask('GET', `/v1/persons/${NOBODY}/encounters`)).status, 404)
  is((await client.ask('GET', '/v1/persons/nobody/encounters')).status, 404)
})

promises('finds who it is, with the score of each finger', async () => {
  const { status, body } = await identify(0)
  is(status, 200)
  const [best] = body
  equal([best!.personId, best!.rank], [first, 1])
  is(best!.scores.length, people[0]!.probes.length)
  equal((await identify(0, { threshold: String(best!.score + 1) })).body, [])
  equal((await identify(5)).body, [])
})

promises('says whether it is this one', async () => {
  const path = `/v1/verify/ALL/${first}`
  const right = { biometricData: await biometricData(people[0]!.probes) }
  const wrong = { biometricData: await biometricData(people[5]!.probes) }
  const decision = async (body: object) => {
    return (await client.ask<{ decision: boolean }>('POST', path, { body })).body.decision
  }
  equal([await decision(right), await decision(wrong)], [true, false])
  const nobody = await client.ask('POST', `/v1/verify/ALL/${NOBODY}`, { body: right })
  is(nobody.status, 404)
})

promises('compares prints of which the register knows nothing', async () => {
  const before = station.mesh.node().ledger.own.size
  const biometricData1 = await biometricData(people[5]!.fingers)
  const compare = async (place: number) => {
    const body = { biometricData1, biometricData2: await biometricData(people[place]!.probes) }
    return (await client.ask<{ decision: boolean }>('POST', '/v1/verify', { body })).body.decision
  }
  equal([await compare(5), await compare(0)], [true, false])
  is(station.mesh.node().ledger.own.size, before)
})

promises('holds whom the register knows already, for an examiner', async () => {
  const body = encounter(await dataOf(0, 'probes'))
  const { status, body: ids } = await client.ask<Ids>('POST', '/v1/persons', { body })
  is(status, 200, JSON.stringify(ids))
  is(ids.others.status, 'suspended')
  ok(ids.others.case !== undefined)
})

promises('has one gallery, and lists nobody', async () => {
  equal((await client.ask('GET', '/v1/galleries')).body, ['ALL'])
  is((await client.ask('GET', '/v1/galleries/ALL')).status, 403)
  const body = { filter: {}, biometricData: await biometricData(people[0]!.probes) }
  is((await client.ask('POST', '/v1/identify/VIP', { body })).status, 404)
})

const REFUSED: readonly [method: string, path: string, body?: unknown][] = [
  ['GET', '/encounters/record/templates'],
  ['DELETE', '/encounters/record'],
  ['DELETE', ''],
  ['PUT', '/encounters/record/galleries', ['ALL']],
]

for (const [method, path, body] of REFUSED) {
  promises(`lets nobody ${method} ${path === '' ? 'a person' : path}`, async () => {
    is((await client.ask(method, `/v1/persons/${first}${path}`, { body })).status, 403)
  })
}

promises('moves and merges nothing, and searches with nobody’s own prints', async () => {
  const { ask } = { ask: client.ask.bind(client) }
  is((await ask('POST', `/v1/persons/${first}/merge/${NOBODY}`)).status, 403)
  is((await ask('POST', `/v1/persons/${first}/move/${NOBODY}/encounters/record`)).status, 403)
  is((await ask('POST', `/v1/identify/ALL/${first}`, { body: {} })).status, 403)
  const encounters = `/v1/identify/ALL/${first}/encounters/record`
  is((await ask('POST', encounters, { body: {} })).status, 403)
  const query = { status: 'INACTIVE' }
  const status = `/v1/persons/${first}/encounters/record/status`
  is((await ask('PUT', status, { query })).status, 403)
})

const WRONG: readonly [what: string, body: (data: object[]) => unknown][] = [
  ['no body', () => undefined],
  ['another type', () => ({ filter: {}, biometricData: 'AAAA' })],
  [
    'a field that the interface does not have',
    (data) => ({ filter: {}, biometricData: data, x: 1 }),
  ],
  ['no finger', () => ({ filter: {}, biometricData: [{ biometricType: 'IRIS', image: 'AAAA' }] })],
  ['no image', () => ({ filter: {}, biometricData: [{ biometricType: 'FINGER' }] })],
  [
    'an image that is none',
    () => ({ filter: {}, biometricData: [{ biometricType: 'FINGER', image: 'AAAA' }] }),
  ],
  [
    'an image that is not base64',
    () => ({ filter: {}, biometricData: [{ biometricType: 'FINGER', image: '%%%' }] }),
  ],
  [
    'a palm',
    () => {
      const item = { biometricType: 'FINGER', biometricSubType: 'RIGHT_FULL_PALM', image: 'AAAA' }
      return { filter: {}, biometricData: [item] }
    },
  ],
  [
    'a filter that is not applied',
    (data) => ({ filter: { dateOfBirthMin: '1980-01-01' }, biometricData: data }),
  ],
  [
    'encrypted data',
    (data) => ({ filter: {}, biometricData: data, encryption: { type: 'JWE', scope: '$' } }),
  ],
]

for (const [what, bodyWith] of WRONG) {
  promises(`refuses a search with ${what}, and says why`, async () => {
    const before = station.mesh.node().ledger.own.size
    const body = bodyWith(await biometricData(people[0]!.probes))
    const reply = await client.ask<Failure>('POST', '/v1/identify/ALL', { body })
    equal([reply.status, reply.body.code], [400, 400], JSON.stringify(reply.body))
    ok(reply.body.message.length > 3)
    is(station.mesh.node().ledger.own.size, before)
  })
}

promises('refuses a request without a transaction, or with a number that is none', async () => {
  const body = { filter: {}, biometricData: [] }
  const long = { transactionId: 'x'.repeat(2_000) }
  is((await client.ask('POST', '/v1/identify/ALL', { body, query: long })).status, 400)
  const query = { maxNbCand: 'many' }
  is((await client.ask('POST', '/v1/identify/ALL', { body, query })).status, 400)
  is((await client.ask('GET', '/v1/anything')).status, 404)
})

const TOKENS: readonly [what: string, bearer: () => string, status: number][] = [
  ['no token', () => '', 401],
  ['one that is over', () => token({ claims: { exp: 1 } }), 401],
  ['one that never ends', () => token({ claims: { exp: undefined } }), 401],
  ['one for somebody else', () => token({ claims: { aud: 'other' } }), 401],
  ['one of another key', () => token({ key: generateKeyPairSync('ed25519').privateKey }), 401],
  ['one that says it is not signed', () => token({ alg: 'none' }), 401],
  ['one for something else', () => token({ scopes: SCOPES.slice(1) }), 403],
]

for (const [what, bearer, status] of TOKENS) {
  promises(`lets nobody enrol with ${what}`, async () => {
    const before = station.enrolled
    const body = encounter(await dataOf(3))
    is((await client.ask('POST', '/v1/persons', { body, bearer: bearer() })).status, status)
    is(station.enrolled, before)
  })
}

promises('answers later where the client wants it, and tells the task’s state', async () => {
  const body = encounter(await dataOf(3))
  const taken = await client.ask<{ taskId: string }>('POST', '/v1/persons', { body, isLater: true })
  is(taken.status, 202)
  const { taskId } = taken.body
  await until(() => client.told.length === 1)
  const [told] = client.told.splice(0)
  equal([told!.taskId, told!.type], [taskId, 'application/json'])
  match((told!.body as Ids).personId, HANDLE)
  const state = async () => (await client.ask('GET', `/v1/tasks/${taskId}/status`)).body
  for (let tried = 0; tried < 200 && (await state()) !== 'COMPLETED'; tried += 1) await shortly()
  is(await state(), 'COMPLETED')
  is((await client.ask('POST', `/v1/tasks/${taskId}/redeliver`)).status, 204)
  await until(() => client.told.length === 1)
  equal(client.told.splice(0)[0]!.body, told!.body)
  is((await client.ask('GET', '/v1/tasks/nothing/status')).status, 404)
})

promises('says later that the register refuses, in the interface’s words', async () => {
  const body = { biometricData: await biometricData(people[0]!.probes) }
  const path = `/v1/verify/ALL/${NOBODY}`
  is((await client.ask('POST', path, { body, isLater: true })).status, 202)
  await until(() => client.told.length === 1)
  const [told] = client.told.splice(0)
  is(told!.type, 'application/error+json')
  is((told!.body as Failure).code, 404)
})

promises('tells nobody whom the operator has not allowed', async () => {
  const before = station.enrolled
  const body = encounter(await dataOf(4))
  for (const callback of ['http://192.0.2.1/told', 'file:///etc/passwd', 'http://127.0.0.1:1/']) {
    const reply = await client.ask('POST', '/v1/persons', { body, query: { callback } })
    is(reply.status, 400)
  }
  is(station.enrolled, before)
})

promises(
  'loses no task and does none twice through kill -9, of the node’s absence too',
  async () => {
    const before = station.enrolled
    client.isDeaf = true
    await station.withoutNode(async () => {
      const body = encounter(await dataOf(4))
      is((await client.ask('POST', '/v1/persons', { body, isLater: true })).status, 202)
      await station.kill()
      await station.startStation()
    })
    await until(() => station.enrolled === before + 1)
    await station.kill()
    client.isDeaf = false
    await station.startStation()
    await until(() => client.told.length > 0)
    match((client.told.splice(0)[0]!.body as Ids).personId, HANDLE)
    is(station.enrolled, before + 1)
  },
)

promises.run()

function shortly(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 20)
  })
}
