/** The fingers of a slap as lanes that lean alike: how much, and where one ends. */
import type { Cells } from './slap-cells.ts'

/** Columns that a lane moves to the right, in twentieths of a column for each row upwards. */
const LEAN_ONE = 20
/** About 31° to either side, the most upright first. */
const LEAN_MAX = 12
const LEANS = Array.from({ length: LEAN_MAX + 1 }, (_, lean) => [lean, -lean])
  .flat()
  .slice(1)

/** Cells with ridges that a finger has: 60 mm². */
const FINGER_CELLS = 90

/** Columns from one cut to the next: 5 mm to 30 mm. */
const LANE_MIN = 7
const LANE_MAX = 38

/** Columns without ridges inside a lane: more are between two fingers. */
const GAP_MAX = 2

/** At a cut less than this share of what its thinner neighbour has at its widest, in tenths. */
const VALLEY_TENTHS = 6

/** Half open, in columns as they are after leaning. */
export class Lane {
  readonly #from: number
  readonly #to: number

  constructor(from: number, to: number) {
    this.#from = from
    this.#to = to
  }

  /** Its columns in the image, in this row. */
  across(lean: number, row: number): [start: number, end: number] {
    const shift = Math.floor((lean * row) / LEAN_ONE)
    return [this.#from - shift, this.#to - shift]
  }
}

/**
 * Leaning so that they stand out most sharply, and of such leans the most upright; undefined where
 * no `count` fingers stand apart.
 */
export function lanesOf(cells: Cells, count: number): { lean: number; lanes: Lane[] } | undefined {
  const leaning = LEANS.map((lean) => ({ lean, ...profileOf(cells, lean) }))
  const sharpest = leaning.reduce((one, other) => (peaksOf(other) > peaksOf(one) ? other : one))
  const { lean, counts, offset } = sharpest
  const cuts = cutsOf(counts, count)
  const lanes = cuts?.slice(1).map((end, place) => new Lane(cuts[place]! + offset, end + offset))
  return lanes && { lean, lanes }
}

/** The more cells share a column, the more it is. */
function peaksOf({ counts }: Profile): number {
  return counts.reduce((sum, cell) => sum + cell * cell, 0)
}

/** Cells with ridges by leaned column, from the first that has any to the last. */
interface Profile {
  readonly counts: readonly number[]
  readonly offset: number
}

function profileOf(cells: Cells, lean: number): Profile {
  const reach = Math.ceil((LEAN_MAX * cells.rows) / LEAN_ONE)
  const counts = Array.from({ length: cells.columns + 2 * reach }, () => 0)
  for (let row = 0; row < cells.rows; row += 1) {
    const shift = Math.floor((lean * row) / LEAN_ONE)
    for (let column = 0; column < cells.columns; column += 1) {
      if (cells.has(column, row)) counts[column + shift + reach]! += 1
    }
  }
  const first = Math.max(
    0,
    counts.findIndex((cell) => cell > 0),
  )
  const last = counts.findLastIndex((cell) => cell > 0)
  return { counts: counts.slice(first, last + 1), offset: first - reach }
}

/** Where lanes begin and the last one ends, and how many cells stand where they part. */
interface Cuts {
  readonly cuts: readonly number[]
  readonly lost: number
}

function cutsOf(counts: readonly number[], lanes: number): readonly number[] | undefined {
  let open: Cuts[] = [{ cuts: [0], lost: 0 }]
  for (let lane = 1; lane <= lanes; lane += 1) {
    const byEnd = new Map<number, Cuts>()
    for (const { cuts, lost } of open) {
      const from = cuts.at(-1)!
      for (let end = from + LANE_MIN; end <= Math.min(counts.length, from + LANE_MAX); end += 1) {
        const isLast = end === counts.length
        if (isLast !== (lane === lanes) || !isFinger(counts.slice(from, end))) continue
        const total = lost + (isLast ? 0 : counts[end]!)
        const known = byEnd.get(end)
        if (!known || total < known.lost) byEnd.set(end, { cuts: [...cuts, end], lost: total })
      }
    }
    open = [...byEnd.values()]
  }
  const { cuts: found = [] } = open[0] ?? {}
  const isApart = found.slice(1, -1).every((_, place) => isValley(counts, found, place + 1))
  return isApart && found.length > 0 ? found : undefined
}

function isFinger(counts: readonly number[]): boolean {
  if (counts.reduce((sum, cell) => sum + cell, 0) < FINGER_CELLS) return false
  const first = counts.findIndex((cell) => cell > 0)
  const last = counts.findLastIndex((cell) => cell > 0)
  let gap = 0
  for (const cell of counts.slice(first, last)) {
    gap = cell > 0 ? 0 : gap + 1
    if (gap > GAP_MAX) return false
  }
  return true
}

/** Whether the cut is between two fingers, and not through the middle of a wide one. */
function isValley(counts: readonly number[], cuts: readonly number[], place: number): boolean {
  const [from, at, to] = [cuts[place - 1]!, cuts[place]!, cuts[place + 1]!]
  const peak = Math.min(Math.max(...counts.slice(from, at)), Math.max(...counts.slice(at, to)))
  return counts[at]! * 10 < peak * VALLEY_TENTHS
}
