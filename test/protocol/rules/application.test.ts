import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { TEXT_BYTES_MAX } from '../../../protocol/limits.ts'
import {
  ageBandOf,
  AGE_BANDS,
  ageOf,
  APPLICATION_BYTES_MAX,
  applicationDigest,
  decodeApplication,
  encodeApplication,
  type AgeBand,
  type Application,
} from '../../../protocol/rules/application.ts'
import { bitFlips, check, codeOf, promiseCodec } from '../support/codec-promises.ts'
import { applications, captured, dates, missing, PLAIN } from './support/applications.ts'
import { aside, subjectAside } from './support/words-aside.ts'

const promises = suite('an application')

promiseCodec(
  promises,
  subjectAside<Application>({
    name: 'application',
    bytesMax: APPLICATION_BYTES_MAX,
    encode: encodeApplication,
    decode: decodeApplication,
    alsoThrows: ['unprocessable'],
  }),
  applications.map(aside),
)

const STATED: readonly [what: string, changed: Partial<Application>, code: string | undefined][] = [
  ['an unknown birth', { born: undefined }, undefined],
  ['a birth known by its year', { born: '1990' }, undefined],
  ['a birth known by its month', { born: '1990-05' }, undefined],
  ['a birth on the day of the request', { born: '2020-06-01' }, undefined],
  ['a birth in the year of the request', { born: '2020' }, undefined],
  ['a birth on the day after', { born: '2020-06-02' }, 'unprocessable'],
  ['a birth in the year after', { born: '2021' }, 'unprocessable'],
  ['a birth on 29 February of a common year', { born: '1991-02-29' }, 'unprocessable'],
  ['a birth in a thirteenth month', { born: '1990-13' }, 'unprocessable'],
  ['a birth that is words', { born: 'long ago' }, 'unprocessable'],
  ['a birth that is empty', { born: '' }, 'unprocessable'],
  ['a birth in half a month', { born: '1990-1' }, 'unprocessable'],
  ['a request on no day', { requestedOn: '2020-06-31' }, 'malformed'],
  ['a nonce that is too short', { nonce: new Uint8Array(31) }, 'malformed'],
  ['no finger', { fingers: [] }, undefined],
  ['a finger twice', { fingers: [captured(2, 50), missing(2, 'injured')] }, 'unprocessable'],
  ['two unknown fingers', { fingers: [captured(0, 50), captured(0, 50)] }, undefined],
  ['a finger with neither attempt nor cause', { fingers: [captured(2)] }, 'unprocessable'],
  [
    'a finger with attempt and cause',
    { fingers: [{ ...captured(2, 30), missing: 'injured' }] },
    'unprocessable',
  ],
  ['three attempts', { fingers: [captured(2, 1, 2, 3)] }, undefined],
  ['four attempts', { fingers: [captured(2, 1, 2, 3, 4)] }, 'malformed'],
  ['a quality above 100', { fingers: [captured(2, 101)] }, 'malformed'],
  ['an eleventh finger', { fingers: [captured(11, 50)] }, 'malformed'],
]

for (const [what, changed, code] of STATED) {
  promises(`with ${what} is ${code ?? 'accepted'}`, () => {
    const application = { ...PLAIN, ...changed }
    is(
      codeOf(() => equal(decodeApplication(encodeApplication(application)), application)),
      code,
    )
  })
}

promises('holds ten fingers with the longest reasons', () => {
  const reason = 'я'.repeat(TEXT_BYTES_MAX / 2)
  const fingers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((position) => {
    return { ...captured(position, 100, 100, 100), reason }
  })
  const longest = { ...PLAIN, consentForm: reason, fingers }
  equal(decodeApplication(encodeApplication(longest)), longest)
})

promises('has another digest when any bit of it or of its nonce is another', () => {
  const encoded = encodeApplication(PLAIN)
  for (const changed of bitFlips(encoded)) {
    not.equal(applicationDigest(changed), applicationDigest(encoded))
  }
})

const PARTIAL: readonly [born: string | undefined, on: string, age: number | undefined][] = [
  ['2008', '2024-12-30', 15],
  ['2008', '2024-12-31', 16],
  ['2008-06', '2024-06-29', 15],
  ['2008-06', '2024-06-30', 16],
  ['2008-02', '2024-02-28', 15],
  ['2008-02', '2024-02-29', 16],
  ['2024', '2024-03-01', 0],
  [undefined, '2024-03-01', undefined],
]

for (const [born, on, age] of PARTIAL) {
  promises(`of a person born ${born} has ${age} years on ${on}`, () => is(ageOf(born, on), age))
}

const BANDS: readonly [born: string | undefined, band: AgeBand][] = [
  [undefined, 'unknown'],
  ['2026', 'under-12'],
  ['2014-11-23', 'under-12'],
  ['2014-11-22', '12-15'],
  ['2010-11-23', '12-15'],
  ['2010-11-22', '16-17'],
  ['2008-11-22', '18-29'],
  ['1996-11-22', '30-44'],
  ['1981-11-22', '45-59'],
  ['1966-11-22', '60-74'],
  ['1951-11-23', '60-74'],
  ['1951-11-22', '75-and-over'],
  ['1900', '75-and-over'],
]

for (const [born, band] of BANDS) {
  promises(`of a person born ${born} is in the band ${band}`, () => {
    is(ageBandOf(born, '2026-11-22'), band)
  })
}

promises('never leaves its age band for a younger one as time goes by', () => {
  check(fc.tuple(dates, dates, dates), (three) => {
    const [born, earlier, later] = three.toSorted()
    const bandOn = (on: string) => AGE_BANDS.indexOf(ageBandOf(born, on))
    ok(bandOn(earlier!) <= bandOn(later!))
  })
})

promises.run()
