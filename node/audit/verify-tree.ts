/**
 * One log's tree, rebuilt from its entries and held against everything that is said of it: every
 * tile of every level, the newest checkpoint's root, and the root of each older checkpoint.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { HASH_BYTES, sha256, type Hash } from '../../crypto/hash.ts'
import { decodeBundle } from '../../crypto/merkle/entry-bundle.ts'
import {
  entriesPath,
  InvalidTile,
  TILE_HEIGHT,
  tilePath,
  TILE_WIDTH,
} from '../../crypto/merkle/tile.ts'
import { BUNDLE_BYTES_MAX, READ_AHEAD } from './limits.ts'
import { Unreadable, type LogSource } from './log-source.ts'
import type { Remarks } from './remarks.ts'
import { remarkUnreadable } from './shown-checkpoints.ts'
import { TreeRebuild, type RebuiltTile } from './tree-rebuild.ts'

/** The files of one log. */
export interface LogFiles {
  readonly log: string
  readonly source: LogSource
  /** Where its `tile/` stands. */
  readonly folder: string
}

/** Entries side by side, of which the first stands at `from`. */
export interface EntryBundle {
  readonly from: number
  readonly entries: readonly Uint8Array[]
  /** Of its bytes: whoever reads it again can tell that it is still the same. */
  readonly digest: Hash
}

export interface RebuiltTree {
  /** Entries that could be read, from the first on. */
  readonly size: number
  readonly root: Hash
  /** By the sizes that were asked for, as far as the entries go. */
  readonly roots: ReadonlyMap<bigint, Hash>
  /** Tiles that were compared. */
  readonly tiles: number
  /** Of every bundle. */
  readonly digests: readonly Hash[]
}

interface Visitor {
  /** Is told of every bundle with the leaf hashes of its entries. */
  readonly visit: (bundle: EntryBundle, leaves: readonly Hash[]) => Promise<void>
}

/**
 * The bundles of a log's first `size` entries, in order.
 *
 * @throws Unreadable; InvalidTile for bytes that are no such bundle
 */
export async function* bundlesOf(files: LogFiles, size: number): AsyncGenerator<EntryBundle> {
  const reading: Promise<Uint8Array>[] = []
  const count = Math.ceil(size / TILE_WIDTH)
  const widthOf = (index: number): number => Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
  const next = (index: number): void => {
    if (index >= count) return
    const path = entriesPath({ index: BigInt(index), width: widthOf(index) })
    const read = files.source.read(`${files.folder}/${path}`, BUNDLE_BYTES_MAX)
    // Whoever waits for it hears of it; that nobody waits any more is no news.
    read.catch(() => undefined)
    reading.push(read)
  }
  for (let index = 0; index < READ_AHEAD; index += 1) next(index)
  for (let index = 0; index < count; index += 1) {
    const bytes = await reading.shift()!
    next(index + READ_AHEAD)
    const entries = decodeBundle(bytes, widthOf(index))
    yield { from: index * TILE_WIDTH, entries, digest: sha256(bytes) }
  }
}

/** Rebuilds the tree of the first `size` entries; what is wrong with it is remarked. */
export async function rebuildTree(
  files: LogFiles,
  { size, sizes }: { size: number; sizes: readonly bigint[] },
  { remarks, visit }: Visitor & { remarks: Remarks },
): Promise<RebuiltTree> {
  const tree = new TreeRebuild()
  const wanted = [...new Set(sizes)].sort((a, b) => (a < b ? -1 : 1))
  const roots = new Map<bigint, Hash>()
  let at = 0
  let tiles = 0
  const digests: Hash[] = []
  const compare = async (tile: RebuiltTile): Promise<void> => {
    tiles += 1
    await compareTile(files, tile, remarks)
  }
  try {
    for await (const bundle of bundlesOf(files, size)) {
      const leaves = tree.add(bundle.entries)
      for (; wanted[0] !== undefined && wanted[0] < BigInt(at + TILE_WIDTH); wanted.shift()) {
        if (wanted[0] > BigInt(at + leaves.length)) break
        roots.set(wanted[0], tree.rootWith(Number(wanted[0]) - at))
      }
      at += leaves.length
      digests.push(bundle.digest)
      await visit(bundle, leaves)
      await Promise.all(tree.close().map(compare))
    }
  } catch (error) {
    remarkBundle(error, { log: files.log, index: at }, remarks)
  }
  // Where entries are missing, what stands behind them is no partial tile.
  if (at === size) await Promise.all(tree.partial().map(compare))
  const root = tree.rootWith(at % TILE_WIDTH)
  for (const last of wanted) if (last === BigInt(at)) roots.set(last, root)
  return { size: at, root, roots, tiles, digests }
}

/** @throws what is not about a file */
export function remarkBundle(
  error: unknown,
  where: { log: string; index: number },
  remarks: Remarks,
): void {
  if (!(error instanceof InvalidTile)) return remarkUnreadable(error, where.log, remarks)
  const what = `the bundle that begins with entry ${where.index} is none: ${error.message}`
  remarks.add('bundle', where, what)
}

async function compareTile({ log, source, folder }: LogFiles, tile: RebuiltTile, remarks: Remarks) {
  const path = tilePath(tile.id)
  let shown: Uint8Array
  try {
    shown = await source.read(`${folder}/${path}`, TILE_WIDTH * HASH_BYTES)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    remarkUnreadable(error, log, remarks)
    return
  }
  if (equalBytes(shown, tile.bytes)) return
  const index = firstDifference(tile, shown)
  remarks.add('tile', { log, index }, `${path} is not what the entries make, from ${index} on`)
}

/** The first entry below the first hash that is another one. */
function firstDifference({ id, bytes }: RebuiltTile, shown: Uint8Array): number {
  const differs = bytes.findIndex((byte, place) => byte !== shown[place])
  const hash = Math.max(0, Math.floor((differs < 0 ? 0 : differs) / HASH_BYTES))
  return (Number(id.index) * TILE_WIDTH + hash) * 2 ** (TILE_HEIGHT * id.level)
}
