import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { fieldsOf, prepareProbe } from '../../../../matcher/score/probe.ts'
import { scorePrepared } from '../../../../matcher/score/score.ts'
import { thresholdFor } from '../../../../matcher/threshold.ts'
import { errorRates } from '../../../../simulations/bench/accuracy/error-rates.ts'
import { compareSet, type Comparison } from '../../../../simulations/bench/accuracy/protocol.ts'
import { readSets } from '../../../../simulations/bench/accuracy/sets.ts'
import { outsideData } from '../../../support/data.ts'

/** Percent. The best open matcher measured on the same templates and pairs, handbook table 2.4. */
const PEERS = {
  mindtct: { eer: 6.81, fmr1000: 19.5 },
  fingerjet: { eer: 7.32, fmr1000: 15.1 },
} as const

const promises = suite('on real fingers the matcher')
const folder = outsideData('fingerprints')

for (const extractor of folder ? (['mindtct', 'fingerjet'] as const) : []) {
  const comparisons = readSets(folder!, extractor).flatMap(({ name, impressions }) =>
    compareSet(name, impressions, scorerOf),
  )

  promises(`${extractor}: errs at most half as often as the best open peer`, () => {
    const { eer, fmr1000 } = errorRates(comparisons)
    ok(eer < PEERS[extractor].eer / 2, `EER ${eer}`)
    ok(fmr1000 < PEERS[extractor].fmr1000 / 2, `FNMR at FMR 0.1 % ${fmr1000}`)
  })

  promises(`${extractor}: takes no two fingers for one at the default threshold`, () => {
    ok(matchRate(comparisons, 'impostor', thresholdFor(1)) === 0)
    ok(matchRate(comparisons, 'genuine', thresholdFor(1)) > 0.8)
  })

  promises(`${extractor}: takes strangers for one as often as a threshold says`, () => {
    for (const fmr of [1e-2, 1e-3]) {
      // It was set on two extractors together, of which one is always a little worse.
      const rate = matchRate(comparisons, 'impostor', thresholdFor(1, fmr))
      ok(rate <= 1.5 * fmr, `${rate} instead of ${fmr}`)
    }
  })
}

promises.run()

function scorerOf(record: Uint8Array): (candidate: Uint8Array) => number {
  const probe = prepareProbe(record)
  return (candidate) => scorePrepared(probe, fieldsOf(candidate), 0)
}

function matchRate(
  comparisons: readonly Comparison[],
  wanted: Comparison['kind'],
  threshold: number,
): number {
  const chosen = comparisons.filter(({ kind }) => kind === wanted)
  return chosen.filter(({ score }) => score >= threshold).length / chosen.length
}
