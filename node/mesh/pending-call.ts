/** A call that waits for its answer: settled once, by the answer, the deadline or whoever asked. */
import { TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { CallOptions } from './mesh.ts'
import { remainingMs } from './wire.ts'

/** One timer and at most one listener, both gone as soon as it is settled. */
export class PendingCall {
  readonly promise: Promise<Uint8Array>
  readonly deadline: number
  readonly #signal: AbortSignal | undefined
  readonly #onGivenUp: (cause: 'deadline' | 'cancelled') => void
  readonly #stopTimer: () => void
  #settle!: { resolve: (answer: Uint8Array) => void; reject: (error: TamgaError) => void }

  /** `onGivenUp` is called before the promise rejects, when the caller no longer waits. */
  constructor(
    { deadline, signal }: CallOptions,
    clock: Clock,
    onGivenUp: (cause: 'deadline' | 'cancelled') => void,
  ) {
    this.deadline = deadline
    this.#signal = signal
    this.#onGivenUp = onGivenUp
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#stopTimer = clock.timer(remainingMs(deadline, clock.now()), this.#onDeadline)
    signal?.addEventListener('abort', this.#onAbort)
  }

  resolve(answer: Uint8Array): void {
    this.#release()
    this.#settle.resolve(answer)
  }

  reject(error: TamgaError): void {
    this.#release()
    this.#settle.reject(error)
  }

  readonly #onDeadline = (): void => {
    this.#onGivenUp('deadline')
    this.reject(new TamgaError('deadline', 'no answer came in time'))
  }

  readonly #onAbort = (): void => {
    this.#onGivenUp('cancelled')
    this.reject(cancelled(this.#signal))
  }

  #release(): void {
    this.#stopTimer()
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}

/** @throws TamgaError `deadline` for a call that is over before it starts */
export function checkNotOver({ deadline, signal }: CallOptions, clock: Clock): void {
  if (signal?.aborted) throw cancelled(signal)
  if (remainingMs(deadline, clock.now()) === 0) {
    throw new TamgaError('deadline', 'the deadline is over already')
  }
}

function cancelled(signal: AbortSignal | undefined): TamgaError {
  return new TamgaError('deadline', 'the caller gave up', { cause: signal?.reason })
}
