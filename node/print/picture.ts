/**
 * What a picture is made of, whichever file it is written as: shapes in the order in which they are
 * painted. Lengths are pixels of the picture; y grows downwards.
 */
import type { GreyImage } from '../../matcher/image/image.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  readonly title: string
  readonly shapes: readonly Shape[]
}

export type Point = readonly [x: number, y: number]

/** Points that are joined; a ring's last one is its first. */
export type Path = readonly Point[]

/** `#rrggbb`. */
export type Colour = `#${string}`

export interface Pen {
  readonly colour: Colour
  readonly width: number
  /** 1 where nothing is said. */
  readonly opacity?: number
}

export type Shape =
  | { readonly kind: 'lines'; readonly paths: readonly Path[]; readonly pen: Pen }
  | { readonly kind: 'ring'; readonly middle: Point; readonly radius: number; readonly pen: Pen }
  | (Box & { readonly kind: 'image'; readonly image: GreyImage })
  | Lettering
  | Group

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Lettering {
  readonly kind: 'text'
  /** Where its baseline begins, or its middle is. */
  readonly at: Point
  readonly text: string
  /** Height of a line. */
  readonly size: number
  readonly colour: Colour
  readonly anchor?: 'start' | 'middle'
  readonly isBold?: boolean
  /** Under the letters, so that they can be read on a print. */
  readonly halo?: Colour
}

/** Shapes that are one thing, such as a minutia. */
export interface Group {
  readonly kind: 'group'
  /** What sort of thing: SVG's class. */
  readonly name: string
  /** What is to be said of it when it is pointed at. */
  readonly title: string
  readonly shapes: readonly Shape[]
}
