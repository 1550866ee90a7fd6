/** `tamga roster`: puts the public lines of nodes and officers under the authority's signature. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parseRoster, signRoster } from '../../../protocol/roster.ts'
import { NODES_MAX, REPLICAS_MAX, SHARDS_MAX } from '../../../protocol/limits.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'
import { authoritySigner, readKey } from '../key-file.ts'

/** Other nodes that must hold an entry: one that burns down then still leaves one. */
const MIRRORS_DEFAULT = 2

/** Lines that say whose cosignatures are enough. */
const WITNESSES = /^(?:group|quorum) /

interface SignOptions {
  readonly authority: string
  readonly network: string
  readonly epoch: number
  readonly shards: number
  readonly replicas: number
  readonly mirrors?: number
  readonly out: string
}

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
  withRoster(roster.command('show').description('check a roster and print it')).action(
    async (options: RosterOptions) => console.log((await readRoster(options)).note),
  )
}

async function sign(files: readonly string[], options: SignOptions): Promise<void> {
  const contents = await Promise.all(files.map(async (file) => readFile(file, 'utf8')))
  const lines = contents.flatMap((content) => content.split('\n')).filter((line) => line !== '')
  const { network, epoch, shards, replicas, mirrors } = options
  const nodes = lines.filter((line) => line.startsWith('node '))
  const text = [
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
  const authority = authoritySigner(await readKey(options.authority, 'authority'))
  await writeFile(options.out, signRoster(parseRoster(text), authority))
}
