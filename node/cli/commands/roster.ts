/** `tamga roster`: puts the public lines of nodes and officers under the authority's signature. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { noteVerifier } from '../../../crypto/note.ts'
import type { ClosedLog } from '../../../protocol/roster-history.ts'
import {
  logOrigin,
  logVerifier,
  openRoster,
  parseRoster,
  signRoster,
} from '../../../protocol/roster.ts'
import { successorOf } from '../../../protocol/succession.ts'
import { NODES_MAX, REPLICAS_MAX, SHARDS_MAX } from '../../../protocol/limits.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'
import { clientAt, overTls, type NodeOptions } from '../at-node.ts'
import { authoritySigner, authorityVkey, readKey } from '../key-file.ts'

/** Other nodes that must hold an entry: one that burns down then still leaves one. */
const MIRRORS_DEFAULT = 2

/** Lines that say whose cosignatures are enough. */
const WITNESSES = /^(?:group|quorum) /

interface Head {
  readonly network: string
  readonly epoch: number
  readonly shards: number
  readonly replicas?: number
  readonly mirrors?: number
}

interface SignOptions extends Head {
  readonly authority: string
  readonly out: string
}

interface NextOptions extends Pick<Head, 'replicas' | 'mirrors'>, NodeOptions {
  readonly authority: string
  readonly out: string
}

/** What only lines are read from needs some head. */
const FIRST = { network: 'next', epoch: 1, shards: 1 }

export function addRoster(program: Command): void {
  const roster = program.command('roster').description('sign or check a roster')
  roster
    .command('sign <lines...>')
    .description(
      'sign a roster of the lines that keygen printed, and of group lines, read from these files',
    )
    .requiredOption('--authority <key file>', 'the authority that signs')
    .requiredOption('--network <name>', 'the register, such as registry.kz')
    .option('--epoch <n>', 'raised by every change', wholeNumber(1, Number.MAX_SAFE_INTEGER), 1)
    .option('--shards <n>', 'shards in all', wholeNumber(1, SHARDS_MAX), 16)
    .option('--replicas <n>', 'replicas of each', wholeNumber(1, REPLICAS_MAX), 2)
    .option(
      '--mirrors <n>',
      'how many other nodes must hold an entry before it is safe: 2, if there are as many',
      wholeNumber(0, NODES_MAX),
    )
    .requiredOption('--out <file>', 'where the signed roster goes')
    .action(async (files: string[], options: SignOptions) => sign(files, options))
  addNext(roster)
  withRoster(roster.command('show').description('check a roster and print it')).action(
    async (options: RosterOptions) => console.log((await readRoster(options)).note),
  )
}

function addNext(roster: Command): void {
  overTls(roster.command('next <lines...>'))
    .description(
      'sign the roster that follows: lines of all nodes and groups, and of new organisations',
    )
    .requiredOption('--authority <key file>', 'the authority that signs')
    .requiredOption('--url <url>', 'a node: what it has of the roster and the logs is gone on from')
    .option('--replicas <n>', 'replicas of each shard', wholeNumber(1, REPLICAS_MAX))
    .option('--mirrors <n>', 'as in sign', wholeNumber(0, NODES_MAX))
    .requiredOption('--out <file>', 'where the proposal goes')
    .action(async (files: string[], options: NextOptions) => next(files, options))
  overTls(roster.command('open <proposal>'))
    .description('have a node collect the signatures of the others, and go over to the roster')
    .requiredOption('--url <url>', 'the node')
    .requiredOption('--out <file>', 'where the roster with all signatures goes')
    .action(async (proposal: string, { out, ...options }: NodeOptions & { out: string }) => {
      const client = await clientAt(options)
      const note = await readFile(proposal)
      const body = { roster: note.toString('base64') }
      const opened = (await client.post('/v1/roster', body)) as {
        readonly epoch: number
        readonly roster: string
      }
      await writeFile(out, opened.roster)
      console.log(`epoch ${opened.epoch}`)
    })
}

/** Whoever has no line any more is closed with what the node has of their log. */
async function next(files: readonly string[], options: NextOptions): Promise<void> {
  const signer = await readKey(options.authority, 'authority')
  const client = await clientAt(options)
  const note = new TextDecoder().decode(await client.bytes('/v1/roster'))
  const authority = authoritySigner(signer)
  const current = { note, roster: openRoster(note, noteVerifier(authorityVkey(signer))) }
  const lines = await linesOf(files)
  const { nodes, witnesses, organisations } = parseRoster(textOf(lines, { ...FIRST, ...options }))
  const left = current.roster.nodes.filter(({ name }) => !nodes.some((one) => one.name === name))
  const closed: ClosedLog[] = []
  for (const node of left) {
    const bytes = await client.bytes(`/v1/checkpoint/${node.name}`)
    const { network } = current.roster
    const checkpoint = openCheckpoint(
      new TextDecoder().decode(bytes),
      logOrigin(network, node.name),
      logVerifier(network, node),
    )
    const { size, root } = checkpoint
    closed.push({ ...node, address: '', size: Number(size), root })
  }
  const known = current.roster.organisations
  const added = organisations.filter(({ name }) => !known.some((one) => one.name === name))
  const { replicas = current.roster.replicas, mirrors = current.roster.mirrors } = options
  const changes = { replicas, mirrors, organisations: [...known, ...added], closed }
  const successor = successorOf(current, nodes, {
    ...changes,
    ...(witnesses ? { witnesses } : {}),
  })
  await writeFile(options.out, signRoster(successor, authority))
  for (const { name, size } of closed) console.log(`closes ${name} with ${size} entries`)
}

async function sign(files: readonly string[], options: SignOptions): Promise<void> {
  const text = textOf(await linesOf(files), options)
  const authority = authoritySigner(await readKey(options.authority, 'authority'))
  await writeFile(options.out, signRoster(parseRoster(text), authority))
}

async function linesOf(files: readonly string[]): Promise<string[]> {
  const contents = await Promise.all(files.map(async (file) => readFile(file, 'utf8')))
  return contents.flatMap((content) => content.split('\n')).filter((line) => line !== '')
}

function textOf(lines: readonly string[], head: Head): string {
  const { network, epoch, shards, replicas = 1, mirrors } = head
  const nodes = lines.filter((line) => line.startsWith('node '))
  return [
    'tamga/roster/v2',
    `network ${network}`,
    `epoch ${epoch}`,
    `shards ${shards}`,
    `replicas ${replicas}`,
    `mirrors ${mirrors ?? Math.min(MIRRORS_DEFAULT, nodes.length - 1)}`,
    ...nodes,
    ...lines.filter((line) => WITNESSES.test(line)),
    ...lines.filter((line) => !line.startsWith('node ') && !WITNESSES.test(line)),
    '',
  ].join('\n')
}
