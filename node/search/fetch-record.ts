/**
 * A sealed record from another replica of its shard. What it sends is believed as far as it can be
 * opened here and is what the leaf commits to.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { recordReplies, recordRequests, RECORDS } from '../../protocol/message/record.ts'
import type { Clock } from '../clock.ts'
import { RECORD_TIMEOUT_MS } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Opened, Vault } from '../vault/vault.ts'

/** Which record: whose, and what its leaf commits to. */
export interface RecordName {
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
}

interface FetchModules {
  readonly vault: Vault
  readonly mesh: Mesh
  readonly clock: Clock
}

/**
 * Resolves once the record is durably here.
 *
 * @throws TamgaError what went wrong, which is held against the replica where it is its fault;
 *   `forbidden` also where it was destroyed here
 */
export async function fetchRecord(
  replica: string,
  { handle, commitment }: RecordName,
  { vault, mesh, clock }: FetchModules,
): Promise<void> {
  const request = recordRequests.encode({ handle, commitment })
  const deadline = clock.now() + RECORD_TIMEOUT_MS
  const reply = await mesh.call(replica, RECORDS, request, { deadline })
  let opened: Opened
  try {
    opened = vault.inspect(handle, recordReplies.decode(reply))
    if (!equalBytes(opened.commitment, commitment)) {
      throw new TamgaError('bad-proof', `${replica} sent another sealed record`)
    }
  } catch (error) {
    mesh.blame(replica, asTamgaError(error).code)
    throw error
  }
  await vault.put(opened)
}
