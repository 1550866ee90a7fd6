/**
 * A shortlist between threads, as two arrays: a thousand objects would be taken apart and put
 * together again on the thread that answers requests.
 */
import type { Shortlisted } from './shortlist.ts'
import { ID_BYTES_MAX } from './slab.ts'

export interface ShortlistMessage {
  /** `FIELDS` of each. */
  readonly fields: Uint32Array
  /** `ID_BYTES_MAX` of each. */
  readonly ids: Uint8Array
}

/** Shard, slab, row, fingers, score, and the bytes of the id. */
const FIELDS = 6

export function writeShortlist(shortlist: readonly Shortlisted[]): ShortlistMessage {
  const fields = new Uint32Array(FIELDS * shortlist.length)
  const ids = new Uint8Array(ID_BYTES_MAX * shortlist.length)
  for (const [at, { shard, slab, row, fingers, score, id }] of shortlist.entries()) {
    fields.set([shard, slab, row, fingers, score, id.length], FIELDS * at)
    ids.set(id, ID_BYTES_MAX * at)
  }
  return { fields, ids }
}

export function* readShortlist({ fields, ids }: ShortlistMessage): Generator<Shortlisted> {
  for (let at = 0; at * FIELDS < fields.length; at += 1) {
    const [shard, slab, row, fingers, score, length] = fields.subarray(
      FIELDS * at,
      FIELDS * (at + 1),
    )
    const id = ids.subarray(ID_BYTES_MAX * at, ID_BYTES_MAX * at + length!)
    yield { shard: shard!, slab: slab!, row: row!, fingers: fingers!, score: score!, id }
  }
}
