/** The replica's side of a deposit: takes sealed records of its own shards, and of no others. */
import { TamgaError } from '../../protocol/errors.ts'
import { deposits, DEPOSITS } from '../../protocol/message/deposit.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Vault } from './vault.ts'

/** Acknowledges with the commitment, once the record is durable. */
export function serveDeposits(
  { self, roster }: { self: string; roster: Roster },
  { mesh, vault }: { mesh: Mesh; vault: Vault },
): void {
  mesh.serve(DEPOSITS, async (request) => {
    const { handle, sealed } = deposits.decode(request)
    if (!replicasOf(shardOf(handle, roster), roster).includes(self)) {
      throw new TamgaError('forbidden', `${self} is no replica of this person's shard`)
    }
    return vault.put(handle, sealed)
  })
}
