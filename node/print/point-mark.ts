/** Cores and deltas: a core is two rings in each other and a delta a triangle. */
import type { SingularPoint } from '../../matcher/extract/singular-points.ts'
import { INK } from './look.ts'
import type { Group, Path, Point, Shape } from './picture.ts'

/** Pixels of a print. */
const RADIUS = 6
const INNER_RADIUS = 2.5

const LINE = 2.4
const HALO = 5.5

/** @param scale pixels of the picture for each of the print's */
export function pointMark({ kind, x, y, angle }: SingularPoint, at: Point, scale: number): Group {
  const outline = (pen: { colour: typeof INK.point | typeof INK.halo; width: number }): Shape[] => {
    if (kind === 'delta') return [{ kind: 'lines', paths: [triangle(at, RADIUS * scale)], pen }]
    return [RADIUS, INNER_RADIUS].map((radius) => {
      return { kind: 'ring', middle: at, radius: radius * scale, pen }
    })
  }
  const degrees = Math.round((angle * 360) / 256)
  return {
    kind: 'group',
    name: kind,
    title: `${kind} at ${x}, ${y}, ${degrees}°`,
    shapes: [
      ...outline({ colour: INK.halo, width: HALO }),
      ...outline({ colour: INK.point, width: LINE }),
    ],
  }
}

function triangle([x, y]: Point, radius: number): Path {
  const half = (radius * Math.sqrt(3)) / 2
  const top: Point = [x, y - radius]
  return [top, [x + half, y + radius / 2], [x - half, y + radius / 2], top]
}
