import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Deed } from '../../../protocol/deed.ts'
import { addDays, addYears, civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { encodePolicy, type Policy } from '../../../protocol/rules/policy.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { testPerson } from '../../support/test-person.ts'
import { refusalOf } from '../enrol/support/enrolling.ts'
import { Acting, type About, type Signers } from './support/deeds.ts'

const alice = testPerson('alice')

const CLERK: Signers = ['enrolment-officer']
const TWO: Signers = ['adjudicator', 'data-protection-officer']
const REGISTRARS: Signers = ['enrolment-officer', 'data-protection-officer']
const reference = new Uint8Array(16)
const passport: Deed = { type: 'document', document: 'passport', reference }
const nowhere = new Uint8Array(32)

const DAY_MS = 86_400_000

/** Nothing is kept longer than a year; all else is as in the seed's law. */
const SHORT: Policy = {
  ...SEED_2017,
  id: 'short',
  retention: SEED_2017.retention.map((rule) => ({ ...rule, years: 1 })),
}

const promises = suite('what the law and things as they are say to a deed')

let acting: Acting
let handle: Uint8Array

promises.before.each(async ({ __test__ }) => {
  acting = await Acting.start(`law ${__test__}`)
  handle = acting.handle()
})

promises('wants a person where it is about one, and none where it is about nobody', async () => {
  equal(await refusalOf(act({ type: 'status' }, CLERK)), ['unprocessable'])
  equal(await refusalOf(act({ type: 'confirmation' }, CLERK)), ['unprocessable'])
  equal(await refusalOf(act({ type: 'alarms' }, ['auditor'], { handle })), ['unprocessable'])
  equal(await refusalOf(act({ type: 'case-queue' }, ['adjudicator'], { handle })), [
    'unprocessable',
  ])
})

promises('knows no fine but the law’s', async () => {
  const fined = (fine: number) => act({ type: 'refusal', fine }, CLERK, { handle })
  equal(await refusalOf(fined(49)), ['fine-not-in-law'])
  await fined(50)
  equal(acting.statuses(handle), ['refused', 'refused', 'refused'])
  equal(await refusalOf(fined(50)), ['already-refused'])
})

promises('lets a postponement last as long as the law does, and no day longer', async () => {
  const postponed = (days: number) => {
    const until = addDays(today(), days)
    return act({ type: 'postponement', cause: 'injured', until }, CLERK, { handle })
  }
  for (const days of [-1, 0, 91]) equal(await refusalOf(postponed(days)), ['term-not-in-law'])
  await postponed(90)
  is(acting.node().registry.lives.life(handle).until, addDays(today(), 90))
})

promises('has an exemption end where its cause does, and no other', async () => {
  const until = addYears(today(), 4)
  const exempt = (cause: 'no-fingers' | 'under-age', end?: string) => {
    return act({ type: 'exemption', cause, until: end }, CLERK, { handle })
  }
  equal(await refusalOf(exempt('no-fingers', until)), ['term-not-in-law'])
  equal(await refusalOf(exempt('under-age')), ['term-not-in-law'])
  await exempt('under-age', until)
  equal(acting.statuses(handle), ['exempt', 'exempt', 'exempt'])
})

promises('gives no document to who is not, or not yet, on record for it', async () => {
  const grant = (deed: Deed = passport) => act(deed, CLERK, { handle })
  equal(await refusalOf(grant()), ['not-enrolled'])
  await acting.enrol(alice.capture(), { handle })
  equal(await refusalOf(grant()), ['not-confirmed'])
  const confirm = () => act({ type: 'confirmation' }, CLERK, { handle })
  equal(await refusalOf(confirm()), ['not-compared'])
  await acting.compared(handle)
  await confirm()
  const permit: Deed = { type: 'document', document: 'residence-permit', reference }
  equal(await refusalOf(grant(permit)), ['document-not-for-citizenship'])
  await grant()
  equal(acting.statuses(handle), ['documented', 'documented', 'documented'])
  equal(await refusalOf(grant()), ['already-granted'])
})

promises('gives no document to who has refused', async () => {
  await act({ type: 'refusal', fine: 50 }, CLERK, { handle })
  equal(await refusalOf(act(passport, CLERK, { handle })), ['is-refused'])
})

promises('follows the course of a life', async () => {
  const confirm = () => act({ type: 'confirmation' }, CLERK, { handle })
  equal(await refusalOf(confirm()), ['not-enrolled'])
  await acting.enrol(alice.capture(), { handle })
  equal(await refusalOf(act({ type: 'refusal', fine: 50 }, CLERK, { handle })), [
    'already-enrolled',
  ])
  await act({ type: 'suspension', cause: 'court-order' }, ['adjudicator'], { handle })
  equal(await refusalOf(confirm()), ['is-suspended'])
  await act({ type: 'death' }, REGISTRARS, { handle })
  equal(await refusalOf(confirm()), ['is-deceased'])
})

promises('ends no retention before its time', async () => {
  await adopt(SHORT)
  await acting.enrol(alice.capture(), { handle })
  await acting.rest(364 * DAY_MS)
  equal(await refusalOf(act({ type: 'expiry' }, TWO, { handle })), ['retention-not-over'])
  equal(await refusalOf(erase('expired')), ['retention-not-over'])
  await acting.rest(2 * DAY_MS)
  await act({ type: 'expiry' }, TWO, { handle })
  equal(acting.statuses(handle), ['expired', 'expired', 'expired'])
  equal([acting.node().registry.people, await acting.found(alice.capture('again'))], [0, []])
  await erase('expired')
  equal(acting.statuses(handle), ['erased', 'erased', 'erased'])
})

promises('ends the retention of the dead as well', async () => {
  await adopt(SHORT)
  await acting.enrol(alice.capture(), { handle })
  await act({ type: 'death' }, REGISTRARS, { handle })
  equal(await refusalOf(act({ type: 'expiry' }, TWO, { handle })), ['retention-not-over'])
  await acting.rest(366 * DAY_MS)
  await act({ type: 'expiry' }, TWO, { handle })
  equal(acting.statuses(handle), ['expired', 'expired', 'expired'])
})

promises('erases at a wish what was a choice, and keeps what is a duty', async () => {
  await acting.enrol(alice.capture(), { handle })
  equal(await refusalOf(erase('request')), ['kept-by-law'])
  equal(await refusalOf(erase('consent-withdrawn')), ['kept-by-law'])
  await erase('court-order')
  equal(acting.statuses(handle), ['erased', 'erased', 'erased'])

  const child = acting.handle()
  const application = { born: addYears(today(), -13) }
  await acting.enrol(testPerson('child').capture(), { handle: child, application })
  await erase('consent-withdrawn', child)
  equal(acting.statuses(child), ['erased', 'erased', 'erased'])
})

promises(
  'keeps an access back for as long as the law does, and only one that there is',
  async () => {
    const now = acting.world.clock.now()
    const [log, days] = ['almaty', SEED_2017.holdDaysMax]
    const hold = (index: number, until: number) => {
      return act({ type: 'hold', log, index, until }, TWO)
    }
    equal(await refusalOf(hold(1, now + (days + 1) * DAY_MS)), ['hold-too-long'])
    equal(await refusalOf(hold(9_999, now)), ['not-found'])
    await hold(1, now + days * DAY_MS)
  },
)

promises('never changes a law under its own name', async () => {
  equal(await refusalOf(adopt({ ...SEED_2017, caseDays: 1 })), ['policy-in-force'])
})

promises('takes no law that cannot be read', async () => {
  const bad: Deed = { type: 'policy', policy: new Uint8Array([1]) }
  const by: Signers = ['data-protection-officer', 'node-administrator']
  equal(await refusalOf(act(bad, by)), ['malformed'])
})

promises('lets a case be decided by those whose turn it is', async () => {
  const first = await acting.enrol(alice.capture())
  const { case: id, ...second } = await acting.enrol(alice.capture('again'))
  const about = { handle: second.handle }
  const same = (
    by: Signers,
    { case: of = id!, candidate = first.handle } = {},
    on: About = about,
  ) => {
    return act({ type: 'opinion', case: of, candidate, finding: 'same', reason: 'all' }, by, on)
  }
  const elsewhere = await acting.appoint('far', { role: 'adjudicator', region: 'shymkent' })
  equal(await refusalOf(same([elsewhere])), ['not-your-case'])
  equal(await refusalOf(same(['forensic-examiner'])), ['not-your-case'])
  equal(await refusalOf(same(['adjudicator'], { case: nowhere })), ['no-such-case'])
  equal(await refusalOf(same(['adjudicator'], { candidate: handle })), ['no-such-case'])
  equal(await refusalOf(same(['adjudicator'], {}, {})), ['no-such-case'])
  await act({ type: 'second-examiner', case: id! }, ['adjudicator'], about)
  await same(['adjudicator'])
  equal(await refusalOf(same(['adjudicator'])), ['already-gave-opinion'])
  const colleague = await acting.appoint('near', { role: 'adjudicator' })
  await same([colleague])
  equal(acting.node().registry.cases.file(id!)?.resolution, 'same')
  equal(await refusalOf(same([colleague])), ['case-decided'])
})

promises('has a case that nobody decides go to others, and never rest', async () => {
  const first = await acting.enrol(alice.capture())
  const { case: id, handle: second } = await acting.enrol(alice.capture('again'))
  const far = await acting.appoint('far', { role: 'adjudicator', region: 'shymkent' })
  const deed = { type: 'opinion', case: id!, candidate: first.handle, reason: '' } as const
  const say = (finding: 'same' | 'cannot-tell', by: Signers) => {
    return act({ ...deed, finding }, by, { handle: second })
  }
  equal(await refusalOf(say('same', [far])), ['not-your-case'])
  await acting.rest(SEED_2017.caseDays * DAY_MS)
  await say('cannot-tell', [far])
  equal(await refusalOf(say('same', ['adjudicator'])), ['not-your-case'])
  await say('same', ['forensic-examiner'])
  equal(acting.node().registry.cases.file(id!)?.resolution, 'same')
})

promises('tells nobody’s name before a person has looked', async () => {
  const person = await acting.enrol(alice.capture())
  const id = await acting.identified(alice.capture('at the border'))
  const about = { handle: person.handle }
  const release = (of = id, on: About = about) => act({ type: 'release', case: of }, TWO, on)
  equal(await refusalOf(release()), ['case-open'])
  equal(await refusalOf(release(nowhere)), ['no-such-case'])
  equal(await refusalOf(release(id, { handle })), ['no-such-case'])
  const opinion = { type: 'opinion', case: id, candidate: person.handle, reason: '' } as const
  await act({ ...opinion, finding: 'different' }, ['adjudicator'])
  equal(await refusalOf(release()), ['case-open'])
})

const lawless = suite('a register without a law')

lawless('changes nobody’s standing', async () => {
  acting = await Acting.start('lawless', [])
  const about = { handle: acting.handle() }
  equal(await refusalOf(act({ type: 'refusal', fine: 50 }, CLERK, about)), ['no-policy'])
  equal(await refusalOf(act({ type: 'death' }, REGISTRARS, about)), ['no-policy'])
  await adopt(SEED_2017)
  await act({ type: 'refusal', fine: 50 }, CLERK, about)
})

promises.run()
lawless.run()

function act(deed: Deed, by: Signers, about: About = {}) {
  return acting.act(deed, by, about)
}

function adopt(policy: Policy) {
  const by: Signers = ['data-protection-officer', 'node-administrator']
  return act({ type: 'policy', policy: encodePolicy(policy) }, by)
}

function erase(ground: Extract<Deed, { type: 'erasure' }>['ground'], person: Uint8Array = handle) {
  return act({ type: 'erasure', ground }, TWO, { handle: person })
}

function today(): string {
  return civilDateAt(acting.world.clock.now())
}
