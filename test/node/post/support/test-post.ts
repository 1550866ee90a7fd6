/** A post in front of a mesh of real nodes, over HTTP, with whatever may become of the wire. */
import { Extractor } from '../../../../matcher/extract/extractor.ts'
import { systemClock } from '../../../../node/clock.ts'
import type { Gateway } from '../../../../node/gateway/gateway.ts'
import { Post, type Seen, type Traveller } from '../../../../node/post/post.ts'
import { systemRandom } from '../../../../node/random.ts'
import type { InspectedName } from '../../../../protocol/border/check.ts'
import { LocalClock } from '../../../../simulations/world/local-clock.ts'
import { startTestMesh, until, type TestMesh } from '../../../support/test-mesh.ts'
import { Client, startGateway } from '../../gateway/support/client.ts'
import { Desk } from '../../gateway/support/desk.ts'
import { FaultyLink } from './faulty-link.ts'
import { PostDisk } from './post-disk.ts'

/** Longer than a node needs for what the post no longer waits for. */
const QUIET_MS = 300

export class TestPost {
  readonly mesh: TestMesh
  readonly desk: Desk
  /** By the places of the nodes. */
  readonly links: readonly FaultyLink[]
  /** The post's own, which can be put forward. */
  clock = new LocalClock({ offsetMs: 0 }, { clock: systemClock })
  post!: Post
  readonly #gateways: readonly Gateway[]
  readonly #extractor = new Extractor({ workers: 1 }, { clock: systemClock })
  #disk: PostDisk | undefined

  private constructor(mesh: TestMesh, gateways: readonly Gateway[]) {
    this.mesh = mesh
    this.#gateways = gateways
    this.links = gateways.map(({ url }) => new FaultyLink(url))
    this.desk = new Desk(mesh, new Client(gateways[0]!))
  }

  static async start(): Promise<TestPost> {
    const mesh = await startTestMesh({ nodes: 2 })
    const gateways = await Promise.all(mesh.nodes.map(async (node) => startGateway(node)))
    return new TestPost(mesh, gateways)
  }

  /** A post that has just been set up, on a disk of its own; the wire is whole. */
  async setUp(): Promise<void> {
    await this.#disk?.close()
    this.#disk = await PostDisk.make()
    for (const link of this.links) {
      link.state = 'good'
      link.alter = (reply) => reply
      link.posted.length = 0
    }
    this.clock = new LocalClock({ offsetMs: 0 }, { clock: systemClock })
    await this.#startPost()
    await this.post.caches.found(this.mesh.rosterNote)
    await this.post.meet()
  }

  /** As after a crash: whatever was only in memory is gone. */
  async restart(): Promise<void> {
    await this.#disk!.reopen()
    await this.#startPost()
  }

  inspect(traveller: Partial<Traveller>): Promise<Seen> {
    const nothing = { handle: undefined, zone: undefined, files: new Map(), fingers: [] }
    const usual = { profile: 'counter', caseNumber: 'shift-1', liveness: 'live' } as const
    const asked = { ...nothing, ...usual, isSearched: false, ...traveller }
    return this.post.inspect(asked, this.mesh.officers.guard)
  }

  /** Deeds that all nodes have logged, once nothing more comes and all of them have read it. */
  async acts(): Promise<number> {
    for (let before = -1; ; await systemClock.sleep(QUIET_MS)) {
      await this.mesh.settled()
      const count = this.mesh.node().registry.entries.get('act') ?? 0
      if (count === before) return count
      before = count
    }
  }

  /** How often a node was asked for this. */
  posted(what: string): number {
    return this.links.flatMap(({ posted }) => posted).filter((path) => path.endsWith(what)).length
  }

  async knows(handle: Uint8Array): Promise<void> {
    await until(() => this.mesh.nodes.every(({ registry }) => registry.person(handle)))
  }

  async close(): Promise<void> {
    await this.#disk?.close()
    await this.#extractor.close()
    for (const gateway of this.#gateways) await gateway.close()
    await this.mesh.close()
  }

  async #startPost(): Promise<void> {
    const names = this.mesh.roster.nodes.map(({ name }) => name)
    const links = new Map(names.map((name, place) => [name, this.links[place]!]))
    const { authority } = this.mesh
    const options = { name: 'korday', legalBasis: 'art. 12', authority }
    const { store } = this.#disk!
    const machine = { extractor: this.#extractor, clock: this.clock, random: systemRandom }
    this.post = await Post.start(options, { store, links, ...machine })
  }
}

/** `outcome reason` of the lines that are named. */
export function linesOf({ checks }: Seen, ...names: readonly InspectedName[]): string[] {
  return names.map((name) => {
    const { outcome, reason } = checks.find((line) => line.name === name)!
    return outcome === 'successful' ? outcome : `${outcome} ${reason}`
  })
}
