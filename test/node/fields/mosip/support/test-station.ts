/** A node, a broker, MOSIP's side, and `tamga mosip` as a process between them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeKey } from '../../../../../node/cli/key-file.ts'
import type { Gateway } from '../../../../../node/gateway/gateway.ts'
import type { Role } from '../../../../../protocol/credential.ts'
import { startTestMesh, type TestMesh } from '../../../../support/test-mesh.ts'
import { officials, seedOf } from '../../../../support/test-officers.ts'
import { Running, tamga, type Ran } from '../../../cli/support/tamga.ts'
import { startGateway } from '../../../gateway/support/client.ts'
import { MosipSide, QUEUES } from './mosip-side.ts'
import { startTestBroker, type TestBroker } from './test-broker.ts'

const HOME = 'mosip'

/** Two who ask for MOSIP, and two who decide on erasures. */
const OFFICERS = [
  'enrolment-officer',
  'border-officer',
  'adjudicator',
  'data-protection-officer',
] as const satisfies Role[]

export class TestStation {
  readonly mesh: TestMesh
  readonly broker: TestBroker
  readonly mosip: MosipSide
  readonly folder: string
  readonly #gateway: Gateway
  #adaptor: Running | undefined
  #requests = 0

  private constructor(
    mesh: TestMesh,
    broker: TestBroker,
    mosip: MosipSide,
    rest: { gateway: Gateway; folder: string },
  ) {
    this.mesh = mesh
    this.broker = broker
    this.mosip = mosip
    this.folder = rest.folder
    this.#gateway = rest.gateway
  }

  /** Undefined where there is no broker. */
  static async start(): Promise<TestStation | undefined> {
    const broker = await startTestBroker()
    if (!broker) return undefined
    const mesh = await startTestMesh()
    const gateway = await startGateway(mesh.node())
    const mosip = await MosipSide.start(broker.port)
    const folder = await mkdtemp(join(tmpdir(), 'tamga-mosip-'))
    const station = new TestStation(mesh, broker, mosip, { gateway, folder })
    await station.#setUp()
    await station.startAdaptor()
    return station
  }

  /** Two officers decide to erase whom MOSIP has deleted. */
  erase(): Promise<Ran> {
    const by = ['--officer', `${HOME}/adjudicator.key`]
    const second = ['--second', `${HOME}/data-protection-officer.key`]
    const why = ['--purpose', 'court-order', '--case', '12', '--basis', 'art. 20']
    const about = [...why, '--ground', 'court-order', '--post', 'head-office', '--home', HOME]
    const at = ['--url', this.#gateway.url]
    return tamga(this.folder, 'mosip', 'erase', ...by, ...second, ...about, ...at)
  }

  /** Where the handles of deleted references are listed. */
  get withdrawn(): string {
    return join(this.folder, HOME, 'withdrawn')
  }

  get output(): string {
    return this.#adaptor?.output ?? ''
  }

  async startAdaptor(): Promise<void> {
    this.#adaptor = new Running(this.folder, 'mosip', 'run', '--home', HOME)
    await this.#adaptor.says(/the broker is there/)
  }

  /** As a power cut would. */
  async killAdaptor(): Promise<void> {
    await this.#adaptor?.kill()
  }

  async stopAdaptor(): Promise<number | null> {
    return (await this.#adaptor?.stop()) ?? null
  }

  /** How many people the register has enrolled. */
  get enrolled(): number {
    return this.mesh.node().registry.entries.get('enrolment') ?? 0
  }

  /** A request with everything that all of them have. */
  request(id: string, rest: object = {}) {
    this.#requests += 1
    const requestId = `91234567-89AB-CDEF-0123-${String(this.#requests).padStart(12, '0')}`
    return { id: `mosip.abis.${id}`, version: '1.1', requestId, requesttime: TIME, ...rest }
  }

  async close(): Promise<void> {
    await this.#adaptor?.stop()
    await this.mosip.close()
    await this.#gateway.close()
    await this.mesh.close()
    await this.broker.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #setUp(): Promise<void> {
    const home = join(this.folder, HOME)
    await mkdir(home)
    for (const role of OFFICERS) {
      await writeKey(join(home, `${role}.key`), { kind: 'officer', name: role, seed: seedOf(role) })
      await writeFile(join(home, `${role}.credential`), officials.officers[role].credential)
    }
    await writeFile(join(home, 'password'), 'guest\n')
    const settings = {
      format: 'tamga-mosip/v1',
      node: this.#gateway.url,
      broker: {
        url: `amqp://127.0.0.1:${this.broker.port}`,
        user: 'guest',
        passwordFile: 'password',
        ...QUEUES,
      },
      datashare: { hosts: [this.mosip.host] },
      post: 'mosip',
      case: 'mosip',
      basis: 'art. 11',
      insert: { officer: 'enrolment-officer.key', purpose: 'document-issue' },
      identify: { officer: 'border-officer.key', purpose: 'border-control' },
      person: { born: '1990', citizenship: 'citizen', missing: 'amputated' },
    }
    await writeFile(join(home, 'mosip.json'), JSON.stringify(settings))
  }
}

const TIME = '2020-03-29T07:01:24.692Z'
