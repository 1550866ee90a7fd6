/** MOSIP's side of the queues, and the server of its data shares. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import rhea, { type Connection, type Sender } from 'rhea'
import { systemClock } from '../../../../../node/clock.ts'

export interface Answer {
  readonly id: string
  readonly requestId: string
  readonly responsetime: string
  readonly returnValue: string
  readonly failureReason?: string
  readonly count?: string
  readonly jobscount?: string
  readonly candidateList?: {
    readonly count: string
    readonly candidates: readonly {
      readonly referenceId: string
      readonly analytics: Readonly<Record<string, string>>
      readonly modalities: readonly { readonly biometricType: string }[]
    }[]
  }
}

export const QUEUES = { requests: '/queue/mosip-to-abis', answers: '/queue/abis-to-mosip' }

/** Longest anything that must come true may take, ms. */
const PATIENCE_MS = 60_000

const LOOK_MS = 20
const DURABLE = 2

export class MosipSide {
  /** By requestId, all that came, in order. */
  readonly answers = new Map<string, string[]>()
  /** By path: what is at an address of the data share. */
  readonly shares = new Map<string, string | Uint8Array>()
  /** Addresses that were asked for. */
  readonly fetched: string[] = []
  readonly #server: Server
  readonly #connection: Connection
  readonly #sender: Sender
  #accepted = 0
  #sent = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    const container = rhea.create_container()
    container.on('error', () => undefined)
    const reconnecting = { reconnect: true as const, initial_reconnect_delay: 50 }
    const login = { username: 'guest', password: 'guest' }
    const patient = { ...reconnecting, max_reconnect_delay: 200, all_errors_non_fatal: true }
    this.#connection = container.connect({ host: '127.0.0.1', port, ...login, ...patient })
    for (const event of ['error', 'protocol_error', 'connection_error', 'disconnected'] as const) {
      this.#connection.on(event, () => undefined)
    }
    this.#connection.on('accepted', () => (this.#accepted += 1))
    this.#connection.on('message', ({ message, delivery }) => {
      const body: unknown = message?.body
      const text = typeof body === 'string' ? body : String((body as { content: Buffer }).content)
      const { requestId } = JSON.parse(text) as Answer
      this.answers.set(requestId, [...(this.answers.get(requestId) ?? []), text])
      delivery?.accept()
    })
    const address = { address: QUEUES.answers, durable: DURABLE, expiry_policy: 'never' }
    this.#connection.open_receiver({ source: address, autoaccept: false })
    this.#sender = this.#connection.open_sender({
      target: { address: QUEUES.requests, durable: DURABLE },
    })
  }

  static async start(port: number): Promise<MosipSide> {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const side = new MosipSide(server, port)
    server.on('request', ({ url = '' }, response) => {
      side.fetched.push(url)
      const share = side.shares.get(url)
      if (share === undefined) response.writeHead(404).end()
      else response.end(share)
    })
    return side
  }

  /** Host and port of the data shares. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  url(name: string): string {
    return `http://${this.host}/${name}`
  }

  /** Resolves when the broker has it. */
  async send(body: unknown, form: 'text' | 'bytes' | 'as-it-is' = 'text'): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const bytes = (): unknown => rhea.message.data_section(Buffer.from(text))
    const said: unknown = form === 'as-it-is' ? body : form === 'text' ? text : bytes()
    this.#sender.send({ durable: true, body: said })
    this.#sent += 1
    const wanted = this.#sent
    await this.until(() => this.#accepted >= wanted)
  }

  /** Sends a request and waits for its answer. */
  async ask(request: object & { readonly requestId: string }): Promise<Answer> {
    await this.send(request)
    return this.answer(request.requestId)
  }

  /** The `count`th that came to this request. */
  async answer(requestId: string, count = 1): Promise<Answer> {
    await this.until(() => (this.answers.get(requestId)?.length ?? 0) >= count)
    return JSON.parse(this.answers.get(requestId)![count - 1]!) as Answer
  }

  async until(isTrue: () => boolean): Promise<void> {
    const deadline = systemClock.now() + PATIENCE_MS
    while (!isTrue()) {
      if (systemClock.now() > deadline) throw new Error(`never came true: ${String(isTrue)}`)
      await systemClock.sleep(LOOK_MS)
    }
  }

  async close(): Promise<void> {
    this.#connection.options.reconnect = false
    this.#connection.close()
    await new Promise((resolve) => {
      this.#server.close(resolve)
      this.#server.closeAllConnections()
    })
  }
}
