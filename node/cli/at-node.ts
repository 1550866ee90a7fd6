/** Which node is asked, and with which certificate. */
import type { Command } from 'commander'
import { IDENTITY_BYTES_MAX } from '../tls/limits.ts'
import { checkHolder, readIdentity, type Identity } from '../tls/identity.ts'
import { readUpTo } from './read-up-to.ts'
import { Client } from './client.ts'

export interface NodeOptions {
  readonly url: string
  readonly tls?: string
}

/** For whoever asks the node on this machine, if nobody says otherwise. */
export function atNode(command: Command): Command {
  return overTls(command.option('--url <url>', 'the node to ask', 'http://127.0.0.1:8101'))
}

export function overTls(command: Command): Command {
  return command.option('--tls <file>', 'key and certificates, for a node at https: "tamga tls"')
}

/** @throws TamgaError `malformed`, `conflict`: no proper identity */
export async function clientAt({ url, tls }: NodeOptions): Promise<Client> {
  return new Client({ url, tls: tls === undefined ? undefined : await identityAt(tls) })
}

/**
 * As `readIdentity`; that of `name` alone, where one is given.
 *
 * @throws TamgaError also `too-large`
 */
export async function identityAt(file: string, name?: string): Promise<Identity> {
  const bytes = await readUpTo(file, IDENTITY_BYTES_MAX)
  const identity = readIdentity(Buffer.from(bytes).toString('latin1'))
  checkHolder(identity, name)
  return identity
}
