/**
 * Dates of the machine readable zone, which leaves out the century.
 *
 * Source: ICAO Doc 9303 part 3 §4.8. The century is ours to find: nobody is born after today, and a
 * document runs out within fifty years of today, before or after. Someone of a hundred and ten is
 * taken for a child of ten; the zone cannot tell them apart.
 */
import { addYears, isCivilDate, type CivilDate } from '../rules/civil-date.ts'

const WINDOW_YEARS = 50

/** `1974-08-12`; `1974-08` or `1974` where more is not known; undefined where it is no date. */
export function birthDate(zone: string, today: CivilDate): string | undefined {
  const found = /^(\d\d)(\d\d|<<)(\d\d|<<)$/.exec(zone)
  if (!found) return undefined
  const [, year = '', month = '', day = ''] = found
  if (month === '<<' && day !== '<<') return undefined
  const known = [month, day].filter((part) => part !== '<<')
  const rest = known.map((part) => `-${part}`).join('')
  const dates = centuries(today).map((century) => `${century}${year}${rest}`)
  return dates.find((date) => isDate(date) && date <= today)
}

/** The last day on which a document holds; undefined where it is no date. */
export function expiryDate(zone: string, today: CivilDate): CivilDate | undefined {
  const found = /^(\d\d)(\d\d)(\d\d)$/.exec(zone)
  if (!found) return undefined
  const [, year = '', month = '', day = ''] = found
  const [from, until] = [addYears(today, -WINDOW_YEARS), addYears(today, WINDOW_YEARS)]
  const dates = centuries(today).map((century) => `${century}${year}-${month}-${day}`)
  return dates.find((date) => isCivilDate(date) && from <= date && date < until)
}

/** The next one, this one, the one before: the latest first. */
function centuries(today: CivilDate): number[] {
  const now = Number(today.slice(0, 2))
  return [now + 1, now, now - 1]
}

function isDate(date: string): boolean {
  return isCivilDate(`${date}-01-01`.slice(0, 10))
}
