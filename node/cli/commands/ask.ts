/** `tamga enrol`, `update`, `identify` and `verify`: a station that asks the nearest node. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fromBase64 } from '../../../crypto/bytes.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import type { Action } from '../../../protocol/statement.ts'
import {
  applicationOf,
  statingFingers,
  statingPerson,
  type ApplicationOptions,
} from '../application.ts'
import { finger, handle, readFingers, type FingerArgument } from '../arguments.ts'
import type { Client, RenderedAnswer } from '../client.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { bodyOf, signRequest, type RequestBody } from '../request.ts'
import { asOfficer, prepare, type OfficerOptions } from '../signing.ts'

interface AskOptions extends OfficerOptions {
  readonly finger: readonly FingerArgument[]
  readonly handle?: Uint8Array
  readonly out?: string
}

type Asking = Exclude<Action, 'record'>

const modules = { clock: systemClock, random: systemRandom }

export function addAsk(program: Command): void {
  enrolling(program, 'enrol', 'enrol a person')
    .option('--handle <hex>', "the person's handle; a new one if absent", handle)
    .action(async (options: AskOptions & ApplicationOptions) => {
      await enrol('enrol', { ...options, handle: options.handle ?? newHandle() })
    })
  enrolling(program, 'update', 'take the prints of a person anew')
    .requiredOption('--handle <hex>', "the person's handle", handle)
    .action(async (options: AskOptions & ApplicationOptions) => enrol('update', options))
  capturing(program, 'identify', 'ask who somebody is')
    .option('--out <file>', 'keep the answer with its proofs')
    .action(async (options: AskOptions) => {
      const { client, body } = await request('identify', options)
      await sayAnswer(await client.identify(body), options)
    })
  capturing(program, 'verify', 'ask whether somebody is who they say')
    .requiredOption('--handle <hex>', 'who they say they are', handle)
    .option('--out <file>', 'keep the answer with its proofs')
    .action(async (options: AskOptions) => {
      const { client, body } = await request('verify', options)
      await sayAnswer(await client.verify(body), options)
    })
}

function enrolling(program: Command, name: Asking, description: string): Command {
  return statingFingers(statingPerson(capturing(program, name, description)))
}

function capturing(program: Command, name: Asking, description: string): Command {
  return asOfficer(program.command(name).description(description)).requiredOption(
    '--finger <position=file>',
    'a template; once for each finger',
    finger,
  )
}

async function enrol(
  action: 'enrol' | 'update',
  options: AskOptions & ApplicationOptions,
): Promise<void> {
  const positions = options.finger.map(({ position }) => position)
  const application = applicationOf(positions, options, modules)
  const { client, body } = await request(action, options, application)
  const { duplicateCheck, ...shown } = await client.enrol(body)
  console.log(JSON.stringify({ ...shown, named: duplicateCheck?.candidates }, null, 2))
}

async function request(
  action: Asking,
  options: AskOptions,
  application?: Uint8Array,
): Promise<{ client: Client; body: RequestBody }> {
  const { client, officer, reasons } = await prepare(options)
  const about = {
    ...reasons,
    action,
    handle: options.handle,
    fingers: await readFingers(options.finger),
    ...(application ? { application } : {}),
  }
  return { client, body: bodyOf(signRequest(about, officer, modules)) }
}

function newHandle(): Uint8Array {
  return systemRandom.bytes(HANDLE_BYTES)
}

/** The proof goes to its file; the rest is for reading. */
async function sayAnswer({ proof, ...rest }: RenderedAnswer, { out }: AskOptions): Promise<void> {
  console.log(JSON.stringify(rest, null, 2))
  if (out !== undefined) await writeFile(out, fromBase64(proof))
}
