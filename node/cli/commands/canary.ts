/** `tamga canary`: plants people who were never born, and sees whether they are found. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fromBase64, fromHex } from '../../../crypto/bytes.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { shardOf } from '../../../protocol/shards.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { judgeCanary, keepCanary, readCanaries, type Canary } from '../canaries.ts'
import { bodyOf, signRequest } from '../../post/request.ts'
import { asOfficer, prepare, type OfficerOptions } from '../signing.ts'
import { enrolling, enrolOne, type EnrolOptions } from './ask.ts'

/** What a script is told, beside 0 where it was found. */
const MISSED = 1
const SILENT = 2

/** Bytes that choose a canary. */
const DRAW_BYTES = 4

interface SearchOptions extends OfficerOptions {
  readonly list: string
  readonly out: string
}

export function addCanary(program: Command): void {
  const canary = program
    .command('canary')
    .description(
      'people who were never born: whether they are found shows whether all are searched',
    )
  enrolling(canary, 'plant', 'enrol one, and keep it on a secret list')
    .requiredOption('--list <file>', 'the list')
    .action(async (options: EnrolOptions & { list: string }) => {
      const { handle, fingers } = await enrolOne(options)
      await keepCanary(options.list, { handle, fingers })
      console.log(`planted ${handle}`)
    })
  asOfficer(canary.command('search').description('search for one of them, at random'))
    .requiredOption('--list <file>', 'the list')
    .option('--out <file>', 'where the answer goes if it is missed', 'canary.answer')
    .addHelpText('after', '\nExit status: 0 found, 1 missed, 2 its shard was silent.')
    .action(async (options: SearchOptions) => search(options))
}

async function search(options: SearchOptions): Promise<void> {
  const { handle, fingers } = choose(await readCanaries(options.list))
  const { client, officer, reasons } = await prepare(options)
  const modules = { clock: systemClock, random: systemRandom }
  const asked = { ...reasons, action: 'identify' as const, handle: undefined, fingers }
  const answer = await client.identify(bodyOf(signRequest(asked, officer, modules)))
  const shard = shardOf(fromHex(handle), await client.roster())
  const found = judgeCanary(handle, shard, answer)
  if (found === 'found') return console.log(`found ${handle}, of shard ${shard}`)
  if (found === 'silent') {
    console.log(`nobody answered for shard ${shard}, where ${handle} is`)
    process.exitCode = SILENT
    return
  }
  await writeFile(options.out, fromBase64(answer.proof))
  const { answeredBy } = answer.shards.outcomes.find((outcome) => outcome.shard === shard)!
  console.log(`missed ${handle}: ${answeredBy} has answered for shard ${shard} without it`)
  console.log(`  ${options.out}: whether it counted ${handle}, verify-answer --logs says`)
  process.exitCode = MISSED
}

function choose(canaries: readonly Canary[]): Canary {
  const drawn = new DataView(systemRandom.bytes(DRAW_BYTES).slice().buffer).getUint32(0)
  const canary = canaries[drawn % Math.max(1, canaries.length)]
  if (canary) return canary
  throw new TamgaError('not-found', 'no canary is on the list')
}
