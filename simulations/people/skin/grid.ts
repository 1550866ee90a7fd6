/** The nodes on which skin is grown: a pixel apart, over the whole pad and a little beyond. */
import type { Point } from '../orientation-field.ts'

/** Nodes; one more than a multiple of what the coarsest grid needs. */
export const WIDTH = 273
export const HEIGHT = 417

/** Where the first node lies, pixels from the middle of the pad. */
export const LEFT = -(WIDTH - 1) / 2
export const TOP = -(HEIGHT - 1) / 2

/** Pixels: half axes of the ellipse outside of which nothing touches a sensor. */
const REACH = { x: 134, y: 206 } as const

export function isOnSkin({ x, y }: Point): boolean {
  const across = x / REACH.x
  const along = y / REACH.y
  return across * across + along * along <= 1
}
