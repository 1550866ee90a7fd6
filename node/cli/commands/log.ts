/** `tamga log`: looks at the logs in a stopped node's folder. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { toHex } from '../../../crypto/bytes.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { Host } from '../../host.ts'
import { StoredLog } from '../../log/stored-log.ts'
import { LevelStore } from '../../store/level-store.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'
import { readKey } from '../key-file.ts'
import { addLogFsck } from './log-fsck.ts'

interface ShowOptions {
  readonly data: string
  readonly from: number
  readonly count: number
}

interface InitOptions extends RosterOptions {
  readonly key: string
  readonly data: string
  readonly anchors?: string
}

/** Entries that `log show` prints at a time. */
const SHOWN_MAX = 10_000

export function addLog(program: Command): void {
  const log = program.command('log').description('read and check the logs of a stopped node')
  log
    .command('show <log>')
    .description("print a log's checkpoint and entries")
    .requiredOption('--data <folder>', "the node's folder")
    .option('--from <index>', 'first entry', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--count <n>', 'how many', wholeNumber(1, SHOWN_MAX), 20)
    .action(async (name: string, options: ShowOptions) => show(name, options))
  withRoster(log.command('init'))
    .description('make an empty log for a new node, or for one that has lost its disk')
    .requiredOption('--key <file>', "the node's secret key")
    .requiredOption('--data <folder>', "the node's folder")
    .option('--anchors <folder>', 'where its anchors are to be, if not in that folder')
    .action(async (options: InitOptions) => init(options))
  addLogFsck(log)
}

async function init(options: InitOptions): Promise<void> {
  const { opened: roster } = await readRoster(options)
  const { name } = await readKey(options.key, 'node')
  const { data: folder, anchors } = options
  const made = await Host.init({ name, roster, folder, ...(anchors ? { anchors } : {}) })
  console.log(made.length > 0 ? `made: ${made.join(', ')}` : 'everything is there already')
}

async function show(name: string, { data, from, count }: ShowOptions): Promise<void> {
  await withStore(data, async (store) => {
    const log = await StoredLog.open(name, store)
    console.log((await log.checkpoint()) ?? `no checkpoint of ${name} is here`)
    const entries = await log.entries(from, Math.min(log.size, from + count))
    entries.forEach((bytes, i) => console.log(`${from + i} ${shown(bytes)}`))
  })
}

async function withStore(data: string, work: (store: LevelStore) => Promise<void>): Promise<void> {
  const store = await LevelStore.open(join(data, 'store'), { createIfMissing: false })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

/** Bytes in hexadecimal, wherever in the entry they stand. */
function shown(encoded: Uint8Array): string {
  return JSON.stringify(decodeEntry(encoded), (_, value: unknown) => {
    return value instanceof Uint8Array ? toHex(value) : value
  })
}
