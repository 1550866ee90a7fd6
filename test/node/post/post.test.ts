import { suite } from 'uvu'
import { equal, is, match, not, ok } from 'uvu/assert'
import { TRUST_AGE_MS_MAX, WATCH_AGE_MS_MAX, ROSTER_AGE_MS_MAX } from '../../../node/post/limits.ts'
import type { Seen } from '../../../node/post/post.ts'
import { revocationList } from '../../crypto/support/certificates.ts'
import { chip, root, ZONE } from '../../protocol/document/support/chips.ts'
import { testPerson } from '../../support/test-person.ts'
import { linesOf, TestPost } from './support/test-post.ts'
import { codeOf } from './support/refusals.ts'

const REGISTER = ['live-to-register', 'document-status', 'watch-list', 'search'] as const
const SILENT = ['undetermined no-answer', 'undetermined no-answer']
const HOUR_MS = 3_600_000

/** In an encoded answer, a place behind the frames of its bundle. */
const ANSWER_AT = 40

const posts = suite('a border post')

let border: TestPost
let handle: Uint8Array
const live = testPerson('aigerim').capture('at the border')

posts.before(async () => {
  border = await TestPost.start()
  handle = await border.desk.enrolled('aigerim')
  await border.knows(handle)
})

posts.before.each(async () => {
  await border.setUp()
})

posts.after(async () => {
  await border.close()
})

posts('asks the nearest node, which logs it, and takes what can be proven', async () => {
  const before = await border.acts()
  const seen = await inspect()
  equal(linesOf(seen, ...REGISTER), [
    ...['', '', ''].map(() => 'successful'),
    'undetermined not-asked',
  ])
  // A node that takes its time is followed, and then both log it.
  const logged = (await border.acts()) - before
  ok(logged >= 1 && logged <= border.posted('inspections'), `${logged} were logged`)
  ok(seen.node)
})

posts('tells a stranger from the person, and searches where it has to', async () => {
  const stranger = testPerson('a stranger').capture()
  const seen = await border.inspect({ handle, fingers: stranger, isSearched: true })
  equal(linesOf(seen, 'live-to-register', 'search'), ['failed score-below', 'successful'])
  const other = await border.inspect({ fingers: live, isSearched: true })
  equal(linesOf(other, ...REGISTER), [
    'undetermined nobody-named',
    'undetermined nobody-named',
    'undetermined nobody-named',
    'failed somebody-else',
  ])
})

posts('goes to the next node where one is dead or silent', async () => {
  for (const state of ['dead', 'silent'] as const) {
    for (const place of [0, 1]) {
      await border.setUp()
      border.links[place]!.state = state
      const seen = await inspect()
      is(linesOf(seen, 'live-to-register')[0], 'successful', `${place} is ${state}`)
      is(seen.node, border.mesh.roster.nodes[1 - place]!.name)
    }
  }
})

posts('believes no node that lies, and asks the other', async () => {
  const old = await inspected()
  const lies: readonly ((reply: Record<string, unknown>) => Record<string, unknown>)[] = [
    (reply) => ({ ...reply, log: 'region-9' }),
    () => old,
    (reply) => ({ ...reply, verified: old['verified'] }),
    (reply) => ({ ...reply, verified: flipped(reply['verified']) }),
    (reply) => ({ ...reply, entry: old['entry'] }),
    (reply) => ({ ...reply, result: { status: 'emperor' } }),
    () => ({}),
  ]
  for (const lie of lies) {
    await border.setUp()
    border.links[0]!.alter = lie
    border.links[1]!.alter = (reply) => reply
    const seen = await inspect()
    is(seen.node, 'region-2', String(lie))
    border.links[1]!.alter = lie
    const alone = await inspect()
    is(alone.node, undefined, String(lie))
    equal(linesOf(alone, ...REGISTER).slice(0, 2), SILENT)
  }
})

posts('goes on without nodes: what they would know is open, never successful', async () => {
  cutOff()
  const seen = await inspect({ zone: ZONE, files: chip() })
  equal(linesOf(seen, ...REGISTER), [...SILENT, 'successful', 'undetermined no-answer'])
  is(seen.verdict === 'successful', false)
  is(seen.step, 'second-line')
  equal(linesOf(seen, 'zone', 'expiry'), ['successful', 'successful'])
  match(seen.cutOff!, 'nobody is there')
})

posts('knows by its own copy whom to look out for, until it is too old', async () => {
  const wanted = await border.desk.enrolled('wanted')
  const { adjudicator, protector } = border.mesh.officers
  const deed = { type: 'watch', listed: 'added', cause: 'wanted' } as const
  const by = [adjudicator, protector]
  const about = { handle: wanted }
  await border.desk.done('/v1/watch-list', deed, by, 'criminal-investigation', about)
  await border.mesh.settled()
  border.clock.shift(HOUR_MS)
  border.clock.shift(-HOUR_MS)
  await untilWatched()
  cutOff()
  const seen = await border.inspect({ handle: wanted })
  equal([linesOf(seen, 'watch-list')[0], seen.step], ['failed watched', 'alert'])
  border.clock.shift(WATCH_AGE_MS_MAX + HOUR_MS)
  const later = await border.inspect({ handle: wanted })
  is(linesOf(later, 'watch-list')[0], 'undetermined cache-outdated')
})

posts('relies on no list of states that is too old', async () => {
  const files = {
    authorities: [{ name: 'authority.cer', bytes: root.certificate.raw }],
    revocations: [{ name: 'authority.crl', bytes: revocationList(root) }],
  }
  await border.post.caches.keepTrust(files)
  cutOff()
  const document = { zone: ZONE, files: chip() }
  const fresh = await border.inspect(document)
  equal(linesOf(fresh, 'passive-authentication'), ['successful'])
  border.clock.shift(TRUST_AGE_MS_MAX + HOUR_MS)
  const seen = await border.inspect(document)
  equal(linesOf(seen, 'passive-authentication'), ['undetermined cache-outdated'])
  is((await border.post.state()).trust!.isOutdated, true)
})

posts('asks no node by a roster that is too old', async () => {
  border.clock.shift(ROSTER_AGE_MS_MAX + HOUR_MS)
  const seen = await inspect()
  equal(linesOf(seen, 'live-to-register'), ['undetermined cache-outdated'])
  equal(
    border.links.flatMap(({ posted }) => posted),
    [],
  )
})

posts('keeps an inspection until somebody decides, over a restart', async () => {
  const { id } = await inspect()
  await border.restart()
  equal((await border.post.state()).open, [id])
  const against = decide(id, 'admitted', '')
  is(await codeOf(against), 'unprocessable')
  await decide(id, 'second-line', '')
  equal((await border.post.state()).open, [])
  is(await codeOf(decide(id, 'second-line', '')), 'not-found')
})

posts('decides an inspection once, also when it is asked twice at a time', async () => {
  const { id } = await inspect()
  const asked = [decide(id, 'second-line', ''), decide(id, 'second-line', '')]
  const done = await Promise.allSettled(asked)
  equal(
    done.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  is(border.post.queue.waiting, 1)
})

posts('keeps crossings while it is cut off, and hands each in once', async () => {
  cutOff()
  for (let count = 0; count < 3; count += 1) {
    const { id } = await inspect()
    await decide(id, 'admitted', 'known by face')
  }
  const before = await border.acts()
  const { delivered, held } = await border.post.deliver()
  equal([delivered.length, border.post.queue.waiting], [0, 3])
  ok(held)
  await border.restart()
  for (const link of border.links) link.state = 'good'
  is((await border.post.deliver()).delivered.length, 3)
  is((await border.post.deliver()).delivered.length, 0)
  equal([border.post.queue.waiting, border.post.queue.refused], [0, 0])
  is(await border.acts(), before + 3)
})

posts('hands nothing in twice where the answer was lost, and the post died', async () => {
  const { id } = await inspect()
  await decide(id, 'second-line', '')
  const before = await border.acts()
  for (const link of border.links) link.state = 'loses-answers'
  is((await border.post.deliver()).delivered.length, 0)
  is(await border.acts(), before + 1)
  await border.restart()
  await border.post.deliver()
  for (const link of border.links) link.state = 'good'
  is((await border.post.deliver()).delivered.length, 1)
  is(border.post.queue.waiting, 0)
  is(await border.acts(), before + 1)
})

posts('waits for the node that may have it, and does not ask another', async () => {
  const { id } = await inspect()
  await decide(id, 'second-line', '')
  const before = await border.acts()
  for (const link of border.links) link.state = 'loses-answers'
  await border.post.deliver()
  const [first, second] = border.links as [TestPost['links'][0], TestPost['links'][0]]
  const [has, hasNot] =
    first.posted.length > second.posted.length ? [first, second] : [second, first]
  has.state = 'dead'
  hasNot.state = 'good'
  const count = hasNot.posted.length
  is((await border.post.deliver()).delivered.length, 0)
  is(hasNot.posted.length, count)
  // Within the hour the log of the one has come to the other.
  await border.mesh.settled()
  border.clock.shift(HOUR_MS)
  is((await border.post.deliver()).delivered.length, 1)
  is(await border.acts(), before + 1)
})

posts('takes no word for it that does not prove that a crossing is logged', async () => {
  const { id } = await inspect()
  await decide(id, 'second-line', '')
  for (const link of border.links) link.alter = (reply) => ({ ...reply, log: 'region-9' })
  is((await border.post.deliver()).delivered.length, 0)
  is(border.post.queue.waiting, 1)
})

posts('keeps apart what every node refuses, and goes on with the rest', async () => {
  const [one, other] = [await inspect(), await inspect()]
  const { stranger } = border.mesh.officers
  await border.post.decide(one.id, { decision: 'second-line', reason: '' }, stranger)
  await decide(other.id, 'second-line', '')
  is((await border.post.deliver()).delivered.length, 1)
  equal([border.post.queue.waiting, border.post.queue.refused], [0, 1])
  const [refused] = await border.post.queue.refusals()
  match(refused!.why, /^forbidden: /)
})

posts('says what nodes refuse an officer, and does not take it for an outage', async () => {
  const { registrar } = border.mesh.officers
  const traveller = { profile: 'counter', caseNumber: 'shift-1', liveness: 'live' } as const
  const nothing = { handle, zone: undefined, files: new Map(), fingers: live, isSearched: false }
  is(await codeOf(border.post.inspect({ ...traveller, ...nothing }, registrar)), 'forbidden')
  not.ok((await border.post.state()).open.length)
})

posts.run()

function inspect(traveller: Parameters<TestPost['inspect']>[0] = {}): Promise<Seen> {
  return border.inspect({ handle, fingers: live, ...traveller })
}

/** An answer that was good once. */
async function inspected(): Promise<Record<string, unknown>> {
  border.links[1]!.state = 'dead'
  await inspect()
  return border.links[0]!.last
}

function decide(id: string, decision: 'admitted' | 'second-line', reason: string) {
  return border.post.decide(id, { decision, reason }, border.mesh.officers.guard)
}

function cutOff(): void {
  for (const link of border.links) link.state = 'dead'
}

/** A node hands the same copy out for some seconds. */
async function untilWatched(): Promise<void> {
  for (;;) {
    await border.setUp()
    if (((await border.post.state()).watch?.value ?? 0) > 0) return
    await border.clock.sleep(500)
  }
}

/** The proof with one bit of the answer another. */
function flipped(told: unknown): object {
  const { proof } = told as { proof: string }
  const bytes = Buffer.from(proof, 'base64')
  bytes[ANSWER_AT]! ^= 1
  return { ...(told as object), proof: bytes.toString('base64') }
}
