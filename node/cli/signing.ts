/** Asking as an officer: with which key, at which post, why. */
import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { CREDENTIAL_BYTES_MAX } from '../../protocol/credential.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { PURPOSES, type Purpose } from '../../protocol/purpose.ts'
import type { OfficerKey } from '../../protocol/statement.ts'
import { atNode, clientAt, type NodeOptions } from './at-node.ts'
import type { Client } from './client.ts'
import { readKey } from './key-file.ts'

const KEY_ENDING = /(\.key)?$/

export interface OfficerOptions extends NodeOptions {
  readonly officer: string
  readonly credential?: string
  readonly post: string
  readonly purpose: Purpose
  readonly case: string
  readonly basis: string
}

/** What every statement says besides what it is about. */
interface StatedReasons {
  readonly network: string
  readonly post: string
  readonly purpose: Purpose
  readonly caseNumber: string
  readonly legalBasis: string
}

export function asOfficer(command: Command): Command {
  return atNode(command)
    .requiredOption('--officer <key file>', 'who asks')
    .option('--credential <file>', "the officer's; by default beside the key, as <name>.credential")
    .requiredOption('--post <name>', 'at which station or border post')
    .addOption(
      new Option('--purpose <code>', 'why').choices(Object.keys(PURPOSES)).makeOptionMandatory(),
    )
    .requiredOption('--case <number>', 'under which case')
    .requiredOption('--basis <article>', 'the law, order or consent that it rests on')
}

/** A station with an officer at it, and the node that it asks. */
export interface Station {
  readonly client: Client
  readonly officer: OfficerKey
  readonly reasons: StatedReasons
}

/** @throws TamgaError `malformed`, `too-large`, `not-found`, `unreachable` */
export async function prepare(options: OfficerOptions): Promise<Station> {
  const officer = await readOfficer(options.officer, options.credential)
  const client = await clientAt(options)
  const { network } = await client.roster()
  const { post, purpose, case: caseNumber, basis: legalBasis } = options
  return { client, officer, reasons: { network, post, purpose, caseNumber, legalBasis } }
}

/** @throws TamgaError `malformed`, `too-large`, `not-found`: there is no credential */
export async function readOfficer(keyFile: string, credentialFile?: string): Promise<OfficerKey> {
  const { seed } = await readKey(keyFile, 'officer')
  const file = credentialFile ?? credentialFileOf(keyFile)
  let credential: Uint8Array
  try {
    credential = new Uint8Array(await readFile(file))
  } catch (cause) {
    throw new TamgaError('not-found', `there is no credential at ${file}`, { cause })
  }
  if (credential.length <= CREDENTIAL_BYTES_MAX) {
    return { signer: signerFromSeed(seed), credential }
  }
  throw new TamgaError('too-large', `${file} is longer than any credential`)
}

function credentialFileOf(keyFile: string): string {
  return keyFile.replace(KEY_ENDING, '.credential')
}
