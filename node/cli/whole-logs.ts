/** The logs of a stopped node, entry by entry, each read in pages when its turn comes. */
import { logsOf } from '../../protocol/epochs.ts'
import { PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import type { Roster } from '../../protocol/roster.ts'
import { RecordShelf } from '../access/record-shelf.ts'
import type { ReplaySources, WholeLogs } from '../audit/replay.ts'
import { StoredLog } from '../log/stored-log.ts'
import type { Store } from '../store/store.ts'

export async function wholeLogs(store: Store, roster: Roster): Promise<WholeLogs> {
  const logs = new Map<string, AsyncIterable<Uint8Array>>()
  for (const { name } of logsOf(roster)) {
    logs.set(name, entriesOf(await StoredLog.open(name, store)))
  }
  return logs
}

async function* entriesOf(log: StoredLog): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < log.size; from += PAGE_ENTRIES_MAX) {
    yield* await log.entries(from, Math.min(log.size, from + PAGE_ENTRIES_MAX))
  }
}

/** The same with the access records that are beside them. */
export async function wholeSources(store: Store, roster: Roster): Promise<ReplaySources> {
  const shelf = new RecordShelf({ store })
  return { logs: await wholeLogs(store, roster), records: async (at) => shelf.get(at), roster }
}
