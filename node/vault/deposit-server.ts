/** The replica's side of a deposit: takes sealed records of its own shards, and of no others. */
import type { Signer } from '../../crypto/ed25519.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { depositReplies, deposits, DEPOSITS } from '../../protocol/message/deposit.ts'
import { signReceipt } from '../../protocol/receipt.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Vault } from './vault.ts'

/** Answers with a receipt, once the record is durable. */
export function serveDeposits(
  { self, roster }: { self: string; roster: Roster },
  { mesh, vault, signer }: { mesh: Mesh; vault: Vault; signer: Signer },
): void {
  mesh.serve(DEPOSITS, async (request, { from: home }) => {
    const { handle, sealed } = deposits.decode(request)
    if (!replicasOf(shardOf(handle, roster), roster).includes(self)) {
      throw new TamgaError('forbidden', `${self} is no replica of this person's shard`)
    }
    const kept = await vault.put(handle, sealed)
    return depositReplies.encode(signReceipt({ home, handle, ...kept }, signer))
  })
}
