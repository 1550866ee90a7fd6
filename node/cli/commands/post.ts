/** `tamga post`: what an officer at a border does, and the store behind the desk. */
import type { Command } from 'commander'
import { basename } from 'node:path'
import { systemClock } from '../../clock.ts'
import { ROUND_MS } from '../../post/limits.ts'
import type { Post } from '../../post/post.ts'
import type { NamedBytes, TrustFiles } from '../../post/trust-files.ts'
import { readTrustFiles } from '../../post/trust-files.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'
import { untilInterrupted } from '../interrupt.ts'
import {
  atHome,
  makeHome,
  postNode,
  tlsOf,
  withPost,
  type HomeOptions,
  type PostNode,
} from '../post-home.ts'
import { certificateLine, sayDelivered, stateLines } from '../post-words.ts'
import { collectTrust } from '../trusted-files.ts'
import { addPostEnroll } from './post-enroll.ts'
import { addPostInspect } from './post-inspect.ts'

interface TrustOptions {
  readonly csca?: readonly string[]
  readonly crl?: readonly string[]
}

interface InitOptions extends HomeOptions, RosterOptions, TrustOptions {
  readonly name: string
  readonly basis: string
  readonly node: readonly PostNode[]
}

interface QueueOptions extends HomeOptions {
  readonly dismiss?: number
}

export function addPost(program: Command): void {
  const group = program.command('post').description('a border post: inspect travellers')
  trusting(withRoster(atHome(group.command('init').description('set a post up'))))
    .requiredOption('--name <name>', 'by which officers sign here')
    .requiredOption('--basis <article>', 'the law that its inspections rest on')
    .requiredOption('--node <name=url>', 'a node that it may ask, once for each', postNode)
    .action(async (options: InitOptions) => init(options))
  addPostEnroll(group)
  addPostInspect(group)
  atHome(
    group.command('status').description('who answers, how old the caches are, what waits'),
  ).action(async (options: HomeOptions) => status(options))
  atHome(group.command('queue').description('hand in what waits, and show what does'))
    .option('--dismiss <n>', 'drop one that nodes refuse', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action(async (options: QueueOptions) => queue(options))
  atHome(group.command('run').description('keep the caches fresh and hand in what waits')).action(
    async (options: HomeOptions) => run(options),
  )
  trusting(atHome(group.command('trust').description('take new lists of the states'))).action(
    async (options: HomeOptions & TrustOptions) => trust(options),
  )
}

function trusting(command: Command): Command {
  return command
    .option('--csca <files...>', 'certificates and master lists of states that are believed')
    .option('--crl <files...>', 'what these states have revoked')
}

async function init({ name, basis, node: nodes, home, ...options }: InitOptions): Promise<void> {
  const { note, vkey } = await readRoster(options)
  await makeHome(home, { name, legalBasis: basis, authority: vkey, nodes })
  await withPost({ home }, async (post) => {
    await post.caches.found(note)
    if (options.csca || options.crl) await post.caches.keepTrust(await collected(options))
    await post.meet()
    for (const line of stateLines(await post.state())) console.log(line)
  })
}

async function trust(options: HomeOptions & TrustOptions): Promise<void> {
  const files = await collected(options)
  await withPost(options, async (post) => {
    await post.caches.keepTrust(files)
    for (const line of stateLines(await post.state())) console.log(line)
  })
}

/** Read once here, so that what cannot be read is said now and not at the desk. */
async function collected({ csca = [], crl = [] }: TrustOptions): Promise<TrustFiles> {
  const files = await collectTrust(csca, crl)
  for (const remark of readTrustFiles(files).remarks) console.log(remark)
  const { authorities, revocations } = files
  return { authorities: authorities.map(shortened), revocations: revocations.map(shortened) }
}

function shortened({ name, bytes }: NamedBytes): NamedBytes {
  return { name: basename(name), bytes }
}

async function status(options: HomeOptions): Promise<void> {
  await withPost(options, async (post) => {
    const there = await post.meet()
    console.log(`nodes: ${there.length > 0 ? there.join(' ') : 'none answers'}`)
    for (const line of stateLines(await post.state())) console.log(line)
  })
  console.log(certificateLine(await tlsOf(options.home)))
}

async function queue({ dismiss, ...options }: QueueOptions): Promise<void> {
  await withPost(options, async (post) => {
    if (dismiss !== undefined) await post.queue.dismiss(dismiss)
    await post.meet()
    sayDelivered(await post.deliver())
    for (const { number, why } of await post.queue.refusals()) {
      console.log(`crossing ${number} is refused: ${why}`)
    }
    console.log(`${post.queue.waiting} wait, ${post.queue.refused} are refused`)
  })
}

/** The store is free between two rounds, so that officers can work. */
async function run(options: HomeOptions): Promise<void> {
  const interrupted = untilInterrupted().then(() => true)
  let before = ''
  for (let isOver = false; !isOver; isOver = await Promise.race([interrupted, nextRound()])) {
    const now = await withPost(options, goRound)
    if (now !== before) console.log(now)
    before = now
  }
}

/** Says who is there. */
async function goRound(post: Post): Promise<string> {
  const there = await post.meet()
  if (there.length === 0) return 'cut off from all nodes'
  sayDelivered(await post.deliver())
  return `nodes: ${there.join(' ')}`
}

async function nextRound(): Promise<false> {
  await systemClock.sleep(ROUND_MS)
  return false
}
