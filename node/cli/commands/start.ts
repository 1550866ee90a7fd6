/** `npm start`: a mesh on this machine, the main job on it, and then an HTTP API until Ctrl-C. */
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { toHex } from '../../../crypto/bytes.ts'
import { NODES_LIMIT, startLocalMesh, type LocalMesh } from '../../demo/local-mesh.ts'
import { demoPeople } from '../../demo/people.ts'
import { tellStory, writeExample } from '../../demo/story.ts'
import { pinoLogger } from '../../logger.ts'
import { wholeNumber } from '../arguments.ts'
import { untilInterrupted } from '../interrupt.ts'

interface StartOptions {
  readonly nodes: number
  readonly data: string
  readonly once?: boolean
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('run a local mesh, enrol the bundled people, identify some, serve the API')
    .option('--nodes <n>', 'regional nodes', wholeNumber(1, NODES_LIMIT), 4)
    .option('--data <folder>', 'where keys, logs and sealed templates are kept', 'data')
    .option('--once', 'stop when the story is told')
    .action(async (options: StartOptions) => start(options))
}

async function start({ nodes, data, once }: StartOptions): Promise<void> {
  const folder = join(data, `mesh-${nodes}`)
  const mesh = await startLocalMesh({ nodes, folder }, { logger: pinoLogger({ level: 'error' }) })
  try {
    await tellStory(mesh, say)
    if (once) return
    await sayHowToAsk(mesh)
    await untilInterrupted()
    say('\nstopping')
  } finally {
    await mesh.close()
  }
}

async function sayHowToAsk(mesh: LocalMesh): Promise<void> {
  const [first, second = first] = mesh.hosts
  const body = relative('.', await writeExample(mesh))
  say('\nThe nodes stay up. Ask them:\n')
  say(`  curl -s ${first!.gateway.url}/v1/status`)
  say(`  curl -s ${second!.gateway.url}/v1/proof/${first!.node.name}/0`)
  const json = `-H 'content-type: application/json'`
  say(`  curl -s ${second!.gateway.url}/v1/identify ${json} -d @${body}`)
  say('\nOr as an officer, who signs for it anew each time:\n')
  const key = relative('.', join(mesh.folder, 'enrolment-officer.key'))
  const { people } = await demoPeople()
  say(`  npm run --silent tamga -- person status --handle ${toHex(people[0]!.handle)} \\`)
  say(`    --officer ${key} --post demo-post --purpose document-issue --case 1 --basis art.11 \\`)
  say(`    --url ${first!.gateway.url}`)
  say(`\nThe API is described at ${first!.gateway.url}/openapi.json. Ctrl-C stops.`)
}

function say(line: string): void {
  console.log(line)
}
