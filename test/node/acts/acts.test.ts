import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { parseTlogProof, verifyTlogProof } from '../../../crypto/tlog-proof.ts'
import { ACTS_MAX } from '../../../node/limits.ts'
import { resolutionDigest, type Deed } from '../../../protocol/deed.ts'
import { homeOf } from '../../../protocol/number-home.ts'
import { RESOLUTIONS } from '../../../protocol/message/resolution.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { encodePolicy } from '../../../protocol/rules/policy.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { someIins } from '../../support/iins.ts'
import { testPerson } from '../../support/test-person.ts'
import { refusalOf } from '../enrol/support/enrolling.ts'
import { Acting, type Signers } from './support/deeds.ts'

const alice = testPerson('alice')
const [iin, otherIin] = someIins(2) as [string, string]
const nonce = new Uint8Array(32).fill(9)

const CLERK: Signers = ['enrolment-officer']
const TWO: Signers = ['adjudicator', 'data-protection-officer']
const confirmation: Deed = { type: 'confirmation' }

const promises = suite('a deed')

promises('stands in the log with its proof, its law and what came before it', async () => {
  const acting = await Acting.start('logged')
  const { handle } = await acting.enrol(alice.capture())
  await acting.compared(handle)
  const { leaf } = acting.node().registry.person(handle)!
  const { entry, index, reading } = await acting.act(confirmation, CLERK, { handle })
  const { network, nodes } = acting.register.roster
  const verifier = logVerifier(network, nodes[0]!)
  verifyTlogProof(entry.entry, entry.proof, logOrigin(network, entry.log), verifier)
  is(Number(parseTlogProof(entry.proof).index), index)
  const written = decodeEntryOf('act', entry.entry)
  equal([written.subject, written.after, written.policy], [handle, leaf, 'seed-2017'])
  is(reading.of === 'done' && reading.life?.status, 'confirmed')
  equal(acting.statuses(handle), ['confirmed', 'confirmed', 'confirmed'])
})

promises('that only reads is logged as well', async () => {
  const acting = await Acting.start('read')
  const { handle } = await acting.enrol(alice.capture())
  const { reading } = await acting.act({ type: 'status' }, CLERK, { handle })
  is(reading.of === 'status' && reading.status.life.status, 'provisional')
  const eligible: Deed = { type: 'eligibility', document: 'passport' }
  const { reading: answer } = await acting.act(eligible, CLERK, { handle })
  equal(answer.of === 'eligibility' && answer.eligibility.reasons, ['not-confirmed'])
  const acts = (await acting.entriesOf('act')).filter(({ subject }) => subject)
  equal(
    acts.map(({ subject }) => subject),
    [handle, handle],
  )
})

promises('that is refused does nothing, and an officer’s own fault stays on record', async () => {
  const acting = await Acting.start('refused')
  const { handle } = await acting.enrol(alice.capture())
  const before = (await acting.entriesOf('act')).length
  const erasure: Deed = { type: 'erasure', ground: 'court-order' }
  const codes: [string, Signers][] = [
    ['second-person-needed', ['data-protection-officer']],
    ['same-person-twice', ['data-protection-officer', 'data-protection-officer']],
    ['role-may-not', ['data-protection-officer', 'enrolment-officer']],
  ]
  for (const [code, by] of codes) {
    equal(await refusalOf(acting.act(erasure, by, { handle })), [code])
  }
  const twin = await acting.appoint('twin', { role: 'adjudicator' })
  equal(await refusalOf(acting.act(erasure, ['adjudicator', twin], { handle })), [
    'same-role-twice',
  ])
  const refused = await acting.entriesOf('refused')
  equal(
    [...new Set(refused.map(({ reason }) => reason))],
    [...codes.map(([code]) => code), 'same-role-twice'],
  )
  is((await acting.entriesOf('act')).length, before)
  equal(acting.statuses(handle), ['provisional', 'provisional', 'provisional'])
})

promises('that needs two is about one person and one deed', async () => {
  const acting = await Acting.start('two')
  const deed: Deed = { type: 'watch', listed: 'added', cause: 'wanted' }
  const other: Deed = { type: 'watch', listed: 'removed', cause: 'wanted' }
  const [handle, somebody] = [acting.handle(), acting.handle()]
  const one = acting.deed(deed, TWO, { handle })
  for (const wrong of [
    acting.deed(deed, TWO, { handle: somebody }),
    acting.deed(other, TWO, { handle }),
  ]) {
    const signatures = [one.signatures[0]!, wrong.signatures[1]!]
    const work = acting.node().acts.record({ ...one, signatures })
    equal(await refusalOf(acting.run(work)), ['unprocessable'])
  }
  await acting.act(deed, TWO, { handle })
  for (const { registry } of acting.register.nodes())
    is(registry.watchList.causeOf(handle), 'wanted')
  await acting.act(other, TWO, { handle, place: 1 })
  for (const { registry } of acting.register.nodes())
    is(registry.watchList.causeOf(handle), undefined)
})

promises('done twice at a time is done once', async () => {
  const acting = await Acting.start('at once')
  const { handle } = await acting.enrol(alice.capture())
  await acting.compared(handle)
  const now = acting.world.clock.now()
  const requests = [1, 2].map((i) => acting.deed(confirmation, CLERK, { handle, at: now - i }))
  const { acts } = acting.node()
  const works = requests.map(async (request) => acts.record(request))
  const [first, second] = await acting.run(Promise.allSettled(works))
  is(first!.status, 'fulfilled')
  equal(second!.status === 'rejected' && second!.reason.reasons, ['illegal-transition'])
})

promises('that was found in a log tells whoever sends it again nothing, at any node', async () => {
  const acting = await Acting.start('replayed')
  const { handle } = await acting.enrol(alice.capture())
  const request = acting.deed({ type: 'status' }, CLERK, { handle })
  await acting.run(acting.node().acts.record(request))
  await acting.settle()
  for (const place of [0, 1]) {
    const again = acting.run(acting.node(place).acts.record(request))
    equal(await refusalOf(again), ['statement-used'])
  }
})

promises('done at two nodes at a time counts once, and for all nodes alike', async () => {
  const acting = await Acting.start('two nodes')
  const { handle } = await acting.enrol(alice.capture())
  await acting.compared(handle)
  const signed = (place: number) => {
    return acting.deed(confirmation, CLERK, { handle, caseNumber: `at ${place}` })
  }
  const works = [0, 1].map((place) => {
    return acting.node(place).acts.record(signed(place))
  })
  await acting.run(Promise.allSettled(works))
  await acting.settle()
  for (const { registry } of acting.register.nodes()) {
    const { status, history } = registry.lives.life(handle)
    const confirmed = history.filter(({ type }) => type === 'confirmation')
    is(status, 'confirmed')
    equal(
      confirmed.map((step) => step.void),
      [undefined, 'illegal-transition'],
    )
  }
})

promises('waits its turn, and not in too long a queue', async () => {
  const acting = await Acting.start('queue')
  const { acts } = acting.node()
  const request = acting.deed({ type: 'alarms' }, ['auditor'])
  const works = Array.from({ length: ACTS_MAX + 1 }, () => acts.record(request))
  const results = await acting.run(
    Promise.all(works.map((work) => refusalOf(work).catch(() => []))),
  )
  equal(results.at(-1), ['overloaded'])
  equal(results[0], [])
})

promises('brings a law into force at every node, signed by two', async () => {
  const acting = await Acting.start('law')
  const deed: Deed = { type: 'policy', policy: encodePolicy(KZ_2024) }
  const alone = acting.act(deed, ['node-administrator'])
  equal(await refusalOf(alone), ['second-person-needed'])
  await acting.act(deed, ['node-administrator', 'data-protection-officer'])
  for (const { registry } of acting.register.nodes()) {
    is(registry.laws.current(acting.world.clock.now())?.id, 'kz-2024')
  }
})

for (const [what, deed, by] of [
  ['an erasure', { type: 'erasure', ground: 'court-order' }, TWO],
  ['a death', { type: 'death' }, ['enrolment-officer', 'data-protection-officer']],
] as const) {
  promises(`of ${what} takes the person out of every gallery`, async () => {
    const acting = await Acting.start(what)
    const { handle } = await acting.enrol(alice.capture())
    const { handle: other } = await acting.enrol(testPerson('bob').capture())
    await acting.act(deed, by, { handle })
    for (const [place, { registry, keeper }] of acting.register.nodes().entries()) {
      equal([registry.people, registry.person(handle), keeper.missing], [1, undefined, 0])
      equal(await acting.found(alice.capture('later'), place), [])
      const [found] = await acting.found(testPerson('bob').capture('later'), place)
      equal(found?.handle, other)
    }
  })
}

promises('of a suspension leaves the person where they can be found', async () => {
  const acting = await Acting.start('suspended')
  const { handle } = await acting.enrol(alice.capture())
  const suspension: Deed = { type: 'suspension', cause: 'court-order' }
  await acting.act(suspension, ['adjudicator'], { handle })
  equal(acting.statuses(handle), ['suspended', 'suspended', 'suspended'])
  is((await acting.found(alice.capture('later'))).length, 1)
})

const numbers = suite('the number of a person')

numbers('leads to one handle, which only who enrols can make', async () => {
  const acting = await Acting.start('numbers')
  const resolve = (by: Signers, digits = iin) => acting.act(...resolution(digits, by))
  const guard: Signers = ['border-officer']
  equal(await refusalOf(resolve(guard)), ['not-found'])
  const acts = await acting.entriesOf('act')
  is(acts.filter(({ signatures }) => signatures.length === 1).length, 1, 'that somebody tried')
  const { reading } = await resolve(CLERK)
  const handle = reading.of === 'resolution' ? reading.handle : undefined
  for (const by of [CLERK, guard]) {
    const { reading: again, entry } = await resolve(by)
    equal(again, { of: 'resolution', handle })
    equal(decodeEntryOf('act', entry.entry).subject, handle)
  }
  equal(await refusalOf(resolve(guard, otherIin)), ['not-found'])
  const { reading: other } = await resolve(CLERK, otherIin)
  ok(other.of === 'resolution' && toHex(other.handle!) !== toHex(handle!))
})

numbers(
  'leads to the same handle at every node, by the books of its home and of who enrols',
  async () => {
    const acting = await Acting.start('regions')
    const { reading } = await acting.act(...resolution(iin, CLERK))
    const handle = reading.of === 'resolution' ? reading.handle : undefined
    for (const by of [CLERK, ['border-officer']] as Signers[]) {
      const [deed, , about] = resolution(iin, by)
      const { reading: told, entry } = await acting.act(deed, by, { ...about, place: 2 })
      equal(told, { of: 'resolution', handle })
      is(entry.log, acting.node(2).name, 'it is logged where it was asked')
      equal(decodeEntryOf('act', entry.entry).subject, handle)
    }
    const places = [homeOf(iin, acting.register.roster), acting.node().name]
    for (const { name, book } of acting.register.nodes()) {
      equal(await acting.run(book.find(iin)), places.includes(name) ? handle : undefined)
    }
  },
)

numbers('is not said to be nobody’s while a region is silent', async () => {
  const acting = await Acting.start('silent region')
  await acting.act(...resolution(iin, CLERK))
  const speak = acting.world.network.silence(acting.node().name, RESOLUTIONS)
  const [deed, by, about] = resolution(iin, ['border-officer'])
  equal(await refusalOf(acting.act(deed, by, { ...about, place: 1 })), ['incomplete'])
  speak()
  const again = await acting.act(deed, by, { ...about, place: 1 })
  is(again.reading.of, 'resolution')
})

numbers('comes with what hides it, or is not looked for', async () => {
  const acting = await Acting.start('hidden')
  const [deed, by, about] = resolution(iin, CLERK)
  const wrong = [
    { ...about, iin: undefined },
    { ...about, iin: { digits: iin, nonce: new Uint8Array(32) } },
    { ...about, iin: { digits: otherIin, nonce } },
  ]
  for (const each of wrong) equal(await refusalOf(acting.act(deed, by, each)), ['unprocessable'])
  is(await acting.run(acting.node().book.find(iin)), undefined)
})

numbers('is on no disk and in no log', async () => {
  const acting = await Acting.start('secret')
  await acting.act(...resolution(iin, CLERK))
  const secret = toHex(utf8(iin))
  for (const { key, value } of acting.stored()) {
    is(key.includes(iin) || toHex(value).includes(secret), false, key)
  }
})

numbers('is told by the home region, once two have signed and an examiner was sure', async () => {
  const acting = await Acting.start('release')
  const { reading } = await acting.act(...resolution(iin, CLERK))
  const handle = reading.of === 'resolution' ? reading.handle : undefined
  await acting.enrol(alice.capture(), { handle: handle! })
  const id = await acting.identified(alice.capture('at the border'))
  const release: Deed = { type: 'release', case: id }
  equal(await refusalOf(acting.act(release, TWO, { handle })), ['case-open'])
  const opinion = { type: 'opinion', case: id, candidate: handle!, reason: 'ridges' } as const
  await acting.act({ ...opinion, finding: 'same' }, ['adjudicator'])
  const alone = acting.act(release, ['adjudicator'], { handle })
  equal(await refusalOf(alone), ['second-person-needed'])
  const told = async (place: number) => (await acting.act(release, TWO, { handle, place })).reading
  equal(await told(0), { of: 'release', iin })
  equal(await told(1), { of: 'release', iin: undefined })
})

numbers('of nobody who was named is not told', async () => {
  const acting = await Acting.start('not named')
  const { reading } = await acting.act(...resolution(otherIin, CLERK))
  const other = reading.of === 'resolution' ? reading.handle : undefined
  const { handle } = await acting.enrol(alice.capture())
  const id = await acting.identified(alice.capture('at the border'))
  const opinion = { type: 'opinion', case: id, candidate: handle, reason: '' } as const
  await acting.act({ ...opinion, finding: 'same' }, ['adjudicator'])
  const release: Deed = { type: 'release', case: id }
  equal(await refusalOf(acting.act(release, TWO, { handle: other })), ['no-such-case'])
})

const held = suite('a person whose enrolment is held')

for (const [finding, status] of [
  ['different', 'provisional'],
  ['same', 'suspended'],
  ['cannot-tell', 'suspended'],
] as const) {
  held(`is ${status} when an examiner says: ${finding}`, async () => {
    const acting = await Acting.start(finding)
    const first = await acting.enrol(alice.capture())
    const { handle, case: id, entry } = await acting.enrol(alice.capture('again'))
    equal(id, hashLeaf(entry.entry))
    const opinion = { type: 'opinion', case: id!, candidate: first.handle, reason: '' } as const
    await acting.act({ ...opinion, finding }, ['adjudicator'], { handle })
    equal(acting.statuses(handle), [status, status, status])
    equal(acting.statuses(first.handle), ['provisional', 'provisional', 'provisional'])
  })
}

promises.run()
numbers.run()
held.run()

function resolution(digits: string, by: Signers) {
  const deed: Deed = { type: 'resolution', commitment: resolutionDigest(nonce, digits) }
  const isBorder = by[0] === 'border-officer'
  const purpose = isBorder ? ('border-control' as const) : ('document-issue' as const)
  return [deed, by, { purpose, iin: { digits, nonce } }] as const
}
