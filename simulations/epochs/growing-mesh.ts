/**
 * Node processes over which people are asked about all the while, and a roster that changes under
 * them, by the commands of an operator.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RenderedAnswer } from '../../node/cli/client.ts'
import { freePort } from '../../node/demo/free-port.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { KilledMesh, type KilledMeshOptions, type Known, type Told } from '../killed/killed-mesh.ts'
import { done } from './commands.ts'

/** Between two questions of the one who asks all the while, ms. */
const PAUSE_MS = 20
const POLL_MS = 200

/** Within which shards have moved, ms. */
const MOVED_MS_MAX = 120_000

/** After which keepers have the access records of what a node was last asked, ms. */
export const HANDED_OVER_MS = 5_000

interface Asked {
  readonly answer: RenderedAnswer
  readonly person: Known | undefined
}

interface Health {
  readonly checks: readonly { readonly name: string; readonly detail: string }[]
}

export class GrowingMesh {
  readonly mesh: KilledMesh
  readonly #asked: Asked[] = []
  /** Who may not be ready to answer: the logs are on their way to one that has just come. */
  readonly #joining = new Set<string>()
  #asking: Promise<void> | undefined
  #isEnough = false

  private constructor(mesh: KilledMesh) {
    this.mesh = mesh
  }

  static async start(options: KilledMeshOptions): Promise<GrowingMesh> {
    return new GrowingMesh(await KilledMesh.start(options))
  }

  /** From now on some node is asked about somebody, one question after the other. */
  startAsking(): void {
    this.#isEnough = false
    this.#asking = this.#ask()
    // What went wrong is for `stopAsking` to throw.
    this.#asking.catch(() => undefined)
  }

  /** How often it was asked, and what came of it, by the newest roster. @throws TamgaError */
  async stopAsking(): Promise<readonly Told[]> {
    this.#isEnough = true
    await this.#asking
    return this.#asked.splice(0).map(({ answer, person }) => this.mesh.judge(answer, person))
  }

  /** Opens an epoch with these nodes more, or without those; returns what the commands said. */
  async change(joining: readonly string[], leaving: readonly string[] = []): Promise<string> {
    const { folder, roster } = this.mesh
    const url = this.mesh.node(this.#present(leaving)[0]!).url
    const note = await readFile(join(folder, 'roster.note'), 'utf8')
    const staying = note.split('\n').filter((line) => {
      return line.startsWith('node ') && !leaving.includes(line.split(' ')[1]!)
    })
    await writeFile(join(folder, 'staying.line'), `${staying.join('\n')}\n`)
    const lines = ['staying.line']
    let port = 1 + Math.max(...roster.nodes.map(({ address }) => portOf(address)))
    for (const name of joining) {
      port = await freePort(port)
      const address = `/ip4/127.0.0.1/tcp/${port}`
      const line = await done(folder, 'keygen', name, '--address', address)
      await writeFile(join(folder, `${name}.line`), `${line}\n`)
      lines.push(`${name}.line`)
      port += 1
    }
    const authority = ['--authority', 'authority.key']
    const next = ['roster', 'next', ...lines, ...authority, '--url', url, '--out', 'proposal.note']
    const said = [await done(folder, ...next)]
    const open = ['roster', 'open', 'proposal.note', '--url', url, '--out', 'roster.note']
    said.push(await done(folder, ...open))
    await this.mesh.readRoster()
    for (const name of joining) await this.#join(name)
    return said.filter((line) => line !== '').join('\n')
  }

  /** Until every node goes by the newest roster, and no shard is on its way. */
  async moved(): Promise<void> {
    await this.mesh.whole()
    const { epoch, nodes, shards } = this.mesh.roster
    const end = Date.now() + MOVED_MS_MAX
    for (const { name } of nodes) {
      for (;;) {
        const detail = await this.health(name)
        if (detail === `epoch ${epoch}, 0 of ${shards} shards on their way`) break
        if (Date.now() > end) throw new Error(`${name} stays at ${detail}`)
        await sleep(POLL_MS)
      }
    }
    this.#joining.clear()
  }

  /** What a node says of its shards. */
  async health(name: string): Promise<string> {
    const response = await fetch(`${this.mesh.node(name).url}/health`)
    const { checks } = (await response.json()) as Health
    return checks.find((check) => check.name === 'shards-moved')!.detail
  }

  async close(): Promise<void> {
    this.#isEnough = true
    await this.#asking?.catch(() => undefined)
    await this.mesh.close()
  }

  async #join(name: string): Promise<void> {
    const { folder } = this.mesh
    const at = ['--key', `${name}.key`, '--data', name, '--roster', 'roster.note']
    await done(folder, 'log', 'init', ...at, '--authority', 'authority.vkey')
    this.#joining.add(name)
    await this.mesh.revive(name)
  }

  async #ask(): Promise<void> {
    const { mesh } = this
    const everybody = [...mesh.people, undefined]
    for (let count = 0; !this.#isEnough; count += 1) {
      const { running } = mesh
      const name = running[count % running.length]!
      const person = everybody[count % everybody.length]
      const answer = await this.#answerOf(name, person)
      if (answer) this.#asked.push({ answer, person })
      await sleep(PAUSE_MS)
    }
  }

  async #answerOf(name: string, person: Known | undefined): Promise<RenderedAnswer | undefined> {
    try {
      return await this.mesh.identify(name, person)
    } catch (error) {
      if (this.#joining.has(name) && asTamgaError(error).code === 'not-ready') return undefined
      throw error
    }
  }

  #present(leaving: readonly string[]): string[] {
    const names = this.mesh.roster.nodes.map(({ name }) => name)
    return names.filter((name) => !leaving.includes(name))
  }
}

/** @param address as `/ip4/127.0.0.1/tcp/4101` */
function portOf(address: string): number {
  return Number(address.split('/').at(-1))
}
