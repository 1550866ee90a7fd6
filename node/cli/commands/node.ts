/** `tamga node`: one regional node, until it is told to stop. */
import { Option, type Command } from 'commander'
import { Host } from '../../host.ts'
import { pinoLogger, type PinoOptions } from '../../logger.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'
import { identityAt } from '../at-node.ts'
import { untilInterrupted } from '../interrupt.ts'
import { readKey } from '../key-file.ts'
import { readTrust } from '../trusted-files.ts'

/** More threads than this help no machine that we know. */
const WORKERS_MAX = 256

/** Enough to bring in a region's old records in a day. */
const RATE_FACTOR_MAX = 10_000

interface NodeCommandOptions extends RosterOptions {
  readonly key: string
  readonly data: string
  readonly anchors?: string
  readonly listen?: string
  readonly host: string
  readonly port: number
  readonly tls?: string
  readonly workers: number
  readonly rateFactor: number
  readonly csca?: readonly string[]
  readonly crl?: readonly string[]
  readonly log: PinoOptions['level']
}

export function addNode(program: Command): void {
  withRoster(program.command('node').description('run one regional node'))
    .requiredOption('--key <file>', "the node's secret key")
    .requiredOption('--data <folder>', 'where its logs and sealed templates are kept')
    .option('--anchors <folder>', 'where its anchors are, if not in that folder')
    .option('--listen <multiaddr>', 'where to listen for peers, if not as the roster says')
    .option(
      '--host <address>',
      'where to serve the HTTP API: this machine alone without --tls',
      '127.0.0.1',
    )
    .option('--port <n>', 'and on which port', wholeNumber(0, 65_535), 8101)
    .option('--tls <file>', 'key and certificates: serve whoever has one of the same authority')
    .option('--workers <n>', 'threads that search', wholeNumber(1, WORKERS_MAX), 1)
    .option(
      '--rate-factor <n>',
      'how many times as often as the rules have it officers may ask, for an import',
      wholeNumber(1, RATE_FACTOR_MAX),
      1,
    )
    .option('--csca <file...>', "states' certificates and master lists, for inspections")
    .option('--crl <file...>', 'and their revocation lists')
    .addOption(
      new Option('--log <level>', 'the least severe lines to write')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .action(async (options: NodeCommandOptions) => runNode(options))
}

async function runNode(options: NodeCommandOptions): Promise<void> {
  const { note, vkey } = await readRoster(options)
  const { name, seed } = await readKey(options.key, 'node')
  const { data, anchors, listen, host, port, workers, rateFactor } = options
  const { csca = [], crl = [] } = options
  const tls = options.tls === undefined ? undefined : await identityAt(options.tls, name)
  const trust = await readTrust(csca, crl)
  const logger = pinoLogger({ level: options.log })
  const running = await Host.start(
    {
      name,
      seed,
      roster: note,
      authority: vkey,
      folder: data,
      http: { host, port, tls },
      workers,
      rateFactor,
      trust,
      ...(listen === undefined ? {} : { listen }),
      ...(anchors === undefined ? {} : { anchors }),
    },
    { logger },
  )
  console.log(`${name} serves ${running.gateway.url}`)
  await untilInterrupted()
  await running.close()
}
