/**
 * `tamga evidence`: what convicts a log of having signed two histories. Checking it takes the
 * roster and nothing else.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option, type Command } from 'commander'
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import { parseCheckpoint, type Checkpoint } from '../../../crypto/checkpoint.ts'
import { parseNote } from '../../../crypto/note.ts'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import { evidences, verifyEvidence, type Prefix } from '../../../protocol/evidence.ts'
import { NODES_MAX } from '../../../protocol/limits.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { verifyDispute } from '../../audit/verify-dispute.ts'
import { verifyReplay } from '../../audit/verify-replay.ts'
import { storedEvidence } from '../../log/quarantine.ts'
import { LevelStore } from '../../store/level-store.ts'
import { readRoster, withRoster, type RosterOptions } from '../arguments.ts'
import { clientAt, overTls } from '../at-node.ts'

/** Exit statuses of `evidence verify`, beside 0: whoever runs it in a script tells them apart. */
const NOT_EVIDENCE = 1
const NOT_CHECKED = 2

const MEANING = {
  'same-size': 'two checkpoints of one size have different roots: no log can have both',
  'other-beginning': 'the tree of the larger checkpoint does not begin with that of the smaller',
} as const

interface ExportOptions {
  readonly data?: string
  readonly url?: string
  readonly tls?: string
  readonly out?: string
}

/** Two checkpoints side by side, whoever vouches for them. */
interface Pair {
  readonly first: Checkpoint
  readonly second: Checkpoint
  readonly prefix: Prefix | undefined
}

export function addEvidence(program: Command): void {
  const evidence = program
    .command('evidence')
    .description('what convicts a log of having signed two histories')
  withRoster(evidence.command('verify <file>').description('check it, offline'))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : NOT_CHECKED))
    .addHelpText('after', '\nExit status: 0 evidence, 1 not evidence, 2 it cannot be checked.')
    .action(async (file: string, options: RosterOptions) => verify(file, options))
  evidence
    .command('show')
    .description('print what a stopped node has, unchecked')
    .requiredOption('--data <folder>', "the node's folder")
    .action(async ({ data }: { data: string }) => show(data))
  overTls(evidence.command('export <log>'))
    .description('write the evidence against a log to a file')
    .option('--data <folder>', "a stopped node's folder")
    .addOption(new Option('--url <url>', 'a node that runs').conflicts('data'))
    .option('--out <file>', 'where it goes (default <log>.evidence)')
    .action(async (log: string, options: ExportOptions) => exportEvidence(log, options))
}

async function verify(file: string, options: RosterOptions): Promise<void> {
  try {
    const { opened: roster } = await readRoster(options)
    judge(new Uint8Array(await readFile(file)), roster)
  } catch (error) {
    const { code, message } = asTamgaError(error)
    console.error(`cannot be checked: ${code === 'internal' ? message : `${code}: ${message}`}`)
    process.exitCode = NOT_CHECKED
  }
}

/** @throws TamgaError `not-found`: it is about a log that the roster does not have */
function judge(bytes: Uint8Array, roster: Roster): void {
  try {
    const { log, kind, ...pair } = verifyEvidence(bytes, roster)
    console.log(`evidence: the key of ${log} has signed two histories`)
    console.log(`  ${MEANING[kind]}`)
    say(pair)
  } catch (error) {
    const { code, message } = asTamgaError(error)
    if (code === 'not-found' || code === 'internal') throw error
    if (sayOfReplicas(bytes, roster)) return
    console.log(`not evidence: ${code}: ${message}`)
    process.exitCode = NOT_EVIDENCE
  }
}

/** Whether it is evidence against replicas of a shard, and not against a log. */
function sayOfReplicas(bytes: Uint8Array, roster: Roster): boolean {
  const found = [() => disputed(bytes, roster), () => replayed(bytes, roster)].map((judged) => {
    try {
      return judged()
    } catch (error) {
      if (asTamgaError(error).code === 'internal') throw error
      return undefined
    }
  })
  const said = found.find((line) => line !== undefined)
  if (said !== undefined) console.log(said)
  return said !== undefined
}

function disputed(bytes: Uint8Array, roster: Roster): string {
  const { nodes, shard, about, queryId } = verifyDispute(bytes, roster)
  const whom = `${nodes.join(' and ')} have signed different ${about} of the same people`
  return `evidence: ${whom}, shard ${shard}, query ${toHex(queryId)}`
}

function replayed(bytes: Uint8Array, roster: Roster): string {
  const { node, shard, block, against, queryId } = verifyReplay(bytes, roster)
  const who = against.includes(node) ? `${node} itself` : against.join(', ')
  const where = `block ${block} of shard ${shard}, query ${toHex(queryId)}`
  return `evidence: what ${node} has signed of ${where} is contradicted by ${who}`
}

async function show(data: string): Promise<void> {
  const rows = await readEvidence(data)
  for (const [log, bytes] of rows) {
    try {
      const { first, second, prefix } = evidences.decode(bytes)
      const pair = { first: checkpointIn(first), second: checkpointIn(second), prefix }
      console.log(`${log}: in quarantine`)
      say(pair)
    } catch (error) {
      console.log(`${log}: in quarantine; its evidence is damaged: ${asTamgaError(error).message}`)
    }
  }
  if (rows.size === 0) console.log('no evidence against any log')
}

async function exportEvidence(log: string, options: ExportOptions): Promise<void> {
  const { data, url, tls, out = `${log}.evidence` } = options
  if (data === undefined && url === undefined) {
    throw new TamgaError('malformed', 'say where it is: --data <folder> or --url <url>')
  }
  const path = `/v1/evidence/${encodeURIComponent(log)}`
  const bytes =
    url === undefined
      ? (await readEvidence(data!)).get(log)
      : await (await clientAt({ url, ...(tls && { tls }) })).bytes(path)
  if (!bytes) throw new TamgaError('not-found', `there is no evidence against ${log} here`)
  await writeFile(out, bytes)
  console.log(`${out}: evidence against ${log}, ${bytes.length} bytes`)
}

async function readEvidence(data: string): Promise<Map<string, Uint8Array>> {
  const store = await LevelStore.open(join(data, 'store'), { createIfMissing: false })
  try {
    return await storedEvidence(store, NODES_MAX)
  } finally {
    await store.close()
  }
}

function checkpointIn(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text)
}

function say({ first, second, prefix }: Pair): void {
  console.log(`  first   ${first.origin}, size ${first.size}, root ${toBase64(first.root)}`)
  console.log(`  second  ${second.origin}, size ${second.size}, root ${toBase64(second.root)}`)
  if (!prefix) return
  const root = toBase64(prefix.root)
  console.log(`  proof   at size ${first.size} the tree of the second has root ${root}`)
}
