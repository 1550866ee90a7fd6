/** From two checkpoints of one log that cannot both be true to evidence that convicts it. */
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { HASH_BYTES, type Hash } from '../../crypto/hash.ts'
import { proveConsistency, type NodeId } from '../../crypto/merkle/prove.ts'
import {
  hashFromTile,
  nodeInTile,
  tilePath,
  tileWidth,
  TILE_WIDTH,
} from '../../crypto/merkle/tile.ts'
import { evidenceOf, evidences, verifyEvidence, type Prefix } from '../../protocol/evidence.ts'
import { logOf } from '../../protocol/epochs.ts'
import { logVerifier, type Roster } from '../../protocol/roster.ts'
import type { LogFiles } from './verify-tree.ts'

/**
 * The evidence, as `tamga evidence verify` takes it.
 *
 * @param newest whose tree is in `files`, and was rebuilt
 * @param root what that tree's root was at the size of `other`
 * @throws TamgaError where the two do not convict; Unreadable
 */
export async function convict(
  files: LogFiles,
  { newest, other, root }: { newest: OpenedCheckpoint; other: OpenedCheckpoint; root: Hash },
  roster: Roster,
): Promise<Uint8Array> {
  const { log } = files
  const node = logOf(roster, log)!
  const notes = [other.note, newest.note] as const
  const isSameSize = other.size === newest.size
  const prefix = isSameSize ? undefined : await prefixOf(files, other.size, newest.size, root)
  const contradiction = { log, notes, ...(prefix ? { prefix } : {}) }
  const evidence = evidenceOf(contradiction, logVerifier(roster.network, node))
  return verifyEvidence(evidences.encode(evidence), roster).encoded
}

async function prefixOf(files: LogFiles, size: bigint, end: bigint, root: Hash): Promise<Prefix> {
  const readNodes = async (ids: readonly NodeId[]): Promise<Hash[]> => {
    return Promise.all(ids.map(async (id) => nodeAt(files, id, end)))
  }
  return { root, proof: await proveConsistency(size, end, readNodes) }
}

async function nodeAt({ source, folder }: LogFiles, id: NodeId, size: bigint): Promise<Hash> {
  const { tile } = nodeInTile(id)
  const path = tilePath({ ...tile, width: tileWidth(tile, size) })
  return hashFromTile(await source.read(`${folder}/${path}`, TILE_WIDTH * HASH_BYTES), id)
}
