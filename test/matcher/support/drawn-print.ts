/**
 * A print of which it is known where its minutiae are: straight ridges, and at each planted point a
 * turn of phase, which is one ridge more on one side.
 */
import type { GreyImage } from '../../../matcher/image/image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'

export interface Planted {
  /** Pixels from the middle of the image; y grows downwards. */
  readonly x: number
  readonly y: number
  /** Whether the additional ridge runs along the pattern or against it. */
  readonly isAlong: boolean
}

export interface Drawing {
  readonly width: number
  readonly height: number
  /** Pixels. */
  readonly period: number
  /** Which way the ridges run: byte angle, counter-clockwise from +x. */
  readonly turn: number
  /** Of the pattern, whole turns: 0 lets a single minutia end a ridge, a half lets it part one. */
  readonly phase: number
  readonly planted: readonly Planted[]
  /** Grey levels, evenly spread. */
  readonly noise: number
  /** Pixels that the finger reaches from the middle; around it there is none. */
  readonly radius: number
}

export const PLAIN: Drawing = {
  width: 300,
  height: 320,
  period: 9,
  turn: 0,
  phase: 0,
  planted: [],
  noise: 0,
  radius: Infinity,
}

/** Where a planted minutia lies in the image, and where it points: byte angle. */
export function placed(
  { x, y, isAlong }: Planted,
  { width, height, turn }: Drawing,
): { x: number; y: number; angle: number } {
  return { x: width / 2 + x, y: height / 2 + y, angle: (turn + (isAlong ? 0 : 128)) & 0xff }
}

export function drawn(drawing: Drawing): GreyImage {
  const { width, height, noise } = drawing
  const pixels = new Uint8Array(width * height)
  const next = noiseOf(noise)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const level = levelAt(column - width / 2, row - height / 2, drawing)
      pixels[row * width + column] = Math.max(0, Math.min(255, Math.round(level + next())))
    }
  }
  return { pixels, width, height, dpi: MATCHER_DPI }
}

/** Pixels: hardly an image, a line, and sides that no cell divides. */
export const ODD_SIZES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [1, 400],
  [400, 1],
  [7, 5],
  [33, 31],
]

/** Nothing but noise. */
export function noisy(width: number, height: number, noise: number): GreyImage {
  const next = noiseOf(noise)
  const pixels = Uint8Array.from({ length: width * height }, () => Math.round(128 + next()))
  return { pixels, width, height, dpi: MATCHER_DPI }
}

function levelAt(x: number, y: number, { period, turn, phase, planted, radius }: Drawing): number {
  if (x * x + y * y > radius * radius) return 230
  const angle = (turn * Math.PI) / 128
  // Upwards in ISO's sense is downwards in the image's.
  const across = x * Math.sin(angle) + y * Math.cos(angle)
  const turns = planted.map(({ isAlong, x: px, y: py }) => {
    const dx = x - px
    const dy = y - py
    const right = dx * Math.cos(angle) - dy * Math.sin(angle)
    const below = dx * Math.sin(angle) + dy * Math.cos(angle)
    return Math.atan2(below, isAlong ? right : -right)
  })
  const sum = turns.reduce((total, one) => total + one, 2 * Math.PI * (across / period + phase))
  return 128 - 90 * Math.cos(sum)
}

/** By a linear congruential generator, from -`noise` to `noise`. */
function noiseOf(noise: number): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return ((state >>> 8) / 2 ** 23 - 1) * noise
  }
}
