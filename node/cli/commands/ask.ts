/** `tamga enrol`, `update`, `identify` and `verify`: a station that asks the nearest node. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fromBase64 } from '../../../crypto/bytes.ts'
import { DPI_MAX, DPI_MIN } from '../../../matcher/image/image.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import type { Action } from '../../../protocol/statement.ts'
import {
  applicationOf,
  statingFingers,
  statingPerson,
  type ApplicationOptions,
} from '../application.ts'
import { finger, handle, wholeNumber, type FingerArgument } from '../arguments.ts'
import { readCaptures, withExtractor, type Capture } from '../captures.ts'
import type { RenderedAnswer } from '../client.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { checkNoRepeats, packFingers } from '../../search/fingers.ts'
import { sayFeedback } from '../feedback.ts'
import { bodyOf, signRequest, type RequestBody } from '../../post/request.ts'
import { asOfficer, prepare, type OfficerOptions, type Station } from '../signing.ts'

interface AskOptions extends OfficerOptions {
  readonly finger: readonly FingerArgument[]
  readonly dpi?: number
  readonly handle?: Uint8Array
  readonly out?: string
}

export type EnrolOptions = AskOptions & ApplicationOptions

type Asking = Exclude<Action, 'record'>

const modules = { clock: systemClock, random: systemRandom }

export function addAsk(program: Command): void {
  enrolling(program, 'enrol', 'enrol a person')
    .option('--handle <hex>', "the person's handle; a new one if absent", handle)
    .action(async (options: EnrolOptions) => enrol('enrol', options))
  enrolling(program, 'update', 'take the prints of a person anew')
    .requiredOption('--handle <hex>', "the person's handle", handle)
    .action(async (options: EnrolOptions) => enrol('update', options))
  capturing(program, 'identify', 'ask who somebody is')
    .option('--out <file>', 'keep the answer with its proofs')
    .action(async (options: AskOptions) => ask('identify', options))
  capturing(program, 'verify', 'ask whether somebody is who they say')
    .requiredOption('--handle <hex>', 'who they say they are', handle)
    .option('--out <file>', 'keep the answer with its proofs')
    .action(async (options: AskOptions) => ask('verify', options))
}

export function enrolling(program: Command, name: string, description: string): Command {
  return statingFingers(statingPerson(capturing(program, name, description)))
}

function capturing(program: Command, name: string, description: string): Command {
  return asOfficer(program.command(name).description(description))
    .requiredOption(
      '--finger <position=file>',
      'a template or an image, once for each finger and attempt; or a record by itself',
      finger,
    )
    .option('--dpi <n>', 'of images whose file does not say it', wholeNumber(DPI_MIN, DPI_MAX))
}

async function enrol(action: 'enrol' | 'update', options: EnrolOptions): Promise<void> {
  const { shown } = await enrolOne(options, action)
  console.log(JSON.stringify(shown, null, 2))
}

/** Under a new handle, if none is said. */
export async function enrolOne(
  { handle: about = newHandle(), ...options }: EnrolOptions,
  action: 'enrol' | 'update' = 'enrol',
): Promise<{ handle: string; fingers: readonly Capture[]; shown: object }> {
  const station = await prepare(options)
  const captures = await captured(options)
  // The node refuses it as well; here the person's hand is still on the sensor.
  checkNoRepeats(packFingers({ fingers: captures }))
  const application = applicationOf(captures, options, modules)
  const body = signed(action, station, { ...options, handle: about }, captures, application)
  const { duplicateCheck, ...rest } = await station.client.enrol(body)
  const shown = { ...rest, named: duplicateCheck?.candidates }
  return { handle: rest.handle, fingers: captures, shown }
}

async function ask(action: 'identify' | 'verify', options: AskOptions): Promise<void> {
  const station = await prepare(options)
  const body = signed(action, station, options, await captured(options))
  await sayAnswer(await station.client[action](body), options)
}

async function captured({ finger: files, dpi }: AskOptions): Promise<Capture[]> {
  const captures = await withExtractor((extractor) => readCaptures(files, { dpi }, extractor))
  sayFeedback(captures, (line) => console.error(line))
  return captures
}

function signed(
  action: Asking,
  { officer, reasons }: Station,
  { handle: about }: AskOptions,
  fingers: readonly Capture[],
  application?: Uint8Array,
): RequestBody {
  const asked = { ...reasons, action, handle: about, fingers, ...(application && { application }) }
  return bodyOf(signRequest(asked, officer, modules))
}

function newHandle(): Uint8Array {
  return systemRandom.bytes(HANDLE_BYTES)
}

/** The proof goes to its file; the rest is for reading. */
async function sayAnswer({ proof, ...rest }: RenderedAnswer, { out }: AskOptions): Promise<void> {
  console.log(JSON.stringify(rest, null, 2))
  if (out !== undefined) await writeFile(out, fromBase64(proof))
}
