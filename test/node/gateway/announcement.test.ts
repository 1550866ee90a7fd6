/**
 * What was announced, sentence by sentence, asked of a real mesh over HTTP as stations, posts and
 * officials would. One test for each sentence; the titles are the sentences.
 */
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { fromBase64, fromHex, toBase64 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { systemRandom } from '../../../node/random.ts'
import { openGrant, signGrant, signRevocation } from '../../../protocol/credential.ts'
import { resolutionDigest, type Deed } from '../../../protocol/deed.ts'
import type { Purpose } from '../../../protocol/purpose.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import type { Application } from '../../../protocol/rules/application.ts'
import { addDays, addYears, civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { encodePolicy } from '../../../protocol/rules/policy.ts'
import type { OfficerKey } from '../../../protocol/statement.ts'
import { bodyOf, deedBodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, startGateway, type AnswerBody, type EnrolledBody } from './support/client.ts'
import type { Reply } from './support/client.ts'

interface Reasoned {
  readonly error: { readonly code: string; readonly reasons: readonly { readonly code: string }[] }
}

interface Decided {
  readonly verdict: string
  readonly reasons: readonly { readonly code: string; readonly en: string }[]
}

interface Done {
  readonly log: string
  readonly index: number
  readonly result: Record<string, unknown>
}

const announced = suite('as announced')

let mesh: TestMesh
let gateways: Gateway[]
let clients: Client[]

const DAY_MS = 86_400_000

/** By the clock of the country: the same day for the test and for the nodes. */
const today = civilDateAt(Date.now())

announced.before(async () => {
  mesh = await startTestMesh({ nodes: 2 })
  gateways = await Promise.all(mesh.nodes.map(async (node) => startGateway(node)))
  clients = gateways.map((gateway) => new Client(gateway))
})

announced.after(async () => {
  for (const gateway of gateways) await gateway.close()
  await mesh.close()
})

announced('every citizen from 16 gives fingerprints: it is a duty, not a wish', async () => {
  const born = addYears(today, -16)
  const { status, body } = await enrol('sixteen today', { born, consent: 'none', consentForm: '' })
  is(status, 201)
  const { taken } = decodeEntryOf('enrolment', fromBase64(body.entry))
  equal(taken, {
    policy: 'seed-2017',
    verdict: 'mandatory',
    citizenship: 'citizen',
    sex: 'unknown',
    ageBand: '16-17',
  })
})

announced('children of 12 to 15 give theirs only with their own consent', async () => {
  const born = addDays(addYears(today, -16), 1)
  const without = await enrol('fifteen', { born, consent: 'none', consentForm: '' })
  is(reasonOf(without), 'consent-missing')
  const guardian = await enrol('fifteen', { born, consent: 'guardian' })
  is(reasonOf(guardian), 'consent-missing', "a guardian's alone is not the child's")
  const twelve = await enrol('twelve today', { born: addYears(today, -12), consent: 'own' })
  is(twelve.status, 201)
  is(decodeEntryOf('enrolment', fromBase64(twelve.body.entry)).taken.verdict, 'permitted')
})

announced('of children under 12 none are taken, whoever consents', async () => {
  const born = addDays(addYears(today, -12), 1)
  const { status, ...reply } = await enrol('eleven', { born, consent: 'own-and-guardian' })
  is(status, 422)
  is(reasonOf({ status, ...reply }), 'under-age')
})

announced('foreign residents like citizens', async () => {
  const resident = await enrol('resident', { citizenship: 'foreign-resident', consent: 'none' })
  is(resident.status, 201)
  is(decodeEntryOf('enrolment', fromBase64(resident.body.entry)).taken.verdict, 'mandatory')
  const visitor = await enrol('visitor', { citizenship: 'foreign-visitor', consent: 'none' })
  is(visitor.status, 422, 'visitors are not residents')
})

announced('who refuses owes a fine, and gets no document', async () => {
  const handle = systemRandom.bytes(16)
  const wrong = await deed('/v1/persons/deeds', { type: 'refusal', fine: 1 }, { handle })
  is(reasonOf(wrong), 'fine-not-in-law')
  const refusal = await deed('/v1/persons/deeds', { type: 'refusal', fine: 50 }, { handle })
  is(refusal.status, 201)
  await mesh.settled()
  const stands = await deed('/v1/persons/status', { type: 'status' }, { handle, at: 1 })
  equal([stands.body.result['status'], stands.body.result['fine']], ['refused', 50])
  equal(await eligible(handle), [false, 'is-refused'])
  const granted = await deed('/v1/persons/deeds', passport(), { handle })
  is(reasonOf(granted), 'is-refused')
})

announced('no print, no document; with the print, a document', async () => {
  const handle = systemRandom.bytes(16)
  equal(await eligible(handle), [false, 'not-enrolled'])
  await enrol('document', {}, handle)
  await mesh.settled()
  equal(await eligible(handle), [false, 'not-confirmed'])
  const early = await deed('/v1/persons/deeds', passport(), { handle })
  is(reasonOf(early), 'not-confirmed')
  await mesh.compared(handle)
  is((await deed('/v1/persons/deeds', { type: 'confirmation' }, { handle })).status, 201)
  await mesh.settled()
  equal(await eligible(handle), [true, 'may-be-issued'])
  const issued = await deed('/v1/persons/deeds', passport(), { handle, at: 1 })
  is(issued.status, 201)
  is(issued.body.result['status'], 'documented')
})

announced('who has no fingers is exempt, and who is injured comes later', async () => {
  const exempt = systemRandom.bytes(16)
  const noFingers = { type: 'exemption', cause: 'no-fingers', until: undefined } as const
  is((await deed('/v1/persons/deeds', noFingers, { handle: exempt })).status, 201)
  await mesh.settled()
  equal(await eligible(exempt), [true, 'may-be-issued'])
  const injured = systemRandom.bytes(16)
  const far = { type: 'postponement', cause: 'injured', until: addDays(today, 91) } as const
  is(reasonOf(await deed('/v1/persons/deeds', far, { handle: injured })), 'term-not-in-law')
  const soon = { ...far, until: addDays(today, 90) }
  is((await deed('/v1/persons/deeds', soon, { handle: injured })).status, 201)
})

announced(
  'the chip of a passport has two fingers, so no fewer are taken without a reason',
  async () => {
    const [right] = testPerson('one finger').capture()
    const record = { position: 2, attempts: [60], missing: undefined, reason: '' }
    const alone = mesh.signedEnrolment({ fingers: [right!], application: { fingers: [record] } })
    is(reasonOf(await clients[0]!.post('/v1/enrol', bodyOf(alone))), 'fingers-missing')
    const poor = [record, { ...record, position: 7, attempts: [5, 9] }]
    is(reasonOf(await enrol('smudged', { fingers: poor })), 'recapture-needed')
  },
)

announced('at the border a traveller is held against their record, at any node', async () => {
  const handle = systemRandom.bytes(16)
  await enrol('traveller', {}, handle)
  await mesh.settled()
  for (const client of clients) {
    const fingers = testPerson('traveller').capture('at the border')
    const query = mesh.signedQuery({ handle, fingers })
    const { status, body } = await client.post<AnswerBody>('/v1/verify', bodyOf(query))
    equal([status, body.verdict], [200, 'hit'])
    is(verifyAnswer(fromBase64(body.proof), mesh.roster).statement.purpose, 'border-control')
  }
})

announced(
  'DNA is a duty of convicts of serious crimes and of relatives of the missing',
  async () => {
    for (const [ground, reason] of [
      ['serious-convict', 'dna-convict-duty'],
      ['relative-of-missing', 'dna-relative-duty'],
    ]) {
      const facts = { citizenship: 'citizen', consent: 'none', dna: { ground, consent: 'none' } }
      const { status, body } = await clients[0]!.post<{ dna: Decided }>('/v1/decisions', facts)
      equal([status, body.dna.verdict, body.dna.reasons[0]!.code], [200, 'mandatory', reason])
      ok(new Set(Object.values(body.dna.reasons[0]!)).size === 4, 'a sentence in each language')
    }
  },
)

announced('no officer asks without a purpose of their own, and trying is on record', async () => {
  const { registry } = mesh.node(0)
  const before = registry.entries.get('refused') ?? 0
  const fingers = testPerson('traveller').capture('curious')
  const curious = mesh.signedQuery({ fingers, statement: { purpose: 'criminal-investigation' } })
  const refused = await clients[0]!.post('/v1/identify', bodyOf(curious))
  equal([refused.status, reasonOf(refused)], [403, 'purpose-not-allowed'])
  const registrar = mesh.signedQuery({ fingers, officer: mesh.officers.registrar })
  is(reasonOf(await clients[0]!.post('/v1/identify', bodyOf(registrar))), 'role-may-not')
  await mesh.settled()
  is(registry.entries.get('refused'), before + 2)
})

announced('what takes two takes two of different roles', async () => {
  const handle = systemRandom.bytes(16)
  await enrol('erased', {}, handle)
  await mesh.settled()
  const { protector, adjudicator, auditor } = mesh.officers
  const erasure = { type: 'erasure', ground: 'court-order' } as const
  const about = { handle, purpose: 'court-order' } as const
  const alone = await deed('/v1/persons/deeds', erasure, { ...about, by: [protector] })
  is(reasonOf(alone), 'second-person-needed')
  const twice = await deed('/v1/persons/deeds', erasure, { ...about, by: [protector, protector] })
  is(reasonOf(twice), 'same-person-twice')
  const wrong = await deed('/v1/persons/deeds', erasure, { ...about, by: [protector, auditor] })
  is(reasonOf(wrong), 'role-may-not')
  const both = await deed('/v1/persons/deeds', erasure, { ...about, by: [protector, adjudicator] })
  is(both.status, 201)
  await mesh.settled()
  for (const { registry } of mesh.nodes) is(registry.person(handle), undefined)
  const query = mesh.signedQuery({ fingers: testPerson('erased').capture('later') })
  const { body } = await clients[1]!.post<AnswerBody>('/v1/identify', bodyOf(query))
  is(body.verdict, 'no-hit', 'whoever is erased is not found any more')
})

announced('a hit never decides by itself: it opens a case, and a person decides', async () => {
  const [first, second] = [systemRandom.bytes(16), systemRandom.bytes(16)]
  await enrol('twin', {}, first)
  await mesh.settled()
  const again = await enrol('twin', {}, second)
  equal([again.status, again.body.status], [202, 'suspended'])
  await mesh.settled()
  equal(await eligible(second), [false, 'is-suspended'])
  const { adjudicator } = mesh.officers
  const of = fromHex(again.body.case!)
  const about = { handle: second, purpose: 'adjudication', by: [adjudicator] } as const
  const opinion = { type: 'opinion', case: of, candidate: first, reason: 'twins' } as const
  const decided = { ...opinion, finding: 'different' } as const
  is((await deed('/v1/cases/opinions', decided, about)).status, 201)
  await mesh.settled()
  equal(await eligible(second), [false, 'not-confirmed'])
})

announced('a person learns who looked, and no more than that', async () => {
  const handle = systemRandom.bytes(16)
  await enrol('looked at', {}, handle)
  await mesh.settled()
  const query = mesh.signedQuery({ handle, fingers: testPerson('looked at').capture('gate') })
  await clients[1]!.post('/v1/verify', bodyOf(query))
  await mesh.settled()
  const about = { handle, purpose: 'subject-access' } as const
  const { status, body } = await deed('/v1/persons/accesses', { type: 'accesses' }, about)
  is(status, 201)
  const { accesses: rows } = body.result['list'] as {
    accesses: { kind: string; by: { organisation: string }[] }[]
  }
  equal(
    rows.map(({ kind, by }) => `${kind} by ${by[0]!.organisation}`),
    ['enrolled by migration-service', 'verified by border-service', 'read by migration-service'],
  )
  ok(!JSON.stringify(rows).includes('post-1') && !JSON.stringify(rows).includes('case-'))
})

announced("an operator's own finger is not taken for a citizen's", async () => {
  const { publicKey } = signerFromSeed(seedOf('careless'))
  const handle = systemRandom.bytes(16)
  await enrol('operator', {}, handle)
  const grant = { ...openGrant(mesh.officers.registrar.credential, mesh.roster), publicKey, handle }
  const credential = signGrant(
    { ...grant, name: 'careless' },
    mesh.organisation('migration-service'),
  )
  is((await clients[0]!.post('/v1/credentials', { credential: toBase64(credential) })).status, 201)
  await mesh.settled()
  is(reasonOf(await enrol('operator', {})), 'operator-finger')
})

announced('a credential that is taken back opens nothing any more, at any node', async () => {
  const signer = signerFromSeed(seedOf('dismissed'))
  const organisation = mesh.organisation('border-service')
  const { guard } = mesh.officers
  const grant = { ...openGrant(guard.credential, mesh.roster), publicKey: signer.publicKey }
  const officer = { signer, credential: signGrant({ ...grant, name: 'dismissed' }, organisation) }
  const fingers = testPerson('traveller').capture('once more')
  const ask = (at: number) => {
    return clients[at]!.post('/v1/identify', bodyOf(mesh.signedQuery({ fingers, officer })))
  }
  is(reasonOf(await ask(0)), 'credential-unknown')
  const credential = toBase64(officer.credential)
  await clients[0]!.post('/v1/credentials', { credential })
  await mesh.settled()
  is((await ask(1)).status, 200)
  const from = Date.now()
  const { network } = mesh.roster
  const ended = { network, organisation: 'border-service', from, cause: 'compromised' } as const
  const revocation = signRevocation({ ...ended, publicKey: signer.publicKey }, organisation)
  const posted = { revocation: toBase64(revocation) }
  is((await clients[1]!.post('/v1/revocations', posted)).status, 201)
  await mesh.settled()
  is(reasonOf(await ask(0)), 'credential-revoked')

  const breach = { type: 'breach', officer: signer.publicKey, from: 0, to: from + DAY_MS } as const
  const about = { purpose: 'data-protection', by: [mesh.officers.protector] } as const
  const { body } = await deed('/v1/oversight/breaches', breach, about)
  const report = body.result['report'] as { acts: { what: string }[] }
  equal(
    report.acts.map(({ what }) => what),
    ['refused', 'refused', 'identify', 'outcome'],
    'all that it did, and all that it tried',
  )
})

announced('numbers never enter a log: the home region alone knows whose a handle is', async () => {
  const iin = '791028302728'
  const nonce = systemRandom.bytes(32)
  const resolution = { type: 'resolution', commitment: resolutionDigest(nonce, iin) } as const
  const ask = async () => {
    const signed = mesh.signedDeed(resolution, [mesh.officers.registrar])
    const body = { ...deedBodyOf(signed), iin: { digits: iin, nonce: toBase64(nonce) } }
    return clients[0]!.post<Done>('/v1/persons/handle', body)
  }
  const first = await ask()
  is(first.status, 201)
  is((await ask()).body.result['handle'], first.body.result['handle'], 'one person, one handle')
  const { ledger } = mesh.node(0)
  const entries = await ledger.stored(first.body.log).entries(0, ledger.size(first.body.log))
  ok(!entries.some((entry) => Buffer.from(entry).includes(iin)))
})

announced(
  'where a later law makes a duty a choice, everybody enrolled before is told',
  async () => {
    const handle = systemRandom.bytes(16)
    await enrol('enrolled before', {}, handle)
    const { protector, administrator, adjudicator } = mesh.officers
    const law = { type: 'policy', policy: encodePolicy(KZ_2024) } as const
    const adopt = { purpose: 'administration', by: [protector, administrator] } as const
    is((await deed('/v1/policies', law, adopt)).status, 201)
    await mesh.settled()
    const { body } = await deed('/v1/persons/status', { type: 'status' }, { handle, at: 1 })
    is(body.result['standing'], 'ask-again')
    is(reasonOf(await enrol('does not wish', { consent: 'none' })), 'consent-missing')
    equal(
      await eligible(systemRandom.bytes(16)),
      [true, 'may-be-issued'],
      'no print, and a document',
    )
    const erasure = { type: 'erasure', ground: 'consent-withdrawn' } as const
    const wish = { handle, purpose: 'subject-access', by: [protector, adjudicator] } as const
    is((await deed('/v1/persons/deeds', erasure, wish)).status, 201)
  },
)

announced.run()

function enrol(
  person: string,
  application: Partial<Application> = {},
  handle?: Uint8Array,
): Promise<Reply<EnrolledBody & { status: string; case?: string }>> {
  const fingers = testPerson(person).capture()
  const request = mesh.signedEnrolment({ fingers, application, ...(handle ? { handle } : {}) })
  return clients[0]!.post('/v1/enrol', bodyOf(request))
}

/** A deed of the registrar, about a person, at the first node, if nothing else is said. */
function deed(
  path: string,
  what: Deed,
  {
    at = 0,
    by = [mesh.officers.registrar],
    ...about
  }: { at?: number; by?: readonly OfficerKey[]; handle?: Uint8Array; purpose?: Purpose },
): Promise<Reply<Done>> {
  return clients[at]!.post<Done>(path, deedBodyOf(mesh.signedDeed(what, by, about)))
}

function passport(): Deed {
  return { type: 'document', document: 'passport', reference: systemRandom.bytes(16) }
}

/** Whether a passport may be issued today, and the first reason. */
async function eligible(handle: Uint8Array): Promise<[boolean, string]> {
  const asked = { type: 'eligibility', document: 'passport' } as const
  const { body } = await deed('/v1/persons/eligibility', asked, { handle })
  const result = body.result as { eligible: boolean; reasons: { code: string }[] }
  return [result.eligible, result.reasons[0]!.code]
}

function reasonOf(reply: Reply<unknown>): string | undefined {
  return (reply.body as Partial<Reasoned>).error?.reasons?.[0]?.code
}
