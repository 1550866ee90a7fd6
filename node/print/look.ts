/** Sizes and colours that all pictures share. */
import type { Colour } from './picture.ts'

/** Around everything, and between two panels. */
export const MARGIN = 28
export const GUTTER = 28

/** Height of letters: a heading, the rest. */
export const HEADING = 22
export const TEXT = 15

export const HAIRLINE = 1

export const INK = {
  text: '#1f2a33',
  quiet: '#5b6770',
  frame: '#b9c2c9',
  /** Around what is drawn on a print, so that it stands off from the ridges. */
  halo: '#ffffff',
  border: '#2f8f6f',
  /** Cores and deltas. */
  point: '#7a2f93',
} as const satisfies Record<string, Colour>
