import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { fuse, MISSING } from '../../matcher/fusion.ts'
import { DEFAULT_FMR, falseMatchRate, thresholdFor } from '../../matcher/threshold.ts'

const COUNTS = Array.from({ length: 10 }, (_, index) => index + 1)

const promises = suite('a threshold')

promises('is the least score that strangers reach no more often than said', () => {
  for (const fingers of COUNTS) {
    for (const fmr of [1e-2, 1e-4, DEFAULT_FMR, 1e-9]) {
      const score = thresholdFor(fingers, fmr)
      ok(falseMatchRate(score, fingers) <= fmr)
      ok(falseMatchRate(score - 1, fingers) > fmr || score === 16, `${fingers} ${fmr}`)
    }
  }
})

promises('rises with the fingers and falls with what is allowed', () => {
  for (const fingers of COUNTS.slice(1)) {
    ok(thresholdFor(fingers) > thresholdFor(fingers - 1))
    ok(thresholdFor(fingers, 1e-3) < thresholdFor(fingers, 1e-6))
  }
})

promises('is not reached more easily by whoever has fewer fingers than the probe', () => {
  for (const fingers of COUNTS) {
    for (const there of COUNTS.slice(0, fingers)) {
      const rest = Array.from({ length: fingers - there }, () => undefined)
      const needed = thresholdFor(fingers) - fuse(rest)
      ok(needed >= thresholdFor(there), `${there} of ${fingers} need ${needed}`)
    }
  }
})

promises('comes from shares of strangers that start at all and end at none', () => {
  for (const fingers of COUNTS) {
    is(Math.round(falseMatchRate(0, fingers) * 1e9), 1e9)
    is(falseMatchRate(-5, fingers), falseMatchRate(0, fingers))
    ok(falseMatchRate(100_000, fingers) < 1e-15)
    for (let score = 1; score < 400; score += 7) {
      ok(falseMatchRate(score, fingers) <= falseMatchRate(score - 1, fingers))
    }
  }
})

promises.run()

const fusion = suite('the scores of several fingers')

fusion('add up, and a finger that is not there adds a little', () => {
  is(fuse([]), 0)
  is(fuse([40, 2, 0]), 42)
  is(fuse([40, undefined]), 40 + MISSING)
})

fusion.run()
