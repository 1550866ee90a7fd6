/**
 * Which two fingers go on a chip.
 *
 * Source: Regulation (EC) 2252/2004 wants both index fingers, flat, and other fingers where these
 * cannot be taken; the order of the others is that of the German passport act (PassG §4(4)): thumb,
 * middle, ring. The little finger is not taken.
 */

/** By hand, right and then left: index, thumb, middle, ring. */
const HANDS: readonly (readonly number[])[] = [
  [2, 1, 3, 4],
  [7, 6, 8, 9],
]

export interface OfferedFinger {
  /** ISO finger position. */
  readonly position: number
  /** NFIQ 2's or alike, 0 to 100. */
  readonly quality: number
}

/**
 * Why a finger is not the index finger: that was not offered, or was not good enough; or there is
 * no finger of that hand at all, and the other hand gives two.
 */
export type ReplacementReason = 'not-offered' | 'quality' | 'other-hand'

export interface Replacement {
  /** The index finger that should be there. */
  readonly wanted: number
  /** Undefined where nothing could take its place. */
  readonly taken: number | undefined
  readonly reason: ReplacementReason
}

export interface ChosenFingers<T> {
  /** At most two; none where none was offered that may be taken. */
  readonly fingers: readonly T[]
  readonly replacements: readonly Replacement[]
  /** Positions taken below their threshold, since no finger of that hand reaches its own. */
  readonly poor: readonly number[]
}

/** `thresholds` by finger position, as a policy has them. Each position is offered once. */
export function chooseFingers<T extends OfferedFinger>(
  offered: readonly T[],
  thresholds: readonly number[],
): ChosenFingers<T> {
  const isGood = (one: T) => one.quality >= (thresholds[one.position] ?? 0)
  const orders = HANDS.map((hand) => inOrder(offered, hand, isGood))
  const firsts = orders.map(([first]) => first)
  const taken = firsts.map((first, hand) => first ?? orders[1 - hand]?.[1])
  const replacements = HANDS.flatMap((hand, place): Replacement[] => {
    const [wanted = 0] = hand
    const position = taken[place]?.position
    if (position === wanted) return []
    const isOffered = offered.some((one) => one.position === wanted)
    const reason = firsts[place] ? (isOffered ? 'quality' : 'not-offered') : 'other-hand'
    return [{ wanted, taken: position, reason }]
  })
  const seconds = taken.filter((one) => !firsts.includes(one))
  const fingers = [...firsts, ...seconds].filter((one) => one !== undefined)
  const poor = fingers.filter((one) => !isGood(one)).map(({ position }) => position)
  return { fingers, replacements, poor }
}

/** Those that are good enough as the order has them, and then the others, the best first. */
function inOrder<T extends OfferedFinger>(
  offered: readonly T[],
  hand: readonly number[],
  isGood: (one: T) => boolean,
): T[] {
  const ours = hand.flatMap((position) => offered.filter((one) => one.position === position))
  const poor = ours.filter((one) => !isGood(one)).sort((one, other) => other.quality - one.quality)
  return [...ours.filter(isGood), ...poor]
}
