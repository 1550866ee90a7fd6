/** `tamga credential`: an organisation lets an officer do something, or ends it. */
import { readFile, writeFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { toBase64 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import {
  REVOCATION_CAUSES,
  ROLES,
  signGrant,
  signRevocation,
  type Revocation,
  type Role,
} from '../../../protocol/credential.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { systemClock } from '../../clock.ts'
import { handle, publicKey, time, wholeNumber } from '../arguments.ts'
import { atNode, clientAt, overTls, type NodeOptions } from '../at-node.ts'
import type { Client } from '../client.ts'
import { readKey } from '../key-file.ts'

const DAY_MS = 86_400_000

/** The longest term, days: who serves longer gets a new one. */
const DAYS_MAX = 3_650

interface GrantOptions {
  readonly organisation: string
  readonly role: Role
  readonly region: string
  readonly network?: string
  readonly name?: string
  readonly days: number
  readonly handle?: Uint8Array
  readonly replaces?: Uint8Array
  readonly out: string
  readonly url?: string
  readonly tls?: string
}

interface RevokeOptions extends NodeOptions {
  readonly organisation: string
  readonly cause: Revocation['cause']
  readonly from?: number
}

export function addCredential(program: Command): void {
  const credential = program.command('credential').description('say what an officer may do')
  overTls(credential.command('grant <officer>'))
    .description('sign a credential: for the line that keygen printed, a file of it, or a key')
    .requiredOption('--organisation <key file>', 'who grants it')
    .addOption(new Option('--role <role>', 'what for').choices(ROLES).makeOptionMandatory())
    .requiredOption('--region <node>', 'whose cases the officer decides')
    .option('--network <name>', 'the register; needed without --url')
    .option('--name <name>', "the officer's name in service, if the line does not say")
    .option('--days <n>', 'how long it is good', wholeNumber(1, DAYS_MAX), 365)
    .option('--handle <hex>', "the officer's own record, so that alarms know it", handle)
    .option('--replaces <key>', "the officer's key until now, which it ends", publicKey)
    .requiredOption('--out <file>', 'where the credential goes')
    .option('--url <url>', 'a node that makes it known')
    .action(async (officer: string, options: GrantOptions) => grant(officer, options))
  atNode(credential.command('revoke <officer>'))
    .description('end what a key may do')
    .requiredOption('--organisation <key file>', 'who granted it')
    .addOption(
      new Option('--cause <cause>', 'why').choices(REVOCATION_CAUSES).makeOptionMandatory(),
    )
    .option('--from <time>', 'from when on its signatures say nothing; now if absent', time)
    .action(async (officer: string, options: RevokeOptions) => revoke(officer, options))
}

async function grant(whom: string, options: GrantOptions): Promise<void> {
  const { name: organisation, seed } = await readKey(options.organisation, 'organisation')
  const { url, tls } = options
  const client = url === undefined ? undefined : await clientAt({ url, ...(tls && { tls }) })
  const network = options.network ?? (await client?.roster())?.network
  if (network === undefined) throw new TamgaError('unprocessable', '--network or --url is needed')
  const officer = await readOfficerLine(whom)
  const name = options.name ?? officer.name
  if (name === undefined) throw new TamgaError('unprocessable', '--name is needed with a bare key')
  const from = systemClock.now()
  const { role, region, days, handle: own, replaces, out } = options
  const until = from + days * DAY_MS
  const about = { network, organisation, name, role, region, from, until, replaces }
  const granted = { ...about, publicKey: officer.publicKey, handle: own }
  const credential = signGrant(granted, signerFromSeed(seed))
  await writeFile(out, credential)
  console.log(`${name} is ${role} of ${organisation} until ${new Date(until).toISOString()}`)
  if (client) await known(client, '/v1/credentials', { credential: toBase64(credential) })
}

async function revoke(whom: string, options: RevokeOptions): Promise<void> {
  const { name: organisation, seed } = await readKey(options.organisation, 'organisation')
  const client = await clientAt(options)
  const { network } = await client.roster()
  const { publicKey: key } = await readOfficerLine(whom)
  const { cause, from = systemClock.now() } = options
  const about = { network, organisation, publicKey: key, from, cause }
  const revocation = signRevocation(about, signerFromSeed(seed))
  await known(client, '/v1/revocations', { revocation: toBase64(revocation) })
}

async function known(client: Client, path: string, body: object): Promise<void> {
  const { log, index } = (await client.post(path, body)) as { log: string; index: number }
  console.log(`known since entry ${index} of ${log}`)
}

/**
 * `officer <name> <key>`, a file that holds such a line, or a bare key.
 *
 * @throws TamgaError `malformed`
 */
async function readOfficerLine(value: string): Promise<{ name?: string; publicKey: Uint8Array }> {
  const text = await readFile(value, 'utf8').catch(() => value)
  const [, name, key] = /^(?:officer (\S+) )?(\S+)$/.exec(text.trim()) ?? []
  try {
    return { ...(name === undefined ? {} : { name }), publicKey: publicKey(key ?? '') }
  } catch (cause) {
    throw new TamgaError('malformed', `${value} is neither an officer's line nor a key`, { cause })
  }
}
