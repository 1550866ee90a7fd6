/** How often the matcher errs, on the prints that peers were measured on, beside the bars. */
import { readSets } from '../accuracy/sets.ts'
import { verify } from '../accuracy/verification.ts'
import type { Measurement } from '../report.ts'

/** Percent: equal error rate, misses where 1 in 1,000 strangers matches, and with two fingers. */
const BARS = {
  mindtct: { eer: 4, fmr1000: 9.5, twoFingers: 1 },
  fingerjet: { eer: 3.6, fmr1000: 8.5, twoFingers: 1 },
} as const

export function accuracyRows(folder: string): Measurement[] {
  return (['mindtct', 'fingerjet'] as const).flatMap((extractor) => {
    const bars = BARS[extractor]
    const { groups, fused } = verify(extractor, readSets(folder, extractor), { replicates: 0 })
    const [pooled] = groups
    const two = fused.find(({ fingers }) => fingers === 2)!
    return [
      row(`${extractor}_eer`, pooled.eer, bars.eer),
      row(`${extractor}_fnmr_at_fmr_0_1pct`, pooled.fmr1000, bars.fmr1000),
      row(`${extractor}_two_finger_eer`, two.eer, bars.twoFingers),
    ]
  })
}

function row(name: string, value: number, baseline: number): Measurement {
  return { name, value, unit: '%', baseline, ratio: value / baseline }
}
