/** What `bench:accuracy` prints for people. */
import { table } from '../report.ts'
import type { Interval } from './bootstrap.ts'
import { errorRates, thresholdAt, type ErrorRates, type Rates } from './error-rates.ts'
import type { Identified } from './figures.ts'
import {
  fnirAt,
  identificationPoints,
  identifiedWithin,
  intervalByPeople,
  lostAtMost,
} from './identification-rates.ts'
import { PEERS, isComparable } from './peers.ts'
import type { Comparison } from './protocol.ts'
import {
  failuresIn,
  labelOf,
  type Fused,
  type Measured,
  type Verification,
} from './verification.ts'

const RATES = ['EER', 'FMR100', 'FMR1000', 'ZeroFMR'] as const

export function printVerification(verification: Verification): void {
  const { extractor, fused } = verification
  printSets(verification)
  printPeers(verification)
  printThresholds(verification)
  const header = ['fingers', 'genuine', 'impostor', ...RATES]
  console.log(`\n${extractor}, %: fingers fused, people put together within a set`)
  console.log(table([header, ...fused.map(fusedRow)]))
}

export function printIdentification(identified: readonly Identified[]): void {
  const header = [
    '1:N',
    'people',
    'searches',
    'rank 1',
    'rank 10',
    'FNIR at FPIR 10 %',
    'at 1 %',
    'at 0',
    'rank 1, fewer',
    'exhaustive',
    'lost at most',
  ]
  const rows = identified.map((one) => {
    const { extractor, fingers, people, outcomes, near, precise } = one
    const points = identificationPoints(outcomes)
    const first = identifiedWithin(outcomes, 1)
    const atOne = fnirAt(points, 0.01)
    return [
      `${extractor}, ${fingers} finger${fingers === 1 ? '' : 's'}`,
      String(people),
      String(outcomes.length),
      within(first, intervalByPeople(first, outcomes)),
      figure(identifiedWithin(outcomes, 10)),
      figure(fnirAt(points, 0.1)),
      within(atOne, intervalByPeople(atOne, outcomes)),
      figure(fnirAt(points, 0)),
      figure(identifiedWithin(near, 1)),
      figure(identifiedWithin(precise, 1)),
      figure(lostAtMost(outcomes)),
    ]
  })
  const fewer = identified[0]?.precisePeople ?? 0
  console.log('\n%: real people in a crowd of synthetic ones, each search once with its own person')
  console.log('in the gallery and once without; intervals with people as the sample, 95 %')
  console.log(table([header, ...rows]))
  console.log('lost at most: points of rank 1, by what the own person scores alone')
  console.log(`fewer: among ${fewer} people, by the gallery and by the exhaustive precise matcher`)
}

function printSets({ extractor, groups }: Verification): void {
  const header = ['set', 'genuine', 'impostor', ...RATES, 'failures']
  const single = groups[0].sets.map((set) => ({ name: set.name, sets: [set] }))
  const rows = (isChosen: (comparison: Comparison) => boolean) =>
    [...single, ...groups.toReversed()].map(({ name, sets }) => {
      const chosen = sets.flatMap(({ comparisons }) => comparisons).filter(isChosen)
      return [name, ...cells(errorRates(chosen)), String(failuresIn(sets))]
    })
  console.log(`\n${extractor}, %: every within-set pair of different fingers as impostors`)
  console.log(table([header, ...rows(() => true)]))
  console.log(`\n${extractor}, %: FVC's own impostor pairs, first impressions only`)
  console.log(table([header, ...rows(isOfFvc)]))
}

function isOfFvc({ kind, isFirstImpressions }: Comparison): boolean {
  return kind === 'genuine' || isFirstImpressions
}

/** Beside ours with their intervals; nothing where the data are others. */
function printPeers({ extractor, groups }: Verification): void {
  const [pooled] = groups
  const peers = isComparable(pooled.sets, pooled)
    ? PEERS.filter((peer) => peer.extractor === extractor || peer.extractor === 'own')
    : []
  const rows = [
    ...groups.map((group) => [`Tamga, ${labelOf(group)}`, ...cellsWithin(group)]),
    ...peers.map((peer) => [`${peer.name} (${peer.extractor})`, ...ratesOf(peer).map(figure)]),
  ]
  console.log(`\n${extractor}, %: with 95 % intervals over fingers`)
  console.log(table([['', ...RATES], ...rows]))
}

function printThresholds({ extractor, groups: [{ points }] }: Verification): void {
  const rows = [0.1, 0.01, 0.001, 0.0001, 0].map((fmr) => [
    `${fmr * 100} %`,
    String(thresholdAt(points, fmr)),
  ])
  console.log(`\n${table([[`${extractor}: FMR at most`, 'least score'], ...rows])}`)
}

function fusedRow(fused: Fused): string[] {
  return [
    String(fused.fingers),
    String(fused.genuine),
    String(fused.impostor),
    ...cellsWithin(fused),
  ]
}

function cells(rates: ErrorRates): string[] {
  return [String(rates.genuine), String(rates.impostor), ...ratesOf(rates).map(figure)]
}

function cellsWithin({ intervals, ...rates }: Measured): string[] {
  const bounds = intervals && ratesOf(intervals)
  return ratesOf(rates).map((rate, index) => within(rate, bounds?.[index]))
}

function ratesOf<T>({ eer, fmr100, fmr1000, zeroFmr }: Record<keyof Rates, T>): T[] {
  return [eer, fmr100, fmr1000, zeroFmr]
}

function within(rate: number, interval: Interval | undefined): string {
  if (!interval) return figure(rate)
  return `${figure(rate)} (${figure(interval.low)}..${figure(interval.high)})`
}

function figure(rate: number): string {
  return rate.toFixed(2)
}
