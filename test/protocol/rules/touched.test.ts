import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import type { Deed } from '../../../protocol/deed.ts'
import { accessKindOf, doneIn, touchedBy, type Logged } from '../../../protocol/rules/touched.ts'
import {
  act,
  enrolment,
  genesisOf,
  handleOf,
  officer,
  outcome,
  query,
  refused,
  roster,
} from '../../node/registry/support/folding.ts'
import { deeds } from '../../support/arbitrary-deeds.ts'

const promises = suite('what an entry touched')

const registrar = officer('registrar', 'enrolment-officer')
const guard = officer('guard', 'border-officer')
const judge = officer('judge', 'adjudicator')
const protector = officer('protector', 'data-protection-officer')
const [aigul, bolat] = ['aigul', 'bolat'].map(handleOf) as [Uint8Array, Uint8Array]
const CASE = new Uint8Array(32)

const verified = query(guard, { handle: aigul })
const searched = query(guard)
const opinion: Deed = {
  type: 'opinion',
  case: CASE,
  candidate: bolat,
  finding: 'different',
  reason: 'ridges',
}
const hold: Deed = { type: 'hold', log: 'almaty', index: 1, until: 9 }
const HELD = { handle: aigul, purpose: 'court-order' }
const CASES = { purpose: 'adjudication' }

/** The last entry of each, with those that it needs before it. */
const ENTRIES: readonly [what: string, entries: Uint8Array[], said: string][] = [
  ['the first entry of a log', [genesisOf('almaty')], 'undefined undefined: '],
  ['a verification', [verified], 'verify verified: aigul'],
  ['a search', [searched], 'identify undefined: '],
  [
    'what a search found',
    [searched, found(searched, 'aigul', 'bolat')],
    'outcome found-by-search: aigul bolat',
  ],
  [
    'a candidate twice',
    [searched, found(searched, 'aigul', 'aigul')],
    'outcome found-by-search: aigul',
  ],
  ['a search without a hit', [searched, found(searched)], 'outcome found-by-search: '],
  ['what a verification led to', [verified, found(verified, 'aigul')], 'outcome found-by-search: '],
  [
    'a verification that named another',
    [verified, found(verified, 'aigul', 'bolat')],
    'outcome found-by-search: bolat',
  ],
  [
    'the search before an enrolment',
    enrolment(registrar, 'aigul', 'almaty').slice(0, 1),
    'enrol undefined: ',
  ],
  ['an enrolment', enrolment(registrar, 'aigul', 'almaty'), 'enrol enrolled: aigul'],
  [
    'an update',
    enrolment(registrar, 'aigul', 'almaty', { action: 'update' }),
    'update changed: aigul',
  ],
  [
    'the search before an update, which found the person',
    enrolment(registrar, 'aigul', 'almaty', { action: 'update' }).slice(0, 2),
    'outcome found-by-search: aigul',
  ],
  ['a reading', [act([guard], { type: 'status' }, { handle: aigul })], 'status read: aigul'],
  ['an opinion', [act([judge], opinion, CASES)], 'opinion read: bolat'],
  ['a queue', [act([judge], { type: 'case-queue' }, CASES)], 'case-queue read: '],
  [
    'a suspension',
    [act([judge], { type: 'suspension', cause: 'duplicate' }, { ...CASES, handle: aigul })],
    'suspension changed: aigul',
  ],
  ['a hold', [act([judge, protector], hold, HELD)], 'hold undefined: aigul'],
  ['a refusal', [refused(guard, 'role-may-not', { handle: aigul })], 'refused refused: aigul'],
]

for (const [what, entries, said] of ENTRIES) {
  promises(`of ${what}: ${said}`, () => {
    const joiner = new Joiner({ roster })
    const logged = entries.map((bytes, index) => joiner.join('almaty', index, bytes)).at(-1)!
    is(`${doneIn(logged)} ${accessKindOf(logged)}: ${namesOf(logged)}`, said)
  })
}

promises('is nobody where nobody signed', () => {
  const joiner = new Joiner({ roster })
  const unsigned = { ...joiner.join('almaty', 0, verified), by: [] }
  equal([doneIn(unsigned), touchedBy(unsigned)], [undefined, []])
})

promises('is told of every deed but a hold', () => {
  const logged = new Joiner({ roster }).join('almaty', 0, act([judge, protector], hold, HELD))
  fc.assert(
    fc.property(deeds, (deed) => {
      const kind = accessKindOf({ ...logged, deed })
      is(kind === undefined, deed.type === 'hold')
      is(doneIn({ ...logged, deed }), deed.type)
    }),
  )
})

promises.run()

function found(asked: Uint8Array, ...people: string[]): Uint8Array {
  return outcome(asked, people)
}

function namesOf(logged: Logged): string {
  const names = new Map([
    [toHex(aigul), 'aigul'],
    [toHex(bolat), 'bolat'],
  ])
  return touchedBy(logged)
    .map((handle) => names.get(toHex(handle)))
    .join(' ')
}
