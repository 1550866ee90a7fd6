/** An adaptor in front of a real node, with a store that it can be started on again. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Adaptor } from '../../../../../node/fields/mosip/adaptor.ts'
import { Book } from '../../../../../node/fields/mosip/book.ts'
import { DataShare } from '../../../../../node/fields/mosip/data-share.ts'
import { Register } from '../../../../../node/fields/mosip/register.ts'
import { systemClock } from '../../../../../node/clock.ts'
import type { Gateway } from '../../../../../node/gateway/gateway.ts'
import { silentLogger } from '../../../../../node/logger.ts'
import { systemRandom } from '../../../../../node/random.ts'
import type { CapturedFinger } from '../../../../../protocol/payload.ts'
import { startTestMesh, until, type TestMesh } from '../../../../support/test-mesh.ts'
import { NETWORK } from '../../../../support/test-officers.ts'
import { idleExtractor, startGateway } from '../../../gateway/support/client.ts'
import { FaultyLink } from '../../../post/support/faulty-link.ts'
import { PostDisk } from '../../../post/support/post-disk.ts'
import { templateFile } from './cbeff-file.ts'
import type { Answer } from './mosip-side.ts'

export class TestDesk {
  readonly link: FaultyLink
  readonly #mesh: TestMesh
  readonly #gateway: Gateway
  readonly #server: Server
  readonly #disk: PostDisk
  readonly #shares = new Map<string, string>()
  #adaptor!: Adaptor
  #stopping = new AbortController()

  private constructor(mesh: TestMesh, gateway: Gateway, rest: { server: Server; disk: PostDisk }) {
    this.#mesh = mesh
    this.#gateway = gateway
    this.#server = rest.server
    this.#disk = rest.disk
    this.link = new FaultyLink(gateway.url)
    this.#server.on('request', ({ url = '' }, response) => response.end(this.#shares.get(url)))
  }

  static async start(): Promise<TestDesk> {
    const mesh = await startTestMesh()
    const gateway = await startGateway(mesh.node())
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const desk = new TestDesk(mesh, gateway, { server, disk: await PostDisk.make() })
    await desk.#startAdaptor()
    return desk
  }

  get enrolled(): number {
    return this.#mesh.node().registry.entries.get('enrolment') ?? 0
  }

  /** The address at which these fingers are. */
  shared(name: string, fingers: readonly CapturedFinger[]): string {
    this.#shares.set(`/${name}`, templateFile(fingers))
    return `http://${this.#host}/${name}`
  }

  async ask(request: object): Promise<Answer> {
    const all = { version: '1.1', requesttime: '2020-03-29T07:01:24.692Z', ...request }
    return JSON.parse(await this.#adaptor.answer(JSON.stringify(all))) as Answer
  }

  until(isTrue: () => boolean): Promise<void> {
    return until(isTrue)
  }

  /** Whatever was only in memory is gone, and the wire is whole again. */
  async crash(): Promise<void> {
    const store = this.#disk.reopen()
    this.#stopping.abort()
    await store
    this.link.state = 'good'
    await this.#startAdaptor()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#disk.close()
    this.#server.close()
    this.#server.closeAllConnections()
    await this.#gateway.close()
    await this.#mesh.close()
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #startAdaptor(): Promise<void> {
    this.#stopping = new AbortController()
    const machine = { clock: systemClock, random: systemRandom, logger: silentLogger }
    const { registrar, guard } = this.#mesh.officers
    const asked = {
      network: NETWORK,
      post: 'mosip',
      caseNumber: 'mosip',
      legalBasis: 'art. 11',
      insert: { officer: registrar, purpose: 'document-issue' },
      identify: { officer: guard, purpose: 'border-control' },
      person: {
        born: '1990',
        citizenship: 'citizen',
        sex: 'unknown',
        consent: 'none',
        consentForm: '',
        missing: 'amputated',
      },
    } as const
    const asking = { ...machine, link: this.link, signal: this.#stopping.signal }
    this.#adaptor = new Adaptor({
      ...machine,
      book: await Book.open({ store: this.#disk.store }),
      register: new Register(asked, asking),
      share: new DataShare({ hosts: [this.#host] }),
      extractor: idleExtractor(),
      withdrawn: async () => undefined,
    })
  }
}
