/** Doing a deed from the command line: one officer, or two where the rules want two. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fromBase64, toBase64 } from '../../crypto/bytes.ts'
import type { Deed } from '../../protocol/deed.ts'
import { signDeed } from '../../protocol/signed-deed.ts'
import { systemClock } from '../clock.ts'
import { handle } from './arguments.ts'
import type { RenderedDeed } from './client.ts'
import { signedBodyOf } from '../post/request.ts'
import { asOfficer, prepare, readOfficer, type OfficerOptions } from './signing.ts'

export interface DeedOptions extends OfficerOptions {
  readonly handle?: Uint8Array
  readonly second?: string
  readonly secondCredential?: string
  readonly offset?: number
  readonly out?: string
}

/** What a deed comes with that is hidden in it. */
type Hidden =
  | { readonly iin: { readonly digits: string; readonly nonce: string } }
  | { readonly relatives: { readonly handles: readonly string[]; readonly nonce: string } }

/** A command of an officer that is about a person. */
export function aboutPerson(command: Command): Command {
  return asOfficer(command).requiredOption('--handle <hex>', 'whom it is about', handle)
}

/** Adds the second person. */
export function byTwo(command: Command): Command {
  return command
    .requiredOption('--second <key file>', 'who signs as well, in another role')
    .option('--second-credential <file>', 'the credential of the second')
}

/** Signs a deed, has it done, and prints where it is logged and what it brought to light. */
export async function doDeed(
  path: string,
  deed: Deed,
  options: DeedOptions,
  hidden?: Hidden,
): Promise<void> {
  const { log, index, result } = await postDeed(path, deed, options, hidden)
  const { proof, ...shown } = result
  console.log(JSON.stringify({ log, index, ...shown }, null, 2))
  const { out } = options
  if (out !== undefined && typeof proof === 'string') await writeFile(out, fromBase64(proof))
}

/**
 * Signs a deed and has it done. @throws TamgaError; Refused, with reasons where a rule forbids it
 */
export async function postDeed(
  path: string,
  deed: Deed,
  options: DeedOptions,
  hidden?: Hidden,
): Promise<RenderedDeed> {
  const { client, officer, reasons } = await prepare(options)
  const { second, secondCredential, offset } = options
  const others = second === undefined ? [] : [await readOfficer(second, secondCredential)]
  const about = { ...reasons, at: systemClock.now(), handle: options.handle }
  const signed = signDeed(deed, about, [officer, ...others])
  return client.deed(path, {
    deed: toBase64(signed.deed),
    signatures: signed.signatures.map(signedBodyOf),
    ...hidden,
    ...(offset === undefined ? {} : { offset }),
  })
}
