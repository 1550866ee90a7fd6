/** A DET curve as SVG, both axes logarithmic. */
import type { DetPoint } from './error-rates.ts'

const SIZE = 560
const MARGIN = 70
const SPAN = SIZE - 2 * MARGIN

/** Powers of ten shown on each axis. */
const FMR_DECADES = [-5, 0] as const
const FNMR_DECADES = [-3, 0] as const

const COLOURS = ['#1b4f9c', '#b3261e', '#2e7d32', '#8e5a00']

export interface Curve {
  readonly name: string
  readonly points: readonly DetPoint[]
}

export function detPlot(title: string, curves: readonly Curve[]): string {
  const lines = curves.map(({ points }, index) => {
    const path = points.map(({ fmr, fnmr }) => `${xOf(fmr)},${yOf(fnmr)}`).join(' ')
    return `<polyline points="${path}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>`
  })
  const legend = curves.map(({ name }, index) =>
    label(MARGIN + 12, SIZE - MARGIN - 12 - 18 * index, escaped(name), 'start', colourOf(index)),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" ` +
      `font-family="sans-serif" font-size="13">`,
    `<rect width="${SIZE}" height="${SIZE}" fill="#fff"/>`,
    label(SIZE / 2, 32, escaped(title), 'middle'),
    ...ticks(FMR_DECADES).map((decade) => verticalLine(decade)),
    ...ticks(FNMR_DECADES).map((decade) => horizontalLine(decade)),
    ...lines,
    ...legend,
    label(SIZE / 2, SIZE - 20, 'false match rate', 'middle'),
    `<g transform="rotate(-90 22 ${SIZE / 2})">`,
    label(22, SIZE / 2, 'false non-match rate', 'middle'),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function verticalLine(decade: number): string {
  const x = xOf(10 ** decade)
  const bottom = SIZE - MARGIN
  const line = `<line x1="${x}" y1="${MARGIN}" x2="${x}" y2="${bottom}" stroke="#ddd"/>`
  return line + label(x, bottom + 18, percent(decade), 'middle')
}

function horizontalLine(decade: number): string {
  const y = yOf(10 ** decade)
  const line = `<line x1="${MARGIN}" y1="${y}" x2="${SIZE - MARGIN}" y2="${y}" stroke="#ddd"/>`
  return line + label(MARGIN - 6, Number(y) + 4, percent(decade), 'end')
}

function label(x: number | string, y: number, text: string, anchor: string, fill = '#222'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${text}</text>`
}

function ticks([least, most]: readonly [number, number]): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) => least + index)
}

function xOf(fmr: number): string {
  return (MARGIN + SPAN * along(fmr, FMR_DECADES)).toFixed(1)
}

function yOf(fnmr: number): string {
  return (MARGIN + SPAN * (1 - along(fnmr, FNMR_DECADES))).toFixed(1)
}

/** 0..1; a rate below the axis, and zero, lie on its edge. */
function along(rate: number, [least, most]: readonly [number, number]): number {
  const decade = rate > 0 ? Math.log10(rate) : least
  return (Math.max(least, Math.min(most, decade)) - least) / (most - least)
}

function percent(decade: number): string {
  return `${Number((100 * 10 ** decade).toPrecision(1))} %`
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
