/**
 * Check digits of the machine readable zone.
 *
 * Source: ICAO Doc 9303 part 3 §4.9: weights 7, 3, 1; letters count from 10, fillers 0.
 */
const WEIGHTS = [7, 3, 1]

/** One digit as text. Trusts that all characters are of the zone's own: A–Z, 0–9, `<`. */
export function checkDigit(text: string): string {
  let sum = 0
  for (const [place, character] of Array.from(text).entries()) {
    const value = character === '<' ? 0 : Number.parseInt(character, 36)
    sum += value * (WEIGHTS[place % WEIGHTS.length] ?? 0)
  }
  return String(sum % 10)
}

/** Whether it is the digit of a field; a filler may stand for the digit of an empty one. */
export function isCheckDigit(digit: string, text: string): boolean {
  return digit === checkDigit(text) || (digit === '<' && /^<*$/.test(text))
}
