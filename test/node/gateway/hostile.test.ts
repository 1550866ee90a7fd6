import { assert as checked, asyncProperty, dictionary, jsonValue, oneof, string } from 'fast-check'
import { suite } from 'uvu'
import { is, not, ok } from 'uvu/assert'
import { concatBytes, utf8 } from '../../../crypto/bytes.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { base64Length, BODY_BYTES_MAX } from '../../../node/gateway/limits.ts'
import { encodePayload, PAYLOAD_BYTES_MAX } from '../../../protocol/payload.ts'
import { applicationDigest } from '../../../protocol/rules/application.ts'
import { bodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway, type ErrorBody } from './support/client.ts'

const hostile = suite('a gateway that is sent')

let mesh: TestMesh
let gateway: Gateway
let client: Client
let size = 0

const fingers = testPerson('anybody').capture()
const nonce = new Uint8Array(32)

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

hostile('a body that is too long refuses it', async () => {
  const long = { ...good(), payload: 'A'.repeat(BODY_BYTES_MAX) }
  refused(await client.post('/v1/identify', long), 413, 'too-large')
})

hostile('the longest payload there may be does not find it too long', async () => {
  const payload = 'A'.repeat(base64Length(PAYLOAD_BYTES_MAX))
  const escaped = JSON.stringify({ ...good(), payload }).replaceAll('/', '\\/')
  const { status, body } = await client.postText<ErrorBody>('/v1/identify', escaped)
  not.equal(status, 413)
  not.equal(body.error.code, 'malformed', body.error.message)
  const longer = { ...good(), payload: `${payload}AAAA` }
  refused(await client.post('/v1/identify', longer), 400, 'malformed')
})

hostile('fields of the wrong kind or length refuses them', async () => {
  const { officer, signature, statement, payload, credential } = good()
  const wrong: Record<string, unknown>[] = [
    { statement, officer, signature, credential },
    { statement, officer, signature, payload },
    { ...good(), credential: 'AAAA'.repeat(1_000) },
    { ...good(), application: payload },
    { ...good(), extra: 1 },
    { ...good(), officer: officer.slice(4) },
    { ...good(), signature: `${signature}AAAA` },
    { ...good(), statement: 7 },
    { ...good(), statement: null },
    { ...good(), payload: [payload] },
    { ...good(), statement: '' },
    ...[0, 65, 1.5, '10', null].map((limit) => ({ ...good(), limit })),
    ...[0, 99, 60_001, '1000', -1].map((timeoutMs) => ({ ...good(), timeoutMs })),
  ]
  for (const body of wrong) refused(await client.post('/v1/identify', body), 400, 'malformed')
  const enrolment = bodyOf(mesh.signedEnrolment({ fingers }))
  refused(await client.post('/v1/enrol', { ...enrolment, limit: 10 }), 400, 'malformed')
  refused(await client.post('/v1/enrol', good()), 400, 'malformed')
})

hostile('base64 that is not the standard spelling refuses it', async () => {
  const { officer, payload } = good()
  const spellings = [
    payload.slice(0, -1),
    ` ${payload}`,
    `${payload}\n`,
    payload.replace(/.$/, '-'),
    `====${payload}`,
    // The same bytes with a bit set that no byte has room for.
    officer.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`),
  ]
  for (const spelling of spellings.slice(0, -1)) {
    refused(await client.post('/v1/identify', { ...good(), payload: spelling }), 400, 'malformed')
  }
  const body = { ...good(), officer: spellings.at(-1) }
  refused(await client.post('/v1/identify', body), 400, 'malformed')
})

hostile('what is not JSON refuses it', async () => {
  for (const text of ['', '{', 'null', '[]', '"text"', '{"__proto__":{"statement":"a"}}', '\0']) {
    refused(await client.postText('/v1/identify', text), 400, 'malformed')
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense']) {
    refused(await client.postText('/v1/enrol', JSON.stringify(good()), type), 400, 'malformed')
  }
})

hostile('any JSON at all answers with an error of the client', async () => {
  const field = oneof(jsonValue(), string({ unit: 'binary' }))
  await checked(
    asyncProperty(dictionary(string(), field), oneof(jsonValue(), field), async (extra, value) => {
      for (const body of [
        { ...good(), ...extra, extra: 1 },
        { ...good(), statement: value },
      ]) {
        const { status } = await client.post('/v1/verify', body)
        ok(status >= 400 && status < 500, `${status}`)
      }
    }),
    { numRuns: 50 },
  )
})

hostile('a payload cut short, though signed for, refuses it', async () => {
  const whole = encodePayload({ nonce, fingers })
  for (let length = 0; length < whole.length; length += 37) {
    const payload = whole.slice(0, length)
    const question = bodyOf(mesh.signedQuery({ fingers, payload }))
    const reply = await client.post<ErrorBody>('/v1/identify', question)
    refused(reply, 400, 'malformed')
    const enrolment = bodyOf(mesh.signedEnrolment({ fingers, payload }))
    refused(await client.post('/v1/enrol', enrolment), 400, 'malformed')
  }
})

hostile('an application cut short, though signed for, refuses it', async () => {
  const whole = mesh.signedEnrolment({ fingers }).application
  for (let length = 1; length < whole.length; length += 37) {
    const application = whole.slice(0, length)
    const statement = { deedDigest: applicationDigest(application) }
    const enrolment = mesh.signedEnrolment({ fingers, statement })
    const body = bodyOf({ ...enrolment, application })
    refused(await client.post('/v1/enrol', body), 400, 'malformed')
  }
})

hostile('a statement cut short, though signed, refuses it', async () => {
  const { signed, payload } = mesh.signedQuery({ fingers })
  for (let length = 1; length < signed.statement.length; length += 11) {
    const statement = signed.statement.slice(0, length)
    const body = bodyOf({
      handle: undefined,
      signed: { ...signed, ...resigned(statement) },
      payload,
    })
    refused(await client.post('/v1/identify', body), 400, 'malformed')
  }
})

hostile('what nobody can compare refuses it', async () => {
  const unreadable: { position: number; template: Uint8Array }[][] = [
    [],
    [{ position: 2, template: new Uint8Array(0) }],
    [{ position: 2, template: utf8('no template') }],
    [{ position: 2, template: fingers[0]!.template.slice(0, 100) }],
    [fingers[0]!, fingers[0]!],
  ]
  for (const found of unreadable) {
    const question = bodyOf(mesh.signedQuery({ fingers: found }))
    refused(await client.post('/v1/identify', question), 422, 'unprocessable')
    const enrolment = bodyOf(mesh.signedEnrolment({ fingers: found }))
    refused(await client.post('/v1/enrol', enrolment), 422, 'unprocessable')
  }
})

hostile("a signature that is not the officer's refuses it", async () => {
  const request = mesh.signedQuery({ fingers })
  const forged = request.signed.signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
  const body = bodyOf({ ...request, signed: { ...request.signed, signature: forged } })
  refused(await client.post('/v1/identify', body), 401, 'bad-signature')
  const changed = request.signed.statement.map((byte, i) => (i === 40 ? byte ^ 1 : byte))
  const other = bodyOf({ ...request, signed: { ...request.signed, statement: changed } })
  refused(await client.post('/v1/identify', other), 401, 'bad-signature')
})

hostile('what nobody of the roster granted refuses it, without a trace', async () => {
  const officer = mesh.officers.stranger
  const enrolment = bodyOf(mesh.signedEnrolment({ fingers, officer }))
  refused(await client.post('/v1/enrol', enrolment), 403, 'forbidden')
  const question = bodyOf(mesh.signedQuery({ fingers, officer }))
  refused(await client.post('/v1/identify', question), 403, 'forbidden')
})

hostile("another officer's credential refuses it, without a trace", async () => {
  const { guard, registrar } = mesh.officers
  const { credential } = registrar
  const question = bodyOf(mesh.signedQuery({ fingers, officer: { ...guard, credential } }))
  refused(await client.post('/v1/identify', question), 403, 'forbidden')
})

hostile('a statement for another route refuses it', async () => {
  const { application, ...enrolment } = bodyOf(mesh.signedEnrolment({ fingers }))
  const question = bodyOf(mesh.signedQuery({ fingers }))
  const claim = bodyOf(mesh.signedQuery({ fingers, handle: new Uint8Array(16) }))
  const misdirected = [
    ['/v1/identify', enrolment],
    ['/v1/identify', claim],
    ['/v1/verify', question],
    ['/v1/verify', enrolment],
    ['/v1/enrol', { ...question, application }],
    ['/v1/enrol', { ...claim, application }],
  ] as const
  for (const [path, body] of misdirected) {
    refused(await client.post(path, body), 422, 'unprocessable')
  }
})

hostile('a statement about something else refuses it', async () => {
  const cases = [
    [{ network: 'another.kz' }, 403, 'forbidden'],
    [{ payloadDigest: new Uint8Array(32) }, 422, 'unprocessable'],
    [{ purpose: '' }, 422, 'unprocessable'],
    [{ caseNumber: '' }, 422, 'unprocessable'],
  ] as const
  for (const [statement, status, code] of cases) {
    const question = bodyOf(mesh.signedQuery({ fingers, statement }))
    refused(await client.post('/v1/identify', question), status, code)
    const enrolment = bodyOf(mesh.signedEnrolment({ fingers, statement }))
    refused(await client.post('/v1/enrol', enrolment), status, code)
  }
})

hostile('a path that leads nowhere says so', async () => {
  const { name } = mesh.node()
  const unknown = [
    `/v1/proof/${name}/${size}`,
    `/v1/proof/${name}/999999999999999`,
    '/v1/proof/nowhere/0',
    '/v1/checkpoint/nowhere',
    `/v1/enrolments/${'0'.repeat(32)}`,
    '/v1/deeds',
    '/v1/persons/status',
    '/',
    '/V1/status',
    '/v1/identify',
  ]
  for (const path of unknown) refused(await client.get(path), 404, 'not-found')
  refused(await client.get('/v1/status', 'DELETE'), 404, 'not-found')
})

hostile('a path that names nothing properly refuses it', async () => {
  const { name } = mesh.node()
  const indexes = ['-1', '01', '1e3', '0x1', '1.0', 'one', '%31%00', '9'.repeat(16), ' 1', 'NaN']
  const improper = [
    ...indexes.map((index) => `/v1/proof/${name}/${index}`),
    '/v1/proof/..%2f..%2fetc/0',
    '/v1/proof/__proto__/0',
    '/v1/checkpoint/%00',
    `/v1/checkpoint/${'a'.repeat(65)}`,
    `/v1/checkpoint/${'a'.repeat(5_000)}`,
    '/v1/checkpoint/%zz',
  ]
  for (const path of improper) refused(await client.get(path), 400, 'malformed')
})

hostile.run()

/** A body that would be answered, made anew: it costs the log nothing until it is sent. */
function good() {
  return bodyOf(mesh.signedQuery({ fingers, handle: new Uint8Array(16) }))
}

/** Signed by the guard, whatever it says. */
function resigned(statement: Uint8Array) {
  const { guard } = mesh.officers
  const signature = guard.signer.sign(concatBytes(utf8('tamga/statement/v1\n'), statement))
  return { statement, officer: guard.signer.publicKey, signature }
}
