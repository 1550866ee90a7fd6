/**
 * Kazakhstan's individual identification number (IIN): what it says, and whether it can be one.
 *
 * Twelve digits: YYMMDD of birth; century and sex (1–2: 18xx, 3–4: 19xx, 5–6: 20xx; odd for a man);
 * four serial digits; a check digit. Source: the public rule as our domain handbook has it (§6).
 * Other seventh digits are refused: no source that we have says what century they stand for.
 *
 * The check digit finds most slips and not all: the eleventh digit's weight is 11, which counts for
 * nothing modulo 11 unless the second weights come in.
 */
import { TamgaError } from './errors.ts'
import { isCivilDate, type CivilDate } from './rules/civil-date.ts'

const IIN_DIGITS = 12

/** Digits under the check digit, and what their weighted sum is taken modulo. */
const WEIGHED_DIGITS = 11

/** How far the second weights (3 … 11, 1, 2) are turned against the first (1 … 11). */
const SECOND_TURN = 2

const CENTURY_DIGIT_MAX = 6
const FIRST_CENTURY = 1800

export interface Iin {
  readonly digits: string
  readonly born: CivilDate
  readonly sex: 'male' | 'female'
}

/**
 * Reads an IIN that anybody may have typed.
 *
 * Guarantees that the digits fit together, not that the number was ever given to somebody, nor that
 * the date of birth is past. The number is personal data: no error holds any of its digits.
 *
 * @throws TamgaError `unprocessable`: its length, characters, century digit, date or check digit
 */
export function parseIin(text: string): Iin {
  if (text.length !== IIN_DIGITS) throw refusal(`it has ${text.length} characters`)
  if (!/^[0-9]+$/.test(text)) throw refusal('it holds something else than digits')
  const digits = Array.from(text, Number)
  const code = digits[6] ?? 0
  if (code < 1 || code > CENTURY_DIGIT_MAX) throw refusal('its century digit is not 1 to 6')
  const born = birthDate(text, code)
  if (digits.at(-1) !== checkDigit(digits)) throw refusal('its check digit is wrong')
  return { digits: text, born, sex: code % 2 === 1 ? 'male' : 'female' }
}

function birthDate(text: string, code: number): CivilDate {
  const year = FIRST_CENTURY + 100 * Math.floor((code - 1) / 2) + Number(text.slice(0, 2))
  const born = `${year}-${text.slice(2, 4)}-${text.slice(4, 6)}`
  if (isCivilDate(born)) return born
  throw refusal('its date of birth is not in the calendar')
}

/** Undefined where both weightings give 10: such numbers are not given out. */
function checkDigit(digits: readonly number[]): number | undefined {
  const first = weighedSum(digits, 0)
  if (first < 10) return first
  const second = weighedSum(digits, SECOND_TURN)
  return second < 10 ? second : undefined
}

function weighedSum(digits: readonly number[], turn: number): number {
  let sum = 0
  for (const [place, digit] of digits.slice(0, WEIGHED_DIGITS).entries()) {
    sum += digit * (((place + turn) % WEIGHED_DIGITS) + 1)
  }
  return sum % WEIGHED_DIGITS
}

function refusal(complaint: string): TamgaError {
  return new TamgaError('unprocessable', `this is no IIN of ${IIN_DIGITS} digits: ${complaint}`)
}
