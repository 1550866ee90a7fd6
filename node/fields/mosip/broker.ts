/**
 * The wire to a message broker: AMQP 1.0, as RabbitMQ and ActiveMQ speak it.
 *
 * A request is acknowledged only after the broker has taken in the answer to it. Whatever breaks in
 * between, it is delivered again; who answers twice has to answer the same.
 */
import rhea, {
  type Connection,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
} from 'rhea'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import { MESSAGE_BYTES_MAX, RECONNECT_MS_MAX, RETRY_MS_MIN, TAKEN_MAX } from './limits.ts'

export interface BrokerOptions {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Addresses, as the broker has them. */
  readonly requests: string
  readonly answers: string
}

export interface BrokerModules {
  readonly clock: Clock
  readonly logger: Logger
  /** @throws TamgaError `malformed`, `too-large`: nothing to answer; all else: to be asked again */
  readonly answer: (text: string) => Promise<string>
}

type Form = 'text' | 'bytes'

interface Sent {
  readonly resolve: () => void
  readonly reject: (error: TamgaError) => void
}

/** AMQP 1.0 §2.8: not only the queue but its messages outlive the broker. */
const DURABLE = 2

const DATA_SECTION = 0x75

export class Broker {
  readonly #options: BrokerOptions
  readonly #modules: BrokerModules
  #connection!: Connection
  #sender!: Sender
  #receiver!: Receiver
  readonly #sent = new Map<Delivery, Sent>()
  /** Counts connections: what one of them delivered, another cannot acknowledge. */
  #connected = 0
  #isClosing = false

  constructor(options: BrokerOptions, modules: BrokerModules) {
    this.#options = options
    this.#modules = modules
    this.#open()
  }

  /** Takes no more; what is at work is not waited for. */
  async close(): Promise<void> {
    this.#isClosing = true
    const closed = new Promise((resolve) => {
      this.#connection.once('disconnected', resolve)
    })
    if (!this.#connection.is_open()) {
      this.#connection.close()
      return
    }
    this.#connection.close()
    await Promise.race([closed, this.#modules.clock.sleep(RETRY_MS_MIN)])
  }

  #open(): void {
    const { host, port, user, password, isTls, requests, answers } = this.#options
    const reaching = {
      host,
      port,
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      reconnect: true,
      initial_reconnect_delay: RETRY_MS_MIN,
      max_reconnect_delay: RECONNECT_MS_MAX,
      all_errors_non_fatal: true,
    }
    const container = rhea.create_container()
    container.on('error', (error: Error) => this.#broken('error', error))
    this.#connection = container.connect(
      isTls ? { ...reaching, transport: 'tls' } : { ...reaching, transport: 'tcp' },
    )
    this.#listen(this.#connection)
    const target = { address: answers, durable: DURABLE }
    this.#sender = this.#connection.open_sender({ target })
    const source = { address: requests, durable: DURABLE, expiry_policy: 'never' }
    const taking = { source, autoaccept: false, credit_window: 0 }
    this.#receiver = this.#connection.open_receiver(taking)
  }

  #listen(connection: Connection): void {
    connection.on('error', (error: Error) => this.#broken('error', error))
    connection.on('protocol_error', (error: Error) => this.#broken('protocol error', error))
    connection.on('connection_error', ({ error }) => this.#broken('connection error', error))
    connection.on('connection_close', () => undefined)
    connection.on('disconnected', ({ error }) => this.#broken('disconnected', error))
    connection.on('receiver_open', ({ receiver }) => {
      this.#connected += 1
      this.#modules.logger.info('the broker is there')
      receiver?.add_credit(TAKEN_MAX)
    })
    // The connection stands, and nothing comes through it any more.
    for (const closed of ['session_close', 'receiver_close', 'sender_close'] as const) {
      connection.on(closed, ({ session, receiver, sender }) => {
        this.#reopen(connection, closed, (receiver ?? sender ?? session)?.error)
      })
    }
    for (const failed of ['session_error', 'receiver_error', 'sender_error'] as const) {
      connection.on(failed, () => undefined)
    }
    connection.on('message', (context) => void this.#take(context))
    connection.on('accepted', ({ delivery }) => this.#settle(delivery))
    for (const refused of ['rejected', 'released'] as const) {
      connection.on(refused, ({ delivery }) => {
        const error = new TamgaError('overloaded', `the broker has ${refused} an answer`)
        this.#settle(delivery, error)
      })
    }
  }

  async #take({ message, delivery }: EventContext): Promise<void> {
    const { answer, logger, clock } = this.#modules
    if (!message || !delivery || this.#isClosing) return
    const connected = this.#connected
    const isSame = (): boolean => connected === this.#connected && !this.#isClosing
    try {
      const { text, form } = textOf(message)
      await this.#send(await answer(text), form, isSame)
      if (isSame()) delivery.accept()
    } catch (error) {
      const { code, message: why } = asTamgaError(error)
      logger.warn('a message is not answered', { code, why })
      const isHopeless = code === 'malformed' || code === 'too-large'
      if (!isHopeless) await clock.sleep(RETRY_MS_MIN)
      if (!isSame()) return
      // RabbitMQ hands what is rejected to the queue's dead-letter exchange, ActiveMQ to its DLQ.
      if (isHopeless) delivery.reject({ condition: 'amqp:decode-error', description: why })
      else delivery.release({ delivery_failed: true, undeliverable_here: false })
    }
    if (isSame()) this.#receiver.add_credit(1)
  }

  /** Resolves when the broker has it, durably where its queue is durable. */
  #send(answer: string, form: Form, isSame: () => boolean): Promise<void> {
    if (!isSame()) throw new TamgaError('unreachable', 'the broker has gone meanwhile')
    const body: unknown =
      form === 'text' ? answer : rhea.message.data_section(Buffer.from(answer, 'utf8'))
    return new Promise((resolve, reject) => {
      this.#sent.set(this.#sender.send({ durable: true, body }), { resolve, reject })
    })
  }

  #settle(delivery: Delivery | undefined, error?: TamgaError): void {
    const sent = delivery && this.#sent.get(delivery)
    if (!sent) return
    this.#sent.delete(delivery)
    if (error) sent.reject(error)
    else sent.resolve()
  }

  /** Whatever was on its way is delivered again. */
  #broken(what: string, error: unknown): void {
    this.#connected += 1
    if (!this.#isClosing) {
      const why = error === undefined ? 'no reason given' : asTamgaError(error).message
      this.#modules.logger.warn(`broker: ${what}`, { why })
    }
    const sent = [...this.#sent.values()]
    this.#sent.clear()
    for (const { reject } of sent) reject(new TamgaError('unreachable', 'the broker has gone'))
  }

  /** A queue that is not there, was deleted or is not for us: it may be there later. */
  #reopen(connection: Connection, what: string, error: unknown): void {
    if (connection !== this.#connection || this.#isClosing) return
    connection.options.reconnect = false
    connection.removeAllListeners('disconnected')
    connection.on('disconnected', () => undefined)
    this.#broken(what, error)
    connection.close()
    this.#modules.clock.timer(RECONNECT_MS_MAX, () => {
      if (!this.#isClosing && connection === this.#connection) this.#open()
    })
  }
}

/** @throws TamgaError `malformed`, `too-large` */
function textOf({ body }: Message): { text: string; form: Form } {
  if (typeof body === 'string') return { text: checked(body, body.length), form: 'text' }
  const bytes = bytesOf(body)
  if (!bytes) throw new TamgaError('malformed', 'a message that is neither text nor bytes')
  checked('', bytes.length)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), form: 'bytes' }
  } catch (cause) {
    throw new TamgaError('malformed', 'a message that is not UTF-8', { cause })
  }
}

function bytesOf(body: unknown): Buffer | undefined {
  if (Buffer.isBuffer(body)) return body
  const { typecode, content } = (body ?? {}) as { typecode?: unknown; content?: unknown }
  return typecode === DATA_SECTION && Buffer.isBuffer(content) ? content : undefined
}

function checked(text: string, length: number): string {
  if (length <= MESSAGE_BYTES_MAX) return text
  throw new TamgaError('too-large', `a message of ${length} bytes`)
}
