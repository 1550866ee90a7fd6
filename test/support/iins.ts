/** Identification numbers of nobody, with their check digits worked out apart from the code. */
import fc from 'fast-check'

const FIRST = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
const SECOND = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]

/** The check sum of eleven digits or more by the first weights, or by the second. */
export function checkSum(digits: string, { isSecond = false } = {}): number {
  const weights = isSecond ? SECOND : FIRST
  return weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0) % 11
}

/** Eleven digits and their check digit; undefined where there is none. */
export function completed(eleven: string): string | undefined {
  const sums = [checkSum(eleven), checkSum(eleven, { isSecond: true })]
  const digit = sums.find((sum) => sum < 10)
  return digit === undefined ? undefined : `${eleven}${digit}`
}

/** As many different numbers as asked for, at most some thousands. */
export function someIins(count: number): string[] {
  const found: string[] = []
  for (let serial = 0; found.length < count; serial += 1) {
    const iin = completed(`9002283${String(serial).padStart(4, '0')}`)
    if (iin !== undefined) found.push(iin)
  }
  return found
}

/** Born on any of the days that every year has. */
export const iins: fc.Arbitrary<string> = fc
  .record({
    year: fc.nat(99),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    code: fc.integer({ min: 1, max: 6 }),
    serial: fc.nat(9_999),
  })
  .map(({ year, month, day, code, serial }) => {
    const date = [year, month, day].map((part) => String(part).padStart(2, '0')).join('')
    return completed(`${date}${code}${String(serial).padStart(4, '0')}`)
  })
  .filter((iin) => iin !== undefined)
