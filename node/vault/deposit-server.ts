/**
 * The replica's side of a deposit: takes sealed records of its own shards, and of no others, from
 * officers who may enrol, of persons whom the law lets be enrolled. A node that enrols cannot do
 * without its replicas' own judgement.
 */
import type { Signer } from '../../crypto/ed25519.ts'
import type { Dossier } from '../../protocol/dossier.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { hasHeld } from '../../protocol/epochs.ts'
import { depositReplies, deposits, DEPOSITS } from '../../protocol/message/deposit.ts'
import { signReceipt } from '../../protocol/receipt.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import type { Taken } from '../../protocol/taken.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Vault } from './vault.ts'

interface DepositModules {
  readonly mesh: Mesh
  readonly vault: Vault
  readonly signer: Signer
  /** Says how the law has it; throws when the officer or the law does not allow it. */
  readonly judge: (handle: Uint8Array, signed: SignedStatement, dossier: Dossier) => Taken
  /** Whether a node's log contradicts itself: what is entered there is entered nowhere. */
  readonly isCaught: (node: string) => boolean
}

/** Answers with a receipt, once the record is durable. */
export function serveDeposits(
  { self, roster }: { self: string; roster: Roster },
  { mesh, vault, signer, judge, isCaught }: DepositModules,
): void {
  mesh.serve(DEPOSITS, async (request, { from: home }) => {
    const { handle, sealed, signed } = deposits.decode(request)
    if (!replicasOf(shardOf(handle, roster), roster).includes(self)) {
      const isOf = hasHeld(self, shardOf(handle, roster), roster) ? 'wrong-epoch' : 'forbidden'
      throw new TamgaError(isOf, `${self} is no replica of this person's shard`)
    }
    if (isCaught(home)) throw new TamgaError('forbidden', `the log of ${home} contradicts itself`)
    const opened = vault.inspect(handle, sealed)
    const taken = judge(handle, signed, opened.dossier)
    const { commitment } = opened
    const { statement } = signed
    await vault.put(opened)
    try {
      // That took time, in which the person may have been erased: then nobody would come for it.
      judge(handle, signed, opened.dossier)
    } catch (error) {
      await vault.destroy(commitment, handle)
      throw error
    }
    return depositReplies.encode(
      signReceipt({ home, handle, commitment, statement, taken }, signer),
    )
  })
}
