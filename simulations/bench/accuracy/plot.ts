/** Plots as SVG: axes, curves and marks in a frame, a legend beside it, a caption below. */

export interface Axis {
  readonly label: string
  readonly scale: 'linear' | 'log'
  readonly least: number
  readonly most: number
  /** Where a line and a label stand, ascending. */
  readonly ticks: readonly number[]
  readonly format: (tick: number) => string
}

export interface Series {
  readonly name: string
  readonly colour: string
  /** Joined in this order; what lies outside the axes is drawn on their edge. */
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly look: 'curve' | 'steps' | Mark
  /** SVG's `stroke-dasharray`. */
  readonly dashes?: string
}

/** Points that are not joined. */
export type Mark = 'circle' | 'square' | 'diamond' | 'triangle'

export interface Plot {
  readonly title: string
  /** What data, how many comparisons, what to read off: wrapped to the plot's width. */
  readonly caption: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

const WIDTH = 860
const FRAME = { left: 80, top: 56, width: 460, height: 420 } as const
const BOTTOM = FRAME.top + FRAME.height
const LEGEND = { left: FRAME.left + FRAME.width + 24, line: 20, sample: 30 } as const
const CAPTION = { top: BOTTOM + 72, line: 17, columns: 112 } as const

/** Half the size of a mark, px. */
const MARK = 5

export function plot({ title, caption, x, y, series }: Plot): string {
  const lines = wrapped(caption, CAPTION.columns)
  const height = CAPTION.top + CAPTION.line * lines.length
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
      `font-family="sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text({ x: FRAME.left, y: 34, size: 16 }, title),
    ...x.ticks.map((tick) => verticalLine(x, tick)),
    ...y.ticks.map((tick) => horizontalLine(y, tick)),
    `<rect x="${FRAME.left}" y="${FRAME.top}" width="${FRAME.width}" height="${FRAME.height}" ` +
      `fill="none" stroke="#888"/>`,
    ...series.map((one) => drawn(one, x, y)),
    ...series.map((one, index) => legend(one, index)),
    text({ x: FRAME.left + FRAME.width / 2, y: BOTTOM + 42, anchor: 'middle' }, x.label),
    `<g transform="rotate(-90 24 ${FRAME.top + FRAME.height / 2})">`,
    text({ x: 24, y: FRAME.top + FRAME.height / 2, anchor: 'middle' }, y.label),
    '</g>',
    ...lines.map((line, index) =>
      text({ x: 24, y: CAPTION.top + CAPTION.line * index, colour: '#444' }, line),
    ),
    '</svg>',
    '',
  ].join('\n')
}

/** Powers of ten, both ends included. */
export function decades(least: number, most: number): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index))
}

/** A fraction in percent, without figures that say nothing. */
export function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(3))} %`
}

function verticalLine(axis: Axis, tick: number): string {
  const x = xOf(axis, tick)
  const line = `<line x1="${x}" y1="${FRAME.top}" x2="${x}" y2="${BOTTOM}" stroke="#ddd"/>`
  return line + text({ x, y: BOTTOM + 18, anchor: 'middle' }, axis.format(tick))
}

function horizontalLine(axis: Axis, tick: number): string {
  const y = yOf(axis, tick)
  const right = FRAME.left + FRAME.width
  const line = `<line x1="${FRAME.left}" y1="${y}" x2="${right}" y2="${y}" stroke="#ddd"/>`
  return line + text({ x: FRAME.left - 6, y: Number(y) + 4, anchor: 'end' }, axis.format(tick))
}

function drawn(series: Series, x: Axis, y: Axis): string {
  const places = series.points.map(([across, up]) => [xOf(x, across), yOf(y, up)] as const)
  if (series.look === 'curve') return polyline(places, series)
  if (series.look === 'steps') return polyline(stepped(places), series)
  const { look, colour } = series
  return places.map((place) => mark(look, place, colour)).join('')
}

type Place = readonly [x: string, y: string]

function polyline(places: readonly Place[], { colour, dashes }: Series): string {
  const path = places.map((place) => place.join(',')).join(' ')
  const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashed}/>`
}

/** Level from each point to the next, and then up or down. */
function stepped(places: readonly Place[]): Place[] {
  return places.flatMap((place, index) => {
    const next = places[index + 1]
    return next ? [place, [next[0], place[1]] as const] : [place]
  })
}

function mark(shape: Mark, [x, y]: Place, colour: string): string {
  if (shape === 'circle') {
    return `<circle cx="${x}" cy="${y}" r="${MARK}" fill="#fff" stroke="${colour}"/>`
  }
  const corners = CORNERS[shape].map(
    ([dx, dy]) => `${(Number(x) + MARK * dx).toFixed(1)},${(Number(y) + MARK * dy).toFixed(1)}`,
  )
  return `<polygon points="${corners.join(' ')}" fill="#fff" stroke="${colour}"/>`
}

const CORNERS: Record<Exclude<Mark, 'circle'>, readonly (readonly [dx: number, dy: number])[]> = {
  square: [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ],
  diamond: [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  triangle: [
    [0, -1.2],
    [1.2, 1],
    [-1.2, 1],
  ],
}

function legend(series: Series, index: number): string {
  const { left, line, sample } = LEGEND
  const y = FRAME.top + 12 + line * index
  const middle: Place = [String(left + sample / 2), String(y - 4)]
  const ends: Place[] = [
    [String(left), String(y - 4)],
    [String(left + sample), String(y - 4)],
  ]
  const { look, colour } = series
  const isLine = look === 'curve' || look === 'steps'
  const shown = isLine ? polyline(ends, series) : mark(look, middle, colour)
  return shown + text({ x: left + sample + 8, y, size: 12 }, series.name)
}

interface TextOptions {
  readonly x: number | string
  readonly y: number | string
  readonly anchor?: 'middle' | 'end'
  readonly size?: number
  readonly colour?: string
}

function text({ x, y, anchor, size, colour = '#222' }: TextOptions, content: string): string {
  const anchored = anchor === undefined ? '' : ` text-anchor="${anchor}"`
  const sized = size === undefined ? '' : ` font-size="${size}"`
  return `<text x="${x}" y="${y}"${anchored}${sized} fill="${colour}">${escaped(content)}</text>`
}

function xOf(axis: Axis, value: number): string {
  return (FRAME.left + FRAME.width * along(axis, value)).toFixed(1)
}

function yOf(axis: Axis, value: number): string {
  return (FRAME.top + FRAME.height * (1 - along(axis, value))).toFixed(1)
}

/** 0..1, on the edge for what lies outside: zero has no place on a logarithmic axis. */
function along({ scale, least, most }: Axis, value: number): number {
  const kept = Math.max(least, Math.min(most, value))
  if (scale === 'linear') return (kept - least) / (most - least)
  return Math.log(kept / least) / Math.log(most / least)
}

function wrapped(paragraph: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
