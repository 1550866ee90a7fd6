/**
 * The other side of a repair, and of a move: hands a sealed record to a replica of its shard,
 * sealed as it was, with the data key wrapped for that replica alone. Nobody else gets one.
 */
import { hasHeld } from '../../protocol/epochs.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { recordReplies, recordRequests, RECORDS } from '../../protocol/message/record.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Vault } from './vault.ts'

interface RecordModules {
  readonly mesh: Mesh
  readonly vault: Vault
  /** Whether an enrolment of this person commits to it, and the person was not erased. */
  readonly isHeld: (handle: Uint8Array, commitment: Uint8Array) => boolean
}

export function serveRecords(
  { self, roster }: { self: string; roster: Roster },
  { mesh, vault, isHeld }: RecordModules,
): void {
  mesh.serve(RECORDS, async (request, { from }) => {
    const { handle, commitment } = recordRequests.decode(request)
    const replicas = replicasOf(shardOf(handle, roster), roster)
    const asker = roster.nodes.find(({ name }) => name === from)
    if (!asker || !replicas.includes(from) || !hasHeld(self, shardOf(handle, roster), roster)) {
      throw new TamgaError('forbidden', `${from} and ${self} are not both replicas of this shard`)
    }
    if (!isHeld(handle, commitment)) {
      throw new TamgaError('forbidden', 'no enrolment of this person commits to such a record')
    }
    const sealed = await vault.sealedFor(asker.boxKey, commitment, handle)
    if (!sealed) throw new TamgaError('not-found', 'the sealed record is not here')
    // Reading it took time, in which it may have been erased.
    if (isHeld(handle, commitment)) return recordReplies.encode(sealed)
    throw new TamgaError('forbidden', 'the person was erased')
  })
}
