/** Says, once this node has folded an entry, how much it has written itself. */
import { TamgaError } from '../../protocol/errors.ts'
import { foldedReplies, foldedRequests, FOLDED } from '../../protocol/message/folded.ts'
import { logOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'

interface FoldedModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly mesh: Mesh
}

/**
 * What is decided after the fold names the entry, or what follows it. What was decided before may
 * still be on its way to the disk: it is waited for, and so within the size that is told.
 */
export function serveFolded(
  { roster }: { roster: Roster },
  { ledger, registry, mesh }: FoldedModules,
): void {
  mesh.serve(FOLDED, async (request, { deadline }) => {
    const { log, index } = foldedRequests.decode(request)
    if (!logOf(roster, log)) {
      throw new TamgaError('not-found', 'there is no such log')
    }
    await registry.reach([{ node: log, size: index + 1 }], deadline)
    await ledger.own.flushed()
    return foldedReplies.encode({ size: ledger.own.size })
  })
}
