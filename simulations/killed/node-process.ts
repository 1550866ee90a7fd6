/** One node as an operator runs it, a process of its own, and what can happen to such a process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The command line, as it was built. */
export const TAMGA = fileURLToPath(new URL('../../node/cli/main.js', import.meta.url))

/** What it prints when it is up. */
const SERVES = / serves (http:\S+)$/

export interface NodeProcessOptions {
  readonly name: string
  /** With keys, roster and the nodes' folders in it, as `startLocalMesh` leaves them. */
  readonly folder: string
  /** How many times as often as the rules have it officers may ask. */
  readonly rateFactor: number
}

export class NodeProcess {
  readonly name: string
  readonly url: string
  readonly #child: ChildProcess

  private constructor(name: string, url: string, child: ChildProcess) {
    this.name = name
    this.url = url
    this.#child = child
  }

  /** Resolves when it serves. @throws Error with what it said where it ended instead */
  static async start({ name, folder, rateFactor }: NodeProcessOptions): Promise<NodeProcess> {
    const args = [
      ['node', '--key', join(folder, `${name}.key`), '--data', join(folder, name)],
      ['--roster', join(folder, 'roster.note'), '--authority', join(folder, 'authority.vkey')],
      ['--port', '0', '--log', 'error', '--rate-factor', String(rateFactor)],
    ].flat()
    const child = spawn(process.execPath, [TAMGA, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      const url = SERVES.exec(line)?.[1]
      if (url !== undefined) return new NodeProcess(name, url, child)
      said.push(line)
    }
    throw new Error(`${name} ended before it served:\n${said.join('\n')}`)
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** SIGSTOP: its sockets stay open, and nothing answers. */
  stall(): void {
    this.#child.kill('SIGSTOP')
  }

  /** SIGTERM: it finishes what it is at. Resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** SIGKILL: it gets to do nothing more. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isAlive) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }
}
