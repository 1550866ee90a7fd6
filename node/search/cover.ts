/**
 * The parts that make up an answer, chosen as they arrive so that no shard is in two of them.
 *
 * Two nodes may have been asked for one shard. A part is signed as a whole and can only be taken as
 * a whole: the first stands, unless a later one holds all that it would take the place of, and
 * more.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { ProvenEntry, ProvenPart } from '../../protocol/answer.ts'
import type { Part } from '../../protocol/part.ts'

/** A part that was checked, with the enrolments of its candidates. */
export interface GatheredPart {
  readonly part: ProvenPart
  readonly opened: Part
  readonly enrolments: readonly ProvenEntry[]
}

export class Cover {
  readonly #parts = new Map<number, GatheredPart>()

  /** Whether the part is one of those of the answer now. */
  take(part: GatheredPart): boolean {
    const shards = shardsOf(part)
    const overlapped = new Set(shards.flatMap((shard) => this.#parts.get(shard) ?? []))
    for (const taken of overlapped) if (!holdsMore(part, taken)) return false
    for (const shard of shards) this.#parts.set(shard, part)
    return true
  }

  has(shard: number): boolean {
    return this.#parts.has(shard)
  }

  /** Whose part covers the shard. */
  nodeOf(shard: number): string | undefined {
    return this.#parts.get(shard)?.opened.node
  }

  /** By their first shards: in whatever order they have come. */
  parts(): GatheredPart[] {
    return [...new Set(this.#parts.values())].toSorted((a, b) => firstOf(a) - firstOf(b))
  }
}

/** Nothing that somebody has named is ever lost for a part that does not name it. */
function holdsMore(part: GatheredPart, taken: GatheredPart): boolean {
  const shards = new Set(shardsOf(part))
  const named = new Set(part.opened.candidates.map(({ handle }) => toHex(handle)))
  const before = shardsOf(taken)
  return (
    before.length < shards.size &&
    before.every((shard) => shards.has(shard)) &&
    taken.opened.candidates.every(({ handle }) => named.has(toHex(handle)))
  )
}

function shardsOf({ opened }: GatheredPart): number[] {
  return opened.shards.map(({ shard }) => shard)
}

function firstOf(part: GatheredPart): number {
  return Math.min(...shardsOf(part))
}
