/**
 * One print three times, side by side: as it was captured, as the extractor has drawn its ridges,
 * and which way they run; with its minutiae.
 */
import type { SingularPoint } from '../../matcher/extract/singular-points.ts'
import { MINUTIAE_MAX } from '../../matcher/packed.ts'
import type { Minutia } from '../../matcher/template/template.ts'
import type { ExaminedPrint } from './examined-print.ts'
import { legend, levelLine, type LegendItem } from './legend.ts'
import { GUTTER, HEADING, INK, MARGIN, TEXT } from './look.ts'
import { minutiaMark } from './minutia-mark.ts'
import { framed, panelAt, placed, printedPart, scaleFor, type Panel } from './panel.ts'
import { pointMark } from './point-mark.ts'
import type { Colour, Picture, Point, Shape } from './picture.ts'
import { borderLines, drawnRidges, PERIOD_COLOURS, runningLines } from './ridge-field.ts'
import { pale } from './tone.ts'

/** Narrower, and the legend would not be readable. */
const WIDTH_MIN = 1_200

/** Longest side of a panel. */
const SIDE = 800

const HEAD_HEIGHT = 78

/** Pixels at 500 dpi to the millimetre. */
const PER_MILLIMETRE = 500 / 25.4

const BORDER_PEN = { colour: INK.border, width: 1.8, opacity: 0.9 }
const LINE_WIDTH = 2.2

export function printPicture(print: ExaminedPrint): Picture {
  const { image, pattern, name } = print
  const part = printedPart(print)
  const scale = scaleFor(SIDE, [part])
  const panels = [0, 1, 2].map((place) => {
    return panelAt([MARGIN + place * (part.width * scale + GUTTER), HEAD_HEIGHT], part, scale)
  })
  const [captured, ridges, running] = panels as [Panel, Panel, Panel]
  const right = running.x + running.width
  const width = Math.max(WIDTH_MIN, Math.ceil(right + MARGIN))
  const below = captured.y + captured.height + 16
  const key = legend([marksLegend(), fieldLegend()], {
    at: [MARGIN, below],
    width: width - 2 * MARGIN,
  })
  return {
    width,
    height: Math.ceil(below + key.height + MARGIN - 8),
    title: `${name}: a print and its minutiae`,
    shapes: [
      ...head(print),
      ...framed(captured, 'The print and its minutiae', pale(image, 60)),
      border(captured, print),
      ...marks(captured, print),
      ...framed(ridges, 'Its ridges, as the extractor draws them', drawnRidges(pattern, image)),
      ...marks(ridges, print),
      ...framed(running, 'Which way they run, and how far apart', pale(image, 165)),
      ...runningLines(pattern).map(({ colour, paths }): Shape => {
        const moved = paths.map((path) => path.map((point) => placed(running, point)))
        return { kind: 'lines', paths: moved, pen: { colour, width: LINE_WIDTH } }
      }),
      border(running, print),
      ...print.points.map((point) => {
        return pointMark(point, placed(running, [point.x, point.y]), scale)
      }),
      ...key.shapes,
    ],
  }
}

function head({ name, image, view, patternClass, feedback }: ExaminedPrint): Shape[] {
  const endings = view.minutiae.filter(({ type }) => type === 'ending').length
  const size = [image.width, image.height].map((side) => (side / PER_MILLIMETRE).toFixed(1))
  const facts = [
    `${image.width} × ${image.height} pixels at 500 dpi, ${size.join(' × ')} mm`,
    `${view.minutiae.length} minutiae: ${endings} endings, ` +
      `${view.minutiae.length - endings} bifurcations`,
    patternClass === 'unknown' ? 'class unknown' : patternClass.replace('-', ' '),
    `quality ${view.quality} of 100`,
    ...feedback,
  ]
  return [
    { kind: 'text', at: [MARGIN, 42], text: name, size: HEADING, colour: INK.text, isBold: true },
    { kind: 'text', at: [MARGIN, 68], text: facts.join('  ·  '), size: TEXT, colour: INK.quiet },
  ]
}

/** Worst first, so that the best lie on top. */
function marks(panel: Panel, { view, held }: ExaminedPrint): Shape[] {
  const isHeld = new Set(held)
  return view.minutiae
    .map((minutia, index) => {
      const at = placed(panel, [minutia.x, minutia.y])
      return minutiaMark(minutia, { at, scale: panel.scale, isFaint: !isHeld.has(index) })
    })
    .reverse()
}

function border(panel: Panel, { pattern, image }: ExaminedPrint): Shape {
  const paths = borderLines(pattern, image).map((path) => path.map((point) => placed(panel, point)))
  return { kind: 'lines', paths, pen: BORDER_PEN }
}

const SAMPLE_SCALE = 2

function marksLegend(): LegendItem[] {
  return [
    { ...markItem({ type: 'ending', quality: 70 }), text: 'a ridge ends' },
    { ...markItem({ type: 'bifurcation', quality: 70 }), text: 'a ridge parts' },
    {
      sample: ([x, y]) => [
        ...sampleMark([x - 28, y], { type: 'ending', quality: 30 }),
        ...sampleMark([x + 16, y], { type: 'ending', quality: 100 }),
      ],
      width: 92,
      text: 'quality 30 and 100',
    },
    {
      ...markItem({ type: 'ending', quality: 40 }, true),
      text: `faint: not among the best ${MINUTIAE_MAX}, which are what is compared`,
    },
  ]
}

function fieldLegend(): LegendItem[] {
  return [
    {
      sample: (middle) => [levelLine(middle, 36, BORDER_PEN)],
      width: 36,
      text: 'where the print ends',
    },
    pointItem('core'),
    pointItem('delta'),
    ...PERIOD_COLOURS.map(({ below, colour }, index) => periodItem(colour, index, below)),
  ]
}

function markItem(about: Pick<Minutia, 'type' | 'quality'>, isFaint = false): LegendItem {
  return { sample: ([x, y]) => sampleMark([x - 6, y], about, isFaint), width: 40, text: '' }
}

function sampleMark(
  at: Point,
  about: Pick<Minutia, 'type' | 'quality'>,
  isFaint = false,
): readonly Shape[] {
  const minutia = { x: 0, y: 0, angle: 0, ...about }
  return minutiaMark(minutia, { at, scale: SAMPLE_SCALE, isFaint }).shapes
}

function pointItem(kind: SingularPoint['kind']): LegendItem {
  return {
    sample: (middle) => pointMark({ kind, x: 0, y: 0, angle: 0 }, middle, 1.5).shapes,
    width: 22,
    text: kind,
  }
}

function periodItem(colour: Colour, index: number, below: number): LegendItem {
  const from = index === 0 ? undefined : millimetres(PERIOD_COLOURS[index - 1]!.below)
  const to = below === Infinity ? undefined : millimetres(below)
  const range = from && to ? `${from} – ${to} mm` : to ? `ridges under ${to} mm apart` : ''
  return {
    sample: (middle) => [levelLine(middle, 22, { colour, width: LINE_WIDTH })],
    width: 22,
    text: range === '' ? `${from} mm and more` : range,
  }
}

function millimetres(pixels: number): string {
  return (pixels / PER_MILLIMETRE).toFixed(2)
}
