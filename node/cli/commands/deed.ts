/** `tamga deed`: what changes how a person stands. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { fromHex } from '../../../crypto/bytes.ts'
import {
  ERASURE_GROUNDS,
  EXEMPTION_CAUSES,
  POSTPONEMENT_CAUSES,
  REFERENCE_BYTES,
  REINSTATEMENT_CAUSES,
  SUSPENSION_CAUSES,
  type LifeDeed,
} from '../../../protocol/deed.ts'
import { DOCUMENTS } from '../../../protocol/rules/eligibility.ts'
import { systemRandom } from '../../random.ts'
import { civilDate } from '../arguments.ts'
import { aboutPerson, byTwo, doDeed, type DeedOptions } from '../deeds.ts'

/** The options that carry a deed's fields have the names of the fields. */
type OptionsOf<T extends LifeDeed['type']> = DeedOptions &
  Omit<Extract<LifeDeed, { type: T }>, 'type'>

export function addDeed(program: Command): void {
  const deed = program.command('deed').description('change how a person stands')
  addAtCounter(deed)
  addAfterwards(deed)
}

function addAtCounter(deed: Command): void {
  add(deed, 'refuse', 'put on record that a person refuses')
    .requiredOption('--fine <MRP>', 'monthly calculation indices, such as 5 or 2.5', tenths)
    .action(async (options: OptionsOf<'refusal'>) => {
      await change({ type: 'refusal', fine: options.fine }, options)
    })
  add(deed, 'postpone', 'put the capture off')
    .addOption(among('--cause <cause>', 'why', POSTPONEMENT_CAUSES))
    .requiredOption('--until <date>', 'the last day of it', civilDate)
    .action(async (options: OptionsOf<'postponement'>) => {
      const { cause, until } = options
      await change({ type: 'postponement', cause, until }, options)
    })
  add(deed, 'exempt', 'put on record that nothing can be captured')
    .addOption(among('--cause <cause>', 'why', EXEMPTION_CAUSES))
    .option('--until <date>', 'the last day of it, if there is one', civilDate)
    .action(async (options: OptionsOf<'exemption'>) => {
      const { cause, until } = options
      await change({ type: 'exemption', cause, until }, options)
    })
  add(deed, 'confirm', 'confirm a provisional enrolment').action(async (options: DeedOptions) =>
    change({ type: 'confirmation' }, options),
  )
  add(deed, 'document', 'put on record that a document is granted')
    .addOption(among('--document <kind>', 'which', DOCUMENTS))
    .option('--reference <hex>', 'under which the issuer finds it; a new one if absent', reference)
    .action(async (options: DeedOptions & Partial<OptionsOf<'document'>>) => {
      const { document, reference: own = systemRandom.bytes(REFERENCE_BYTES) } = options
      await change({ type: 'document', document: document!, reference: own }, options)
    })
}

function addAfterwards(deed: Command): void {
  add(deed, 'suspend', 'suspend a person')
    .addOption(among('--cause <cause>', 'why', SUSPENSION_CAUSES))
    .action(async (options: OptionsOf<'suspension'>) => {
      await change({ type: 'suspension', cause: options.cause }, options)
    })
  add(deed, 'reinstate', 'end a suspension')
    .addOption(among('--cause <cause>', 'why', REINSTATEMENT_CAUSES))
    .action(async (options: OptionsOf<'reinstatement'>) => {
      await change({ type: 'reinstatement', cause: options.cause }, options)
    })
  byTwo(add(deed, 'death', 'put on record that a person has died: takes two')).action(
    async (options: DeedOptions) => change({ type: 'death' }, options),
  )
  byTwo(add(deed, 'expire', 'end the retention of a record: takes two')).action(
    async (options: DeedOptions) => change({ type: 'expiry' }, options),
  )
  byTwo(add(deed, 'erase', 'decide that a record is erased: takes two'))
    .addOption(among('--ground <ground>', 'why', ERASURE_GROUNDS))
    .action(async (options: OptionsOf<'erasure'>) => {
      await change({ type: 'erasure', ground: options.ground }, options)
    })
}

function add(deed: Command, name: string, description: string): Command {
  return aboutPerson(deed.command(name).description(description))
}

function change(deed: LifeDeed, options: DeedOptions): Promise<void> {
  return doDeed('/v1/persons/deeds', deed, options)
}

function among(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words).makeOptionMandatory()
}

function tenths(value: string): number {
  if (/^[0-9]{1,4}(\.[0-9])?$/.test(value)) return Math.round(Number(value) * 10)
  throw new InvalidArgumentError('It must be a number with one decimal at most.')
}

function reference(value: string): Uint8Array {
  if (/^[0-9a-f]+$/.test(value) && value.length === 2 * REFERENCE_BYTES) return fromHex(value)
  throw new InvalidArgumentError(`It must be ${REFERENCE_BYTES} bytes in hexadecimal.`)
}
