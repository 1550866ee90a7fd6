import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { equalBytes, toHex, utf8 } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import type { Folded } from '../../../node/audit/folded.ts'
import { Lives } from '../../../node/audit/lives.ts'
import { signatoryOf } from '../../../protocol/credential.ts'
import type { Authorised } from '../../../protocol/authority.ts'
import type { Entry } from '../../../protocol/entry/entry.ts'
import { isOfPrints, type LifeEvent, type LifeSigner } from '../../../protocol/rules/life-event.ts'
import { check } from '../../protocol/support/codec-promises.ts'
import {
  BARRED,
  CLEARED,
  CONFIRMATION,
  DAY_MS,
  document,
  enrolment,
  EXPIRY,
  forked,
  handleOf,
  leafOf,
  NEW_YEAR,
  opinion,
  ORDERED,
  signer,
  told,
  update,
} from '../../protocol/rules/support/story.ts'

const PERSON = handleOf('the person')
const NOTHING = new Uint8Array()

const promises = suite('the lives')

promises('have somebody who can be found from the enrolment until death', () => {
  const lives = new Lives()
  const [enrolled, confirmed, died] = told(enrolment(), CONFIRMATION, { type: 'death' })
  equal(take(lives, enrolled!).map(seen), [['provisional', undefined, '0']])
  equal(seen(lives.take(folded(confirmed!))), ['confirmed', '0', '0'])
  is(lives.count, 1)
  equal(seen(lives.take(folded(died!))), ['deceased', '0', undefined])
  is(lives.count, 0)
  equal(lives.life(PERSON).history.length, 3)
})

promises('know nothing of a stranger', () => {
  const lives = new Lives()
  equal([lives.life(PERSON).status, lives.events(PERSON), lives.count], ['unknown', [], 0])
})

promises('tell an update from an enrolment, and whom its search has named', () => {
  const lives = taken(told(enrolment(), update('other')))
  const { status, enrolment: leaf, case: opened, policy } = lives.life(PERSON)
  equal([status, leaf, policy], ['suspended', leafOf('1'), 'law'])
  equal(opened?.file.candidates, [handleOf('other')])
})

promises('tell who has signed, and why', () => {
  const [event] = told([enrolment(), { by: [{ ...signer(), signedAt: 7 }] }])
  equal(taken([event!]).events(PERSON)[0]?.by, event!.by)
})

promises('take in an entry once, in however many logs it stands', () => {
  const lives = new Lives()
  const [event] = told(enrolment())
  lives.take(folded(event!))
  is(lives.take({ ...folded(event!), log: 'astana' }), undefined)
  is(lives.events(PERSON).length, 1)
})

promises('count what was signed once, in whatever entry it is copied', () => {
  const two = [signer('one'), signer('other')]
  const copied = { by: two.toReversed(), said: 'statement 2' }
  const events = told(enrolment(), BARRED, [ORDERED, { by: two }], BARRED, [ORDERED, copied])
  const { status, history } = taken(events).life(PERSON)
  equal([status, history.at(-1)?.void], ['suspended', 'statement-used'])
  const lives = taken(told(enrolment(), EXPIRY, [enrolment(), { said: 'statement 0' }]))
  equal([lives.count, lives.life(PERSON).status], [0, 'expired'])
})

promises('count what two have signed in the same words as two', () => {
  const second = { by: [signer('second')], said: 'statement 1' }
  const about = [opinion('0', 'different'), opinion('0', 'different', 'third')] as const
  const lives = taken(told(enrolment('other', 'third'), about[0], [about[1], second]))
  is(lives.life(PERSON).status, 'provisional')
})

promises('take in nothing that is about nobody, or changes nobody', () => {
  const lives = new Lives()
  const [act] = told({ type: 'death' })
  const { entry, ...rest } = folded(act!)
  const genesis = { type: 'genesis' as const, at: 1, network: '', node: '', rosterDigest: NOTHING }
  is(lives.take({ ...rest, deed: undefined, entry: genesis }), undefined)
  is(lives.take({ ...rest, entry: { ...entry, subject: undefined } as Entry }), undefined)
  is(lives.take({ ...rest, entry, deed: { type: 'status' } }), undefined)
  is(lives.events(PERSON).length, 0)
})

promises('say when another enrolment counts than was thought', () => {
  const lives = new Lives()
  const [late, early] = told(enrolment(), [enrolment(), { after: undefined, at: NEW_YEAR - 1 }])
  equal(seen(lives.take(folded(late!))), ['provisional', undefined, '0'])
  equal(seen(lives.take(folded(early!))), ['provisional', '0', '1'])
  is(lives.count, 1)
})

promises('count an event whose predecessor was missing once it arrives', () => {
  const lives = new Lives()
  const [a, b, c] = told(enrolment(), CONFIRMATION, document('a'))
  equal(seen(lives.take(folded(c!))), ['unknown', undefined, undefined])
  equal(take(lives, a!).map(seen), [['provisional', undefined, '0']])
  equal(seen(lives.take(folded(b!))), ['documented', '0', '0'])
})

promises('confirm nobody who is not compared, whenever that comes to be known', () => {
  const lives = new Lives()
  const [enrolled, confirmed] = told(enrolment(), CONFIRMATION)
  const none = { isCompared: true, rivals: [] }
  is(lives.compared({ handle: PERSON, leaf: leafOf('1') }, none), undefined)
  lives.take(folded(enrolled!))
  is(lives.refusal(PERSON, { type: 'confirmation' }), 'not-compared')
  equal(seen(lives.take(folded(confirmed!))), ['provisional', '0', '0'])
  const record = { handle: PERSON, leaf: leafOf('0') }
  equal(seen(lives.compared(record, none)), ['confirmed', '0', '0'])
  const rivals = [handleOf('other')]
  equal(seen(lives.compared(record, { isCompared: true, rivals })), ['suspended', '0', '0'])
  equal(lives.life(PERSON).case?.file.candidates, rivals)
})

promises('say beforehand what would be void', () => {
  const lives = taken(told(enrolment('other')))
  const by = [authorised(signer('expert'), 'record')]
  is(lives.refusal(PERSON, { type: 'enrolment' }), 'already-enrolled')
  is(lives.refusal(PERSON, { type: 'update' }), 'case-open')
  is(lives.refusal(handleOf('stranger'), { type: 'enrolment' }), undefined)
  const said = opinion('0', 'different')
  is(lives.refusal(PERSON, said, by, NEW_YEAR), undefined)
  is(lives.refusal(PERSON, opinion('1', 'different'), by, NEW_YEAR), 'no-such-case')
})

promises('say afterwards what is void', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const [first, second] = told(enrolment(), [enrolment(), { leaf: hashLeaf(bytes) }])
  const lives = taken([first!])
  is(lives.voidness(PERSON, bytes), undefined)
  lives.take(folded(second!))
  is(lives.voidness(PERSON, bytes), 'already-enrolled')
})

const OFFICER = signer('zhanar')

promises('suspend whom a revoked officer has enrolled, and nobody else', () => {
  const events = told([enrolment(), signed(5)], CONFIRMATION)
  const lives = taken(events)
  equal(lives.revoked(endOf(OFFICER, 6), NEW_YEAR), [])
  equal(lives.revoked(endOf(signer('another'), 0), NEW_YEAR), [])
  const other = { ...OFFICER, organisation: 'another' }
  equal(lives.revoked(endOf(other, 0), NEW_YEAR), [], 'by whom the key is not')
  is(lives.life(PERSON).status, 'confirmed')
  const changes = lives.revoked(endOf(OFFICER, 5), NEW_YEAR + 9 * DAY_MS)
  equal(changes.map(seen), [['suspended', '0', '0']])
  equal(changes[0]?.handle, PERSON)
  is(lives.count, 1)
  equal(lives.revoked(endOf(OFFICER, 5), NEW_YEAR + 9 * DAY_MS), [])
})

promises('let a suspended person be reinstated for good', () => {
  const lives = taken(told([enrolment(), signed(5)], CONFIRMATION))
  lives.revoked(endOf(OFFICER, 0), NEW_YEAR + 1.5 * DAY_MS)
  const reinstated = told(enrolment(), CONFIRMATION, CLEARED)[2]!
  equal(seen(lives.take(folded(reinstated))), ['confirmed', '0', '0'])
})

promises('have of several revocations of a key the earliest, also of when it was known', () => {
  const [early, late] = [NEW_YEAR + 0.5 * DAY_MS, NEW_YEAR + 5 * DAY_MS]
  for (const [first, second] of [
    [early, late],
    [late, early],
  ] as const) {
    const lives = taken(told([enrolment(), signed(5)], CONFIRMATION))
    lives.revoked(endOf(OFFICER, 9), first)
    lives.revoked(endOf(OFFICER, 5), second)
    const { underlying, since } = lives.life(PERSON)
    equal([underlying, since], ['provisional', early])
  }
})

promises('have no deed of a revoked officer, and no death either', () => {
  const lives = taken(told(enrolment(), [{ type: 'death' }, signed(5)]))
  is(lives.count, 0)
  equal(lives.revoked(endOf(OFFICER, 5), NEW_YEAR).map(seen), [['provisional', undefined, '0']])
  is(lives.count, 1)
})

promises('have no deed of two of whom one is revoked', () => {
  const by = [signer('sound'), { ...OFFICER, signedAt: 5 }]
  const lives = taken(told(enrolment(), [{ type: 'erasure', ground: 'request' }, { by }]))
  equal(lives.revoked(endOf(OFFICER, 5), NEW_YEAR).map(seen), [['provisional', undefined, '0']])
})

promises('are the same from the same entries and revocations in whatever order', () => {
  const arrivals = fc.tuple(forked, revocations()).chain(([events, ended]) => {
    const all: Arrival[] = [...events, ...ended]
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length })
    return fc.tuple(fc.constant(all), shuffled)
  })
  check(
    arrivals,
    ([all, shuffled]) => {
      const [one, other] = [arrived(all), arrived(shuffled)]
      equal(other.life(PERSON), one.life(PERSON))
      is(other.count, one.count)
    },
    500,
  )
})

promises('tell of each change what was before it', () => {
  check(fc.tuple(forked, revocations()), ([events, ended]) => {
    const lives = new Lives()
    let known: string | undefined
    for (const arrival of [...events, ...ended]) {
      const changes = take(lives, arrival)
      for (const { before, now, life } of changes) {
        is(before && toHex(before), known)
        is(now, life.enrolment)
        known = now && toHex(now)
      }
      const { enrolment: leaf } = lives.life(PERSON)
      is(leaf && toHex(leaf), known)
      is(lives.count, known === undefined ? 0 : 1)
    }
  })
})

promises.run()

interface Ended {
  readonly officer: Uint8Array
  readonly from: number
  readonly loggedAt: number
}

type Arrival = LifeEvent | Ended

function revocations(): fc.Arbitrary<Ended[]> {
  const days = fc.nat(12).map((day) => NEW_YEAR + day * DAY_MS)
  const officers = fc.constantFrom('a', 'b', 'c').map((name) => signer(name).key)
  return fc.array(fc.record({ officer: officers, from: days, loggedAt: days }), { maxLength: 4 })
}

function arrived(arrivals: readonly Arrival[]): Lives {
  const lives = new Lives()
  for (const arrival of arrivals) take(lives, arrival)
  return lives
}

function take(lives: Lives, arrival: Arrival) {
  if ('loggedAt' in arrival) {
    const { officer, from, loggedAt } = arrival
    const organisation = OFFICER.organisation
    const signatory = signatoryOf({ organisation, publicKey: officer })
    return lives.revoked({ signatory, from }, loggedAt)
  }
  const { leaf, what } = arrival
  const isCompared = isOfPrints(what) && (what.isCompared ?? false)
  const compared = lives.compared({ handle: PERSON, leaf }, { isCompared, rivals: [] })
  const change = lives.take(folded(arrival)) ?? compared
  return change ? [change] : []
}

function taken(events: readonly LifeEvent[]): Lives {
  return arrived(events)
}

/** Signed by the officer at this time. */
function signed(signedAt: number): Partial<LifeEvent> {
  return { by: [{ ...OFFICER, signedAt }] }
}

/** A change in words: the status, and which event's enrolment counted and counts. */
function seen(change: ReturnType<Lives['take']>) {
  return change && [change.life.status, nameOf(change.before), nameOf(change.now)]
}

function nameOf(leaf: Uint8Array | undefined): string | undefined {
  return leaf && ['0', '1', '2'].find((name) => equalBytes(leafOf(name), leaf))
}

/** The entry that says it, as the registry hands it on. */
function folded({ leaf, after, at, said: words, policy, by, what }: LifeEvent): Folded {
  const signatures = by.map(({ key: officer }) => {
    return { statement: utf8(words), officer, signature: NOTHING, credential: NOTHING }
  })
  const place = { log: 'almaty', index: 0, leaf, search: undefined }
  if (!isOfPrints(what)) {
    const said = { deed: NOTHING, signatures, subject: PERSON, after, policy }
    const signers = by.map((one) => authorised(one, 'record'))
    return {
      ...place,
      entry: { type: 'act', at, ...said },
      by: signers,
      deed: what,
      duplicates: [],
    }
  }
  const action = what.type === 'update' ? 'update' : 'enrol'
  const entry: Entry = {
    type: 'enrolment',
    at,
    handle: PERSON,
    shard: 0,
    commitment: NOTHING,
    taken: what.taken,
    after,
    ...signatures[0]!,
    duplicateCheck: NOTHING,
    frontier: [],
    receipts: [],
  }
  const duplicates = what.duplicates.map((handle) => {
    return { handle, shard: 0, score: 1, fingers: [], log: 'almaty', index: 0 }
  })
  const signers = by.map((one) => authorised(one, action))
  return { ...place, entry, by: signers, deed: undefined, duplicates }
}

function authorised(by: LifeSigner, action: Authorised['statement']['action']): Authorised {
  const { key: publicKey, organisation, name, role, purpose, legalBasis } = by
  const none = { payloadDigest: undefined, deedDigest: undefined }
  const about = { network: 'test', post: 'post-1', caseNumber: '1', handle: PERSON }
  const term = { from: 0, until: Number.MAX_SAFE_INTEGER, replaces: undefined }
  const officer = { organisation, name, role, publicKey, region: 'almaty', handle: undefined }
  return {
    statement: { action, purpose, legalBasis, at: by.signedAt, ...about, ...none },
    grant: { network: 'test', ...officer, ...term },
  }
}

function endOf({ organisation, key }: typeof OFFICER, from: number) {
  return { signatory: signatoryOf({ organisation, publicKey: key }), from }
}
