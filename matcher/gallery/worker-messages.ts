/** What a gallery and its workers say to each other. */
import type { GalleryFinger } from './gallery.ts'
import type { Ranked } from './ranking.ts'
import type { SlabHandle } from './slab.ts'

/** Words of a search's shared memory: the next piece of work, and whether it is still wanted. */
export const NEXT_PIECE = 0
export const UNWANTED = 1
export const CONTROL_BYTES = 8

export interface SlabMessage {
  readonly kind: 'slab'
  readonly slab: SlabHandle
}

export interface SearchMessage {
  readonly kind: 'search'
  readonly search: number
  readonly fingers: readonly GalleryFinger[]
  readonly threshold: number
  readonly limit: number
  /** Which state of the gallery is searched. */
  readonly number: number
  /** Slab, first row and the row behind the last, three words for each piece. */
  readonly pieces: Uint32Array
  readonly control: SharedArrayBuffer
}

export type ToWorker = SlabMessage | SearchMessage

/** A worker's part of a search; incomplete where the search was no longer wanted. */
export interface FromWorker {
  readonly search: number
  readonly ranked: readonly Ranked[]
  readonly searched: ReadonlyMap<number, number>
}
