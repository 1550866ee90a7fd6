/** A post of the bench, on a disk of its own. */
import { join } from 'node:path'
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { Client } from '../../../node/cli/client.ts'
import { systemClock } from '../../../node/clock.ts'
import { Post } from '../../../node/post/post.ts'
import { systemRandom } from '../../../node/random.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { authorityKey } from '../search/bench-mesh.ts'

export interface BenchPost {
  readonly post: Post
  close(): Promise<void>
}

export interface BenchPostOptions {
  readonly name: string
  readonly folder: string
  readonly note: string
  /** By the nodes' names. */
  readonly urls: ReadonlyMap<string, string>
  readonly extractor: Extractor
}

export async function startBenchPost(options: BenchPostOptions): Promise<BenchPost> {
  const { name, folder, note, urls, extractor } = options
  const store = await LevelStore.open(join(folder, `post-${name}`))
  const links = new Map([...urls].map(([node, url]) => [node, new Client({ url })]))
  const about = { name, legalBasis: 'bench', authority: authorityKey }
  const modules = { store, links, extractor, clock: systemClock, random: systemRandom }
  const post = await Post.start(about, modules)
  await post.caches.found(note)
  await post.meet()
  return { post, close: async () => store.close() }
}
