/** How often which score occurs, of genuine pairs and of strangers. */
import type { Scored } from './error-rates.ts'
import { decades, plot, type Axis } from './plot.ts'

/** Bars at most: as many as can be told apart. */
const BINS_MAX = 80

export interface Bins {
  /** Lowest score of the first bin, and scores in each. */
  readonly from: number
  readonly width: number
  readonly genuine: readonly number[]
  readonly impostor: readonly number[]
}

/** Of equal, whole width; every score is in one bin. */
export function binned(trials: readonly Scored[]): Bins {
  let from = 0
  let most = 0
  for (const { score } of trials) {
    from = Math.min(from, score)
    most = Math.max(most, score)
  }
  const width = Math.ceil((most - from + 1) / BINS_MAX)
  const bins = Math.floor((most - from) / width) + 1
  const counts = { genuine: emptyBins(bins), impostor: emptyBins(bins) }
  for (const { kind, score } of trials) counts[kind][Math.floor((score - from) / width)]! += 1
  return { from, width, ...counts }
}

export function histogram(title: string, trials: readonly Scored[]): string {
  const { from, width, genuine, impostor } = binned(trials)
  const end = from + width * genuine.length
  const most = Math.ceil(Math.log10(Math.max(10, ...genuine, ...impostor)))
  return plot({
    title,
    caption:
      `${total(genuine).toLocaleString('en')} genuine and ` +
      `${total(impostor).toLocaleString('en')} impostor pairs, all within a set, in ` +
      `steps of ${width}; counts are logarithmic, and what touches the lower edge is 0.`,
    x: scoreAxis(from, end),
    y: {
      label: 'pairs',
      scale: 'log',
      least: 0.5,
      most: 10 ** most,
      ticks: decades(0, most),
      format: (tick) => tick.toLocaleString('en'),
    },
    series: [
      { name: 'genuine', colour: '#1b4f9c', look: 'steps', points: tops(genuine, from, width) },
      { name: 'impostor', colour: '#b3261e', look: 'steps', points: tops(impostor, from, width) },
    ],
  })
}

function tops(counts: readonly number[], from: number, width: number) {
  return [...counts, 0].map((count, bin) => [from + bin * width, count] as const)
}

function scoreAxis(from: number, end: number): Axis {
  const step = roundStep((end - from) / 6)
  const first = Math.ceil(from / step)
  const ticks = Math.floor(end / step) - first + 1
  return {
    label: 'score',
    scale: 'linear',
    least: from,
    most: end,
    ticks: Array.from({ length: ticks }, (_, index) => (first + index) * step),
    format: String,
  }
}

/** 1, 2 or 5 times a power of ten, at least 1 and at least this. */
function roundStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  return [1, 2, 5, 10].map((times) => times * decade).find((step) => step >= least)!
}

function emptyBins(bins: number): number[] {
  return Array.from({ length: bins }, () => 0)
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
