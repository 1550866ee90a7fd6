/** `tamga enrol`, `identify` and `verify`: a station that asks the nearest node. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fromBase64 } from '../../../crypto/bytes.ts'
import type { Action } from '../../../protocol/statement.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { finger, handle, readFingers, type FingerArgument } from '../arguments.ts'
import { Client, type RenderedAnswer } from '../client.ts'
import { readKey } from '../key-file.ts'
import { signedRequest, type RequestBody } from '../request.ts'

interface AskOptions {
  readonly url: string
  readonly officer: string
  readonly finger: readonly FingerArgument[]
  readonly purpose: string
  readonly case: string
  readonly basis?: string
  readonly handle?: Uint8Array
  readonly out?: string
}

export function addAsk(program: Command): void {
  asking(program, 'enrol', 'enrol a person')
    .requiredOption('--basis <code>', 'under which right: consent, duty, …')
    .option('--handle <hex>', "the person's handle; a new one if absent", handle)
    .action(async (options: AskOptions) => {
      const chosen = options.handle ?? systemRandom.bytes(HANDLE_BYTES)
      const { client, body } = await prepare('enrol', { ...options, handle: chosen })
      console.log(JSON.stringify(await client.enrol(body), null, 2))
    })
  asking(program, 'identify', 'ask who somebody is')
    .option('--out <file>', 'keep the answer with its proofs')
    .action(async (options: AskOptions) => {
      const { client, body } = await prepare('identify', options)
      await sayAnswer(await client.identify(body), options)
    })
  asking(program, 'verify', 'ask whether somebody is who they say')
    .requiredOption('--handle <hex>', 'who they say they are', handle)
    .option('--out <file>', 'keep the answer with its proofs')
    .action(async (options: AskOptions) => {
      const { client, body } = await prepare('verify', options)
      await sayAnswer(await client.verify(body), options)
    })
}

function asking(program: Command, name: Action, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--officer <key file>', 'who asks')
    .requiredOption('--finger <position=file>', 'a template; once for each finger', finger)
    .requiredOption('--purpose <code>', 'why')
    .requiredOption('--case <number>', 'under which case')
    .option('--url <url>', 'the node to ask', 'http://127.0.0.1:8101')
}

async function prepare(
  action: Action,
  options: AskOptions,
): Promise<{ client: Client; body: RequestBody }> {
  const client = new Client(options)
  const { network } = await client.roster()
  const officer = await readKey(options.officer, 'officer')
  const about = {
    network,
    action,
    purpose: options.purpose,
    caseNumber: options.case,
    legalBasis: options.basis ?? '',
    handle: options.handle,
    fingers: await readFingers(options.finger),
  }
  return {
    client,
    body: signedRequest(about, officer, { clock: systemClock, random: systemRandom }),
  }
}

/** The proof goes to its file; the rest is for reading. */
async function sayAnswer({ proof, ...rest }: RenderedAnswer, { out }: AskOptions): Promise<void> {
  console.log(JSON.stringify(rest, null, 2))
  if (out !== undefined) await writeFile(out, fromBase64(proof))
}
