/**
 * A post's folder: what it was set up with in a file that people can read, and its store. One
 * command at a time has the store; the next one waits a little.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { Extractor } from '../../matcher/extract/extractor.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { systemClock } from '../clock.ts'
import type { Link } from '../post/link.ts'
import { Post, type PostOptions } from '../post/post.ts'
import { systemRandom } from '../random.ts'
import { LevelStore } from '../store/level-store.ts'
import type { Identity } from '../tls/identity.ts'
import { identityAt } from './at-node.ts'
import { withExtractor } from './captures.ts'
import { Client } from './client.ts'

const FORMAT = 'tamga-post/v1'
const SETTINGS = 'post.json'
const STORE = 'store'
const TLS = 'tls.pem'

/** How long a command waits for another one to leave the store, ms, and how often it looks. */
const STORE_WAIT_MS = 10_000
const STORE_LOOK_MS = 50

export interface PostNode {
  /** In the roster. */
  readonly name: string
  readonly url: string
}

export interface PostSettings extends PostOptions {
  readonly nodes: readonly PostNode[]
}

export interface HomeOptions {
  readonly home: string
}

export function atHome(command: Command): Command {
  return command.option('--home <folder>', 'where the post keeps its things', 'post')
}

/** `almaty=http://10.0.0.7:8101`, once for each node. */
export function postNode(value: string, before: PostNode[] = []): PostNode[] {
  const [, name, url] = /^([a-z][a-z0-9-]*)=(https?:\/\/\S+)$/.exec(value) ?? []
  if (name !== undefined && url !== undefined) return [...before, { name, url }]
  throw new InvalidArgumentError('It must be <name in the roster>=<url>.')
}

/** @throws TamgaError `conflict`: there is one already */
export async function makeHome(home: string, settings: PostSettings): Promise<void> {
  await mkdir(home, { recursive: true })
  const content = `${JSON.stringify({ format: FORMAT, ...settings }, null, 2)}\n`
  try {
    await writeFile(join(home, SETTINGS), content, { flag: 'wx' })
  } catch (cause) {
    throw new TamgaError('conflict', `there is a post in ${home} already`, { cause })
  }
}

/** Lends the post, and an extractor whose threads start with the first image. */
export async function withPost<T>(
  { home }: HomeOptions,
  work: (post: Post, extractor: Extractor) => Promise<T>,
): Promise<T> {
  const settings = await readSettings(home)
  const store = await openStore(join(home, STORE))
  try {
    const tls = await tlsOf(home)
    const links = new Map(
      settings.nodes.map(({ name, url }): [string, Link] => [name, linkTo(url, tls)]),
    )
    return await withExtractor(async (extractor) => {
      const modules = { store, links, extractor, clock: systemClock, random: systemRandom }
      return work(await Post.start(settings, modules), extractor)
    })
  } finally {
    await store.close()
  }
}

function linkTo(url: string, tls: Identity | undefined): Link {
  return new Client({ url, tls: url.startsWith('https:') ? tls : undefined })
}

/** Where the post's key and certificates are. */
export function tlsFileOf(home: string): string {
  return join(home, TLS)
}

/** Undefined where the post has not been certified. @throws TamgaError as `identityAt` does */
export async function tlsOf(home: string): Promise<Identity | undefined> {
  const file = tlsFileOf(home)
  return existsSync(file) ? identityAt(file) : undefined
}

/** @throws TamgaError `not-found`, `malformed` */
export async function readSettings(home: string): Promise<PostSettings> {
  let content: string
  try {
    content = await readFile(join(home, SETTINGS), 'utf8')
  } catch (cause) {
    throw new TamgaError('not-found', `there is no post in ${home}: "tamga post init"`, { cause })
  }
  try {
    const { format, ...settings } = JSON.parse(content) as PostSettings & { format: string }
    if (format === FORMAT) return settings
  } catch {
    // Said below.
  }
  throw new TamgaError('malformed', `${join(home, SETTINGS)} is no ${FORMAT}`)
}

async function openStore(folder: string): Promise<LevelStore> {
  const deadline = systemClock.now() + STORE_WAIT_MS
  for (;;) {
    try {
      return await LevelStore.open(folder)
    } catch (error) {
      const isLocked = /in this process or another/.test(asTamgaError(error).message)
      if (!isLocked || systemClock.now() > deadline) throw error
      await systemClock.sleep(STORE_LOOK_MS)
    }
  }
}
