/** `tamga tls`: the registry's own certificate authority, and whoever has a certificate of it. */
import { writeFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { fromHex, toHex } from '../../../crypto/bytes.ts'
import { HASH_BYTES } from '../../../crypto/hash.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { addressesOf, certify, newAuthority } from '../../tls/authority.ts'
import { fingerprintOf, holderOf, type Holder } from '../../tls/holder.ts'
import { CERTIFICATE_DAYS, CERTIFICATE_DAYS_MAX } from '../../tls/limits.ts'
import { toPem } from '../../tls/pem.ts'
import { wholeNumber } from '../arguments.ts'
import { doDeed, type DeedOptions } from '../deeds.ts'
import { asOfficer } from '../signing.ts'
import {
  installCertificate,
  readAuthority,
  readPem,
  writeAuthority,
  writeIssued,
  writeRequest,
} from '../tls-files.ts'

const modules = { clock: systemClock, random: systemRandom }

interface SignOptions {
  readonly authority: string
  readonly post?: string
  readonly node?: string
  readonly address?: readonly string[]
  readonly days: number
  readonly out: string
}

export interface InstallOptions {
  readonly certificate: string
  readonly authority: string
}

export function addTls(program: Command): void {
  const tls = program.command('tls').description('certificates of posts, stations and nodes')
  tls
    .command('authority <folder>')
    .description("make the registry's own certificate authority: its key stays there")
    .requiredOption('--network <name>', 'the register, such as registry.kz')
    .action(async (folder: string, { network }: { network: string }) => found(folder, network))
  addSign(tls)
  tls
    .command('request <file>')
    .description('make a key, and a request for its certificate; of a post: post enroll')
    .requiredOption('--name <name>', 'of the node, or of the station as officers sign there')
    .action(async (file: string, { name }: { name: string }) => ask(file, name))
  tls
    .command('install <file>')
    .description('put the certificate beside its key')
    .requiredOption('--certificate <file>', 'as the authority signed it')
    .requiredOption('--authority <file>', "the authority's own certificate")
    .action(async (file: string, options: InstallOptions) => install(file, options))
  asOfficer(tls.command('revoke <certificate>'))
    .description('have no node take it any more: a file, or its SHA-256 in hexadecimal')
    .action(async (certificate: string, options: DeedOptions) => revoke(certificate, options))
}

export async function ask(file: string, name: string): Promise<void> {
  console.log(`written: ${await writeRequest(file, name)}, to be signed by the authority`)
}

/** Of `name` alone, where one is given. */
export async function install(file: string, options: InstallOptions, name?: string): Promise<void> {
  say(await installCertificate(file, options, name))
}

function addSign(tls: Command): void {
  tls
    .command('sign <request>')
    .description('certify the key of a request, for a post or station or for a node')
    .requiredOption('--authority <folder>', "the authority's")
    .addOption(new Option('--post <name>', 'as officers sign there').conflicts('node'))
    .addOption(new Option('--node <name>', 'in the roster'))
    .addOption(
      new Option(
        '--address <address...>',
        'where the node is reached: IPv4 addresses and hosts',
      ).conflicts('post'),
    )
    .option(
      '--days <n>',
      'how long it holds',
      wholeNumber(1, CERTIFICATE_DAYS_MAX),
      CERTIFICATE_DAYS,
    )
    .requiredOption('--out <file>', 'where the certificate goes')
    .action(async (request: string, options: SignOptions) => sign(request, options))
}

async function found(folder: string, network: string): Promise<void> {
  const authority = newAuthority(network, modules)
  await writeAuthority(folder, authority)
  const { raw, notAfter } = authority.certificate
  console.log(`authority of ${network} until ${new Date(notAfter).toISOString()}`)
  console.log(`sha256: ${toHex(fingerprintOf(raw))}`)
}

async function sign(request: string, options: SignOptions): Promise<void> {
  const { authority: folder, post, node, address = [], days, out } = options
  const name = post ?? node
  if (name === undefined) throw new TamgaError('unprocessable', '--post or --node is needed')
  const addresses = post === undefined ? addressesOf(address) : undefined
  const der = await readPem(request, 'CERTIFICATE REQUEST')
  const about = { name, days, ...(addresses && { addresses }) }
  const { raw } = certify(der, about, await readAuthority(folder), modules)
  await writeFile(out, toPem('CERTIFICATE', raw))
  const holder = holderOf(raw)
  say(holder)
  console.log(`written: ${out}; kept: ${await writeIssued(folder, holder, raw)}`)
}

async function revoke(which: string, options: DeedOptions): Promise<void> {
  const isHex = /^[0-9a-f]+$/.test(which) && which.length === 2 * HASH_BYTES
  const certificate = isHex ? fromHex(which) : fingerprintOf(await readPem(which, 'CERTIFICATE'))
  const deed = { type: 'certificate-revocation', certificate } as const
  await doDeed('/v1/oversight/certificate-revocations', deed, options)
}

function say({ name, notAfter, fingerprint }: Holder): void {
  console.log(`${name} until ${new Date(notAfter).toISOString()}`)
  console.log(`sha256: ${fingerprint}`)
}
