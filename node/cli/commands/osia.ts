/** `tamga osia`: a station that serves OSIA's ABIS interface. */
import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { systemClock } from '../../clock.ts'
import { tellOverHttp } from '../../fields/osia/callback.ts'
import { readInterface } from '../../fields/osia/interface.ts'
import { Operations } from '../../fields/osia/operations.ts'
import { Register } from '../../fields/osia/register.ts'
import { Service } from '../../fields/osia/service.ts'
import { TaskBook } from '../../fields/osia/task-book.ts'
import { Tasks } from '../../fields/osia/tasks.ts'
import { pinoLogger } from '../../logger.ts'
import { systemRandom } from '../../random.ts'
import { LevelStore } from '../../store/level-store.ts'
import { Client } from '../client.ts'
import { untilInterrupted } from '../interrupt.ts'
import { readOsiaSettings } from '../osia-home.ts'

const STORE = 'store'

interface HomeOptions {
  readonly home: string
}

export function addOsia(program: Command): void {
  const group = program.command('osia').description('an ABIS for OSIA, over HTTP')
  group
    .command('run')
    .description('serve the interface until Ctrl-C')
    .option('--home <folder>', 'with osia.json, and where the station keeps its things', 'osia')
    .action(async (options: HomeOptions) => run(options))
}

async function run({ home }: HomeOptions): Promise<void> {
  const settings = await readOsiaSettings(home)
  const { node, tls, service: served, bearer } = settings
  const client = new Client({ url: node, tls })
  const logger = pinoLogger({ level: 'info' })
  const store = await LevelStore.open(join(home, STORE))
  const machine = { clock: systemClock, random: systemRandom, logger }
  const extractor = new Extractor({ workers: availableParallelism() }, machine)
  try {
    const offered = readInterface(await readFile(SPEC, 'utf8'))
    const register = new Register(settings.register, { link: client, ...machine })
    const tasks = new Tasks({
      ...machine,
      register,
      book: await TaskBook.open({ store, ...machine }),
      operations: new Map(offered.map((operation) => [operation.id, operation])),
      tell: tellOverHttp(machine),
    })
    const operations = new Operations(settings.operations, { extractor, ...machine })
    const modules = { ...machine, interface: offered, operations, register, tasks, bearer }
    const service = await Service.start(served, modules)
    try {
      await tasks.resume()
      console.log(`${service.url} → ${node}`)
      await untilInterrupted()
    } finally {
      await service.close()
      await tasks.close()
    }
  } finally {
    await extractor.close()
    await store.close()
  }
}

/** Beside the sources: the compiler carries no data along. */
const SPEC = new URL('../../../../node/fields/osia/spec/abis.yaml', import.meta.url)
