/**
 * The machine readable zone of documents in the three sizes: what it says, and whether its check
 * digits go with it.
 *
 * Source: ICAO Doc 9303 part 3 §4, and parts 4 (TD3), 5 (TD1) and 6 (TD2). A wrong check digit is a
 * finding, not an error: somebody has to see what was read. It is personal data, and errors hold
 * none of it.
 */
import { isCheckDigit } from './check-digit.ts'
import { InvalidDocument } from './invalid-document.ts'
import { ZONE_CHARACTERS_MAX } from './limits.ts'

export type MrzFormat = 'TD1' | 'TD2' | 'TD3'

export const MRZ_FIELDS = ['number', 'birth', 'expiry', 'optional', 'composite'] as const

export type MrzField = (typeof MRZ_FIELDS)[number]

export interface Mrz {
  readonly format: MrzFormat
  /** One or two letters: `P` begins a passport's. */
  readonly documentCode: string
  /** Of ISO 3166-1 alpha-3 and Doc 9303's own, without fillers: Germany is `D`. */
  readonly issuer: string
  readonly nationality: string
  /** Names with single spaces; cut short where they did not fit. */
  readonly primaryName: string
  readonly secondaryName: string
  readonly number: string
  /** YYMMDD as it stands there; fillers where something is not known. */
  readonly birth: string
  readonly expiry: string
  readonly sex: 'female' | 'male' | 'unspecified'
  /** Without fillers at the end; a TD1 has two. */
  readonly optional: readonly string[]
  /** Whether each check digit is right; optional data has one in a TD3 only. */
  readonly checks: Readonly<Partial<Record<MrzField, boolean>>>
}

/** Where fields stand: line, first character, one behind the last. */
type Place = readonly [line: number, from: number, to: number]

interface Layout {
  readonly format: MrzFormat
  readonly lines: number
  readonly width: number
  readonly name: Place
  readonly number: Place
  readonly nationality: Place
  readonly birth: Place
  readonly sex: Place
  readonly expiry: Place
  readonly optional: readonly Place[]
  /** Which of the optional fields has a check digit behind it. */
  readonly isOptionalChecked: boolean
  readonly composite: Place
  readonly compositeOf: readonly Place[]
}

const LAYOUTS: readonly Layout[] = [
  {
    format: 'TD1',
    lines: 3,
    width: 30,
    name: [2, 0, 30],
    number: [0, 5, 14],
    nationality: [1, 15, 18],
    birth: [1, 0, 6],
    sex: [1, 7, 8],
    expiry: [1, 8, 14],
    optional: [
      [0, 15, 30],
      [1, 18, 29],
    ],
    isOptionalChecked: false,
    composite: [1, 29, 30],
    compositeOf: [
      [0, 5, 30],
      [1, 0, 7],
      [1, 8, 15],
      [1, 18, 29],
    ],
  },
  twoLines({ format: 'TD2', width: 36, optional: [1, 28, 35], isOptionalChecked: false }),
  twoLines({ format: 'TD3', width: 44, optional: [1, 28, 42], isOptionalChecked: true }),
]

/** A visa is no document of its own, has no chip, and ends without a composite digit. */
const VISA = 'V'

/**
 * Reads a zone with or without ends of lines.
 *
 * @throws InvalidDocument `malformed`, `not-supported`
 */
export function parseMrz(text: string): Mrz {
  const isShort = text.length <= ZONE_CHARACTERS_MAX
  const characters = isShort ? text.replace(/[\r\n]/g, '') : ''
  const layout = LAYOUTS.find(({ lines, width }) => characters.length === lines * width)
  if (!layout) {
    throw new InvalidDocument('malformed', `a zone of ${text.length} characters`)
  }
  if (!/^[A-Z0-9<]*$/.test(characters)) {
    throw new InvalidDocument('malformed', 'a zone with characters that it cannot have')
  }
  if (characters.startsWith(VISA)) throw new InvalidDocument('not-supported', 'a visa')
  const at = ([line, from, to]: Place) => {
    return characters.slice(layout.width * line + from, layout.width * line + to)
  }
  const [primary = '', secondary = ''] = at(layout.name).split('<<')
  const [first, ...others] = layout.optional.map(at)
  const number = numberOf(at(layout.number), at(after(layout.number)), first ?? '')
  return {
    format: layout.format,
    documentCode: trimmed(characters.slice(0, 2)),
    issuer: trimmed(characters.slice(2, 5)),
    nationality: trimmed(at(layout.nationality)),
    primaryName: spaced(primary),
    secondaryName: spaced(secondary),
    number: number.value,
    birth: at(layout.birth),
    expiry: at(layout.expiry),
    sex: sexOf(at(layout.sex)),
    optional: [number.optional, ...others].map(trimmed),
    checks: {
      number: number.isRight,
      birth: isRight(at, layout.birth),
      expiry: isRight(at, layout.expiry),
      ...(layout.isOptionalChecked && { optional: isRight(at, layout.optional[0]!) }),
      composite: isCheckDigit(at(layout.composite), layout.compositeOf.map(at).join('')),
    },
  }
}

/** Whether every check digit that there is, is right. */
export function isChecked({ checks }: Mrz): boolean {
  return Object.values(checks).every((isGood) => isGood)
}

/**
 * A number longer than its nine characters has a filler for its check digit, and goes on in the
 * optional data: the rest of it, then the digit, then a filler (part 5 §4.2.2, note j).
 */
function numberOf(
  field: string,
  digit: string,
  optional: string,
): { value: string; optional: string; isRight: boolean } {
  const [, rest, restDigit, left] = /^([^<]+)([^<])(?:<(.*))?$/.exec(optional) ?? []
  if (digit !== '<' || field.endsWith('<') || rest === undefined || restDigit === undefined) {
    return { value: trimmed(field), optional, isRight: isCheckDigit(digit, field) }
  }
  const value = field + rest
  return { value, optional: left ?? '', isRight: isCheckDigit(restDigit, value) }
}

function isRight(at: (place: Place) => string, place: Place): boolean {
  return isCheckDigit(at(after(place)), at(place))
}

/** The one character behind a field. */
function after([line, , to]: Place): Place {
  return [line, to, to + 1]
}

function trimmed(field: string): string {
  return field.replace(/<+$/, '')
}

function spaced(name: string): string {
  return name.replace(/<+/g, ' ').trim()
}

function sexOf(character: string): Mrz['sex'] {
  if (character === 'F') return 'female'
  if (character === 'M') return 'male'
  if (character === '<' || character === 'X') return 'unspecified'
  throw new InvalidDocument('malformed', 'a zone with another sex than it can have')
}

/** TD2 and TD3 differ in width, and in the digit under the optional data. */
function twoLines({
  format,
  width,
  optional,
  isOptionalChecked,
}: {
  format: MrzFormat
  width: number
  optional: Place
  isOptionalChecked: boolean
}): Layout {
  return {
    format,
    lines: 2,
    width,
    name: [0, 5, width],
    number: [1, 0, 9],
    nationality: [1, 10, 13],
    birth: [1, 13, 19],
    sex: [1, 20, 21],
    expiry: [1, 21, 27],
    optional: [optional],
    isOptionalChecked,
    composite: [1, width - 1, width],
    compositeOf: [
      [1, 0, 10],
      [1, 13, 20],
      [1, 21, width - 1],
    ],
  }
}
