/** Which finger of a probe is compared with which of a person. */
import type { GalleryFinger } from './gallery.ts'

/** Fingers of a hand: left positions follow the right ones. */
const HAND = 5

/** ISO finger positions, and 0 for unknown. */
const POSITIONS = 2 * HAND + 1

/** By finger of the probe and position of the other finger, 1 where they are compared. */
export type Assignment = readonly Uint8Array[]

/** Positions as they were said, and if wanted once more with left and right exchanged. */
export function assignmentsOf(
  fingers: readonly GalleryFinger[],
  isSwapTried: boolean,
): Assignment[] {
  const said = fingers.map(({ position }) => fitting(position))
  return isSwapTried ? [said, fingers.map(({ position }) => fitting(exchanged(position)))] : [said]
}

/** What is compared under any of them. */
export function anyOf(assignments: readonly Assignment[]): Assignment {
  const [first = []] = assignments
  return first.map((_, finger) => {
    return Uint8Array.from({ length: POSITIONS }, (__, position) =>
      assignments.some((one) => fits(one, finger, position)) ? 1 : 0,
    )
  })
}

export function fits(assignment: Assignment, finger: number, position: number): boolean {
  return assignment[finger]![position] === 1
}

/** Position 0 fits any, on either side. */
function fitting(position: number): Uint8Array {
  return Uint8Array.from({ length: POSITIONS }, (_, other) =>
    position === other || position === 0 || other === 0 ? 1 : 0,
  )
}

/** The same finger of the other hand. */
export function exchanged(position: number): number {
  if (position === 0) return 0
  return position <= HAND ? position + HAND : position - HAND
}
