/** A node, a client of OSIA's, and `tamga osia` as a process between them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../../../node/clock.ts'
import { silentLogger } from '../../../../../node/logger.ts'
import { writeKey } from '../../../../../node/cli/key-file.ts'
import { Gateway } from '../../../../../node/gateway/gateway.ts'
import type { Role } from '../../../../../protocol/credential.ts'
import { startTestMesh, type TestMesh } from '../../../../support/test-mesh.ts'
import { freePort } from '../../../../support/port.ts'
import { NETWORK, officials, seedOf } from '../../../../support/test-officers.ts'
import { Running } from '../../../cli/support/tamga.ts'
import { idleExtractor, startGateway } from '../../../gateway/support/client.ts'
import { OsiaClient, PROVIDER } from './osia-client.ts'

const HOME = 'osia'

const OFFICERS = {
  enrol: { officer: 'enrolment-officer.key', purpose: 'document-issue' },
  identify: { officer: 'border-officer.key', purpose: 'border-control' },
  verify: { officer: 'border-officer.key', purpose: 'border-control' },
  read: { officer: 'enrolment-officer.key', purpose: 'document-issue' },
}

export class OsiaStation {
  readonly mesh: TestMesh
  readonly client: OsiaClient
  readonly #folder: string
  #gateway: Gateway
  #station: Running | undefined

  private constructor(mesh: TestMesh, client: OsiaClient, gateway: Gateway, folder: string) {
    this.mesh = mesh
    this.client = client
    this.#gateway = gateway
    this.#folder = folder
  }

  static async start(): Promise<OsiaStation> {
    const mesh = await startTestMesh()
    const gateway = await startGateway(mesh.node())
    const folder = await mkdtemp(join(tmpdir(), 'tamga-osia-'))
    const station = new OsiaStation(mesh, await OsiaClient.start(), gateway, folder)
    await station.#setUp()
    await station.startStation()
    return station
  }

  async startStation(): Promise<void> {
    this.#station = new Running(this.#folder, 'osia', 'run', '--home', HOME)
    const [, url = ''] = await this.#station.says(/^(http:\S+) → /m)
    this.client.url = url
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.#station?.kill()
  }

  /** The node's gateway goes, and comes back where it was. */
  async withoutNode(work: () => Promise<void>): Promise<void> {
    const { port } = new URL(this.#gateway.url)
    await this.#gateway.close()
    await work()
    const rest = { extractor: idleExtractor(), clock: systemClock, logger: silentLogger }
    const at = { host: '127.0.0.1', port: Number(port) }
    this.#gateway = await Gateway.start(at, { node: this.mesh.node(), ...rest })
  }

  /** How many people the register has enrolled. */
  get enrolled(): number {
    return this.mesh.node().registry.entries.get('enrolment') ?? 0
  }

  async close(): Promise<void> {
    await this.#station?.stop()
    await this.client.close()
    await this.#gateway.close()
    await this.mesh.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #setUp(): Promise<void> {
    const home = join(this.#folder, HOME)
    await mkdir(home)
    for (const role of ['enrolment-officer', 'border-officer'] satisfies Role[]) {
      await writeKey(join(home, `${role}.key`), { kind: 'officer', name: role, seed: seedOf(role) })
      await writeFile(join(home, `${role}.credential`), officials.officers[role].credential)
    }
    await writeFile(join(home, 'provider.pem'), PROVIDER)
    const settings = {
      format: 'tamga-osia/v1',
      node: this.#gateway.url,
      network: NETWORK,
      listen: { host: '127.0.0.1', port: String(await freePort()) },
      token: { key: 'provider.pem', audience: 'abis' },
      callbacks: [this.client.origin],
      post: 'osia',
      case: 'osia',
      basis: 'art. 11',
      officers: OFFICERS,
      person: { citizenship: 'citizen' },
    }
    await writeFile(join(home, 'osia.json'), JSON.stringify(settings))
  }
}
