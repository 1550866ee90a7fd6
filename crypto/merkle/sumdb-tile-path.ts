/**
 * Tile paths as Go's checksum database writes them: the height is part of the path, and entries are
 * at level `data`. Read here so that an auditor can be pointed at such a log.
 *
 * Source: golang.org/x/mod/sumdb/tlog, `Tile.Path`.
 */
import { indexPath, InvalidTile, parseIndexPath } from './tile.ts'

/** Heights that the format knows. */
const HEIGHT_MAX = 30
const LEVEL_MAX = 63

export interface SumdbTile {
  /** Tree levels in one tile: 1 to 30. */
  height: number
  /** -1 for entries. */
  level: number
  index: bigint
  /** 1 to 2^height. */
  width: number
}

/** @throws InvalidTile `path` for a tile that there cannot be */
export function sumdbTilePath({ height, level, index, width }: SumdbTile): string {
  const full = 2 ** height
  const inRange =
    isBetween(1, height, HEIGHT_MAX) && isBetween(-1, level, LEVEL_MAX) && isBetween(1, width, full)
  if (!inRange || index < 0n) {
    throw new InvalidTile('path', `no tile ${height}/${level}/${index} has ${width} hashes`)
  }
  const partial = width < full ? `.p/${width}` : ''
  return `tile/${height}/${level === -1 ? 'data' : level}/${indexPath(index)}${partial}`
}

/** @throws InvalidTile `path` unless `path` is exactly what `sumdbTilePath` makes */
export function parseSumdbTilePath(path: string): SumdbTile {
  const [, height, level, rest] = /^tile\/([0-9]{1,2})\/([0-9]{1,2}|data)\/(.+)$/.exec(path) ?? []
  if (height === undefined || level === undefined || rest === undefined) {
    throw new InvalidTile('path', 'not a tile path')
  }
  const { index, partial } = parseIndexPath(rest)
  const tile = {
    height: Number(height),
    level: level === 'data' ? -1 : Number(level),
    index,
    width: partial ?? 2 ** Number(height),
  }
  if (sumdbTilePath(tile) === path) return tile
  throw new InvalidTile('path', 'not the one spelling of a tile path')
}

function isBetween(low: number, value: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high
}
