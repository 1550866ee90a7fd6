/**
 * Tiles: how a tree is cut into files that never change once full.
 *
 * Source: C2SP tlog-tiles v0.1.0. A tile at level L holds up to 256 hashes of nodes at tree level 8
 * * L, side by side; the seven levels between are computed from it. The last tile of a level may be
 * partial.
 */
import { hashChildrenIn, HASH_BYTES, type Hash } from '../hash.ts'
import type { NodeId } from './prove.ts'

export type InvalidTileCode = 'path' | 'length' | 'not-in-tile' | 'bundle'

/** A path, tile or bundle that is not what C2SP tlog-tiles describes. */
export class InvalidTile extends Error {
  override readonly name = 'InvalidTile'
  readonly code: InvalidTileCode

  constructor(code: InvalidTileCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Tree levels in one tile. */
export const TILE_HEIGHT = 8

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256

/** Tile levels of a tree of 2^64 leaves. */
const TILE_LEVELS = 8

/** One tile, of which `width` hashes are there. */
export interface TileId {
  level: number
  index: bigint
  /** 1 to 256. */
  width: number
}

/** Where a node is: under which tile, and which of the tile's hashes it is the root of. */
export interface NodeInTile {
  tile: { level: number; index: bigint }
  /** First of the tile's hashes below the node. */
  first: number
  /** How many of them: 1, 2, 4 … 128. */
  count: number
}

/** Where to find a perfect node. */
export function nodeInTile({ level, index }: NodeId): NodeInTile {
  const inner = level % TILE_HEIGHT
  const first = Number((index << BigInt(inner)) & BigInt(TILE_WIDTH - 1))
  const tile = {
    level: (level - inner) / TILE_HEIGHT,
    index: index >> BigInt(TILE_HEIGHT - inner),
  }
  return { tile, first, count: 1 << inner }
}

/**
 * The hash of node `id`, computed from the tile that `nodeInTile` names.
 *
 * Believes the bytes; that they are the log's is for a root to say.
 *
 * @throws InvalidTile `length` for bytes that are no tile, `not-in-tile` where the tile is too
 * short
 */
export function hashFromTile(tileBytes: Uint8Array, id: NodeId): Hash {
  const { first, count } = nodeInTile(id)
  if (tileBytes.length % HASH_BYTES !== 0 || tileBytes.length > TILE_WIDTH * HASH_BYTES) {
    throw new InvalidTile('length', `a tile of ${tileBytes.length} bytes`)
  }
  if ((first + count) * HASH_BYTES > tileBytes.length) {
    throw new InvalidTile('not-in-tile', `node ${id.level}/${id.index} is not in a tile this short`)
  }
  return rootOf(tileBytes, first, count)
}

/**
 * The hash of the node above a full tile: one of the hashes in the tile above.
 *
 * @throws InvalidTile `length` unless all 256 hashes are there
 */
export function tileRoot(tileBytes: Uint8Array): Hash {
  if (tileBytes.length === TILE_WIDTH * HASH_BYTES) return rootOf(tileBytes, 0, TILE_WIDTH)
  throw new InvalidTile('length', `a full tile of ${tileBytes.length} bytes`)
}

/** How many hashes tile `index` at `level` holds in a tree of `size` leaves: 0 to 256. */
export function tileWidth({ level, index }: Omit<TileId, 'width'>, size: bigint): number {
  const nodes = size >> BigInt(TILE_HEIGHT * level)
  const width = nodes - index * BigInt(TILE_WIDTH)
  if (width <= 0n) return 0
  return width < BigInt(TILE_WIDTH) ? Number(width) : TILE_WIDTH
}

/** All tiles of a tree of `size` leaves, level by level, left to right. */
export function tilesOf(size: bigint): Generator<TileId> {
  return newTiles(0n, size)
}

/**
 * The tiles of a tree of `newSize` leaves that are not, or not as wide, in one of `oldSize`: what
 * has to be written when a log grows. Level by level, left to right.
 */
export function* newTiles(
  oldSize: bigint,
  newSize: bigint,
  height: number = TILE_HEIGHT,
): Generator<TileId> {
  const width = 1 << height
  for (let level = 0; newSize >> BigInt(height * level) > 0n; level += 1) {
    const oldNodes = oldSize >> BigInt(height * level)
    const newNodes = newSize >> BigInt(height * level)
    if (oldNodes === newNodes) continue
    for (let index = oldNodes >> BigInt(height); index << BigInt(height) < newNodes; index += 1n) {
      const rest = newNodes - (index << BigInt(height))
      yield { level, index, width: rest < BigInt(width) ? Number(rest) : width }
    }
  }
}

/** `tile/<level>/<index>`, and `.p/<width>` behind a partial one. @throws InvalidTile `path` */
export function tilePath({ level, index, width }: TileId): string {
  if (!Number.isInteger(level) || level < 0 || level >= TILE_LEVELS) {
    throw new InvalidTile('path', `no tile is at level ${level}`)
  }
  return `tile/${level}/${formatIndex(index, width)}`
}

/** @throws InvalidTile `path` unless `path` is exactly what `tilePath` makes */
export function parseTilePath(path: string): TileId {
  const [, level, rest] = /^tile\/([0-9])\/(.+)$/.exec(path) ?? []
  if (level === undefined || rest === undefined) throw new InvalidTile('path', 'not a tile path')
  const tile = { level: Number(level), ...parseIndex(rest) }
  if (tilePath(tile) === path) return tile
  throw new InvalidTile('path', 'not the one spelling of a tile path')
}

/** `tile/entries/<index>`, and `.p/<width>` behind a partial bundle. @throws InvalidTile `path` */
export function entriesPath({ index, width }: Omit<TileId, 'level'>): string {
  return `tile/entries/${formatIndex(index, width)}`
}

/** @throws InvalidTile `path` unless `path` is exactly what `entriesPath` makes */
export function parseEntriesPath(path: string): Omit<TileId, 'level'> {
  const [, rest] = /^tile\/entries\/(.+)$/.exec(path) ?? []
  if (rest === undefined) throw new InvalidTile('path', 'not the path of an entry bundle')
  const bundle = parseIndex(rest)
  if (entriesPath(bundle) === path) return bundle
  throw new InvalidTile('path', 'not the one spelling of the path of an entry bundle')
}

function formatIndex(index: bigint, width: number): string {
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH || index < 0n) {
    throw new InvalidTile('path', `no tile ${index} has ${width} hashes`)
  }
  return indexPath(index) + (width < TILE_WIDTH ? `.p/${width}` : '')
}

function parseIndex(text: string): Omit<TileId, 'level'> {
  const { index, partial } = parseIndexPath(text)
  return { index, width: partial ?? TILE_WIDTH }
}

/** Groups of three digits, all but the last behind an x: 1234067 is `x001/x234/067`. */
export function indexPath(index: bigint): string {
  const digits = index.toString()
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? []
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
}

/**
 * Reads `indexPath`, with or without `.p/<width>` behind it; the caller checks the spelling.
 *
 * @throws InvalidTile `path`
 */
export function parseIndexPath(text: string): { index: bigint; partial?: number } {
  // Seven groups hold the 20 digits of 2^64.
  const shape = /^((?:x[0-9]{3}\/){0,6}[0-9]{3})(?:\.p\/([1-9][0-9]{0,9}))?$/
  const [, groups, partial] = shape.exec(text) ?? []
  if (groups === undefined) throw new InvalidTile('path', 'not the index of a tile')
  const index = BigInt(groups.replaceAll(/[x/]/g, ''))
  return partial === undefined ? { index } : { index, partial: Number(partial) }
}

/** Root of the perfect tree over `count` hashes that stand side by side: 1, 2, 4 … 256. */
function rootOf(hashes: Uint8Array, first: number, count: number): Hash {
  const row = hashes.slice(first * HASH_BYTES, (first + count) * HASH_BYTES)
  for (let width = count; width > 1; width /= 2) {
    // A parent is written where its left child stood or before it, and both have been read.
    for (let at = 0; at < width * HASH_BYTES; at += 2 * HASH_BYTES) {
      row.set(hashChildrenIn(row, at), at / 2)
    }
  }
  return row.subarray(0, HASH_BYTES)
}
