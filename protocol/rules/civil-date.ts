/**
 * Days of the calendar as the law counts them: no hour, no time zone, `YYYY-MM-DD`.
 *
 * Written like this (ISO 8601-1 §5.2.2.1) two dates compare as text: `a < b` says that a is the
 * earlier one. Years go from 1800 to 2999, which holds every birth and every term.
 */
import { text, type Shape } from '../codec.ts'
import { TamgaError } from '../errors.ts'

export type CivilDate = string

/**
 * Kazakhstan's distance from UTC, ms: UTC+5 in the whole country since 2024-03-01. Earlier instants
 * are read with it too, although the east had UTC+6 then: a day must not depend on the region.
 */
export const KAZAKHSTAN_OFFSET_MS = 5 * 3_600_000

const DAY_MS = 86_400_000

const DATE = /^(?:1[89]|2\d)\d\d-\d\d-\d\d$/

/** Whether it is one of our dates, and one that the calendar has. */
export function isCivilDate(found: string): boolean {
  if (!DATE.test(found)) return false
  const at = Date.parse(found)
  return !Number.isNaN(at) && dateOf(at) === found
}

/**
 * The date in Kazakhstan at `ms` after 1970-01-01T00:00Z.
 *
 * @throws TamgaError `unprocessable` for a time outside the years 1800–2999
 */
export function civilDateAt(ms: number): CivilDate {
  const local = new Date(ms + KAZAKHSTAN_OFFSET_MS)
  const found = Number.isNaN(local.getTime()) ? '' : dateOf(local.getTime())
  if (isCivilDate(found)) return found
  throw new TamgaError('unprocessable', `${ms} ms is outside the calendar of the rules`)
}

/**
 * The same day so many years later; 29 February becomes 1 March in a common year. A year is over
 * when its last day is: who was born on 29 February completes it with the end of 28 February, and
 * nobody owes or may do anything a day before the age is reached.
 */
export function addYears(date: CivilDate, years: number): CivilDate {
  const year = Number(date.slice(0, 4)) + years
  const same = `${String(year).padStart(4, '0')}${date.slice(4)}`
  return date.endsWith('-02-29') && !isCivilDate(same) ? `${same.slice(0, 4)}-03-01` : same
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return dateOf(Date.parse(date) + days * DAY_MS)
}

/** The last day of a month given as `YYYY-MM`. */
export function lastDayOf(month: string): CivilDate {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return dateOf(Date.UTC(year, number, 0))
}

/** Full years from `born` to `on`; 0 when `on` is the earlier one. */
export function fullYears(born: CivilDate, on: CivilDate): number {
  const years = Number(on.slice(0, 4)) - Number(born.slice(0, 4))
  return Math.max(0, addYears(born, years) <= on ? years : years - 1)
}

/** A date on the wire. */
export const civilDateShape: Shape<CivilDate> = {
  encode: (date) => date,
  decode(raw, path) {
    const found = text(10).decode(raw, path)
    if (isCivilDate(found)) return found
    throw new TamgaError('malformed', `${path}: not a date of the calendar`)
  },
}

function dateOf(ms: number): CivilDate {
  return new Date(ms).toISOString().slice(0, 10)
}
