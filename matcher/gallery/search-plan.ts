/**
 * What a search has to do: its request checked, its rows cut into pieces, its result put together.
 */
import { InvalidPacked, checkPacked } from '../packed.ts'
import {
  GalleryError,
  type GalleryFinger,
  type SearchRequest,
  type SearchResult,
} from './gallery.ts'
import { FINGERS_MAX, isPosition, type People } from './people.ts'
import type { Ranked } from './ranking.ts'
import type { Chunk } from './scan.ts'

/** Most candidates of one search: more than any answer may carry, few enough to keep sorted. */
export const LIMIT_MAX = 1_024

/** Most shards of one search. */
const SHARDS_MAX = 65_536

/** Rows between two looks at whether the search is still wanted: some 30 ms of work. */
const CHUNK_ROWS = 512

/** @throws GalleryError `invalid-request` or `aborted` */
export function checkRequest(request: SearchRequest): void {
  const { fingers, shards, threshold, limit, signal } = request
  if (fingers.length === 0 || fingers.length > FINGERS_MAX) {
    throw invalidRequest(`a search has 1 to ${FINGERS_MAX} fingers, this one ${fingers.length}`)
  }
  for (const finger of fingers) checkFinger(finger)
  if (shards.length > SHARDS_MAX) throw invalidRequest(`${shards.length} shards are too many`)
  if (!Number.isSafeInteger(threshold)) throw invalidRequest('the threshold is not an integer')
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw invalidRequest(`the limit is 1 to ${LIMIT_MAX}, not ${limit}`)
  }
  if (signal?.aborted) throw aborted(signal)
}

export function aborted(signal: AbortSignal): GalleryError {
  return new GalleryError('aborted', 'the search is no longer wanted', { cause: signal.reason })
}

/** 1:1 answers whatever the score. */
export function rankingOptions({ only, threshold, limit }: SearchRequest): {
  threshold: number
  limit: number
} {
  return only === undefined ? { threshold, limit } : { threshold: 0, limit: 1 }
}

/** All rows of the request's shards, or those of the one person it asks for. */
export function chunksOf(people: People, { shards, only }: SearchRequest): Chunk[] {
  const wanted = [...new Set(shards)]
  if (only !== undefined) {
    const place = people.place(only)
    if (!place || !wanted.includes(place.slab.handle.shard)) return []
    return [{ slab: place.slab, from: place.row, to: place.row + 1 }]
  }
  return wanted
    .flatMap((shard) => people.slabs(shard))
    .flatMap(({ slab, rows }) => {
      const pieces = Math.ceil(rows / CHUNK_ROWS)
      return Array.from({ length: pieces }, (_, piece) => ({
        slab,
        from: piece * CHUNK_ROWS,
        to: Math.min(rows, (piece + 1) * CHUNK_ROWS),
      }))
    })
}

export function resultOf(
  { shards }: SearchRequest,
  ranked: readonly Ranked[],
  searched: ReadonlyMap<number, number>,
): SearchResult {
  return {
    candidates: ranked.map(({ candidate }) => candidate),
    shards: shards.map((shard) => ({ shard, searched: searched.get(shard) ?? 0 })),
  }
}

function checkFinger({ position, packed }: GalleryFinger): void {
  if (!isPosition(position)) throw invalidRequest(`there is no finger position ${position}`)
  try {
    checkPacked(packed)
  } catch (error) {
    if (!(error instanceof InvalidPacked)) throw error
    throw invalidRequest(error.message, { cause: error })
  }
}

function invalidRequest(message: string, options?: ErrorOptions): GalleryError {
  return new GalleryError('invalid-request', message, options)
}
