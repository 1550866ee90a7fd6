/**
 * Two checkpoints that do not go together: has the log's key signed both, or has a peer sent
 * rubbish? Whoever has the larger tree can show which root it had at the smaller size, and prove
 * it.
 */
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import {
  CONSISTENCY,
  consistencyReplies,
  consistencyRequests,
  type ConsistencyReply,
} from '../../protocol/message/consistency.ts'
import type { Clock } from '../clock.ts'
import { PULL_TIMEOUT_MS } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Mirror } from './mirror.ts'

interface InvestigationModules {
  readonly mesh: Mesh
  readonly clock: Clock
}

/**
 * Holds a checkpoint that `from` brought against everything the mirror was verified against.
 * Returns whether the key was convicted; who sends a proof that proves nothing is blamed for it.
 */
export async function investigate(
  mirror: Mirror,
  checkpoint: OpenedCheckpoint,
  from: string,
  modules: InvestigationModules,
): Promise<boolean> {
  for (const known of mirror.known()) {
    if (known.note === checkpoint.note) continue
    const [smaller, larger] =
      known.size <= checkpoint.size ? [known, checkpoint] : [checkpoint, known]
    try {
      const prefix =
        smaller.size === larger.size || smaller.size === 0n
          ? undefined
          : await rootBefore(mirror, smaller, larger, from, modules)
      if (await mirror.convict([known, checkpoint], prefix)) return true
    } catch (error) {
      modules.mesh.blame(from, asTamgaError(error).code)
    }
  }
  return false
}

/** From this node's own copy where it goes so far, else from the peer. */
async function rootBefore(
  mirror: Mirror,
  smaller: OpenedCheckpoint,
  larger: OpenedCheckpoint,
  from: string,
  { mesh, clock }: InvestigationModules,
): Promise<ConsistencyReply> {
  const [size, to] = [Number(smaller.size), Number(larger.size)]
  if (to <= mirror.size) {
    const { stored } = mirror
    return { root: await stored.rootAt(size), proof: await stored.consistency(size, to) }
  }
  const deadline = clock.now() + PULL_TIMEOUT_MS
  const request = consistencyRequests.encode({ log: mirror.name, from: size, to })
  return consistencyReplies.decode(await mesh.call(from, CONSISTENCY, request, { deadline }))
}
