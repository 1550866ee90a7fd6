/**
 * The first-stage scores of everybody whom a search sees, shared by its threads, and the digests of
 * blocks of them: what commits a replica to having compared everybody.
 *
 * Of every person in the order of their lists stand, for each assignment of fingers and in it for
 * each finger of the probe, the best score among those that it is compared with, 16 bits
 * little-endian, or `NOT_COMPARED`. A digest is SHA-256 over those of `BLOCK_PEOPLE` people; the
 * last block of a shard has what is left.
 */
import { createHash } from 'node:crypto'
import { ORDER_WORDS } from './order.ts'

/** People whose scores are digested together, and can be replayed by themselves. */
export const BLOCK_PEOPLE = 256

/** Stands where the person has no finger that the probe's finger is compared with. */
export const NOT_COMPARED = 0xffff

const DIGEST_BYTES = 32
const SCORE_BYTES = 2

export interface ScoreBoardHandle {
  /** Scores of a person. */
  readonly width: number
  /** By number of the slab, the rows of those before it. */
  readonly rowsBefore: ReadonlyMap<number, number>
  readonly scores: SharedArrayBuffer
  /** As `Order.rows` has them; each begins a block. */
  readonly orders: readonly Uint32Array[]
  readonly digests: SharedArrayBuffer
}

export interface ScoreBoardOptions {
  readonly width: number
  /** Slabs that people are in. */
  readonly slabs: readonly { readonly slab: number; readonly rows: number }[]
  readonly orders: readonly Uint32Array[]
}

export class ScoreBoard {
  readonly handle: ScoreBoardHandle
  readonly #scores: Uint16Array
  readonly #digests: Uint8Array
  readonly #block: DataView

  constructor(handle: ScoreBoardHandle) {
    this.handle = handle
    this.#scores = new Uint16Array(handle.scores)
    this.#digests = new Uint8Array(handle.digests)
    this.#block = new DataView(new ArrayBuffer(BLOCK_PEOPLE * handle.width * SCORE_BYTES))
  }

  static create({ width, slabs, orders }: ScoreBoardOptions): ScoreBoard {
    const rowsBefore = new Map<number, number>()
    let rows = 0
    for (const { slab, rows: more } of slabs) {
      rowsBefore.set(slab, rows)
      rows += more
    }
    const blocks = orders.reduce((sum, order) => sum + blocksIn(order), 0)
    return new ScoreBoard({
      width,
      rowsBefore,
      scores: new SharedArrayBuffer(rows * width * SCORE_BYTES),
      orders,
      digests: new SharedArrayBuffer(blocks * DIGEST_BYTES),
    })
  }

  /** Where the scores of the person whose first row this is begin. */
  at(slab: number, row: number): number {
    return (this.handle.rowsBefore.get(slab)! + row) * this.handle.width
  }

  put(at: number, score: number): void {
    this.#scores[at] = score
  }

  /** Blocks, all orders' one after another: each order and its first and last-but-one person. */
  *blocks(): Generator<[order: number, from: number, to: number]> {
    for (const [at, order] of this.handle.orders.entries()) {
      const people = order.length / ORDER_WORDS
      for (let from = 0; from < people; from += BLOCK_PEOPLE) {
        yield [at, from, Math.min(people, from + BLOCK_PEOPLE)]
      }
    }
  }

  /** Once all scores of the people of a block are there. @param block its place among `blocks` */
  digest(block: number, [order, from, to]: readonly [number, number, number]): void {
    const { width, orders } = this.handle
    const rows = orders[order]!
    let length = 0
    for (let person = from; person < to; person += 1) {
      const at = this.at(rows[ORDER_WORDS * person]!, rows[ORDER_WORDS * person + 1]!)
      for (let score = 0; score < width; score += 1) {
        this.#block.setUint16(length, this.#scores[at + score]!, true)
        length += SCORE_BYTES
      }
    }
    const bytes = new Uint8Array(this.#block.buffer, 0, length)
    this.#digests.set(createHash('sha256').update(bytes).digest(), block * DIGEST_BYTES)
  }

  /** The digests of an order's blocks. */
  digests(order: number): Uint8Array[] {
    const before = this.handle.orders.slice(0, order)
    const first = before.reduce((sum, rows) => sum + blocksIn(rows), 0)
    return Array.from({ length: blocksIn(this.handle.orders[order]!) }, (_, block) => {
      const at = (first + block) * DIGEST_BYTES
      return this.#digests.slice(at, at + DIGEST_BYTES)
    })
  }
}

function blocksIn(order: Uint32Array): number {
  return Math.ceil(order.length / ORDER_WORDS / BLOCK_PEOPLE)
}
