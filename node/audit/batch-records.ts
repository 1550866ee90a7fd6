/**
 * The access records of batches, from whichever source has them: they lie beside the log, and a
 * node keeps those of some logs only. What does not hash to what the batch says is nobody's record.
 */
import { checkRecords, recordBatches } from '../../protocol/access-record.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { RECORDS_BYTES_MAX } from '../../protocol/limits.ts'
import { Unreadable, type LogSource } from './log-source.ts'

/** What the sources show of one batch. */
export interface ShownRecords {
  /** Absent where no source has them. */
  readonly records: readonly Uint8Array[] | undefined
  /** What sources have in their place. */
  readonly complaints: readonly string[]
}

/** @throws what is not about a file */
export async function recordsOf(
  sources: readonly LogSource[],
  { log, index, batch }: { log: string; index: number; batch: Batch },
): Promise<ShownRecords> {
  const complaints: string[] = []
  for (const source of sources) {
    try {
      const bytes = await source.read(recordsPath(log, index), RECORDS_BYTES_MAX)
      const records = recordBatches.decode(bytes)
      checkRecords(batch, records)
      return { records, complaints }
    } catch (thrown) {
      if (thrown instanceof Unreadable && thrown.code === 'missing') continue
      const error = asTamgaError(thrown)
      if (!(thrown instanceof Unreadable) && error.code === 'internal') throw thrown
      complaints.push(`${source.name}: ${error.message}`)
    }
  }
  return { records: undefined, complaints }
}

/** Where the records of the batch at `index` stand in a source. */
export function recordsPath(log: string, index: number): string {
  return `logs/${log}/records/${index}`
}
