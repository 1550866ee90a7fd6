import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { fromBase64, toBase64 } from '../../../crypto/bytes.ts'
import { readRevocationList } from '../../../crypto/x509/revocation-list.ts'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { systemClock } from '../../../node/clock.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { silentLogger } from '../../../node/logger.ts'
import { INSPECTED } from '../../../protocol/border/check.ts'
import { PROFILE } from '../../../protocol/border/profile.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import {
  authority,
  documentSigner,
  fixedSigner,
  revocationList,
} from '../../crypto/support/certificates.ts'
import { root, trust, ZONE } from '../../protocol/document/support/chips.ts'
import { PAYLOAD_NONCE_BYTES } from '../../../protocol/payload.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, refused, startGateway, type AnswerBody } from './support/client.ts'
import { Desk } from './support/desk.ts'
import {
  bundledTravellers,
  inspectionBody,
  passport,
  type InspectionOptions,
  type TestTraveller,
} from './support/traveller.ts'

const PATH = '/v1/border/inspections'
const DAY_MS = 86_400_000

/** The zone of somebody whose passport has run out. */
const OUTDATED = ZONE.replace('F3306013', 'F2306016').replace(/6$/, '8')

interface InspectionReply {
  readonly log: string
  readonly entry: string
  readonly result: { readonly status?: string; readonly watch?: string }
  readonly checks: readonly {
    readonly name: string
    readonly outcome: string
    readonly reason: string
    readonly detail: string
    readonly requirement: string
  }[]
  readonly verdict: string
  readonly because: readonly string[]
  readonly step: string
  readonly chip?: readonly { readonly name: string; readonly outcome: string }[]
  readonly verified?: AnswerBody
  readonly searched?: AnswerBody
}

const inspections = suite('an inspection over HTTP')

const extractor = new Extractor({ workers: 1 }, { clock: systemClock })
const other = authority(fixedSigner('other'))
const revokedSigner = documentSigner(root, undefined, { serial: 9n })

let mesh: TestMesh
let gateway: Gateway
let client: Client
let desk: Desk
let person: TestTraveller
let stranger: TestTraveller
let wanted: TestTraveller
let handle: Uint8Array

inspections.before(async () => {
  mesh = await startTestMesh()
  const now = systemClock.now()
  const revoked = [[9n, now - DAY_MS]] as const
  const list = revocationList(root, { nextUpdate: now + DAY_MS, revoked })
  const believed = trust({ revocations: [readRevocationList(list)] })
  gateway = await startGateway(mesh.node(), silentLogger, extractor, believed)
  client = new Client(gateway)
  desk = new Desk(mesh, client)
  const travellers = await bundledTravellers(extractor)
  ;[person, stranger, wanted] = travellers as [TestTraveller, TestTraveller, TestTraveller]
  handle = await enrolled(person)
})

inspections.after(async () => {
  await gateway.close()
  await extractor.close()
  await mesh.close()
})

inspections('lets pass whose document, prints and record agree, with proofs', async () => {
  const reply = await inspect()
  equal(
    reply.checks.map(({ name, requirement }) => [name, requirement]),
    INSPECTED.map((name) => [name, PROFILE.counter[name]]),
  )
  equal([reply.verdict, reply.step, reply.because], ['successful', 'admit', []])
  equal(Object.keys(reply.result), ['status'])
  ok(['provisional', 'confirmed'].includes(reply.result.status ?? ''))
  ok(reply.chip!.length > 5)
  is(decodeEntryOf('act', fromBase64(reply.entry)).signatures.length, 1)
  const { answer } = verifyAnswer(fromBase64(reply.verified!.proof), mesh.roster)
  is(answer.verdict, 'hit')
})

inspections('makes of images the templates that were signed, and of others nothing', async () => {
  const reply = await inspect({ images: person.images })
  is(reply.verdict, 'successful')
  const body = inspectionBody(mesh, { ...whole(), images: stranger.images })
  refused(await client.post(PATH, body), 422, 'unprocessable')
})

const TAMPERED: readonly [what: string, changed: () => InspectionOptions, found: string][] = [
  [
    'a zone on the chip that was not signed',
    () => ({
      files: new Map([...passport(person.dg3), [1, tampered(passport(person.dg3).get(1)!)]]),
    }),
    'passive-authentication failed chip',
  ],
  [
    'prints on the chip that were not signed',
    () => ({ files: new Map([...passport(person.dg3), [3, stranger.dg3]]) }),
    'passive-authentication failed chip',
  ],
  [
    'an authority that nobody knows',
    () => ({ files: passport(person.dg3, { by: documentSigner(other) }) }),
    'passive-authentication undetermined chip',
  ],
  [
    'a signer that was revoked',
    () => ({ files: passport(person.dg3, { by: revokedSigner }) }),
    'signer-revocation failed revoked',
  ],
  [
    'a passport that has run out',
    () => ({ files: passport(person.dg3, {}, OUTDATED), zone: OUTDATED }),
    'expiry failed expired',
  ],
  [
    'another zone than the chip’s',
    () => ({ zone: ZONE.replace('AIGERIM', 'AIZHANA') }),
    'zone failed zones-differ',
  ],
  [
    'the prints of somebody else',
    () => ({ live: stranger.live }),
    'live-to-register failed score-below',
  ],
  ['no living finger', () => ({ liveness: 'not-live' }), 'capture-liveness failed not-live'],
]

for (const [what, changed, found] of TAMPERED) {
  inspections(`does not let pass ${what}`, async () => {
    const reply = await inspect(changed())
    const [name = '', outcome = '', reason = ''] = found.split(' ')
    const line = reply.checks.find((check) => check.name === name)!
    equal([line.outcome, line.reason], [outcome, reason], JSON.stringify(line))
    ok(reply.because.includes(name))
    is(reply.step, 'second-line')
  })
}

inspections('of prints of somebody else says so against the chip too', async () => {
  const { checks, verdict } = await inspect({ live: stranger.live })
  const line = checks.find(({ name }) => name === 'live-to-chip')!
  equal([line.outcome, line.reason, verdict], ['failed', 'score-below', 'failed'])
  match(line.detail, /over 2 fingers/)
})

inspections('that finds somebody else among all is for a person, and refuses nobody', async () => {
  const { step, because, verdict, searched } = await inspect({
    handle: undefined,
    isSearched: true,
    profile: 'visitor',
  })
  is(searched!.verdict, 'hit')
  equal([step, verdict], ['second-line', 'undetermined'])
  ok(because.includes('search'))
})

inspections('alerts to whom posts look out for, and to nothing more of them', async () => {
  const whose = await enrolled(wanted)
  const deed = { type: 'watch', listed: 'added', cause: 'wanted' } as const
  const { adjudicator, protector } = mesh.officers
  const by = [adjudicator, protector]
  await desk.done('/v1/watch-list', deed, by, 'criminal-investigation', { handle: whose })
  const reply = await inspect({ ...of(wanted), handle: whose })
  equal([reply.step, reply.verdict, reply.result.watch], ['alert', 'failed', 'wanted'])
  equal(Object.keys(reply.result).sort(), ['status', 'watch'])
})

inspections('leaves open what was not handed over', async () => {
  const reply = await inspect({ files: new Map(), live: [] })
  const outcomes = Object.fromEntries(reply.checks.map(({ name, outcome }) => [name, outcome]))
  is(outcomes['passive-authentication'], 'undetermined')
  is(outcomes['capture-quality'], 'aborted')
  is(outcomes['live-to-register'], 'aborted')
  is(reply.chip, undefined)
  is(reply.verified, undefined)
})

inspections('logs nothing of what cannot be as the officer signed it', async () => {
  const elsewhere = inspectionBody(mesh, { ...whole(), handle: await enrolledStranger() })
  const body = inspectionBody(mesh, whole())
  const nonce = toBase64(new Uint8Array(PAYLOAD_NONCE_BYTES))
  const unreadable = { position: 2, template: Uint8Array.of(1, 2, 3) }
  const { size } = mesh.node().ledger.own
  for (const wrong of [
    { ...body, zone: ZONE.replace('AIGERIM', 'AIZHANA') },
    { ...body, files: [body.files[0]!, body.files[0]!] },
    { ...body, images: { nonce, fingers: person.images } },
    { ...body, verify: elsewhere.verify },
    inspectionBody(mesh, { ...whole(), live: [unreadable] }),
  ]) {
    refused(await client.post(PATH, wrong), 422, 'unprocessable')
  }
  is(mesh.node().ledger.own.size, size)
})

inspections('goes on where the chip’s images get no turn', async () => {
  const full = new Extractor(
    { workers: 1, waitingMax: 0 },
    { clock: systemClock, spawn: neverDone },
  )
  const ahead = full.prints({ bytes: fromBase64(person.images[0]!.image) }).catch(() => undefined)
  const busy = await startGateway(mesh.node(), silentLogger, full, trust())
  const body = inspectionBody(mesh, whole())
  const { body: reply } = await new Client(busy).post<InspectionReply>(PATH, body)
  await busy.close()
  await full.close()
  await ahead
  const line = reply.checks.find(({ name }) => name === 'live-to-chip')!
  equal([line.outcome, line.reason], ['undetermined', 'busy'])
  is(reply.verified!.verdict, 'hit')
})

inspections('is logged once: a deed that is handed in again is refused', async () => {
  const body = inspectionBody(mesh, whole())
  is((await client.post(PATH, body)).status, 201)
  refused(await client.post(PATH, body), 409, 'conflict', 'statement-used')
})

inspections.run()

function of({ dg3, live }: TestTraveller): InspectionOptions {
  return { files: passport(dg3), live }
}

function whole(): InspectionOptions {
  return { ...of(person), handle }
}

async function inspect(changes: InspectionOptions = {}): Promise<InspectionReply> {
  const body = inspectionBody(mesh, { ...whole(), ...changes })
  const reply = await client.post<InspectionReply>(PATH, body)
  is(reply.status, 201, reply.text)
  return reply.body
}

async function enrolled({ fingers }: TestTraveller): Promise<Uint8Array> {
  const request = mesh.signedEnrolment({ fingers })
  await mesh.node().enrolment.enrol(request)
  await mesh.settled()
  return request.handle
}

async function enrolledStranger(): Promise<Uint8Array> {
  return enrolled({ ...stranger, fingers: testPerson('elsewhere').capture() })
}

/** One letter of the name is another one. */
function tampered(file: Uint8Array): Uint8Array {
  const text = Buffer.from(file).toString('latin1').replace('AIGERIM', 'AIGERIN')
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

/** A thread that is given an image and keeps it. */
function neverDone(): Worker {
  return new Worker('setInterval(() => {}, 1000)', { eval: true })
}
