/**
 * The answering end of a kept stream: runs the handler for every request and sends what it returns.
 */
import type { Stream } from '@libp2p/interface'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { Channel } from './channel.ts'
import { HANDLERS_MAX } from './limits.ts'
import type { Call, Handler } from './mesh.ts'
import { encodeAnswer, encodeError, PAYLOAD_BYTES_MAX, type Message } from './wire.ts'

/** How many handlers are at work for one peer; all its streams share it. */
export interface Load {
  handlers: number
}

export interface ResponderModules {
  readonly clock: Clock
  readonly logger: Logger
  readonly load: Load
  onFault(fault: TamgaError): void
}

/** Serves one inbound stream until it ends; `from` is who opened it. */
export function serveStream(
  stream: Stream,
  { from, handler }: { readonly from: string; readonly handler: Handler },
  modules: ResponderModules,
): void {
  const responder = new Responder(from, handler, modules)
  const channel: Channel = new Channel(stream, {
    onMessage: (message) => responder.onMessage(message, channel),
    onFault: (fault) => modules.onFault(fault),
    onClosed: () => responder.onClosed(),
  })
}

/**
 * A request counts against the peer's load until its handler is done, even when it was cancelled or
 * its deadline has passed: else asking and cancelling in a loop would start handlers without end.
 */
class Responder {
  readonly #from: string
  readonly #handler: Handler
  readonly #modules: ResponderModules
  /** Requests at work; aborted when their answers are no longer wanted. */
  readonly #requests = new Map<number, AbortController>()

  constructor(from: string, handler: Handler, modules: ResponderModules) {
    this.#from = from
    this.#handler = handler
    this.#modules = modules
  }

  /** @throws TamgaError `malformed` for what an asking peer must not send */
  onMessage(message: Message, channel: Channel): void {
    switch (message.kind) {
      case 'request':
        return this.#onRequest(message, channel)
      case 'cancel':
        this.#requests.get(message.id)?.abort()
        return
      case 'answer':
      case 'error':
        throw new TamgaError('malformed', `an ${message.kind} where a request belongs`)
    }
  }

  /** Nothing that is answered now would arrive. */
  onClosed(): void {
    for (const request of this.#requests.values()) request.abort()
  }

  #onRequest(request: Message & { kind: 'request' }, channel: Channel): void {
    const { clock, load } = this.#modules
    const { id, remainingMs, payload } = request
    if (this.#requests.has(id))
      throw new TamgaError('malformed', `request ${id} is at work already`)
    if (load.handlers >= HANDLERS_MAX) {
      return refuse(channel, id, new TamgaError('overloaded', 'too many requests are at work'))
    }
    load.handlers += 1
    const given = new AbortController()
    this.#requests.set(id, given)
    const call = { from: this.#from, deadline: clock.now() + remainingMs, signal: given.signal }
    void this.#work({ id, payload, call }, channel)
  }

  async #work({ id, payload, call }: Work, channel: Channel): Promise<void> {
    const { clock, logger, load } = this.#modules
    let reply: Uint8Array | TamgaError
    try {
      reply = await runHandler(this.#handler, payload, call, logger)
    } catch (error) {
      reply = asTamgaError(error)
    }
    load.handlers -= 1
    const isWanted = !call.signal.aborted && clock.now() <= call.deadline
    this.#requests.delete(id)
    if (!isWanted || !channel.isOpen) return
    if (reply instanceof TamgaError) return refuse(channel, id, reply)
    if (channel.send(encodeAnswer(id, reply))) return
    refuse(channel, id, new TamgaError('overloaded', 'too many answers wait to be sent'))
  }
}

interface Work {
  readonly id: number
  readonly payload: Uint8Array
  readonly call: Call
}

function refuse(channel: Channel, id: number, error: TamgaError): void {
  if (channel.sendUrgent(encodeError(id, error))) return
  channel.abort(new TamgaError('overloaded', 'the peer does not read its answers'))
}

/**
 * Runs a handler, and lets out only what a stranger may see: a `TamgaError` as it is, for anything
 * else `internal` without a word of it, which goes to the log.
 *
 * @throws TamgaError
 */
export async function runHandler(
  handler: Handler,
  request: Uint8Array,
  call: Call,
  logger: Logger,
): Promise<Uint8Array> {
  try {
    const answer = await handler(request, call)
    if (answer.length <= PAYLOAD_BYTES_MAX) return answer
    throw new TamgaError('too-large', `an answer of ${answer.length} bytes`)
  } catch (error) {
    if (error instanceof TamgaError) throw error
    const stack = error instanceof Error ? error.stack : String(error)
    logger.error('a handler failed', { from: call.from, error: stack })
    throw new TamgaError('internal', 'the request could not be served', { cause: error })
  }
}
