/**
 * `tamga audit replay`: has random blocks of past queries compared again by the replicas of their
 * shards, and holds what they say against what the answers had committed to.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { signedReplays } from '../../../protocol/replay.ts'
import { FolderSource } from '../../audit/folder-source.ts'
import {
  blocksOfSample,
  detection,
  PeopleThen,
  replayBlock,
  type AskReplay,
  type ReplayedBlock,
  type SampledBlock,
} from '../../audit/replay-blocks.ts'
import { soundLogs } from '../../audit/sound-logs.ts'
import { systemRandom } from '../../random.ts'
import { readRoster, wholeNumber, type RosterOptions } from '../arguments.ts'
import { clientAt } from '../at-node.ts'
import type { Client } from '../client.ts'

/** At 460 blocks one false block in a hundred shows in 99 of 100 audits. */
const BLOCKS_DEFAULT = 460

/** Each is a question to every replica of a shard. */
const BLOCKS_MAX = 100_000

/** The share of false blocks whose detection is told. */
const SHARE = 0.01

/** What a script is told. */
const STATUS = { good: 0, finding: 1, unchecked: 2 } as const

interface ReplayOptions extends RosterOptions {
  readonly logs: string
  readonly blocks: number
  readonly out: string
  readonly tls?: string
}

interface Drawn {
  readonly sample: Uint8Array
  readonly block: SampledBlock
}

export function addAuditReplay(audit: Command): void {
  audit
    .command('replay <url>')
    .description(
      'have random blocks of drawn queries of a node compared again: see docs/auditing.md',
    )
    .requiredOption('--logs <folder>', 'exported logs, as new as the queries')
    .option('--blocks <n>', 'how many', wholeNumber(1, BLOCKS_MAX), BLOCKS_DEFAULT)
    .configureHelp({ showGlobalOptions: true })
    .action(async (url: string, _options: object, self: Command) => {
      await run(url, self.optsWithGlobals<ReplayOptions>())
    })
}

async function run(url: string, options: ReplayOptions): Promise<void> {
  try {
    process.exitCode = STATUS[await replay(url, options)]
  } catch (error) {
    // What has no code is a fault of ours, and told in full. It is no finding either.
    const isTold = error instanceof Error && 'code' in error
    console.error(isTold ? `${String(error.code)}: ${error.message}` : error)
    process.exitCode = STATUS.unchecked
  }
}

async function replay(url: string, options: ReplayOptions): Promise<keyof typeof STATUS> {
  const { opened: roster } = await readRoster(options)
  const logs = await soundLogs(await FolderSource.open(options.logs), roster)
  const { tls } = options
  const client = await clientAt({ url, ...(tls && { tls }) })
  const drawn = await draw(client, options.blocks, (sample) => blocksOfSample(sample, roster))
  const ask: AskReplay = async ({ queryId, people, ...where }) => {
    const named = people.map(({ handle, commitment }) => {
      return { handle: toHex(handle), commitment: toBase64(commitment) }
    })
    const body = { ...where, query: queryId, people: named }
    return signedReplays.decode(await client.postForBytes('/v1/replays', body))
  }
  const replayed: ReplayedBlock[] = []
  const people = new PeopleThen({ logs, roster })
  for (const { sample, block } of drawn) {
    replayed.push(await replayBlock(block, sample, { people, roster, ask }))
  }
  return tell(replayed, options.out)
}

/** Random ones of all blocks, by what no node knows before it is asked. */
async function draw(
  client: Client,
  count: number,
  blocksOf: (sample: Uint8Array) => SampledBlock[],
): Promise<Drawn[]> {
  const drawn: Drawn[] = []
  for (const queryId of (await client.get('/v1/samples')) as string[]) {
    if (!/^[0-9a-f]{32}$/.test(queryId)) throw new TamgaError('malformed', 'no id of a query')
    const sample = await client.bytes(`/v1/samples/${queryId}`)
    drawn.push(...blocksOf(sample).map((block) => ({ sample, block })))
  }
  const keyed = drawn.map((one) => ({ one, key: toHex(systemRandom.bytes(16)) }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
  const chosen = new Set(keyed.slice(0, count).map(({ one }) => one))
  return drawn.filter((one) => chosen.has(one))
}

async function tell(replayed: readonly ReplayedBlock[], out: string) {
  const of = (verdict: ReplayedBlock['verdict']) => {
    return replayed.filter((block) => block.verdict === verdict)
  }
  const [agreed, differing, others] = [of('agreed'), of('differs'), of('other-people')]
  console.log(`${replayed.length} blocks replayed: ${agreed.length} agree`)
  console.log(`  ${differing.length} differ, ${of('not-replayable').length} cannot be replayed`)
  const looked = agreed.length + differing.length
  const chance = (100 * detection(SHARE, looked)).toFixed(1)
  console.log(`  of nodes that leave out 1 % of all blocks ${chance} % would have been seen`)
  for (const { queryId, shard, block, node, against, evidence } of differing) {
    await mkdir(out, { recursive: true })
    const file = join(out, `${queryId}-${shard}-${block}.evidence`)
    await writeFile(file, evidence!)
    console.log(`  ${file}: the part of ${node} is contradicted by ${against.join(', ')}`)
  }
  for (const { queryId, shard, node } of others) {
    const what = `the part of ${node} names other people of shard ${shard} than the logs do`
    console.log(`  query ${queryId}: ${what}`)
  }
  if (differing.length > 0 || others.length > 0) return 'finding'
  return agreed.length > 0 ? 'good' : 'unchecked'
}
