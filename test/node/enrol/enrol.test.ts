import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { SEARCHES } from '../../../protocol/message/search.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { parseTlogProof, verifyTlogProof } from '../../../crypto/tlog-proof.ts'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { MINUTIAE_MIN } from '../../../node/limits.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { DEPOSITS } from '../../../protocol/message/deposit.ts'
import { decodePayload, encodePayload, PAYLOAD_NONCE_BYTES } from '../../../protocol/payload.ts'
import type { CapturedFinger } from '../../../protocol/payload.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { decodeApplication } from '../../../protocol/rules/application.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { STATEMENT_AGE_MS_MAX, STATEMENT_AHEAD_MS_MAX } from '../../../protocol/statement.ts'
import { testPerson } from '../../support/test-person.ts'
import { codeOf } from '../log/support/test-disk.ts'
import { Enrolling, refusalOf, type RequestOptions } from './support/enrolling.ts'

const alice = testPerson('alice')
const bob = testPerson('bob')

const promises = suite('an enrolment')

promises('puts the person into the register of every node, with a proof', async () => {
  const enrolling = await Enrolling.start('enrol')
  const { register } = enrolling
  const handle = enrolling.handle()
  const node = enrolling.node()
  const request = enrolling.request(alice.capture(), { handle })
  const enrolled = await enrolling.run(node.enrolment.enrol(request))
  const shard = shardOf(handle, register.roster)
  equal([enrolled.handle, enrolled.shard], [handle, shard])
  equal(enrolled.replicas, replicasOf(shard, register.roster))
  is(enrolled.duplicateCheck?.answer.verdict, 'no-hit')
  equal([enrolled.status, enrolled.case], ['provisional', undefined])

  const { network, nodes } = register.roster
  const { entry, proof, log } = enrolled.entry
  is(log, node.name)
  verifyTlogProof(entry, proof, logOrigin(network, log), logVerifier(network, nodes[0]!))
  is(Number(parseTlogProof(proof).index), enrolled.index)
  const written = decodeEntryOf('enrolment', entry)
  equal([written.handle, written.shard], [handle, shard])
  equal(written.statement, request.signed.statement)
  equal(written.duplicateCheck, enrolled.duplicateCheck?.answer.queryId)
  equal(
    written.frontier.map((covered) => covered.node),
    nodes.map(({ name }) => name),
  )

  await enrolling.settle()
  for (const { registry, keeper } of register.nodes()) {
    equal(registry.person(handle)?.commitment, written.commitment)
    is(keeper.missing, 0)
  }
})

promises('of one finger under two positions is refused, and nobody is asked', async () => {
  const enrolling = await Enrolling.start('one finger twice')
  const { size } = enrolling.node().ledger.own
  const [right] = alice.capture()
  const [again] = alice.capture('once more')
  const twice = enrolling.enrol([right!, { ...again!, position: 7 }])
  equal(await refusalOf(twice), ['same-finger-twice'])
  const said: unknown = await twice.catch((error: unknown) => error)
  match(String(said), /fingers 2 and 7 are one and the same/)
  is(enrolling.node().ledger.own.size, size)
})

promises('asked for again is answered with the enrolment that is there', async () => {
  const enrolling = await Enrolling.start('again')
  const handle = enrolling.handle()
  const request = enrolling.request(alice.capture(), { handle })
  const { enrolment } = enrolling.node()
  const first = await enrolling.run(enrolment.enrol(request))
  const second = await enrolling.run(enrolment.enrol(request))
  const signedAgain = enrolling.request(alice.capture(), { handle, payload: request.payload })
  const third = await enrolling.run(enrolment.enrol(signedAgain))
  await enrolling.settle()
  const elsewhere = await enrolling.run(enrolling.node(1).enrolment.enrol(request))
  for (const again of [second, third, elsewhere]) {
    equal(
      [again.entry.entry, again.index, again.replicas],
      [first.entry.entry, first.index, first.replicas],
    )
    is(again.duplicateCheck, undefined)
  }
  is((await enrolling.enrolments()).length, 1)
})

promises('of a handle that is somebody else’s is a conflict', async () => {
  const enrolling = await Enrolling.start('taken')
  const handle = enrolling.handle()
  await enrolling.run(enrol(enrolling, alice.capture(), handle))
  for (const fingers of [bob.capture(), alice.capture('another time'), alice.capture()]) {
    is(await codeOf(enrolling.run(enrol(enrolling, fingers, handle))), 'conflict')
  }
  is((await enrolling.enrolments()).length, 1)
})

promises('of one handle twice at a time is a conflict for one of them', async () => {
  const enrolling = await Enrolling.start('at once')
  const handle = enrolling.handle()
  const request = enrolling.request(alice.capture(), { handle })
  const other = enrolling.request(bob.capture(), { handle })
  const codes = [request, request, other].map((each) => {
    return codeOf(enrolling.node().enrolment.enrol(each))
  })
  equal(await enrolling.run(Promise.all(codes)), [undefined, 'conflict', 'conflict'])
  is((await enrolling.enrolments()).length, 1)
  is(await codeOf(enrolling.run(enrolling.node().enrolment.enrol(request))), undefined)
})

promises('of one person twice at a time is a conflict for the later', async () => {
  const enrolling = await Enrolling.start('two handles')
  const codes = ['first', 'second'].map((time) => codeOf(enrol(enrolling, alice.capture(time))))
  equal(await enrolling.run(Promise.all(codes)), [undefined, 'conflict'])
  is((await enrolling.enrolments()).length, 1)
})

promises('of two persons at a time is none of each other’s business', async () => {
  const enrolling = await Enrolling.start('two persons')
  const both = [alice, bob].map((person) => codeOf(enrol(enrolling, person.capture())))
  equal(await enrolling.run(Promise.all(both)), [undefined, undefined])
  await enrolling.settle()
  for (const { registry } of enrolling.register.nodes()) is(registry.people, 2)
})

promises('of who is in the register already is held, and an examiner has to look', async () => {
  const enrolling = await Enrolling.start('duplicate')
  const { handle } = await enrolling.enrol(alice.capture())
  const others = [handle]
  for (const place of [0, 1, 2]) {
    const again = await enrolling.enrol(alice.capture(`day ${place}`), {}, place)
    is(again.status, 'suspended')
    is(again.duplicateCheck?.answer.verdict, 'hit')
    equal(again.case, hashLeaf(again.entry.entry))
    for (const { registry } of enrolling.register.nodes()) {
      is(registry.lives.life(again.handle)?.status, 'suspended')
      const { kind, subject, candidates } = registry.cases.file(again.case!)!
      equal([kind, subject], ['duplicate', again.handle])
      equal(namesOf(candidates), namesOf(others.map((other) => ({ handle: other }))))
    }
    others.push(again.handle)
  }
  is(enrolling.node().registry.lives.life(handle)?.status, 'provisional')
  const { status } = await enrolling.enrol(bob.capture())
  is(status, 'provisional')
})

promises('that is held can still be found, under each of its handles', async () => {
  const enrolling = await Enrolling.start('held')
  const first = await enrolling.enrol(alice.capture())
  const second = await enrolling.enrol(alice.capture('another day'))
  for (const place of [0, 1, 2]) {
    const found = await enrolling.found(alice.capture('at the border'), place)
    equal(namesOf(found), namesOf([first, second]))
  }
})

promises('of too few minutiae is refused, and leaves no trace', async () => {
  const enrolling = await Enrolling.start('poor')
  const before = enrolling.stored().length
  const [right, left] = alice.capture()
  const bad: Record<string, readonly CapturedFinger[]> = {
    'a finger too poor': [withMinutiae(right!, MINUTIAE_MIN - 1)],
    'one of two too poor': [right!, withMinutiae(left!, MINUTIAE_MIN - 1)],
    'a finger without minutiae': [withMinutiae(right!, 0)],
    'no template': [{ position: 2, template: utf8('not a template') }],
    'an empty template': [{ position: 2, template: new Uint8Array() }],
    'no finger': [],
  }
  for (const [what, fingers] of Object.entries(bad)) {
    is(await codeOf(enrolling.run(enrol(enrolling, fingers))), 'unprocessable', what)
  }
  const twice = encodePayload({
    nonce: new Uint8Array(PAYLOAD_NONCE_BYTES),
    fingers: [right!, right!],
  })
  equal(await refusalOf(enrolling.enrol([right!], { payload: twice })), ['unprocessable'])
  is(enrolling.stored().length, before)
  is(await codeOf(enrolling.run(enrol(enrolling, [withMinutiae(right!, MINUTIAE_MIN)]))), undefined)
})

promises('that nobody can have asked for is refused, and leaves no trace', async () => {
  const enrolling = await Enrolling.start('forbidden')
  const before = enrolling.stored().length
  const fingers = alice.capture()
  const handle = enrolling.handle()
  const { signer } = enrolling.register.officials.officers['enrolment-officer']
  const { credential } = enrolling.register.officials.officers.auditor
  const verify = { action: 'verify' as const, deedDigest: undefined, handle }
  const request = enrolling.request(fingers)
  const bad = {
    forbidden: [
      enrolling.request(fingers, { officer: { signer, credential } }),
      enrolling.request(fingers, { statement: { network: 'other.kz' } }),
      enrolling.request(fingers, { statement: verify }),
    ],
    unprocessable: [
      { ...request, payload: enrolling.request(fingers).payload },
      { ...request, application: enrolling.request(fingers).application },
    ],
    'bad-signature': [{ ...request, signed: { ...request.signed, signature: new Uint8Array(64) } }],
    malformed: [
      enrolling.request([], { payload: utf8('not a payload') }),
      { ...request, signed: { ...request.signed, credential: utf8('not a credential') } },
    ],
  }
  for (const [code, requests] of Object.entries(bad)) {
    for (const each of requests) {
      is(await codeOf(enrolling.run(enrolling.node().enrolment.enrol(each))), code)
    }
  }
  is(enrolling.stored().length, before)
})

promises('that its officer may not ask for is refused and stays on record', async () => {
  const enrolling = await Enrolling.start('refused')
  const now = enrolling.world.clock.now()
  const guard = enrolling.register.officials.officers['border-officer']
  const bad: [code: string, RequestOptions][] = [
    ['role-may-not', { officer: guard }],
    ['purpose-not-allowed', { statement: { purpose: 'border-control' } }],
    ['statement-stale', { statement: { at: now - STATEMENT_AGE_MS_MAX - 1_000 } }],
    ['statement-stale', { statement: { at: now + STATEMENT_AHEAD_MS_MAX + 60_000 } }],
  ]
  for (const [reason, options] of bad) {
    equal(await refusalOf(enrolling.enrol(alice.capture(), options)), [reason])
  }
  const refused = await enrolling.entriesOf('refused')
  equal(
    refused.map(({ reason }) => reason),
    ['role-may-not', 'purpose-not-allowed'],
    'an old statement may come from anybody',
  )
  equal([(await enrolling.enrolments()).length, enrolling.node().registry.people], [0, 0])
})

promises('waits for every replica: without one nobody is enrolled', async () => {
  const enrolling = await Enrolling.start('replica down')
  const handle = handleKeptBy(enrolling, 'astana')
  const request = enrolling.request(alice.capture(), { handle })
  enrolling.crash('astana')
  const { enrolment, registry } = enrolling.node()
  is(await codeOf(enrolling.run(enrolment.enrol(request))), 'incomplete')
  await enrolling.settle()
  equal([registry.person(handle), (await enrolling.enrolments()).length], [undefined, 0])

  await enrolling.restart('astana')
  is(await codeOf(enrolling.run(enrolment.enrol(request))), undefined)
  await enrolling.settle()
  for (const { registry: each, keeper } of enrolling.register.nodes()) {
    equal([each.people, keeper.missing], [1, 0])
  }
})

promises('waits for the acknowledgement, not for the record alone', async () => {
  const enrolling = await Enrolling.start('silent replica')
  const handle = handleKeptBy(enrolling, 'astana')
  const request = enrolling.request(alice.capture(), { handle })
  const speak = enrolling.world.network.silence('astana', DEPOSITS)
  const { enrolment } = enrolling.node()
  is(await codeOf(enrolling.run(enrolment.enrol(request))), 'incomplete')
  is((await enrolling.enrolments()).length, 0)
  speak()
  is(await codeOf(enrolling.run(enrolment.enrol(request))), undefined)
})

promises('needs every shard to have been searched', async () => {
  const enrolling = await Enrolling.start('shard down')
  const ends = ['astana', 'shymkent'].map((name) => {
    return enrolling.world.network.silence(name, SEARCHES)
  })
  is(await codeOf(enrolling.run(enrol(enrolling, alice.capture()))), 'incomplete')
  is((await enrolling.enrolments()).length, 0)
  is(
    enrolling.stored().some(({ key }) => key.startsWith('vault/')),
    false,
  )
  for (const end of ends) end()
  is(await codeOf(enrolling.run(enrol(enrolling, alice.capture()))), undefined)
})

promises('is still there when all nodes have been started again', async () => {
  const enrolling = await Enrolling.start('restart')
  const handle = enrolling.handle()
  const request = enrolling.request(alice.capture(), { handle })
  const { entry } = await enrolling.run(enrolling.node().enrolment.enrol(request))
  await enrolling.rest(0)
  const again = await enrolling.run(enrolling.node().enrolment.enrol(request))
  equal(again.entry.entry, entry.entry)
  is((await enrolling.enrol(alice.capture('later'))).status, 'suspended')
})

promises('leaves nothing of a finger in a log, and on no disk but sealed', async () => {
  const enrolling = await Enrolling.start('privacy')
  const request = enrolling.request(alice.capture(), { application: { consentForm: 'form 4711' } })
  const { payload, application } = request
  await enrolling.run(enrolling.node().enrolment.enrol(request))
  is((await enrolling.enrol(alice.capture('again'))).status, 'suspended')

  const { nonce } = decodeApplication(application)
  const pieces = piecesOf(payload)
  ok(pieces.length > 20 && pieces.every((secret) => toHex(payload).includes(secret)))
  const secrets = [...pieces, toHex(nonce), toHex(utf8('form 4711'))]
  const places = enrolling.stored()
  ok(places.filter(({ key }) => key.startsWith('vault/')).length >= 2)
  for (const { key, value } of places) {
    const text = toHex(value)
    is(
      secrets.some((secret) => text.includes(secret)),
      false,
      key,
    )
  }
})

promises.run()

function enrol(
  enrolling: Enrolling,
  fingers: readonly CapturedFinger[],
  handle = enrolling.handle(),
) {
  return enrolling.node().enrolment.enrol(enrolling.request(fingers, { handle }))
}

function namesOf(people: readonly { handle: Uint8Array }[]): string[] {
  return people.map(({ handle }) => toHex(handle)).toSorted()
}

/** A handle whose record `name` has to keep. */
function handleKeptBy(enrolling: Enrolling, name: string): Uint8Array {
  const { roster } = enrolling.register
  for (;;) {
    const handle = enrolling.handle()
    if (replicasOf(shardOf(handle, roster), roster).includes(name)) return handle
  }
}

function withMinutiae({ position, template }: CapturedFinger, count: number): CapturedFinger {
  const [view] = readTemplate(template).views
  const cut = { ...view!, minutiae: view!.minutiae.slice(0, count) }
  return { position, template: writeIso19794v2005({ views: [cut] }) }
}

/** The nonce, and every stretch of four minutiae, in hexadecimal. */
function piecesOf(payload: Uint8Array): string[] {
  const { nonce, fingers } = decodePayload(payload)
  ok(encodePayload({ nonce, fingers }).length === payload.length)
  const pieces = [toHex(nonce)]
  for (const { template } of fingers) {
    for (let at = 28; at + 24 <= template.length; at += 6) {
      pieces.push(toHex(template.subarray(at, at + 24)))
    }
  }
  return pieces
}
