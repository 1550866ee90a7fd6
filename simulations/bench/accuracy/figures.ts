/** The plots that are written, with what each says under it. */
import { cumulativeMatches, identificationPoints } from './identification-rates.ts'
import { EXTRACTORS, PEERS, isComparable, type Extractor, type Peer } from './peers.ts'
import { decades, percent, plot, type Axis, type Mark, type Series } from './plot.ts'
import type { Identification } from './register.ts'
import { histogram } from './score-histogram.ts'
import { labelOf, type Measured, type Verification } from './verification.ts'

/** Ranks that a CMC curve shows. */
const RANKS = 20

const COLOURS: Record<Extractor, string> = {
  mindtct: '#1b4f9c',
  fingerjet: '#b3261e',
  secugen: '#2e7d32',
  tamga: '#6a3d9a',
  images: '#8e5a00',
}

const MARKS: Record<string, Mark> = {
  OpenAFIS: 'triangle',
  bozorth3: 'square',
  SourceAFIS: 'circle',
  "Tamga's trial": 'diamond',
}

/** By group or by number of fingers, from the first on. */
const DASHES = [undefined, '8 4', '2 3', '10 3 2 3'] as const

const FMR: Axis = {
  label: 'false match rate',
  scale: 'log',
  least: 1e-5,
  most: 1,
  ticks: decades(-5, 0),
  format: percent,
}

const FNMR: Axis = {
  ...FMR,
  label: 'false non-match rate',
  least: 1e-3,
  ticks: decades(-3, 0),
}

export interface Identified extends Identification {
  readonly extractor: Extractor
  readonly fingers: 1 | 2
}

export function detFigure(verifications: readonly Verification[]): string {
  const curves = verifications.flatMap(({ extractor, groups }) =>
    groups.map((group, index) =>
      detCurve(`${extractor}, ${labelOf(group)}`, extractor, index, group),
    ),
  )
  const peers = peersBeside(verifications)
  const [pooled] = verifications.map(({ groups }) => groups[0])
  const beside =
    peers.length === 0
      ? ''
      : ' Marks: open matchers on the same pairs, at their equal error rate and at 1 % and 0.1 %.'
  return plot({
    title: 'One finger against one finger',
    caption:
      `${setsOf(verifications)}; ${whole(pooled?.genuine)} genuine and ` +
      `${whole(pooled?.impostor)} impostor pairs, all within a set, of each extractor's ` +
      `templates; one threshold for all sets of a curve, which ends where no error is seen. ` +
      `Down and to the left is better.${beside}`,
    x: FMR,
    y: FNMR,
    series: [...curves, ...peers.map(peerMarks)],
  })
}

export function fingersFigure(verifications: readonly Verification[]): string {
  const [first] = verifications
  const pairs = (first?.fused ?? []).map(
    ({ fingers, genuine, impostor }) =>
      `${fingersOf(fingers)} ${whole(genuine)} and ${whole(impostor)}`,
  )
  return plot({
    title: 'Several fingers fused',
    caption:
      `${setsOf(verifications)}. People are put together from the fingers of one set, in every ` +
      `choice of so many, and share fingers with one another; with ten fingers there is one ` +
      `person in a set, and strangers come from other sets. Genuine and impostor pairs: ` +
      `${pairs.join('; ')}. Down and to the left is better.`,
    x: { ...FMR, least: 1e-6, ticks: decades(-6, 0) },
    y: { ...FNMR, least: 1e-5, ticks: decades(-5, 0) },
    series: verifications.flatMap(({ extractor, fused }) =>
      fused.map((one, index) =>
        detCurve(`${extractor}, ${fingersOf(one.fingers)}`, extractor, index, one),
      ),
    ),
  })
}

export function scoresFigure({ extractor, groups: [pooled] }: Verification): string {
  const trials = pooled.sets.flatMap(({ comparisons }) => comparisons)
  return histogram(`Scores of ${extractor} templates`, trials)
}

export function cmcFigure(identified: readonly Identified[]): string {
  const shares = identified.map(({ outcomes }) => cumulativeMatches(outcomes, RANKS))
  const least = Math.min(0.99, ...shares.flat())
  const from = Math.floor(20 * least) / 20
  const steps = Math.round((1 - from) * 100) > 10 ? 0.05 : 0.01
  const ticks = Math.round((1 - from) / steps)
  return plot({
    title: 'How soon the right person comes (CMC)',
    caption: `${searchesOf(identified)} Up is better.`,
    x: {
      label: 'rank',
      scale: 'linear',
      least: 1,
      most: RANKS,
      ticks: [1, 5, 10, 15, 20],
      format: String,
    },
    y: {
      label: 'right person at this rank or before',
      scale: 'linear',
      least: from,
      most: 1,
      ticks: Array.from({ length: ticks + 1 }, (_, index) => from + index * steps),
      format: percent,
    },
    series: identified.map((one, index) => ({
      ...lookOf(one),
      look: 'curve',
      points: shares[index]!.map((share, rank) => [rank + 1, share] as const),
    })),
  })
}

export function identificationFigure(identified: readonly Identified[]): string {
  return plot({
    title: 'People lost against people wrongly named (1:N)',
    caption:
      `${searchesOf(identified)} Non-mated searches are the same with their own person left out. ` +
      `Most strangers are synthetic and kinder than real ones. Down and to the left is better.`,
    x: {
      ...FMR,
      label: 'false positive identification rate (FPIR)',
      least: 1e-3,
      ticks: decades(-3, 0),
    },
    y: { ...FNMR, label: 'false negative identification rate (FNIR)' },
    series: identified.map((one) => {
      const points = identificationPoints(one.outcomes)
      const { name, ...look } = lookOf(one)
      return {
        ...seen(
          name,
          points.map(({ fpir, fnir }) => [fpir, fnir] as const),
        ),
        ...look,
        look: 'steps',
      }
    }),
  })
}

function detCurve(name: string, extractor: Extractor, index: number, { points }: Measured): Series {
  const dashes = DASHES[index % DASHES.length]
  return {
    ...seen(
      name,
      points.map(({ fmr, fnmr }) => [fmr, fnmr] as const),
    ),
    colour: COLOURS[extractor],
    look: 'curve',
    ...(dashes === undefined ? {} : { dashes }),
  }
}

/** Rates of 0 have no place on a logarithmic axis: they say only that there were too few trials. */
function seen(name: string, points: Series['points']): Pick<Series, 'name' | 'points'> {
  const positive = points.filter(([x, y]) => x > 0 && y > 0)
  return { name: positive.length === 0 ? `${name}: no error seen` : name, points: positive }
}

/** Of the extractors shown, and those that read the images themselves. */
function peersBeside(verifications: readonly Verification[]): Peer[] {
  const shown = verifications.filter(({ groups: [pooled] }) => isComparable(pooled.sets, pooled))
  const extractors = shown.map(({ extractor }) => extractor)
  if (extractors.length === 0) return []
  return PEERS.filter(({ extractor }) => extractor === 'own' || extractors.includes(extractor))
}

function peerMarks(peer: Peer): Series {
  const { name, extractor, eer, fmr100, fmr1000 } = peer
  const known = EXTRACTORS.find((one) => one === extractor)
  return {
    name: `${name} (${extractor})`,
    colour: known ? COLOURS[known] : '#555',
    look: MARKS[name] ?? 'circle',
    points: [
      [eer / 100, eer / 100],
      [0.01, fmr100 / 100],
      [0.001, fmr1000 / 100],
    ],
  }
}

function lookOf({ extractor, fingers }: Identified): Pick<Series, 'name' | 'colour' | 'dashes'> {
  const look = { name: `${extractor}, ${fingersOf(fingers)}`, colour: COLOURS[extractor] }
  return fingers === 1 ? { ...look, dashes: '8 4' } : look
}

function setsOf(verifications: readonly Verification[]): string {
  const names = verifications.flatMap(({ groups }) => groups[0].sets.map(({ name }) => name))
  return [...new Set(names)].join(', ')
}

function searchesOf(identified: readonly Identified[]): string {
  const counts = [...new Map(identified.map((each) => [each.fingers, each])).values()]
  const searches = counts.map(({ fingers, outcomes, people }) => {
    const real = new Set(outcomes.map(({ person }) => person)).size
    return (
      `${outcomes.length} searches with ${fingersOf(fingers)} for ${real} real people, each ` +
      `enrolled once in a gallery of ${whole(people)}`
    )
  })
  return `${searches.join('; ')}.`
}

function fingersOf(count: number): string {
  return count === 1 ? '1 finger' : `${count} fingers`
}

function whole(count = 0): string {
  return count.toLocaleString('en')
}
