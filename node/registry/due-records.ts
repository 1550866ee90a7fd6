/**
 * Which sealed records a node must have on its disks, by the logs alone: one for each enrolment of
 * its shards, but for those of people whose erasure is decided.
 */
import { toHex } from '../../crypto/bytes.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { Joiner } from '../audit/joiner.ts'
import type { WholeLogs } from '../audit/replay.ts'

export interface DueRecord {
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
  readonly shard: number
  /** Where its enrolment stands. */
  readonly log: string
  readonly index: number
}

/** In the order of the logs. What nobody was entitled to enrol is nobody's to keep. */
export async function dueRecords(
  logs: WholeLogs,
  { self, roster }: { self: string; roster: Roster },
): Promise<DueRecord[]> {
  const joiner = new Joiner({ roster })
  const due: DueRecord[] = []
  const erased = new Set<string>()
  for (const [log, entries] of logs) {
    let index = 0
    for await (const bytes of entries) {
      const folded = joined(joiner, log, index, bytes)
      const entry = folded?.entry
      if (entry?.type === 'enrolment' && replicasOf(entry.shard, roster).includes(self)) {
        const { handle, commitment, shard } = entry
        due.push({ handle, commitment, shard, log, index })
      }
      const isErasure = entry?.type === 'act' && folded?.deed?.type === 'erasure'
      if (isErasure && entry.subject) erased.add(toHex(entry.subject))
      index += 1
    }
  }
  return due.filter(({ handle }) => !erased.has(toHex(handle)))
}

function joined(joiner: Joiner, log: string, index: number, bytes: Uint8Array) {
  try {
    return joiner.join(log, index, bytes)
  } catch (error) {
    if (asTamgaError(error).code === 'internal') throw error
    return undefined
  }
}
