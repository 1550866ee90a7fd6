/** What a gallery and its workers say to each other. */
import type { KernelName } from '../kernel/kernel.ts'
import type { Ranked } from './comparison.ts'
import type { GalleryFinger } from './gallery.ts'
import type { ScoreBoardHandle } from './score-board.ts'
import type { ShortlistMessage } from './shortlist-message.ts'
import type { SlabHandle } from './slab.ts'

/** Words of a search's shared memory: the next piece of work, and whether to stop before it. */
export const NEXT_PIECE = 0
export const STOPPED = 1
export const CONTROL_BYTES = 8

/**
 * Words of a piece: a slab and rows from one to behind another; an order and people of it likewise;
 * or a slab and a person's row and fingers.
 */
export const PIECE_WORDS = 3

export interface SlabMessage {
  readonly kind: 'slab'
  readonly slab: SlabHandle
}

export interface RetiredMessage {
  readonly kind: 'retired'
  readonly slab: number
}

export interface WorkMessage {
  readonly kind: 'scan' | 'digest' | 'compare'
  readonly search: number
  readonly fingers: readonly GalleryFinger[]
  readonly isSwapTried: boolean
  /** Most of each shard that are compared precisely. */
  readonly shortlist: number
  /** If scores are to be digested. */
  readonly board: ScoreBoardHandle | undefined
  readonly threshold: number
  readonly limit: number
  /** Which state of the gallery is searched. */
  readonly number: number
  readonly pieces: Uint32Array
  readonly control: SharedArrayBuffer
  /** The fastest there is, if absent. */
  readonly kernel?: KernelName | undefined
}

export type ToWorker = SlabMessage | RetiredMessage | WorkMessage

/** A worker's part of a stage; incomplete where it was stopped. */
export interface FromWorker {
  readonly search: number
  readonly shortlist: ShortlistMessage
  readonly searched: ReadonlyMap<number, number>
  readonly ranked: readonly Ranked[]
}
