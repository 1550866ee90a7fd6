/** How long a post waits for the register when its node is killed, or stands still. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { systemClock } from '../../../node/clock.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import type { Measurement } from '../report.ts'
import { officials, rosterOf } from '../search/bench-mesh.ts'
import { startBenchPost, type BenchPost } from './bench-post.ts'
import { capturedOf, passengers, type Passenger } from './passengers.ts'

const CHILD = fileURLToPath(new URL('./gateway-child.js', import.meta.url))

export interface FailoverOptions {
  /** With the nodes of `Travellers` in it, which are closed. */
  readonly folder: string
  readonly note: string
  /** For each way to go. */
  readonly rounds: number
}

/** `SIGKILL`: its port refuses; `SIGSTOP`: it takes the question and says nothing. */
const ENDS = ['SIGKILL', 'SIGSTOP'] as const

/** Questions before a node goes: by then the post knows who is near. */
const WARM_UP = 6
const POLL_MS = 100

/** The slowest of all rounds: what a traveller may meet. */
export async function* failoverFigures(options: FailoverOptions): AsyncGenerator<Measurement> {
  const mesh = await ChildMesh.start(options)
  try {
    const all: number[] = []
    for (const end of ENDS) {
      const took: number[] = []
      for (let round = 0; round < options.rounds; round += 1) took.push(await mesh.lose(end))
      all.push(...took)
      const name = `failover_ms_${end === 'SIGKILL' ? 'killed' : 'stopped'}`
      yield { name, value: Math.max(...took), unit: 'ms' }
    }
    yield { name: 'failover_ms', value: Math.max(...all), unit: 'ms', baseline: 500 }
  } finally {
    await mesh.close()
  }
}

class ChildMesh {
  readonly #options: FailoverOptions
  readonly #extractor = new Extractor({ workers: 1 }, { clock: systemClock })
  readonly #children = new Map<string, ChildProcess>()
  readonly #urls = new Map<string, string>()
  #passengers: readonly Passenger[] = []
  #posts = 0

  private constructor(options: FailoverOptions) {
    this.#options = options
  }

  static async start(options: FailoverOptions): Promise<ChildMesh> {
    const mesh = new ChildMesh(options)
    await writeFile(mesh.#file, options.note)
    mesh.#passengers = await passengers(mesh.#extractor)
    await Promise.all(rosterOf(options.note).nodes.map(async ({ name }) => mesh.#spawn(name)))
    return mesh
  }

  /** Ms until somebody has answered a post whose nearest node has just gone so. */
  async lose(end: (typeof ENDS)[number]): Promise<number> {
    const { folder, note } = this.#options
    const name = `failover-${this.#posts}`
    this.#posts += 1
    const about = { name, folder, note, urls: this.#urls, extractor: this.#extractor }
    const post = await startBenchPost(about)
    try {
      let nearest = ''
      for (let asked = 0; asked < WARM_UP; asked += 1) nearest = (await this.#ask(post, asked)).node
      const child = this.#children.get(nearest)!
      const over = once(child, 'exit')
      child.kill(end)
      if (end === 'SIGKILL') await over
      const { ms, node } = await this.#ask(post, WARM_UP)
      if (node === nearest) throw new TamgaError('internal', `${node} answered though it is gone`)
      if (end === 'SIGKILL') await this.#spawn(nearest)
      else child.kill('SIGCONT')
      return ms
    } finally {
      await post.close()
    }
  }

  async close(): Promise<void> {
    for (const child of this.#children.values()) {
      const over = once(child, 'exit')
      child.kill('SIGKILL')
      await over
    }
    await this.#extractor.close()
  }

  get #file(): string {
    return join(this.#options.folder, 'roster.note')
  }

  /** One 1:1, without document: what is left is the register's. */
  async #ask({ post }: BenchPost, place: number): Promise<{ ms: number; node: string }> {
    const { handle, images } = this.#passengers[place % this.#passengers.length]!
    const fingers = await capturedOf(images, this.#extractor)
    const about = { profile: 'counter', caseNumber: 'bench', liveness: 'live' } as const
    const traveller = { ...about, handle, zone: undefined, files: new Map(), fingers }
    const started = performance.now()
    const officer = officials.officers['border-officer']
    const seen = await post.inspect({ ...traveller, isSearched: false }, officer)
    const ms = performance.now() - started
    const line = seen.checks.find(({ name }) => name === 'live-to-register')!
    if (seen.node === undefined || line.outcome !== 'successful') {
      throw new TamgaError('internal', `it came to ${line.outcome}, ${line.reason}`)
    }
    return { ms, node: seen.node }
  }

  async #spawn(name: string): Promise<void> {
    const child = fork(CHILD, [this.#options.folder, name, this.#file])
    const [url] = (await once(child, 'message')) as [string]
    this.#children.set(name, child)
    this.#urls.set(name, url)
    while (!(await isWell(url))) await systemClock.sleep(POLL_MS)
  }
}

async function isWell(url: string): Promise<boolean> {
  const { ok } = await fetch(`${url}/health`)
  return ok
}
