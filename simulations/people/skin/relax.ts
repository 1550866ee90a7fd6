/** Rounds of least squares on one grid: each phase moves to what its neighbours make of it. */
import type { PhaseSteps } from './phase-steps.ts'

/** Past the mean: what is wrong on one side of the grid has to reach the other. */
export const OVER_RELAXATION = 1.75

/** One round of successive over-relaxation, in place: sums and products in a fixed order. */
export function relax(phase: Float64Array, steps: PhaseSteps): void {
  const { width, height, right, down, rightSign, downSign } = steps
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x
      let sum = 0
      let count = 0
      if (x < width - 1) {
        sum += rightSign[at]! * phase[at + 1]! - right[at]!
        count += 1
      }
      if (x > 0) {
        sum += rightSign[at - 1]! * (phase[at - 1]! + right[at - 1]!)
        count += 1
      }
      if (y < height - 1) {
        sum += downSign[at]! * phase[at + width]! - down[at]!
        count += 1
      }
      if (y > 0) {
        sum += downSign[at - width]! * (phase[at - width]! + down[at - width]!)
        count += 1
      }
      phase[at]! += OVER_RELAXATION * (sum / count - phase[at]!)
    }
  }
}

/** Phases on twice as fine a grid: a node in between takes the mean of what two neighbours say. */
export function refined(coarse: Float64Array, steps: PhaseSteps): Float64Array {
  const { width, height, right, down, rightSign, downSign } = steps
  const phase = new Float64Array(width * height)
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      phase[y * width + x] = coarse[(y >> 1) * ((width + 1) >> 1) + (x >> 1)]!
    }
    for (let at = y * width + 1; at < (y + 1) * width; at += 2) {
      const fromLeft = rightSign[at - 1]! * (phase[at - 1]! + right[at - 1]!)
      const fromRight = rightSign[at]! * phase[at + 1]! - right[at]!
      phase[at] = (fromLeft + fromRight) / 2
    }
  }
  for (let y = 1; y < height; y += 2) {
    for (let at = y * width; at < (y + 1) * width; at += 1) {
      const fromAbove = downSign[at - width]! * (phase[at - width]! + down[at - width]!)
      const fromBelow = downSign[at]! * phase[at + width]! - down[at]!
      phase[at] = (fromAbove + fromBelow) / 2
    }
  }
  return phase
}
