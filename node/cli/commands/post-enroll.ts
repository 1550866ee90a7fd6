/** `tamga post enroll`: a post makes a key, asks for its certificate, and later takes that home. */
import type { Command } from 'commander'
import { TamgaError } from '../../../protocol/errors.ts'
import { atHome, readSettings, tlsFileOf, type HomeOptions } from '../post-home.ts'
import { ask, install, type InstallOptions } from './tls.ts'

type EnrollOptions = HomeOptions & Partial<InstallOptions>

export function addPostEnroll(group: Command): void {
  atHome(group.command('enroll'))
    .description('make a key and ask for its certificate; with --certificate: take it')
    .option('--certificate <file>', 'as the authority signed it')
    .option('--authority <file>', "the authority's own certificate")
    .action(async (options: EnrollOptions) => enroll(options))
}

/** @throws TamgaError `conflict` also where the certificate is another post's */
async function enroll({ home, certificate, authority }: EnrollOptions): Promise<void> {
  const { name } = await readSettings(home)
  const file = tlsFileOf(home)
  if (certificate === undefined && authority === undefined) return ask(file, name)
  if (certificate === undefined || authority === undefined) {
    throw new TamgaError('unprocessable', '--certificate and --authority go together')
  }
  return install(file, { certificate, authority }, name)
}
