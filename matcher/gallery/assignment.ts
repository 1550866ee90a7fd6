/** Which finger of a probe is compared with which of a person. */
import type { GalleryFinger } from './gallery.ts'

/** Fingers of a hand: left positions follow the right ones. */
const HAND = 5

/** By finger of the probe, the position that it is taken for; 0 for any. */
export type Assignment = readonly number[]

/** Positions as they were said, and if wanted once more with left and right exchanged. */
export function assignmentsOf(
  fingers: readonly GalleryFinger[],
  isSwapTried: boolean,
): Assignment[] {
  const said = fingers.map(({ position }) => position)
  return isSwapTried ? [said, said.map(exchanged)] : [said]
}

/** Position 0 is unknown, on either side, and fits any. */
export function fits(assignment: Assignment, finger: number, position: number): boolean {
  const taken = assignment[finger]!
  return taken === position || taken === 0 || position === 0
}

function exchanged(position: number): number {
  if (position === 0) return 0
  return position <= HAND ? position + HAND : position - HAND
}
