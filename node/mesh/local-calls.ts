/** Calls of a node to itself: the handler runs in place, under the same rules as for a peer. */
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { HANDLERS_MAX } from './limits.ts'
import type { Call, CallOptions, Handler } from './mesh.ts'
import { checkNotOver, PendingCall } from './pending-call.ts'
import { runHandler } from './responder.ts'
import { PAYLOAD_BYTES_MAX } from './wire.ts'

export class LocalCalls {
  readonly #self: string
  readonly #modules: { readonly clock: Clock; readonly logger: Logger }
  #handlers = 0
  #closed: TamgaError | undefined

  constructor(self: string, modules: { readonly clock: Clock; readonly logger: Logger }) {
    this.#self = self
    this.#modules = modules
  }

  /**
   * As `Mesh.call`. Request and answer are copied, so that neither side can reach into the other.
   */
  async call(
    handler: Handler | undefined,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array> {
    if (this.#closed) throw this.#closed
    checkNotOver(options, this.#modules.clock)
    if (!handler) throw new TamgaError('unreachable', 'this node does not serve the protocol')
    if (request.length > PAYLOAD_BYTES_MAX) {
      throw new TamgaError('too-large', `a request of ${request.length} bytes`)
    }
    if (this.#handlers >= HANDLERS_MAX) {
      throw new TamgaError('overloaded', 'too many requests are at work')
    }
    const given = new AbortController()
    const pending = new PendingCall(options, this.#modules.clock, () => given.abort())
    const call = { from: this.#self, deadline: pending.deadline, signal: given.signal }
    void this.#work(handler, request.slice(), { pending, call })
    return pending.promise
  }

  close(reason: TamgaError): void {
    this.#closed = reason
  }

  async #work(
    handler: Handler,
    request: Uint8Array,
    { pending, call }: { readonly pending: PendingCall; readonly call: Call },
  ): Promise<void> {
    this.#handlers += 1
    try {
      // No caller may depend on whether the peer it asks is itself: the handler never runs first.
      await Promise.resolve()
      const answer = await runHandler(handler, request, call, this.#modules.logger)
      pending.resolve(answer.slice())
    } catch (error) {
      pending.reject(asTamgaError(error))
    } finally {
      this.#handlers -= 1
    }
  }
}
