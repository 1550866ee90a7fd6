/** What an officer states of a person, from the command line. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import {
  ATTEMPTS_MAX,
  CITIZENSHIPS,
  CONSENTS,
  encodeApplication,
  MISSING_CAUSES,
  QUALITY_MAX,
  SEXES,
  type Application,
  type FingerRecord,
  type MissingCause,
} from '../../protocol/rules/application.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { civilDateAt, type CivilDate } from '../../protocol/rules/civil-date.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { civilDate } from './arguments.ts'

const NONCE_BYTES = 32

/** What is stated of the person, without the fingers. */
export interface PersonOptions {
  readonly born?: string
  readonly citizenship: Application['citizenship']
  readonly sex: Application['sex']
  readonly consent: Application['consent']
  readonly form: string
  readonly requested?: CivilDate
}

export interface ApplicationOptions extends PersonOptions {
  readonly quality?: ReadonlyMap<number, readonly number[]>
  readonly missing?: ReadonlyMap<number, MissingCause>
  readonly kept?: ReadonlyMap<number, string>
}

export function statingPerson(command: Command): Command {
  return command
    .option('--born <date>', 'YYYY-MM-DD, YYYY-MM or YYYY; without it nothing is known')
    .addOption(
      new Option('--citizenship <kind>', 'what the person is here')
        .choices(CITIZENSHIPS)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--sex <sex>', 'as documents have it').choices(SEXES).default('unknown'))
    .addOption(
      new Option('--consent <whose>', 'who has consented').choices(CONSENTS).default('none'),
    )
    .option('--form <name>', 'the form on which they did', '')
    .option('--requested <date>', 'when it was asked for; today if absent', civilDate)
}

/** A finger as it was captured, and what was measured of each attempt; a template says nothing. */
export interface MeasuredFinger {
  readonly position: number
  readonly qualities?: readonly number[]
}

/**
 * Qualities are to be said of a template: its own figure is on its maker's scale, and the rules go
 * from 0 to 100. Those of an image are measured, unless they are said.
 */
export function statingFingers(command: Command): Command {
  return command
    .option(
      '--quality <position=q[,q,q]>',
      'of each attempt, 0 to 100; measured from images',
      qualities,
    )
    .option('--missing <position=cause>', `why a finger is not there: ${causes()}`, missing)
    .option('--kept <position=why>', 'why the best is kept although it is poor', kept)
}

/** @throws TamgaError `unprocessable`: a captured finger without its qualities */
export function applicationOf(
  fingers: readonly MeasuredFinger[],
  options: ApplicationOptions,
  { clock, random }: { clock: Clock; random: Random },
): Uint8Array {
  const { born, citizenship, sex, consent, form: consentForm, requested } = options
  const captured = fingers.map((finger) => capturedFinger(finger, options))
  const absent = [...(options.missing ?? [])].map(([position, cause]): FingerRecord => {
    return { position, attempts: [], missing: cause, reason: '' }
  })
  return encodeApplication({
    nonce: random.bytes(NONCE_BYTES),
    born,
    citizenship,
    sex,
    consent,
    consentForm,
    requestedOn: requested ?? civilDateAt(clock.now()),
    fingers: [...captured, ...absent],
  })
}

function capturedFinger(
  { position, qualities: measured }: MeasuredFinger,
  { quality, kept: why }: ApplicationOptions,
): FingerRecord {
  const attempts = quality?.get(position) ?? measured
  if (!attempts) {
    throw new TamgaError('unprocessable', `finger ${position} needs --quality ${position}=<0–100>`)
  }
  return { position, attempts, missing: undefined, reason: why?.get(position) ?? '' }
}

function qualities(value: string, before = new Map<number, number[]>()): Map<number, number[]> {
  const [position, said] = assignment(value)
  const attempts = said.split(',').map(Number)
  const isGood = attempts.every((q) => Number.isInteger(q) && q >= 0 && q <= QUALITY_MAX)
  if (isGood && attempts.length <= ATTEMPTS_MAX) return new Map(before).set(position, attempts)
  const what = `It must be up to ${ATTEMPTS_MAX} numbers from 0 to ${QUALITY_MAX}.`
  throw new InvalidArgumentError(what)
}

function missing(
  value: string,
  before = new Map<number, MissingCause>(),
): Map<number, MissingCause> {
  const [position, said] = assignment(value)
  const cause = MISSING_CAUSES.find((known) => known === said)
  if (cause) return new Map(before).set(position, cause)
  throw new InvalidArgumentError(`The cause must be one of ${causes()}.`)
}

function kept(value: string, before = new Map<number, string>()): Map<number, string> {
  return new Map(before).set(...assignment(value))
}

function assignment(value: string): [position: number, said: string] {
  const [, position, said] = /^(10|[0-9])=(.+)$/.exec(value) ?? []
  if (position !== undefined && said !== undefined) return [Number(position), said]
  throw new InvalidArgumentError('It must be <finger position 0–10>=<…>.')
}

function causes(): string {
  return MISSING_CAUSES.join(', ')
}
