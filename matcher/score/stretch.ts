/** Follows the skin, which is never pressed on two sensors alike. */
import { MINUTIAE_MAX } from '../packed.ts'
import { QUARTERS, type Laid } from './lay.ts'
import type { Meetings } from './meet.ts'
import type { Probe, Unpacked } from './probe.ts'

/** How far local stretching reaches, pixels: its weight falls to a quarter here. */
const STRETCH_REACH = 60
const STRETCH_ONE = 256
const STRETCH_STEP = 64
/** Weight of a stretch by distance squared / `STRETCH_STEP`; nothing beyond 400 pixels. */
const STRETCHES = Int32Array.from({ length: (400 * 400) / STRETCH_STEP }, (_, index) => {
  const ratio = (index * STRETCH_STEP) / (STRETCH_REACH * STRETCH_REACH)
  return Math.round(STRETCH_ONE / ((1 + ratio) * (1 + ratio)))
})

const shiftX = new Int32Array(MINUTIAE_MAX)
const shiftY = new Int32Array(MINUTIAE_MAX)

/**
 * Moves each laid minutia by the mean of what the meetings around it are off by.
 * A minutia's own meeting has no say, and one weight of no shift at all keeps the lonely in place.
 */
export function stretch(probe: Probe, candidate: Unpacked, meetings: Meetings, laid: Laid): void {
  for (let i = 0; i < probe.minutiae; i += 1) {
    let weights = STRETCH_ONE
    let sumX = 0
    let sumY = 0
    for (let at = 0; at < meetings.count; at += 1) {
      const other = meetings.probe[at]!
      if (other === i) continue
      const dx = probe.x[other]! - probe.x[i]!
      const dy = probe.y[other]! - probe.y[i]!
      const step = (dx * dx + dy * dy) >> 6
      if (step >= STRETCHES.length) continue
      const weight = STRETCHES[step]!
      const j = meetings.candidate[at]!
      weights += weight
      sumX += weight * (candidate.x[j]! * QUARTERS - laid.x[other]!)
      sumY += weight * (candidate.y[j]! * QUARTERS - laid.y[other]!)
    }
    shiftX[i] = Math.floor(sumX / weights)
    shiftY[i] = Math.floor(sumY / weights)
  }
  for (let i = 0; i < probe.minutiae; i += 1) {
    laid.x[i]! += shiftX[i]!
    laid.y[i]! += shiftY[i]!
  }
}
