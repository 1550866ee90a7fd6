/** What an auditor finds in the logs of nodes that have been stopped. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { done, tamga, type Ended } from './commands.ts'

/** Exports each node's logs, and audits all of them with every pair of people. */
export async function auditEpochs(
  folder: string,
  nodes: readonly string[],
  roster = 'roster.note',
): Promise<Ended> {
  const authority = ['--authority', 'authority.vkey']
  const by = ['--roster', roster, ...authority]
  const exports: string[] = []
  for (const name of nodes) {
    const to = `logs-${name}`
    await rm(join(folder, to), { recursive: true, force: true })
    const from = ['--roster', 'roster.note', ...authority, '--data', name]
    await done(folder, 'audit', 'export', to, ...from)
    exports.push(to)
  }
  const to = ['--state', 'auditor', '--out', 'report']
  return tamga(folder, 'audit', 'coverage', ...exports, ...by, ...to)
}
