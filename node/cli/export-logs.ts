/** Exporting the logs of a stopped node: its own, and its copies of the others'. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { utf8 } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { logsOf } from '../../protocol/epochs.ts'
import { NODES_MAX } from '../../protocol/limits.ts'
import { logOrigin, logVerifier, rosterDigest } from '../../protocol/roster.ts'
import { equalBytes } from '../../crypto/bytes.ts'
import { exportRecords } from '../access/export-records.ts'
import { RecordShelf } from '../access/record-shelf.ts'
import { systemClock } from '../clock.ts'
import { storedEvidence } from '../log/quarantine.ts'
import { ExportFolder } from '../log/export-folder.ts'
import { exportLog } from '../log/export-log.ts'
import { StoredLog } from '../log/stored-log.ts'
import { LevelStore } from '../store/level-store.ts'
import { readRoster, type RosterOptions } from './arguments.ts'
import { Progress } from './progress.ts'

/** @throws TamgaError `conflict`: something else is in the folder; `storage` */
export async function exportLogs(
  target: string,
  options: RosterOptions & { readonly data: string },
): Promise<void> {
  const { note, opened: roster } = await readRoster(options)
  const folder = new ExportFolder(target)
  await checkTarget(target, note, folder)
  const store = await LevelStore.open(join(options.data, 'store'), { createIfMissing: false })
  try {
    await folder.replace('roster', utf8(note))
    const shelf = new RecordShelf({ store })
    const logs = new Map<string, StoredLog>()
    for (const { name } of logsOf(roster)) logs.set(name, await StoredLog.open(name, store))
    const total = [...logs.values()].reduce((sum, { size }) => sum + size, 0)
    const progress = new Progress('export', { clock: systemClock, out: process.stderr })
    let done = 0
    const onProgress = (entries: number): void => progress.show((done += entries), total)
    for (const node of logsOf(roster)) {
      const origin = logOrigin(roster.network, node.name)
      const verifier = logVerifier(roster.network, node)
      const log = logs.get(node.name)!
      const exported = await exportLog(log, folder, { origin, verifier, onProgress })
      progress.end()
      const told = exported
        ? `${exported.size} entries, ${exported.before} of them exported before`
        : 'no checkpoint is here'
      console.log(`${node.name}: ${told}`)
      const size = exported?.size ?? 0
      const { batches, lacking } = await exportRecords(log, size, { shelf, folder })
      if (batches === 0) continue
      console.log(`${node.name}: access records of ${batches - lacking} of ${batches} batches`)
    }
    for (const [log, evidence] of await storedEvidence(store, NODES_MAX)) {
      await folder.put(`evidence/${log}`, evidence)
      console.log(`${log}: there is evidence that it signed two histories`)
    }
  } finally {
    await store.close()
  }
}

/** An export of the same register is brought up to date; anything else stays as it is. */
async function checkTarget(target: string, note: string, folder: ExportFolder): Promise<void> {
  const known = await folder.get('roster')
  if (known && equalBytes(rosterDigest(new TextDecoder().decode(known)), rosterDigest(note))) return
  const isEmpty = known === undefined && (await namesIn(target)).length === 0
  if (isEmpty) return
  throw new TamgaError('conflict', `${target} is not empty, and no export under this roster`)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
