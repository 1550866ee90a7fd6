/** `tamga oversight`: who watches those who ask. */
import type { Command } from 'commander'
import { BATCH_RECORDS_MAX } from '../../../protocol/limits.ts'
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import { relativesDigest } from '../../../protocol/deed.ts'
import { systemRandom } from '../../random.ts'
import { handles, publicKey, time, wholeNumber } from '../arguments.ts'
import { byTwo, doDeed, type DeedOptions } from '../deeds.ts'
import { asOfficer } from '../signing.ts'

const NONCE_BYTES = 32

interface BreachOptions extends DeedOptions {
  readonly key: Uint8Array
  readonly from: number
  readonly to: number
}

interface HoldOptions extends DeedOptions {
  readonly log: string
  readonly index: number
  readonly record?: number
  readonly until: number
}

interface RelativesOptions extends DeedOptions {
  readonly key: Uint8Array
  readonly relative?: readonly Uint8Array[]
}

export function addOversight(program: Command): void {
  const oversight = program.command('oversight').description('watch those who ask')
  asOfficer(oversight.command('breach').description('which records a key has touched'))
    .requiredOption('--key <key>', "the officer's public key", publicKey)
    .requiredOption('--from <time>', 'signed from then on', time)
    .requiredOption('--to <time>', 'and before that', time)
    .option('--offset <n>', 'rows to leave out', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--out <file>', 'keep the report as the node signed it')
    .action(async (options: BreachOptions) => {
      const { key: officer, from, to } = options
      await doDeed('/v1/oversight/breaches', { type: 'breach', officer, from, to }, options)
    })
  asOfficer(oversight.command('alarms').description('what is striking, the newest first')).action(
    async (options: DeedOptions) => doDeed('/v1/oversight/alarms', { type: 'alarms' }, options),
  )
  byTwo(
    asOfficer(oversight.command('hold').description('keep an access from the person: takes two')),
  )
    .requiredOption('--log <node>', 'in which log it stands')
    .requiredOption('--index <n>', 'and where', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--record <n>', 'which record of that batch', wholeNumber(0, BATCH_RECORDS_MAX - 1))
    .requiredOption('--until <time>', 'when it is released by itself', time)
    .action(async (options: HoldOptions) => {
      const { log, index, record, until } = options
      const deed = { type: 'hold' as const, log, index, record, until }
      await doDeed('/v1/oversight/holds', deed, options)
    })
  asOfficer(oversight.command('relatives').description("declare an officer's own family"))
    .requiredOption('--key <key>', "the officer's public key", publicKey)
    .option('--relative <hex>', 'a handle; once for each, none to end it', handles)
    .action(async (options: RelativesOptions) => declare(options))
}

async function declare(options: RelativesOptions): Promise<void> {
  const { key: officer, relative = [] } = options
  const nonce = systemRandom.bytes(NONCE_BYTES)
  const commitment = relativesDigest(nonce, relative)
  const relatives = { handles: relative.map(toHex), nonce: toBase64(nonce) }
  const deed = { type: 'relatives' as const, officer, commitment }
  await doDeed('/v1/oversight/relatives', deed, options, { relatives })
}
