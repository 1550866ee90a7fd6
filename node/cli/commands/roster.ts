/** `tamga roster`: puts the public lines of nodes and officers under the authority's signature. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parseRoster, signRoster } from '../../../protocol/roster.ts'
import { REPLICAS_MAX, SHARDS_MAX } from '../../../protocol/limits.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'
import { authoritySigner, readKey } from '../key-file.ts'

interface SignOptions {
  readonly authority: string
  readonly network: string
  readonly epoch: number
  readonly shards: number
  readonly replicas: number
  readonly out: string
}

export function addRoster(program: Command): void {
  const roster = program.command('roster').description('sign or check a roster')
  roster
    .command('sign <lines...>')
    .description('sign a roster of the lines that keygen printed, read from these files')
    .requiredOption('--authority <key file>', 'the authority that signs')
    .requiredOption('--network <name>', 'the register, such as registry.kz')
    .option('--epoch <n>', 'raised by every change', wholeNumber(1, Number.MAX_SAFE_INTEGER), 1)
    .option('--shards <n>', 'shards in all', wholeNumber(1, SHARDS_MAX), 16)
    .option('--replicas <n>', 'replicas of each', wholeNumber(1, REPLICAS_MAX), 2)
    .requiredOption('--out <file>', 'where the signed roster goes')
    .action(async (files: string[], options: SignOptions) => sign(files, options))
  withRoster(roster.command('show').description('check a roster and print it')).action(
    async (options: RosterOptions) => console.log((await readRoster(options)).note),
  )
}

async function sign(files: readonly string[], options: SignOptions): Promise<void> {
  const contents = await Promise.all(files.map(async (file) => readFile(file, 'utf8')))
  const lines = contents.flatMap((content) => content.split('\n')).filter((line) => line !== '')
  const { network, epoch, shards, replicas } = options
  const text = [
    'tamga/roster/v1',
    `network ${network}`,
    `epoch ${epoch}`,
    `shards ${shards}`,
    `replicas ${replicas}`,
    ...lines.filter((line) => line.startsWith('node ')),
    ...lines.filter((line) => !line.startsWith('node ')),
    '',
  ].join('\n')
  const authority = authoritySigner(await readKey(options.authority, 'authority'))
  await writeFile(options.out, signRoster(parseRoster(text), authority))
}
