import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { isChecked, parseMrz, type Mrz } from '../../../protocol/document/mrz.ts'
import { birthDate, expiryDate } from '../../../protocol/document/mrz-date.ts'
import { outsideData } from '../../support/data.ts'
import { faultOf } from './support/faults.ts'
import { ZONE } from './support/chips.ts'

const promises = suite('a machine readable zone')

promises('of a passport says whose it is', () => {
  equal(parseMrz(ZONE), {
    format: 'TD3',
    documentCode: 'P',
    issuer: 'KAZ',
    nationality: 'KAZ',
    primaryName: 'AKHMETOVA',
    secondaryName: 'AIGERIM',
    number: 'N12345678',
    birth: '900101',
    expiry: '330601',
    sex: 'female',
    optional: [''],
    checks: { number: true, birth: true, expiry: true, optional: true, composite: true },
  } satisfies Mrz)
})

const NAME = 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<'

/** The example of Doc 9303 part 5, appendix A, and its number in nine characters. */
const CARD = ['I<UTOD231458907<<<<<<<<<<<<<<<', '7408122F1204159UTO<<<<<<<<<<<6', NAME]
const LONG = ['I<UTOD23145890<AB112234566<<<<', '7408122F1204159UTO<<<<<<<<<<<8', NAME]

promises('of a card has three lines', () => {
  const card = parseMrz(CARD.join('\n'))
  equal([card.format, card.number, card.optional], ['TD1', 'D23145890', ['', '']])
  equal([card.primaryName, card.secondaryName], ['ERIKSSON', 'ANNA MARIA'])
  is(isChecked(card), true)
})

promises('of a card goes on in the optional data where the number is long', () => {
  const card = parseMrz(LONG.join(''))
  equal([card.number, card.checks.number], ['D23145890AB11223456', true])
  const wrong = parseMrz(LONG.join('').replace('AB112234566', 'AB112234565'))
  equal([wrong.number, wrong.checks.number], ['D23145890AB11223456', false])
  const more = parseMrz(LONG.join('').replace('AB112234566<<<<', 'AB11223456<66<<'))
  is(more.checks.number, false)
})

promises('keeps what follows a long number', () => {
  const card = parseMrz(LONG.join('').replace('AB112234566<<<<', 'AB112234566<XYZ'))
  equal([card.number, card.optional], ['D23145890AB11223456', ['XYZ', '']])
})

promises('with any one character changed has a wrong check digit, where one stands for it', () => {
  const second = ZONE.indexOf('\n') + 1
  const unchecked = [10, 11, 12, 20]
  for (let place = 0; place < 43; place += 1) {
    const at = second + place
    const changed = `${ZONE.slice(0, at)}${ZONE[at] === '1' ? '2' : '1'}${ZONE.slice(at + 1)}`
    if (place === 20) continue
    is(isChecked(parseMrz(changed)), unchecked.includes(place), `character ${place}`)
  }
})

promises('is refused where it is no zone', () => {
  is(
    faultOf(() => parseMrz(ZONE.slice(1))),
    'malformed',
  )
  is(
    faultOf(() => parseMrz('')),
    'malformed',
  )
  is(
    faultOf(() => parseMrz(ZONE.toLowerCase())),
    'malformed',
  )
  is(
    faultOf(() => parseMrz(`V${ZONE.slice(1)}`)),
    'not-supported',
  )
  is(
    faultOf(() => parseMrz(ZONE.replace('1F3', '1Z3'))),
    'malformed',
  )
  is(
    faultOf(() => parseMrz('<'.repeat(1_000_000))),
    'malformed',
  )
})

interface MrzVector {
  readonly mrz: string
  readonly fields: { readonly fmt: string; readonly number: string }
  readonly checks: Readonly<Record<string, boolean | null>>
}

const FIELDS = [
  ['number', 'number'],
  ['dob', 'birth'],
  ['exp', 'expiry'],
  ['opt', 'optional'],
  ['comp', 'composite'],
] as const

promises('of the specimens is checked digit by digit', () => {
  const file = outsideData('emrtd', 'mrz_vectors.json')
  if (!file) return
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as MrzVector[]
  for (const { mrz, fields, checks } of vectors) {
    const read = parseMrz(mrz)
    equal([read.format, read.number.startsWith(fields.number.slice(0, 8))], [fields.fmt, true])
    for (const [theirs, ours] of FIELDS) {
      // Null stands for the digit of a long number, which is further on: it is right.
      is(read.checks[ours], checks[theirs] === null ? true : checks[theirs], `${mrz} ${ours}`)
    }
  }
})

const BIRTHS: readonly [zone: string, today: string, born: string | undefined][] = [
  ['740812', '2026-11-26', '1974-08-12'],
  ['261126', '2026-11-26', '2026-11-26'],
  ['261127', '2026-11-26', '1926-11-27'],
  ['000229', '2026-11-26', '2000-02-29'],
  ['010229', '2026-11-26', undefined],
  ['74<<<<', '2026-11-26', '1974'],
  ['7408<<', '2026-11-26', '1974-08'],
  ['74<<12', '2026-11-26', undefined],
  ['<<<<<<', '2026-11-26', undefined],
  ['741312', '2026-11-26', undefined],
]

for (const [zone, today, born] of BIRTHS) {
  promises(`${zone} is born ${born ?? 'on no day'}`, () => is(birthDate(zone, today), born))
}

const EXPIRIES: readonly [zone: string, today: string, until: string | undefined][] = [
  ['330601', '2026-11-26', '2033-06-01'],
  ['120415', '2026-11-26', '2012-04-15'],
  ['760101', '2026-11-26', '2076-01-01'],
  ['770101', '2026-11-26', '1977-01-01'],
  ['010101', '2099-11-26', '2101-01-01'],
  ['33<<<<', '2026-11-26', undefined],
  ['330631', '2026-11-26', undefined],
]

for (const [zone, today, until] of EXPIRIES) {
  promises(`${zone} holds until ${until ?? 'no day'}`, () => is(expiryDate(zone, today), until))
}

promises.run()
