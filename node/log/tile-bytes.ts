/** Tiles and entry bundles of a log on disk, as C2SP tlog-tiles has them. */
import { HASH_BYTES } from '../../crypto/hash.ts'
import { encodeBundle } from '../../crypto/merkle/entry-bundle.ts'
import type { NodeId } from '../../crypto/merkle/prove.ts'
import { TILE_HEIGHT, TILE_WIDTH, type TileId } from '../../crypto/merkle/tile.ts'
import type { StoredLog } from './stored-log.ts'

/** The hashes of a tile that the log has so far. @throws TamgaError `storage` */
export async function tileBytes(log: StoredLog, tile: TileId): Promise<Uint8Array> {
  const { level, index, width } = tile
  const first = index * BigInt(TILE_WIDTH)
  const nodes = Array.from({ length: width }, (_, place): NodeId => {
    return { level: level * TILE_HEIGHT, index: first + BigInt(place) }
  })
  const bytes = new Uint8Array(width * HASH_BYTES)
  const hashes = await log.hashes(nodes)
  hashes.forEach((hash, place) => bytes.set(hash, place * HASH_BYTES))
  return bytes
}

/** The entries below a tile of the lowest level. @throws TamgaError `storage`, `not-found` */
export async function bundleBytes(
  log: StoredLog,
  { index, width }: Omit<TileId, 'level'>,
): Promise<Uint8Array> {
  const from = Number(index) * TILE_WIDTH
  return encodeBundle(await log.entries(from, from + width))
}
