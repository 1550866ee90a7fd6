/** Where two fingers lie on each other: only there can minutiae be missed. */
import { columnAt, type Columns } from './columns.ts'
import { QUARTERS, type Laid } from './lay.ts'
import type { Probe, Unpacked } from './probe.ts'

/** A minutia lies on the other finger if this many of that finger's lie within the distance. */
const OVERLAP_NEIGHBOURS = 2
const OVERLAP_DISTANCE = 40 * QUARTERS

/** How many minutiae of each finger lie where the other finger is. */
export function overlap(
  probe: Probe,
  candidate: Unpacked,
  { starts, order }: Columns,
  laid: Laid,
): [number, number] {
  const near = OVERLAP_DISTANCE * OVERLAP_DISTANCE
  const ofProbe = new Uint8Array(probe.minutiae)
  const ofCandidate = new Uint8Array(candidate.minutiae)
  for (let i = 0; i < probe.minutiae; i += 1) {
    const end = starts[columnAt(laid.x[i]! + OVERLAP_DISTANCE) + 1]!
    for (let at = starts[columnAt(laid.x[i]! - OVERLAP_DISTANCE)]!; at < end; at += 1) {
      const j = order[at]!
      const dx = laid.x[i]! - candidate.x[j]! * QUARTERS
      const dy = laid.y[i]! - candidate.y[j]! * QUARTERS
      if (dx * dx + dy * dy >= near) continue
      ofProbe[i]! += 1
      ofCandidate[j]! += 1
    }
  }
  return [overlapping(ofProbe), overlapping(ofCandidate)]
}

function overlapping(neighbours: Uint8Array): number {
  return neighbours.reduce((sum, count) => (count >= OVERLAP_NEIGHBOURS ? sum + 1 : sum), 0)
}
