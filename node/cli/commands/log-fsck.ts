/** `tamga log fsck`: every row of a stopped node's logs held against what is signed. */
import type { Command } from 'commander'
import { toBase64 } from '../../../crypto/bytes.ts'
import { logsOf } from '../../../protocol/epochs.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { describe, type Damages } from '../../log/fsck/damage.ts'
import { fsckLog, type CheckedLog, type FsckOptions } from '../../log/fsck/fsck-log.ts'
import { repairLog } from '../../log/fsck/repair-log.ts'
import { systemClock } from '../../clock.ts'
import type { Mesh } from '../../mesh/mesh.ts'
import { pinoLogger } from '../../logger.ts'
import { readRoster, withRoster, type RosterOptions } from '../arguments.ts'
import { readKey, type Key } from '../key-file.ts'
import { Progress } from '../progress.ts'
import { StoppedNode } from '../stopped-node.ts'
import type { DamagedRecord } from '../stopped-records.ts'

interface FsckCommandOptions extends RosterOptions {
  readonly data: string
  readonly anchors?: string
  readonly key?: string
  readonly repair?: boolean
  readonly listen?: string
}

/** Damaged records that are named: the first ones tell what happened. */
const RECORDS_SHOWN_MAX = 64

/** As programs read it: `damaged` also where all of it could be repaired. */
const EXIT = { good: 0, damaged: 1, notChecked: 2 } as const

const HELP = `
Exit status: 0 good, 1 damage was found (with --repair it says whether it was mended), 2 it could
not be checked. A node that has lost its database altogether is not repaired but begun again, with
"tamga log init": it fetches its logs from the others before it signs anything.`

export function addLogFsck(log: Command): void {
  withRoster(log.command('fsck [logs...]'))
    .description('find every damaged or missing row of whole logs, and sealed records; all if none')
    .requiredOption('--data <folder>', "the node's folder")
    .option('--anchors <folder>', 'where its anchors are, if not in that folder')
    .option('--key <file>', "the node's secret key, to repair")
    .option('--repair', 'mend what is damaged: from what is proven here, and from the other nodes')
    .option('--listen <multiaddr>', "where to listen for them; the node's own address if absent")
    .addHelpText('after', HELP)
    .action(async (names: string[], options: FsckCommandOptions) => {
      process.exitCode = await attempt(names, options)
    })
}

async function attempt(names: readonly string[], options: FsckCommandOptions): Promise<number> {
  try {
    return await fsck(names, options)
  } catch (error) {
    const { code, message } = asTamgaError(error)
    console.error(`${code}: ${message}`)
    return EXIT.notChecked
  }
}

async function fsck(names: readonly string[], options: FsckCommandOptions): Promise<number> {
  const { opened: roster } = await readRoster(options)
  const key = options.key === undefined ? undefined : await readKey(options.key, 'node')
  const { data, anchors } = options
  const places = { data, ...(anchors === undefined ? {} : { anchors }) }
  const node = await StoppedNode.open({ roster, ...places, ...(key ? { name: key.name } : {}) })
  try {
    const chosen = names.length > 0 ? names : logsOf(roster).map(({ name }) => name)
    const logs = await Promise.all(chosen.map(async (name) => node.log(name)))
    const damaged: FsckOptions[] = []
    for (const log of logs) if (!(await isGood(log, node))) damaged.push(log)
    // What must be here is what whole and sound logs say: they are mended first.
    const isWhole = names.length === 0 && damaged.length === 0
    const lost = isWhole ? await checkRecords(node, data) : []
    if (damaged.length === 0 && lost.length === 0) return EXIT.good
    if (!options.repair) return EXIT.damaged
    if (key) await repair({ damaged, lost, isAll: names.length === 0 }, node, key, options)
    else console.error('To repair, the node asks the others: it needs its --key.')
    return EXIT.damaged
  } finally {
    await node.close()
  }
}

interface Lost {
  readonly damaged: readonly FsckOptions[]
  /** Sealed records, if all logs are good. */
  readonly lost: readonly DamagedRecord[]
  /** Whether all logs were asked for, and the sealed records with them. */
  readonly isAll: boolean
}

async function repair(
  { damaged, lost, isAll }: Lost,
  node: StoppedNode,
  key: Key,
  { data, listen }: FsckCommandOptions,
): Promise<void> {
  const { packages, mesh } = await node.ask(key, listen, pinoLogger({ level: 'warn' }))
  try {
    let isWhole = true
    for (const log of damaged) {
      const known = packages.known(log.name)
      const left = await repairLog({ ...log, known }, { store: node.store, packages })
      sayRepaired(log.name, left)
      isWhole &&= left.damages.isNone
    }
    if (!isAll || !isWhole) return
    const records = damaged.length > 0 ? await checkRecords(node, data) : lost
    if (records.length > 0) await repairRecords(records, node, data, key, mesh)
  } finally {
    await mesh.close()
  }
}

/** Those that are due and not here as they should be. */
async function checkRecords(node: StoppedNode, data: string): Promise<readonly DamagedRecord[]> {
  const records = await node.records(data)
  try {
    const { due, damaged } = await records.check()
    if (damaged.length === 0) console.log(`sealed records: good, ${due} of ${due} are here`)
    else console.log(`sealed records: ${damaged.length} of ${due} are damaged`)
    for (const record of damaged.slice(0, RECORDS_SHOWN_MAX)) {
      console.log(`  ${nameOf(record)}: ${record.fault}`)
    }
    if (damaged.length > RECORDS_SHOWN_MAX) {
      console.log(`  and ${damaged.length - RECORDS_SHOWN_MAX} more`)
    }
    return damaged
  } finally {
    await records.close()
  }
}

async function repairRecords(
  damaged: readonly DamagedRecord[],
  node: StoppedNode,
  data: string,
  key: Key,
  mesh: Mesh,
): Promise<void> {
  const records = await node.records(data)
  try {
    for (const record of damaged) {
      const reason = await records.mend(record, key, mesh)
      console.log(`  ${nameOf(record)}: ${reason ?? 'fetched from another replica'}`)
    }
  } finally {
    await records.close()
  }
  if ((await checkRecords(node, data)).length === 0) console.log('sealed records: repaired')
}

function nameOf({ log, index }: DamagedRecord): string {
  return `the record of entry ${index} of ${log}`
}

async function isGood(log: FsckOptions, { store }: StoppedNode): Promise<boolean> {
  const progress = new Progress(log.name, { clock: systemClock, out: process.stderr })
  const started = performance.now()
  const checked = await fsckLog(log, { store, onProgress: (at, of) => progress.show(at, of) })
  progress.end()
  const { damages } = checked
  const took = `${(performance.now() - started).toFixed(0)} ms`
  if (damages.isNone) console.log(`${log.name}: good, ${said(checked)}, ${took}`)
  else sayDamages(`${log.name}: damaged`, damages)
  return damages.isNone
}

function sayRepaired(name: string, left: CheckedLog): void {
  if (left.damages.isNone) console.log(`${name}: repaired and checked again, ${said(left)}`)
  else sayDamages(`${name}: not repaired`, left.damages)
}

function said({ size, copied, staged, root }: CheckedLog): string {
  const more = copied > size ? [`${copied - size} more of a catch-up`] : []
  const ahead = staged > 0 ? [`${staged} more beside the anchor`] : []
  const proven = root ? [`root ${toBase64(root)}`] : []
  return [`${size} entries`, ...more, ...ahead, ...proven].join(', ')
}

function sayDamages(what: string, { found, more }: Damages): void {
  console.log(`${what}:`)
  for (const damage of found) console.log(`  ${describe(damage)}`)
  if (more > 0) console.log(`  and ${more} more`)
}
