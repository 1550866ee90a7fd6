/**
 * A minutia as examiners' screens draw it: a ring where a ridge ends, a square where it parts, and
 * a tail in its direction. The larger, the better.
 */
import type { Minutia, MinutiaType } from '../../matcher/template/template.ts'
import { INK } from './look.ts'
import type { Colour, Group, Path, Point, Shape } from './picture.ts'

/** Colours that are told apart by the colour-blind too. */
export const TYPE_COLOURS: Readonly<Record<MinutiaType, Colour>> = {
  ending: '#c9401a',
  bifurcation: '#1763b0',
  other: INK.quiet,
}

/** Radii for quality 0 and 100, and how far the tail goes on, in pixels of a print. */
const RADIUS = { worst: 2, best: 4.2 }
const TAIL = 7

/** Widths of the lines and of what is under them. */
const CLEAR = { line: 1.8, opacity: 1, halo: 4.2, haloOpacity: 0.8 }
const FAINT = { line: 1.3, opacity: 0.6, halo: 3, haloOpacity: 0.5 }

export interface MarkOptions {
  readonly at: Point
  /** Pixels of the picture for each of the print's. */
  readonly scale: number
  readonly colour?: Colour
  /** Fainter than the others. */
  readonly isFaint?: boolean
}

export function minutiaMark(
  { x, y, type, angle, quality }: Minutia,
  { at, scale, colour = TYPE_COLOURS[type], isFaint = false }: MarkOptions,
): Group {
  const look = isFaint ? FAINT : CLEAR
  const turn = (angle * Math.PI) / 128
  const along: Point = [Math.cos(turn), -Math.sin(turn)]
  const radius = scale * (RADIUS.worst + ((RADIUS.best - RADIUS.worst) * quality) / 100)
  const tail: Path = [moved(at, along, radius), moved(at, along, radius + TAIL * scale)]
  const square = type === 'bifurcation' ? squareAround(at, along, radius) : undefined
  const stroke = (width: number, ink: Colour, opacity: number): Shape[] => {
    const pen = { colour: ink, width, opacity }
    if (square) return [{ kind: 'lines', paths: [square, tail], pen }]
    return [
      { kind: 'ring', middle: at, radius, pen },
      { kind: 'lines', paths: [tail], pen },
    ]
  }
  const degrees = Math.round((angle * 360) / 256)
  return {
    kind: 'group',
    name: type,
    title: `${type} at ${x}, ${y}, ${degrees}°, quality ${quality}`,
    shapes: [
      ...stroke(look.halo, INK.halo, look.haloOpacity),
      ...stroke(look.line, colour, look.opacity),
    ],
  }
}

function squareAround(at: Point, along: Point, radius: number): Path {
  const side = radius * 0.9
  const across: Point = [-along[1], along[0]]
  const corner = (forward: number, aside: number): Point => {
    return moved(moved(at, along, forward * side), across, aside * side)
  }
  return [corner(1, 1), corner(1, -1), corner(-1, -1), corner(-1, 1), corner(1, 1)]
}

function moved([x, y]: Point, [alongX, alongY]: Point, length: number): Point {
  return [x + alongX * length, y + alongY * length]
}
