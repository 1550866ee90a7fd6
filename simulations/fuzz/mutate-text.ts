/**
 * Changes that break parsers of text: line ends, dashes and spaces that look alike, base64 with
 * another spelling of the same bytes, numbers past every width, lone surrogates.
 */
import type { SeededRandom } from '../world/seeded-random.ts'
import { NUMBERS } from './mutate-bytes.ts'

export type TextMutation = (text: string, random: SeededRandom, others: readonly string[]) => string

const PIECES = [
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  ' ',
  '  ',
  '\t',
  '\0',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\u3000',
  '\ufeff',
  '\ufffd',
  '\ud800',
  '\udc00',
  '—',
  '–',
  '-',
  '— ',
  '+',
  '++',
  '=',
  '==',
  '_',
  '/',
  '.',
  '..',
  ',',
  'é',
  'e\u0301',
  '😀',
  '\u202e',
  '०',
  'A',
  '0',
  '-0',
  '0x10',
  '1e3',
  '.p/',
  'x',
  '__proto__',
] as const

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_='

/** Longest part that is moved or doubled, characters. */
const PART_LENGTH_MAX = 64

/** Copies of one line: past the limits of lines in every format of ours. */
const COPIES_MAX = 300

export const TEXT_MUTATIONS: readonly TextMutation[] = [
  function insert(text, random) {
    return spliced(text, placeIn(text, random), 0, random.pick(PIECES))
  },
  function replace(text, random) {
    const piece = random.pick(PIECES)
    return spliced(text, placeIn(text, random), piece.length, piece)
  },
  function cutOut(text, random) {
    return spliced(text, placeIn(text, random), 1 + random.integer(PART_LENGTH_MAX), '')
  },
  function dropOne(text, random) {
    return spliced(text, placeIn(text, random), 1, '')
  },
  function truncate(text, random) {
    return text.slice(0, placeIn(text, random))
  },
  function cutFront(text, random) {
    return text.slice(random.integer(Math.min(text.length, PART_LENGTH_MAX) + 1))
  },
  function anyUnit(text, random) {
    const unit = String.fromCharCode(random.integer(random.chance(0.7) ? 0x80 : 0x1_0000))
    return spliced(text, placeIn(text, random), 1, unit)
  },
  function otherCase(text, random) {
    const at = placeIn(text, random)
    const unit = text.charAt(at)
    const isLower = unit === unit.toLowerCase()
    return spliced(text, at, 1, isLower ? unit.toUpperCase() : unit.toLowerCase())
  },
  function base64Digit(text, random) {
    const found = [...text.matchAll(/[A-Za-z0-9+/](?==*(?:\s|$))/g)].map(({ index }) => index)
    const at = found.length > 0 ? random.pick(found) : placeIn(text, random)
    return spliced(text, at, 1, BASE64.charAt(random.integer(BASE64.length)))
  },
  function otherNumber(text, random) {
    const found = [...text.matchAll(/[0-9]+/g)]
    if (found.length === 0) return text
    const { index, 0: digits } = random.pick(found)
    return spliced(text, index, digits.length, number(digits, random))
  },
  onLines(function dropLine(lines, at) {
    return lines.toSpliced(at, 1)
  }),
  onLines(function doubleLine(lines, at, random) {
    const copies = random.chance(0.1) ? random.integer(COPIES_MAX) : 1
    return lines.toSpliced(at, 0, ...Array.from({ length: copies }, () => lines[at] ?? ''))
  }),
  onLines(function moveLine(lines, at, random) {
    const [line = ''] = lines.slice(at, at + 1)
    return lines.toSpliced(at, 1).toSpliced(random.integer(lines.length), 0, line)
  }),
  onLines(function swapWords(lines, at, random) {
    const line = random.shuffled((lines[at] ?? '').split(' ')).join(' ')
    return lines.toSpliced(at, 1, line)
  }),
  onLines(function otherLine(lines, at, random, others) {
    const line = random.pick(random.pick(others).split('\n'))
    return lines.toSpliced(at, random.integer(2), line)
  }),
  onLines(function otherWord(lines, at, random, others) {
    const words = (lines[at] ?? '').split(' ')
    const word = random.pick(random.pick(random.pick(others).split('\n')).split(' '))
    return lines.toSpliced(at, 1, words.toSpliced(random.integer(words.length), 1, word).join(' '))
  }),
  function crossOver(text, random, others) {
    const other = random.pick(others)
    return text.slice(0, placeIn(text, random)) + other.slice(placeIn(other, random))
  },
  function repeat(text, random) {
    const at = placeIn(text, random)
    const part = text.slice(at, at + 1 + random.integer(PART_LENGTH_MAX))
    const times = random.chance(0.05) ? COPIES_MAX : 3
    return spliced(text, at, 0, part.repeat(1 + random.integer(times)))
  },
]

function onLines(
  mutate: (
    lines: string[],
    at: number,
    random: SeededRandom,
    others: readonly string[],
  ) => string[],
): TextMutation {
  return (text, random, others) => {
    const lines = text.split('\n')
    return mutate(lines, random.integer(lines.length), random, others).join('\n')
  }
}

function number(digits: string, random: SeededRandom): string {
  switch (random.integer(5)) {
    case 0:
      return `0${digits}`
    case 1:
      return String(BigInt(digits.slice(0, PART_LENGTH_MAX)) + (random.chance(0.5) ? 1n : -1n))
    case 2:
      return '9'.repeat(1 + random.integer(COPIES_MAX))
    default:
      return String(random.pick(NUMBERS) + BigInt(random.integer(3) - 1))
  }
}

function placeIn(text: string, random: SeededRandom): number {
  return random.integer(text.length + 1)
}

function spliced(text: string, at: number, removed: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at + removed)
}
