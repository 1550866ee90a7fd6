/** A register of two nodes, set up from the command line as its organisations would. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { is } from 'uvu/assert'
import type { Role } from '../../../../protocol/credential.ts'
import { ORGANISATIONS } from '../../../../protocol/rules/organisations.ts'
import { freePort } from '../../../support/port.ts'
import { Running, tamga, type Ran } from './tamga.ts'

export const NAMES = ['almaty', 'astana'] as const
export const CHECKING = ['--roster', 'roster.note', '--authority', 'authority.vkey']

/** Officers by the names of their key files: two who enrol, and one for each other role. */
const OFFICERS: readonly [name: string, role: Role, organisation: string][] = [
  ['aigul', 'enrolment-officer', 'migration-service'],
  ['bolat', 'enrolment-officer', 'migration-service'],
  ['dana', 'adjudicator', 'migration-service'],
  ['erlan', 'node-administrator', 'migration-service'],
  ['farida', 'border-officer', 'border-service'],
  ['gulim', 'auditor', 'justice'],
  ['hakim', 'data-protection-officer', 'justice'],
]

/** How a person stands, as the command line prints it. */
export interface Person {
  readonly handle: string
  readonly status: string
  readonly compared?: boolean
  readonly case?: string
  readonly watch?: string
  readonly named?: readonly { readonly handle: string }[]
}

export class TestRegister {
  readonly folder: string
  /** Those that run. */
  readonly nodes: Running[] = []
  readonly urls: string[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Keys, roster, nodes, credentials, and the law of the seed. */
  static async found(): Promise<TestRegister> {
    const register = new TestRegister(await mkdtemp(join(tmpdir(), 'tamga-cli-')))
    try {
      await register.#drawUp()
      await register.#start()
      await register.#appoint()
      await register.#adopt()
      return register
    } catch (error) {
      await register.close()
      throw error
    }
  }

  /** Runs a command to its end. */
  run(...args: readonly string[]): Promise<Ran> {
    return tamga(this.folder, ...args)
  }

  /** The same, which has to succeed; says what it printed. */
  async good(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...args)
    is(status, 0, `${args.join(' ')}\n${stderr}`)
    return stdout
  }

  /** What was printed as JSON. */
  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.good(...args)) as T
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeFile(join(this.folder, name), content)
  }

  /** Kills the node at `place` as a power cut would. */
  async kill(place: number): Promise<void> {
    await this.nodes[place]!.kill()
  }

  /** Starts a node that was killed, on its disk and where it was; waits until it is up. */
  async restart(place: number): Promise<void> {
    const url = this.urls[place]!
    this.nodes[place] = this.#run(NAMES[place]!, new URL(url).port)
    await this.nodes[place].says(/serves (http\S+)/)
    await healthy(url)
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #drawUp(): Promise<void> {
    const made = [this.good('keygen', 'authority', '--kind', 'authority')]
    for (const name of NAMES) {
      const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
      made.push(this.good('keygen', name, '--address', address))
    }
    for (const name of Object.keys(ORGANISATIONS)) {
      made.push(this.good('keygen', name, '--kind', 'organisation'))
    }
    const [vkey = '', ...lines] = await Promise.all(made)
    await this.write('authority.vkey', vkey)
    await this.write('members', lines.join(''))
    const about = ['--network', 'cli.registry.kz', '--shards', '4', '--out', 'roster.note']
    await this.good('roster', 'sign', 'members', '--authority', 'authority.key', ...about)
  }

  async #start(): Promise<void> {
    for (const name of NAMES) {
      const mine = ['--key', `${name}.key`, '--data', name]
      await this.good('log', 'init', ...CHECKING, ...mine)
      this.nodes.push(this.#run(name, '0'))
    }
    for (const node of this.nodes) this.urls.push((await node.says(/serves (http\S+)/))[1]!)
    for (const url of this.urls) await healthy(url)
  }

  #run(name: string, port: string): Running {
    const own = ['--key', `${name}.key`, '--data', name, '--port', port, '--log', 'warn']
    return new Running(this.folder, 'node', ...CHECKING, ...own)
  }

  async #appoint(): Promise<void> {
    const appointing = OFFICERS.map(async ([name, role, organisation]) => {
      await this.write(`${name}.line`, await this.good('keygen', name, '--kind', 'officer'))
      const by = ['--organisation', `${organisation}.key`, '--role', role, '--region', 'almaty']
      const where = ['--out', `${name}.credential`, '--url', this.urls[0]!]
      await this.good('credential', 'grant', `${name}.line`, ...by, ...where)
    })
    await Promise.all(appointing)
  }

  async #adopt(): Promise<void> {
    const by = ['--officer', 'hakim.key', '--second', 'erlan.key', '--url', this.urls[0]!]
    const why = ['--purpose', 'administration', '--case', 'law-1', '--basis', 'the plan']
    await this.good('policy', 'adopt', 'seed-2017', ...by, ...why, '--post', 'head-office')
  }
}

async function healthy(url: string): Promise<void> {
  while (!(await fetch(`${url}/health`)).ok) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
}
