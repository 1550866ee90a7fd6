/** `tamga mosip`: a station that serves MOSIP's queues, and the list of what it has withdrawn. */
import { Option, type Command } from 'commander'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../../crypto/bytes.ts'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { ERASURE_GROUNDS } from '../../../protocol/deed.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { systemClock } from '../../clock.ts'
import { Adaptor } from '../../fields/mosip/adaptor.ts'
import { Book } from '../../fields/mosip/book.ts'
import { Broker } from '../../fields/mosip/broker.ts'
import { DataShare } from '../../fields/mosip/data-share.ts'
import { STOP_MS_MAX } from '../../fields/mosip/limits.ts'
import { Register } from '../../fields/mosip/register.ts'
import { addWithdrawn, listWithdrawn, removeWithdrawn } from '../../fields/mosip/withdrawn.ts'
import { pinoLogger } from '../../logger.ts'
import { systemRandom } from '../../random.ts'
import { LevelStore } from '../../store/level-store.ts'
import { Client } from '../client.ts'
import { byTwo, postDeed, type DeedOptions } from '../deeds.ts'
import { untilInterrupted } from '../interrupt.ts'
import { readMosipSettings } from '../mosip-home.ts'
import { asOfficer } from '../signing.ts'

const STORE = 'store'
const WITHDRAWN = 'withdrawn'

interface HomeOptions {
  readonly home: string
}

interface EraseOptions extends HomeOptions, DeedOptions {
  readonly ground: (typeof ERASURE_GROUNDS)[number]
}

export function addMosip(program: Command): void {
  const group = program.command('mosip').description('an ABIS for MOSIP, over its message broker')
  atHome(group.command('run').description('answer requests until Ctrl-C')).action(
    async (options: HomeOptions) => run(options),
  )
  atHome(
    group.command('withdrawn').description('whose references are deleted, and records are not'),
  ).action(async (options: HomeOptions) => sayWithdrawn(options))
  const erase = group.command('erase').description('decide to erase all of them: takes two')
  byTwo(asOfficer(atHome(erase)))
    .addOption(
      new Option('--ground <ground>', 'why').choices(ERASURE_GROUNDS).makeOptionMandatory(),
    )
    .action(async (options: EraseOptions) => eraseWithdrawn(options))
}

function atHome(command: Command): Command {
  return command.option(
    '--home <folder>',
    'with mosip.json, and where the adaptor keeps its things',
    'mosip',
  )
}

async function run({ home }: HomeOptions): Promise<void> {
  const { node, tls, broker: reached, share, register: asked } = await readMosipSettings(home)
  const client = new Client({ url: node, tls })
  const { network } = await client.roster()
  const logger = pinoLogger({ level: 'info' })
  const store = await LevelStore.open(join(home, STORE))
  const machine = { clock: systemClock, random: systemRandom, logger }
  const extractor = new Extractor({ workers: availableParallelism() }, machine)
  const stopping = new AbortController()
  try {
    const book = await Book.open({ store })
    const asking = { ...machine, link: client, signal: stopping.signal }
    const adaptor = new Adaptor({
      ...machine,
      book,
      extractor,
      register: new Register({ ...asked, network }, asking),
      share: new DataShare(share),
      withdrawn: async ({ handle, referenceId }) => {
        const at = new Date(systemClock.now()).toISOString()
        await addWithdrawn(join(home, WITHDRAWN), { handle, referenceId, at })
      },
    })
    const answer = async (text: string): Promise<string> => adaptor.answer(text)
    const broker = new Broker(reached, { ...machine, answer })
    console.log(`${reached.requests} → ${node} → ${reached.answers}; ${book.active} references`)
    await untilInterrupted()
    await broker.close()
    stopping.abort()
    await settled(adaptor)
  } finally {
    stopping.abort()
    await extractor.close()
    await store.close()
  }
}

/** What is at work has been told to stop, and is not waited for much longer. */
function settled(adaptor: Adaptor): Promise<void> {
  return new Promise((resolve) => {
    const cancel = systemClock.timer(STOP_MS_MAX, resolve)
    void adaptor.idle().then(() => {
      cancel()
      resolve()
    })
  })
}

async function sayWithdrawn({ home }: HomeOptions): Promise<void> {
  for (const { handle, referenceId, at } of await listWithdrawn(join(home, WITHDRAWN))) {
    console.log(`${toHex(handle)}  ${at}  ${referenceId}`)
  }
}

/**
 * One deed for each: what is decided about one person stands in their own record. Where the law
 * refuses one, a case that is open say, that one stays on the list.
 */
async function eraseWithdrawn({ home, ground, ...options }: EraseOptions): Promise<void> {
  const folder = join(home, WITHDRAWN)
  for (const { handle } of await listWithdrawn(folder)) {
    const deed = { type: 'erasure', ground } as const
    try {
      const { log, index } = await postDeed('/v1/persons/deeds', deed, { ...options, handle })
      await removeWithdrawn(folder, handle)
      console.log(`${toHex(handle)}  erasure decided: ${log} ${index}`)
    } catch (error) {
      const { code, message } = asTamgaError(error)
      if (code !== 'conflict') throw error
      console.error(`${toHex(handle)}  stays: ${message}`)
      process.exitCode = 1
    }
  }
}
