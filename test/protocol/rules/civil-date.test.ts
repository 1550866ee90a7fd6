import fc from 'fast-check'
import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import {
  addDays,
  addYears,
  civilDateAt,
  fullYears,
  isCivilDate,
  lastDayOf,
} from '../../../protocol/rules/civil-date.ts'
import { check, codeOf } from '../support/codec-promises.ts'
import { dates } from './support/applications.ts'

const promises = suite('a civil date')

const TEXTS: readonly [text: string, isDate: boolean][] = [
  ['2024-02-29', true],
  ['2023-02-29', false],
  ['2000-02-29', true],
  ['1900-02-29', false],
  ['2024-04-31', false],
  ['2024-00-10', false],
  ['2024-13-01', false],
  ['2024-01-00', false],
  ['1800-01-01', true],
  ['1799-12-31', false],
  ['2999-12-31', true],
  ['3000-01-01', false],
  ['2024-1-01', false],
  ['2024-01-01T00:00Z', false],
  ['20240101', false],
  ['2024-01', false],
  ['', false],
]

for (const [text, isDate] of TEXTS) {
  promises(`“${text}” is ${isDate ? 'one' : 'none'}`, () => is(isCivilDate(text), isDate))
}

const INSTANTS: readonly [instant: string, date: string][] = [
  ['2024-06-30T18:59:59.999Z', '2024-06-30'],
  ['2024-06-30T19:00:00.000Z', '2024-07-01'],
  ['2024-12-31T19:00:00.000Z', '2025-01-01'],
  ['2026-11-22T12:00:00.000Z', '2026-11-22'],
]

for (const [instant, date] of INSTANTS) {
  promises(`at ${instant} is ${date} in Kazakhstan`, () =>
    is(civilDateAt(Date.parse(instant)), date),
  )
}

promises('is refused for a time that no rule speaks of', () => {
  for (const ms of [-1e14, 1e14, 8.64e15, Number.MAX_SAFE_INTEGER, Number.NaN]) {
    is(
      codeOf(() => civilDateAt(ms)),
      'unprocessable',
      String(ms),
    )
  }
})

const AGES: readonly [born: string, on: string, years: number][] = [
  ['2008-06-15', '2024-06-14', 15],
  ['2008-06-15', '2024-06-15', 16],
  ['2008-06-15', '2024-06-16', 16],
  ['2008-01-01', '2023-12-31', 15],
  ['2008-12-31', '2024-12-30', 15],
  // Born on 29 February: with the end of 28 February the year is complete.
  ['2008-02-29', '2024-02-28', 15],
  ['2008-02-29', '2024-02-29', 16],
  ['2008-02-29', '2026-02-28', 17],
  ['2008-02-29', '2026-03-01', 18],
  ['2084-02-29', '2100-02-28', 15],
  ['2084-02-29', '2100-03-01', 16],
  ['2024-05-05', '2024-05-05', 0],
  ['2024-05-05', '2020-01-01', 0],
]

for (const [born, on, years] of AGES) {
  promises(`from ${born} to ${on} are ${years} full years`, () => is(fullYears(born, on), years))
}

promises('has another so many days or years later', () => {
  is(addDays('2024-02-28', 1), '2024-02-29')
  is(addDays('2023-02-28', 1), '2023-03-01')
  is(addDays('2024-01-01', -1), '2023-12-31')
  is(addYears('2024-02-29', 1), '2025-03-01')
  is(addYears('2024-02-29', 4), '2028-02-29')
  is(addYears('2024-02-29', 76), '2100-03-01')
  is(addYears('2024-11-22', 25), '2049-11-22')
})

promises('ends its month on the last day', () => {
  is(lastDayOf('2024-02'), '2024-02-29')
  is(lastDayOf('2023-02'), '2023-02-28')
  is(lastDayOf('2023-12'), '2023-12-31')
})

promises('completes every year on one day, and never earlier', () => {
  check(fc.tuple(dates, fc.integer({ min: 1, max: 110 })), ([born, years]) => {
    const birthday = addYears(born, years)
    ok(isCivilDate(birthday))
    is(fullYears(born, birthday), years)
    is(fullYears(born, addDays(birthday, -1)), years - 1)
  })
})

promises.run()
