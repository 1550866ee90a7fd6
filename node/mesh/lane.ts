/**
 * All calls to one peer under one protocol: one stream, kept open, many requests under way at once.
 *
 * A fresh stream costs five to seven times a kept one, most of it negotiation.
 */
import type { Stream } from '@libp2p/interface'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { Channel } from './channel.ts'
import { CALLS_MAX } from './limits.ts'
import type { CallOptions } from './mesh.ts'
import { checkNotOver, PendingCall } from './pending-call.ts'
import {
  encodeCancel,
  encodeRequest,
  PAYLOAD_BYTES_MAX,
  remainingMs,
  type Message,
} from './wire.ts'

export interface LaneModules {
  readonly clock: Clock
  /** Opens a stream to the peer, dialling it if need be; rejects with a `TamgaError`. */
  open(): Promise<Stream>
  /** Hears of what the peer sent and must not. */
  onFault(fault: TamgaError): void
}

interface Waiting {
  readonly pending: PendingCall
  /** Until it is sent. */
  request?: Uint8Array
}

/**
 * Requests are never sent twice: when the stream breaks they fail, and the next call opens anew.
 */
export class Lane {
  readonly #modules: LaneModules
  readonly #waiting = new Map<number, Waiting>()
  #channel: Channel | undefined
  #isOpening = false
  #closed: TamgaError | undefined
  #nextId = 0

  constructor(modules: LaneModules) {
    this.#modules = modules
  }

  /** As `Mesh.call`. */
  async call(request: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    if (this.#closed) throw this.#closed
    checkNotOver(options, this.#modules.clock)
    if (request.length > PAYLOAD_BYTES_MAX) {
      throw new TamgaError('too-large', `a request of ${request.length} bytes`)
    }
    if (this.#waiting.size >= CALLS_MAX) {
      throw new TamgaError('overloaded', `${CALLS_MAX} calls wait for this peer already`)
    }
    const id = this.#freeId()
    const pending = new PendingCall(options, this.#modules.clock, (cause) => {
      this.#giveUp(id, cause)
    })
    const waiting: Waiting = { pending, request }
    this.#waiting.set(id, waiting)
    if (this.#channel) this.#send(this.#channel, id, waiting)
    else this.#openOnce()
    return pending.promise
  }

  /** Rejects what waits, and every later call, with `reason`. */
  close(reason: TamgaError): void {
    this.#closed = reason
    this.#channel?.abort(reason)
    this.#failAll(reason)
  }

  #openOnce(): void {
    if (this.#isOpening) return
    this.#isOpening = true
    this.#modules.open().then(this.#onOpened, (error: unknown) => {
      this.#isOpening = false
      this.#failAll(asTamgaError(error))
    })
  }

  readonly #onOpened = (stream: Stream): void => {
    this.#isOpening = false
    const channel: Channel = new Channel(stream, {
      onMessage: (message) => this.#onMessage(message),
      onFault: (fault) => this.#modules.onFault(fault),
      onClosed: () => this.#onChannelClosed(channel),
    })
    if (this.#closed) return channel.abort(this.#closed)
    this.#channel = channel
    for (const [id, waiting] of this.#waiting) this.#send(channel, id, waiting)
  }

  #send(channel: Channel, id: number, waiting: Waiting): void {
    const { pending, request } = waiting
    if (!request) return
    delete waiting.request
    const remaining = remainingMs(pending.deadline, this.#modules.clock.now())
    if (channel.send(encodeRequest(id, remaining, request))) return
    this.#waiting.delete(id)
    pending.reject(new TamgaError('overloaded', 'too much waits to be sent to this peer'))
  }

  #onMessage(message: Message): void {
    if (message.kind === 'request' || message.kind === 'cancel') {
      throw new TamgaError('malformed', `a ${message.kind} where an answer belongs`)
    }
    const waiting = this.#waiting.get(message.id)
    // Nobody waits for an answer that comes after the deadline; to send it is no offence.
    if (!waiting) return
    this.#waiting.delete(message.id)
    if (message.kind === 'answer') waiting.pending.resolve(message.payload)
    else waiting.pending.reject(new TamgaError(message.code, message.message))
  }

  #giveUp(id: number, cause: 'deadline' | 'cancelled'): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    // The peer knows the deadline itself.
    if (cause === 'cancelled' && !waiting?.request) this.#channel?.sendUrgent(encodeCancel(id))
  }

  #onChannelClosed(channel: Channel): void {
    if (this.#channel !== channel) return
    this.#channel = undefined
    this.#failAll(new TamgaError('unreachable', 'the peer hung up'))
  }

  #failAll(reason: TamgaError): void {
    const failed = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { pending } of failed) pending.reject(reason)
  }

  /** Ids wrap after 2^32 calls; one that still waits is passed over. */
  #freeId(): number {
    while (this.#waiting.has(this.#nextId)) this.#nextId = (this.#nextId + 1) >>> 0
    const id = this.#nextId
    this.#nextId = (id + 1) >>> 0
    return id
  }
}
