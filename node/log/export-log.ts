/**
 * One log on disk, written as C2SP tlog-tiles for whoever wants to check it without a node: every
 * entry and every tile that its newest checkpoint covers, and then that checkpoint.
 *
 * What is on disk is copied as it is and nothing is rebuilt, so that an auditor finds what is wrong
 * with it. Bundle by bundle: memory does not grow with the log.
 */
import { equalBytes, utf8 } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import {
  entriesPath,
  TILE_HEIGHT,
  tilePath,
  tilesOf,
  TILE_WIDTH,
} from '../../crypto/merkle/tile.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { ExportFolder } from './export-folder.ts'
import { checkedCheckpoint, type StoredLog } from './stored-log.ts'
import { bundleBytes, tileBytes } from './tile-bytes.ts'

export interface ExportedLog {
  readonly size: number
  /** Entries that were there from an earlier export. */
  readonly before: number
}

interface ExportOptions {
  readonly origin: string
  readonly verifier: NoteVerifier
  readonly onProgress?: (entries: number) => void
}

/**
 * Writes the log, or what has been added to it since an earlier export into the same folder.
 * Undefined for a log that has no checkpoint here.
 *
 * @throws TamgaError `conflict`: the folder holds another log, or a newer state of this one;
 *   `storage`: the log on disk is not what its checkpoint says
 */
export async function exportLog(
  log: StoredLog,
  folder: ExportFolder,
  { origin, verifier, onProgress }: ExportOptions,
): Promise<ExportedLog | undefined> {
  const checkpoint = await checkedCheckpoint(log, origin, verifier)
  if (!checkpoint) return undefined
  const own = `logs/${log.name}`
  const before = await exportedBefore(log, folder, { origin, verifier })
  if (before && before.size > checkpoint.size) {
    throw new TamgaError('conflict', `${own}: a newer state, of ${before.size} entries, is there`)
  }
  const size = Number(checkpoint.size)
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const id = { index: BigInt(from / TILE_WIDTH), width: Math.min(TILE_WIDTH, size - from) }
    await folder.put(`${own}/${entriesPath(id)}`, await bundleBytes(log, id))
    onProgress?.(id.width)
  }
  for (const tile of tilesOf(checkpoint.size)) {
    await folder.put(`${own}/${tilePath(tile)}`, await tileBytes(log, tile))
  }
  await folder.replace(`${own}/checkpoint`, utf8(checkpoint.note))
  // The newest may be too new for its witnesses; this is what they have seen.
  const cosigned = await log.cosigned((note) => openCheckpoint(note, origin, verifier))
  if (cosigned !== undefined) await folder.replace(`${own}/checkpoints/cosigned`, utf8(cosigned))
  if (before) await removePartial(own, before.size, checkpoint.size, folder)
  return { size, before: Number(before?.size ?? 0n) }
}

/** The state in the folder, if it is an older one of this log. */
async function exportedBefore(
  log: StoredLog,
  folder: ExportFolder,
  { origin, verifier }: ExportOptions,
): Promise<OpenedCheckpoint | undefined> {
  const path = `logs/${log.name}/checkpoint`
  const found = await folder.get(path)
  if (!found) return undefined
  let before: OpenedCheckpoint
  try {
    before = openCheckpoint(new TextDecoder().decode(found), origin, verifier)
  } catch (cause) {
    throw new TamgaError('conflict', `${path} is not of this log`, { cause })
  }
  if (before.size > BigInt(log.size)) return before
  if (equalBytes(await log.rootAt(Number(before.size)), before.root)) return before
  throw new TamgaError('conflict', `${path} is of another history of this log`)
}

/** Partial tiles of the older state: what they held stands in wider ones now. */
async function removePartial(own: string, before: bigint, now: bigint, folder: ExportFolder) {
  if (before === now) return
  for (const { level, index, width } of tilesOf(before)) {
    if (width === TILE_WIDTH) continue
    const isSame = now >> BigInt(TILE_HEIGHT * level) === before >> BigInt(TILE_HEIGHT * level)
    if (isSame) continue
    await folder.remove(`${own}/${tilePath({ level, index, width })}`)
    if (level === 0) await folder.remove(`${own}/${entriesPath({ index, width })}`)
  }
}
