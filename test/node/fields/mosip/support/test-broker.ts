/**
 * A real broker of the test's own: RabbitMQ with its plug-in for AMQP 1.0, under a node name, on
 * ports and in a folder that nobody else has. It can be killed, and started again on its disk.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../../../node/clock.ts'
import { freePort } from '../../../../support/port.ts'

/** Debian's own place: the command in the path changes to another user. */
const HOME = '/usr/lib/rabbitmq'

/** Longest that one may take to be there, ms: some seconds on a slow machine. */
const PATIENCE_MS = 60_000

const LOOK_MS = 50

interface Ports {
  readonly amqp: number
  readonly distribution: number
  readonly epmd: number
}

/** Undefined, after a notice, where there is none on this machine. */
export async function startTestBroker(): Promise<TestBroker | undefined> {
  if (!hasPlugin()) {
    console.log('  left out: no RabbitMQ with AMQP 1.0 (apt-get install rabbitmq-server)')
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'tamga-broker-'))
  const ports = { amqp: await freePort(), distribution: await freePort(), epmd: await freePort() }
  const broker = new TestBroker(folder, ports)
  await broker.init()
  await broker.start()
  return broker
}

function hasPlugin(): boolean {
  if (!existsSync(join(HOME, 'bin/rabbitmq-server'))) return false
  const versions = readdirSync(join(HOME, 'lib'))
  return versions.some((version) => {
    const plugins = join(HOME, 'lib', version, 'plugins')
    return existsSync(plugins) && readdirSync(plugins).some((one) => /amqp1_0/.test(one))
  })
}

export class TestBroker {
  readonly #folder: string
  readonly #ports: Ports
  #process: ChildProcess | undefined

  /** Use `startTestBroker`. */
  constructor(folder: string, ports: Ports) {
    this.#folder = folder
    this.#ports = ports
  }

  get port(): number {
    return this.#ports.amqp
  }

  async init(): Promise<void> {
    await mkdir(join(this.#folder, 'log'))
    const lines = [
      `listeners.tcp.default = 127.0.0.1:${this.#ports.amqp}`,
      'amqp1_0.default_user = none',
      // What a test kills has to come up with a disk that is nearly full as well.
      'disk_free_limit.absolute = 1MB',
    ]
    await writeFile(join(this.#folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`)
    await writeFile(join(this.#folder, 'plugins'), '[rabbitmq_amqp1_0].\n')
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const options = { env: this.#environment(), cwd: this.#folder, detached: true } as const
    const process = spawn(join(HOME, 'bin/rabbitmq-server'), [], { ...options, stdio: 'ignore' })
    this.#process = process
    const deadline = systemClock.now() + PATIENCE_MS
    while (!(await this.#listens())) {
      if (process.exitCode !== null || systemClock.now() > deadline) {
        throw new Error(`no broker: status ${process.exitCode}, see ${this.#folder}/log`)
      }
      await systemClock.sleep(LOOK_MS)
    }
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const running = this.#process
    if (!running?.pid) return
    this.#process = undefined
    const ended = new Promise((resolve) => {
      running.once('close', resolve)
    })
    // The shell script that it is started by has a process of its own beside it.
    process.kill(-running.pid, 'SIGKILL')
    await ended
    while (await this.#listens()) await systemClock.sleep(LOOK_MS)
  }

  /** As an operator by mistake. */
  deleteQueue(name: string): void {
    const script = join(HOME, 'bin/rabbitmqctl')
    const { status, stderr } = spawnSync(script, ['delete_queue', name], {
      env: this.#environment(),
    })
    if (status !== 0) throw new Error(String(stderr))
  }

  async close(): Promise<void> {
    await this.kill()
    spawnSync('epmd', ['-kill'], { env: this.#environment() })
    await rm(this.#folder, { recursive: true, force: true })
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: this.#ports.amqp })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.#folder,
      ERL_EPMD_PORT: String(this.#ports.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // So that it can be told to end while it still lists what was killed.
      ERL_EPMD_RELAXED_COMMAND_CHECK: 'true',
      RABBITMQ_NODENAME: `tamga-${this.#ports.amqp}@localhost`,
      RABBITMQ_DIST_PORT: String(this.#ports.distribution),
      RABBITMQ_CONFIG_FILE: join(this.#folder, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: join(this.#folder, 'none'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.#folder, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(this.#folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(this.#folder, 'log'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
    }
  }
}
