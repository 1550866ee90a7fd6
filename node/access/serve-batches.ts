/** Hands out access records to other nodes: those of its own log, and whatever else is here. */
import { recordBatches } from '../../protocol/access-record.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'
import { batchReplies, batchRequests, BATCHES } from '../../protocol/message/batch.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { batchAt, type RecordShelf } from './record-shelf.ts'

interface ServeModules {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly mesh: Mesh
}

/** Of what a frame holds, for lengths and the like. */
const FRAME_SPARE = 4_096

export function serveBatches({ ledger, shelf, mesh }: ServeModules): void {
  mesh.serve(BATCHES, async (request) => {
    const { log, indexes } = batchRequests.decode(request)
    const stored = ledger.stored(log)
    const found: (Uint8Array | undefined)[] = []
    let bytes = FRAME_SPARE
    for (const index of indexes) {
      const records = await recordsAt(index)
      bytes += records?.length ?? 0
      if (bytes > FRAME_BYTES_MAX) break
      found.push(records)
    }
    return batchReplies.encode(found)

    async function recordsAt(index: number): Promise<Uint8Array | undefined> {
      if (index >= ledger.size(log)) return undefined
      try {
        const records = await shelf.get(await batchAt(stored, index))
        return records && recordBatches.encode(records)
      } catch (cause) {
        if (asTamgaError(cause).code !== 'malformed') throw cause
        throw new TamgaError('not-found', `entry ${index} of ${log} is no batch`, { cause })
      }
    }
  })
}
