/** The access records of one log, as files beside its tiles: as many as this node has. */
import { recordBatches } from '../../protocol/access-record.ts'
import { decodeEntry } from '../../protocol/entry/entry.ts'
import { PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import { recordsPath } from '../audit/batch-records.ts'
import type { ExportFolder } from '../log/export-folder.ts'
import type { StoredLog } from '../log/stored-log.ts'
import { batchAt, type RecordShelf } from './record-shelf.ts'

export interface ExportedRecords {
  readonly batches: number
  /** Batches whose records are not here: others keep them. */
  readonly lacking: number
}

/** @throws TamgaError `conflict`: other records are in the folder; `storage` */
export async function exportRecords(
  log: StoredLog,
  size: number,
  { shelf, folder }: { shelf: RecordShelf; folder: ExportFolder },
): Promise<ExportedRecords> {
  let batches = 0
  let lacking = 0
  for (let from = 0; from < size; from += PAGE_ENTRIES_MAX) {
    const entries = await log.entries(from, Math.min(size, from + PAGE_ENTRIES_MAX))
    for (const [place, bytes] of entries.entries()) {
      if (!isBatch(bytes)) continue
      const index = from + place
      batches += 1
      const records = await shelf.get(await batchAt(log, index))
      if (records) await folder.put(recordsPath(log.name, index), recordBatches.encode(records))
      else lacking += 1
    }
  }
  return { batches, lacking }
}

/** What cannot be read is no batch: the auditor finds it. */
function isBatch(bytes: Uint8Array): boolean {
  try {
    return decodeEntry(bytes).type === 'batch'
  } catch {
    return false
  }
}
