/**
 * Integer geometry. Packing and scoring use nothing else, so that every node, and an auditor years
 * later, gets the same record from the same template and the same score from the same records.
 *
 * Quotients are floored at once: of integers below 2^53 that gives the true floor on any machine.
 * Tables are rounded from the language's own functions once; no entry lies near enough to a half
 * for an implementation's last bit to matter. Angles are bytes (256 to the turn) or, where a finger
 * is turned as a whole, 1,024 to the turn.
 */
const TURN = 1024
const UNIT_BITS = 14

/** 2^14 · cos and sin of an angle of 1,024 to the turn. */
export const COSINES = Int32Array.from({ length: TURN }, (_, angle) => unit(Math.cos, angle))
export const SINES = Int32Array.from({ length: TURN }, (_, angle) => unit(Math.sin, angle))

/** Angle, of 1,024 to the turn, whose tangent is `index`/1,024; up to an eighth of a turn. */
export const ARC_TANGENTS = Int32Array.from({ length: TURN + 1 }, (_, index) =>
  Math.round((Math.atan(index / TURN) * TURN) / (2 * Math.PI)),
)

function unit(wave: (radians: number) => number, angle: number): number {
  return Math.round(2 ** UNIT_BITS * wave((angle * 2 * Math.PI) / TURN))
}

/** First coordinate of (x, y) turned counter-clockwise by `angle` of 1,024 to the turn. */
export function turnedX(x: number, y: number, angle: number): number {
  return (COSINES[angle]! * x - SINES[angle]! * y) >> UNIT_BITS
}

export function turnedY(x: number, y: number, angle: number): number {
  return (SINES[angle]! * x + COSINES[angle]! * y) >> UNIT_BITS
}

/** Signed difference of two byte angles, -128..127. */
export function angleBetween(from: number, to: number): number {
  return ((to - from) << 24) >> 24
}

/** Direction of (x, y), 1,024 to the turn; 0 for the origin. |x| and |y| stay below 2^42. */
export function directionOf(x: number, y: number): number {
  const across = Math.abs(x)
  const along = Math.abs(y)
  if (across === 0 && along === 0) return 0
  const isSteep = along > across
  const ratio = Math.floor((TURN * (isSteep ? across : along)) / (isSteep ? along : across))
  const octant = ARC_TANGENTS[ratio]!
  const quadrant = isSteep ? TURN / 4 - octant : octant
  const half = x < 0 ? TURN / 2 - quadrant : quadrant
  return (y < 0 ? TURN - half : half) & (TURN - 1)
}

/**
 * The floor of the root of an integer from 0 to 2^52: exact, as the language rounds roots right.
 */
export function rootOf(square: number): number {
  return Math.floor(Math.sqrt(square))
}

/** `scale` · √index, rounded, for index 0..last. */
export function squareRoots(last: number, scale: number): Int32Array {
  return Int32Array.from({ length: last + 1 }, (_, index) => Math.round(scale * Math.sqrt(index)))
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
