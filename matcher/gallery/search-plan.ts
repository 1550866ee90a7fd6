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
import { rowsOf } from './order.ts'
import { FINGERS_MAX, isPosition, type People, type Place } from './people.ts'
import { PIECE_WORDS } from './worker-messages.ts'
import type { Ranked } from './comparison.ts'
import { BLOCK_ROWS } from './scan.ts'
import { BLOCK_PEOPLE, ScoreBoard } from './score-board.ts'
import { SHORTLIST_MAX, type Shortlisted } from './shortlist.ts'

/** Most candidates of one search: more than any answer may carry, few enough to keep sorted. */
export const LIMIT_MAX = 1_024

/** Most shards of one search. */
const SHARDS_MAX = 65_536

/** @throws GalleryError `invalid-request` or `aborted` */
export function checkRequest(request: SearchRequest): void {
  const { fingers, shards, threshold, limit, shortlist = SHORTLIST_MAX, signal } = request
  if (fingers.length === 0 || fingers.length > FINGERS_MAX) {
    throw invalidRequest(`a search has 1 to ${FINGERS_MAX} fingers, this one ${fingers.length}`)
  }
  for (const finger of fingers) checkFinger(finger)
  if (shards.length > SHARDS_MAX) throw invalidRequest(`${shards.length} shards are too many`)
  if (!Number.isSafeInteger(threshold)) throw invalidRequest('the threshold is not an integer')
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw invalidRequest(`the limit is 1 to ${LIMIT_MAX}, not ${limit}`)
  }
  if (!Number.isInteger(shortlist) || shortlist < 1 || shortlist > SHORTLIST_MAX) {
    throw invalidRequest(`a shortlist has 1 to ${SHORTLIST_MAX} people, not ${shortlist}`)
  }
  checkAmong(request)
  if (signal?.aborted) throw aborted(signal)
}

function checkAmong({ among, shards, only }: SearchRequest): void {
  if (!among) return
  if (shards.length !== 1 || only !== undefined) throw invalidRequest('people of one shard alone')
  if (among.length > BLOCK_PEOPLE || new Set(among).size < among.length) {
    throw invalidRequest(`at most ${BLOCK_PEOPLE} people, each once`)
  }
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

/** What a search sees, as of the moment when it is asked. */
export interface Seen {
  /** If it is 1:1: the one person, if there is one in the request's shards. */
  readonly only: Shortlisted | undefined
  /** If it is of some people alone: those who are there, in its order. */
  readonly among: readonly Place[] | undefined
  /** If it is to be digested: everybody in the order of digests, by shard. */
  readonly orders: readonly Uint32Array[]
}

export function seenBy(people: People, request: SearchRequest): Seen {
  const { shards, among, only, withDigests } = request
  if (only !== undefined) return { only: onlyOne(people, request), among: undefined, orders: [] }
  const places = among?.flatMap((id) => {
    const place = people.place(id)
    return place && shards.includes(place.slab.handle.shard) ? [place] : []
  })
  if (!withDigests) return { only: undefined, among: places, orders: [] }
  if (places) return { only: undefined, among: places, orders: [rowsOf(places)] }
  const orders = [...new Set(shards)].map((shard) => people.order(shard))
  return { only: undefined, among: undefined, orders }
}

/** Where the scores of a search come together, if they are to be digested. */
export function boardOf(
  people: People,
  { fingers, shards, isSwapTried, withDigests, only }: SearchRequest,
  { orders }: Seen,
): ScoreBoard | undefined {
  if (!withDigests || only !== undefined) return undefined
  const slabs = [...new Set(shards)].flatMap((shard) => people.slabs(shard))
  return ScoreBoard.create({
    width: fingers.length * (isSwapTried ? 2 : 1),
    slabs: slabs.map(({ slab, rows }) => ({ slab: slab.handle.slab, rows })),
    orders,
  })
}

/** What is to be compared in the first stage, as pieces of work. */
export function piecesOf(people: People, { shards }: SearchRequest, { among }: Seen): Uint32Array {
  if (!among) return rowPieces(people, shards)
  const pieces = among.map(({ slab, row, fingers }) => [slab.handle.slab, row, row + fingers])
  return Uint32Array.from(pieces.flat())
}

/**
 * All rows of the request's shards, without anything in between: a million people are thousands of
 * blocks, and what is thrown away is cleared up on the thread that answers requests.
 */
function rowPieces(people: People, shards: readonly number[]): Uint32Array {
  const slabs = [...new Set(shards)].flatMap((shard) => people.slabs(shard))
  const blocks = slabs.reduce((sum, { rows }) => sum + Math.ceil(rows / BLOCK_ROWS), 0)
  const pieces = new Uint32Array(PIECE_WORDS * blocks)
  let at = 0
  for (const { slab, rows } of slabs) {
    for (let from = 0; from < rows; from += BLOCK_ROWS) {
      pieces[at] = slab.handle.slab
      pieces[at + 1] = from
      pieces[at + 2] = Math.min(rows, from + BLOCK_ROWS)
      at += PIECE_WORDS
    }
  }
  return pieces
}

/** For 1:1 there is no first stage. */
function onlyOne(people: People, { shards, only }: SearchRequest): Shortlisted | undefined {
  const place = people.place(only!)
  if (!place || !shards.includes(place.slab.handle.shard)) return undefined
  const { slab, row, fingers } = place
  const { shard } = slab.handle
  return { shard, slab: slab.handle.slab, row, fingers, id: slab.idAt(row), score: 0 }
}

/** What has come out of a search, in pieces. */
export interface Found {
  readonly ranked: readonly Ranked[]
  /** People compared with, by shard. */
  readonly searched: ReadonlyMap<number, number>
  readonly board: ScoreBoard | undefined
}

export function resultOf(request: SearchRequest, found: Found): SearchResult {
  const { shards, withDigests } = request
  const { ranked, searched, board } = found
  const result = {
    candidates: ranked.map(({ candidate }) => candidate),
    shards: shards.map((shard) => ({ shard, searched: searched.get(shard) ?? 0 })),
  }
  if (!withDigests) return result
  const digests = [...new Set(shards)].map((shard, order) => {
    return { shard, blocks: board?.digests(order) ?? [] }
  })
  return { ...result, digests }
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
