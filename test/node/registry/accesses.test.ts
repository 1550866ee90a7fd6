import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Accesses, type AccessPlace } from '../../../node/registry/accesses.ts'
import type { Folded } from '../../../node/audit/folded.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import {
  act,
  enrolment,
  handleOf,
  joined,
  LOGS,
  MONDAY,
  officer,
  outcome,
  query,
  refused,
  type LogName,
  type Written,
} from './support/folding.ts'

const promises = suite('accesses')

const registrar = officer('registrar', 'enrolment-officer')
const guard = officer('guard', 'border-officer')
const examiner = officer('examiner', 'forensic-examiner')
const judge = officer('judge', 'adjudicator')
const protector = officer('protector', 'data-protection-officer')

const [aigul, bolat] = ['aigul', 'bolat'].map(handleOf) as [Uint8Array, Uint8Array]
const FORENSIC = { purpose: 'criminal-investigation' }
const HOUR = 3_600_000

const search = query(examiner, { ...FORENSIC, at: MONDAY + 4 })
const lost = query(examiner, { ...FORENSIC, at: MONDAY + 5 })
const verified = query(guard, { handle: aigul, at: MONDAY + 1 })
const opinion = {
  type: 'opinion' as const,
  case: hashLeaf(search),
  candidate: bolat,
  finding: 'same' as const,
  reason: 'ridges',
}

const WRITTEN: Written = {
  almaty: [
    ...enrolment(registrar, 'aigul', 'almaty'),
    verified,
    outcome(verified, ['aigul'], MONDAY + 1),
    refused(guard, 'purpose-not-allowed', { handle: aigul, purpose: 'curiosity', at: MONDAY + 2 }),
  ],
  astana: [
    search,
    lost,
    outcome(search, ['bolat', 'aigul'], MONDAY + 4),
    ...enrolment(registrar, 'aigul', 'astana', { action: 'update', at: MONDAY + 6 }),
    act([judge], opinion, { purpose: 'adjudication', at: MONDAY + 9 }),
  ],
  shymkent: [
    act([guard], { type: 'status' }, { handle: aigul, at: MONDAY + 7 }),
    act(
      [judge, protector],
      { type: 'erasure', ground: 'court-order' },
      { handle: aigul, at: MONDAY + 8, purpose: 'court-order' },
    ),
  ],
}

promises('are of everybody whom an entry touched, in the order of time', () => {
  const accesses = taken(inTurn(WRITTEN))
  equal(places(accesses.of(aigul, MONDAY)), [
    'almaty 3',
    'almaty 4',
    'almaty 6',
    'astana 3',
    'astana 5',
    'astana 6',
    'shymkent 1',
    'shymkent 2',
  ])
  equal(places(accesses.of(bolat, MONDAY)), ['astana 3', 'astana 7'])
  equal(accesses.of(handleOf('nobody'), MONDAY), [])
})

promises('are the same in whatever order the logs arrive', () => {
  const held = { ...WRITTEN, shymkent: [...WRITTEN.shymkent, hold('astana', 3, MONDAY + HOUR)] }
  const expected = said(taken(inTurn(held)))
  const turns = fc.array(fc.constantFrom(...LOGS), { maxLength: 30 })
  fc.assert(
    fc.property(turns, (order) => {
      equal(said(taken(inOrder(held, order))), expected)
    }),
  )
})

promises('under hold are left out until the day, and then appear by themselves', () => {
  const until = MONDAY + HOUR
  const accesses = taken(inTurn({ ...WRITTEN, shymkent: [hold('almaty', 4, until)] }))
  const isShown = (now: number): boolean => places(accesses.of(aigul, now)).includes('almaty 4')
  equal([MONDAY, until - 1, until, until + HOUR].map(isShown), [false, false, true, true])
})

promises('are held for the longest of their holds, in whatever order these come', () => {
  for (const days of [
    [1, 3, 2],
    [3, 1, 2],
    [1, 2, 3],
  ]) {
    const holds = days.map((day) => hold('almaty', 4, MONDAY + day * HOUR))
    const accesses = taken(inTurn({ ...WRITTEN, shymkent: holds }))
    const isShown = (now: number): boolean => places(accesses.of(aigul, now)).includes('almaty 4')
    equal([isShown(MONDAY + 3 * HOUR - 1), isShown(MONDAY + 3 * HOUR)], [false, true])
  }
})

promises('that a held search led to are held with it', () => {
  const accesses = taken(inTurn({ ...WRITTEN, shymkent: [hold('astana', 1, MONDAY + HOUR)] }))
  is(places(accesses.of(bolat, MONDAY)).includes('astana 3'), false)
  is(places(accesses.of(bolat, MONDAY + HOUR)).includes('astana 3'), true)
})

promises('do not show the hold itself, which would tell what it keeps back', () => {
  const held = hold('almaty', 4, MONDAY + HOUR, aigul)
  const accesses = taken(inTurn({ ...WRITTEN, shymkent: [held] }))
  equal(places(accesses.of(aigul, MONDAY + 2 * HOUR)).includes('shymkent 1'), false)
  equal(places(accesses.by(judge.grant.publicKey, 0, MONDAY + HOUR)), ['astana 7', 'shymkent 1'])
})

promises('of an officer are what they signed in a period, by log and index', () => {
  const accesses = taken(inTurn(WRITTEN))
  const by = (from: number, to: number) => accesses.by(guard.grant.publicKey, from, to)
  equal(places(by(0, Infinity)), ['almaty 4', 'almaty 5', 'almaty 6', 'shymkent 1'])
  equal(places(by(MONDAY + 2, MONDAY + 7)), ['almaty 6'])
  equal(places(by(MONDAY + 2, MONDAY + 8)), ['almaty 6', 'shymkent 1'])
  for (const both of [judge, protector]) {
    is(places(accesses.by(both.grant.publicKey, 0, Infinity)).includes('shymkent 2'), true)
  }
})

promises('of an officer name the queries that no outcome has come of', () => {
  const found = taken(inTurn(WRITTEN)).by(examiner.grant.publicKey, 0, Infinity)
  equal(
    found.map((place) => `${place.log} ${place.index} ${place.isOpen}`),
    ['astana 1 false', 'astana 2 true', 'astana 3 false'],
  )
})

promises('know up to where they have come in every log', () => {
  equal(
    taken(inTurn(WRITTEN)).frontier(),
    LOGS.map((node) => ({ node, size: WRITTEN[node].length + 1 })),
  )
})

promises.run()

function hold(log: LogName, index: number, until: number, handle?: Uint8Array): Uint8Array {
  return act([judge, protector], { type: 'hold', log, index, until }, { ...FORENSIC, handle })
}

function taken(folded: readonly Folded[]): Accesses {
  const accesses = new Accesses()
  for (const each of folded) accesses.take(each)
  return accesses
}

function inTurn(written: Written): Folded[] {
  return LOGS.flatMap((log) => joined(written)[log])
}

/** One entry of each log in turn as `order` says, and then what is left of each. */
function inOrder(written: Written, order: readonly LogName[]): Folded[] {
  const left = joined(written)
  const drawn = order.flatMap((log) => left[log].splice(0, 1))
  return [...drawn, ...[...LOGS].reverse().flatMap((log) => left[log])]
}

/** All that is said of the people and the officers of these tests. */
function said(accesses: Accesses): unknown {
  const officers = [registrar, guard, examiner, judge, protector]
  return [
    [aigul, bolat].map((handle) => accesses.of(handle, MONDAY)),
    [aigul, bolat].map((handle) => accesses.of(handle, MONDAY + 2 * HOUR)),
    officers.map(({ grant }) => accesses.by(grant.publicKey, 0, Infinity)),
  ]
}

function places(found: readonly AccessPlace[]): string[] {
  return found.map(({ log, index }) => `${log} ${index}`)
}
