/** `tamga person`: what the register says of somebody. */
import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { toBase64 } from '../../../crypto/bytes.ts'
import { resolutionDigest } from '../../../protocol/deed.ts'
import { parseIin } from '../../../protocol/iin.ts'
import { DOCUMENTS, type Document } from '../../../protocol/rules/eligibility.ts'
import { systemRandom } from '../../random.ts'
import { caseId, wholeNumber } from '../arguments.ts'
import { aboutPerson, byTwo, doDeed, type DeedOptions } from '../deeds.ts'
import { asOfficer } from '../signing.ts'

const NONCE_BYTES = 32

export function addPerson(program: Command): void {
  const person = program.command('person').description('what the register says of somebody')
  aboutPerson(person.command('status').description('how a person stands')).action(
    async (options: DeedOptions) => doDeed('/v1/persons/status', { type: 'status' }, options),
  )
  aboutPerson(person.command('eligibility').description('whether a document may be issued today'))
    .addOption(new Option('--document <kind>', 'which').choices(DOCUMENTS).makeOptionMandatory())
    .action(async (options: DeedOptions & { document: Document }) => {
      const { document } = options
      await doDeed('/v1/persons/eligibility', { type: 'eligibility', document }, options)
    })
  aboutPerson(person.command('accesses').description('who has looked at the record of a person'))
    .option('--offset <n>', 'rows to leave out', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--out <file>', 'keep the list as the node signed it')
    .action(async (options: DeedOptions) => {
      await doDeed('/v1/persons/accesses', { type: 'accesses' }, options)
    })
  asOfficer(person.command('handle').description('whose handle goes with a number'))
    .requiredOption('--iin-file <file>', 'a file with the number: no command line keeps it')
    .action(async (options: DeedOptions & { iinFile: string }) => resolve(options))
  byTwo(aboutPerson(person.command('identity').description('whose number a handle is: takes two')))
    .requiredOption('--confirmed-in <case>', 'the case in which the hit was confirmed', caseId)
    .action(async (options: DeedOptions & { confirmedIn: Uint8Array }) => {
      const deed = { type: 'release' as const, case: options.confirmedIn }
      await doDeed('/v1/persons/identity', deed, options)
    })
}

async function resolve(options: DeedOptions & { iinFile: string }): Promise<void> {
  const { digits } = parseIin((await readFile(options.iinFile, 'utf8')).trim())
  const nonce = systemRandom.bytes(NONCE_BYTES)
  const deed = { type: 'resolution' as const, commitment: resolutionDigest(nonce, digits) }
  const iin = { digits, nonce: toBase64(nonce) }
  await doDeed('/v1/persons/handle', deed, options, { iin })
}
