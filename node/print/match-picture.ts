/** Two prints side by side, each pair of minutiae that the score goes by numbered and joined. */
import { angleBetween } from '../../matcher/integer.ts'
import { MINUTIAE_MAX, pack } from '../../matcher/packed.ts'
import { pairing, type Pairing } from '../../matcher/score/score.ts'
import type { Minutia } from '../../matcher/template/template.ts'
import type { ExaminedPrint } from './examined-print.ts'
import { legend, levelLine, type LegendItem } from './legend.ts'
import { HEADING, INK, MARGIN, TEXT } from './look.ts'
import { minutiaMark } from './minutia-mark.ts'
import { framed, panelAt, placed, printedPart, scaleFor, type Panel } from './panel.ts'
import type { Colour, Picture, Point, Shape } from './picture.ts'
import { scoreWords } from './score-words.ts'
import { pale } from './tone.ts'

/** Narrower, and the sentences on top would not fit. */
const WIDTH_MIN = 1_100

/** Between the prints, so that lines can be told apart. */
const GUTTER = 72

/** Longest side of a panel. */
const SIDE = 960

/** Grey of the darkest ridge. */
const PALE = 110

const HEAD_HEIGHT = 140

/** One after the other, so that neighbouring lines differ. */
const PAIR_COLOURS: readonly Colour[] = [
  '#1763b0',
  '#c9401a',
  '#2a8a57',
  '#8a3fa0',
  '#a87708',
  '#0f8c99',
  '#b52f68',
]

const JOIN = { width: 1.2, opacity: 0.55 }

/** Height of numbers, and how far from their minutia their middle is, in pixels of a print. */
const NUMBER = 13
const NUMBER_AWAY = 8

export interface Match extends Pairing {
  readonly picture: Picture
}

export function matchPicture(probe: ExaminedPrint, candidate: ExaminedPrint): Match {
  const match = pairing(pack(probe.view), pack(candidate.view))
  const parts = [printedPart(probe), printedPart(candidate)] as const
  const scale = scaleFor(SIDE, parts)
  const left = panelAt([MARGIN, HEAD_HEIGHT], parts[0], scale)
  const right = panelAt([left.x + left.width + GUTTER, HEAD_HEIGHT], parts[1], scale)
  const width = Math.max(WIDTH_MIN, Math.ceil(right.x + right.width + MARGIN))
  const below = left.y + Math.max(left.height, right.height) + 16
  const key = legend([LEGEND], { at: [MARGIN, below], width: width - 2 * MARGIN })
  const title = `${probe.name} and ${candidate.name}: score ${match.score}`
  const shapes = [
    ...head(probe, candidate, match),
    ...framed(left, probe.name, pale(probe.image, PALE)),
    ...framed(right, candidate.name, pale(candidate.image, PALE)),
    ...unpaired(left, probe, new Set(match.meetings.map((meeting) => meeting.probe))),
    ...unpaired(right, candidate, new Set(match.meetings.map((meeting) => meeting.candidate))),
    ...pairs([left, probe], [right, candidate], match),
    ...key.shapes,
  ]
  const height = Math.ceil(below + key.height + MARGIN - 8)
  return { ...match, picture: { width, height, title, shapes } }
}

function head(probe: ExaminedPrint, candidate: ExaminedPrint, match: Pairing): Shape[] {
  const { score, meetings, turn } = match
  const found =
    `${meetings.length} pairs, of ${probe.held.length} and ${candidate.held.length} ` +
    `minutiae${turnWords(turn)}.`
  const lines = [found, ...scoreWords(score)]
  return [
    {
      kind: 'text',
      at: [MARGIN, 42],
      text: `Score ${score}`,
      size: HEADING,
      colour: INK.text,
      isBold: true,
    },
    ...lines.map((text, index): Shape => {
      const at: Point = [MARGIN, 70 + 24 * index]
      return { kind: 'text', at, text, size: TEXT, colour: INK.quiet }
    }),
  ]
}

function turnWords(turn: number): string {
  const degrees = Math.round((angleBetween(0, turn) * 360) / 256)
  if (degrees === 0) return ''
  return `; the left print is turned by ${Math.abs(degrees)}° ${degrees < 0 ? '' : 'anti'}clockwise`
}

/** The others that were compared. */
function unpaired(panel: Panel, { view, held }: ExaminedPrint, paired: Set<number>): Shape[] {
  return held.flatMap((index, place) => {
    if (paired.has(place)) return []
    const minutia = view.minutiae[index]!
    const at = placed(panel, [minutia.x, minutia.y])
    return [minutiaMark(minutia, { at, scale: panel.scale, colour: INK.quiet, isFaint: true })]
  })
}

/** The closest on top. */
function pairs(
  [left, probe]: [Panel, ExaminedPrint],
  [right, candidate]: [Panel, ExaminedPrint],
  { meetings }: Pairing,
): Shape[] {
  const drawn = meetings.map((meeting, index) => {
    const one = probe.view.minutiae[probe.held[meeting.probe]!]!
    const other = candidate.view.minutiae[candidate.held[meeting.candidate]!]!
    const colour = PAIR_COLOURS[index % PAIR_COLOURS.length]!
    const ends = [placed(left, [one.x, one.y]), placed(right, [other.x, other.y])] as const
    const join: Shape = { kind: 'lines', paths: [ends], pen: { colour, ...JOIN } }
    return {
      join,
      marks: [
        ...numbered(one, ends[0], { scale: left.scale, colour, number: index + 1 }),
        ...numbered(other, ends[1], { scale: right.scale, colour, number: index + 1 }),
      ],
    }
  })
  drawn.reverse()
  return [...drawn.map(({ join }) => join), ...drawn.flatMap(({ marks }) => marks)]
}

/** The number stands opposite to the tail. */
function numbered(
  minutia: Minutia,
  at: Point,
  { scale, colour, number }: { scale: number; colour: Colour; number: number },
): Shape[] {
  const turn = (minutia.angle * Math.PI) / 128
  const away = NUMBER_AWAY * scale
  const middle: Point = [
    at[0] - Math.cos(turn) * away,
    at[1] + Math.sin(turn) * away + NUMBER * 0.36,
  ]
  const text = String(number)
  return [
    minutiaMark(minutia, { at, scale, colour }),
    {
      kind: 'text',
      at: middle,
      text,
      size: NUMBER,
      colour,
      anchor: 'middle',
      isBold: true,
      halo: INK.halo,
    },
  ]
}

const SAMPLE_SCALE = 2

const LEGEND: readonly LegendItem[] = [
  sampleItem('ending', PAIR_COLOURS[0]!, 'a ridge ends'),
  sampleItem('bifurcation', PAIR_COLOURS[0]!, 'a ridge parts; the larger, the better the quality'),
  {
    sample: (middle) => [levelLine(middle, 36, { colour: PAIR_COLOURS[0]!, ...JOIN })],
    width: 36,
    text: 'a pair; 1 is the closest',
  },
  sampleItem('ending', INK.quiet, `without a partner, of the best ${MINUTIAE_MAX}`),
]

function sampleItem(type: Minutia['type'], colour: Colour, text: string): LegendItem {
  const minutia: Minutia = { x: 0, y: 0, angle: 0, quality: 70, type }
  return {
    sample: ([x, y]) => {
      const isFaint = colour === INK.quiet
      const options = { at: [x - 6, y] as const, scale: SAMPLE_SCALE, colour, isFaint }
      return minutiaMark(minutia, options).shapes
    },
    width: 40,
    text,
  }
}
