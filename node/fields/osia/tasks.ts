/**
 * What is answered later: done in its turn, kept, and told to the client at the address that it
 * gave. Whatever breaks in between, the disk knows the task, and it is gone on with.
 */
import { asTamgaError } from '../../../protocol/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import type { Operation } from './interface.ts'
import {
  CALLBACK_TIMEOUT_MS,
  CALLBACK_TRIES_MAX,
  CALLBACKS_AT_ONCE_MAX,
  FAULTS_MAX,
  RETRY_MS_MAX,
  RETRY_MS_MIN,
  TASKS_AT_WORK_MAX,
} from './limits.ts'
import { asOsiaError } from './osia-error.ts'
import { Pool } from '../pool.ts'
import type { Register } from './register.ts'
import type { Task, TaskBook } from './task-book.ts'
import type { Outcome, Work } from './work.ts'

/** Puts an answer to a client; true if the client has taken it. */
export type Tell = (url: string, outcome: Outcome, signal: AbortSignal) => Promise<boolean>

export interface TasksModules {
  readonly book: TaskBook
  readonly register: Register
  readonly operations: ReadonlyMap<string, Operation>
  readonly tell: Tell
  readonly clock: Clock
  readonly logger: Logger
}

const FAILED = 400

export class Tasks {
  readonly #modules: TasksModules
  readonly #work = new Pool({ most: TASKS_AT_WORK_MAX })
  readonly #callbacks = new Pool({ most: CALLBACKS_AT_ONCE_MAX })
  readonly #closing = new AbortController()
  readonly #running = new Map<string, Promise<void>>()

  constructor(modules: TasksModules) {
    this.#modules = modules
  }

  /** Goes on with what a crash or a stop has interrupted. */
  async resume(): Promise<void> {
    for (const task of await this.#modules.book.unfinished()) this.#start(task)
  }

  /** Resolves with its id when it is durably taken. @throws TamgaError as `TaskBook.add` */
  async take(about: {
    readonly transactionId: string
    readonly operation: string
    readonly callback: string
    readonly work: Work
  }): Promise<string> {
    const task = await this.#modules.book.add(about)
    this.#start(task)
    return task.taskId
  }

  async state(taskId: string): Promise<Task['state'] | undefined> {
    return (await this.#modules.book.task(taskId))?.state
  }

  /** Tells the client once more what it has been told, or could not be. */
  async redeliver(taskId: string): Promise<'unknown' | 'not-done' | 'again'> {
    const { book } = this.#modules
    const task = await book.task(taskId)
    if (!task) return 'unknown'
    if (!task.outcome || this.#running.has(taskId)) return task.outcome ? 'again' : 'not-done'
    const again: Task = { ...task, state: 'RESPONSE_SCHEDULED' }
    await book.keep(again)
    this.#start(again)
    return 'again'
  }

  /** What is at work stays on the disk for the next start. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#running.values())
  }

  #start(task: Task): void {
    const { taskId } = task
    if (this.#running.has(taskId)) return
    const run = this.#run(task)
      .catch((error: unknown) => {
        if (this.#closing.signal.aborted) return
        const { code, message } = asTamgaError(error)
        this.#modules.logger.error('a task stays undone', { taskId, code, message })
      })
      .finally(() => this.#running.delete(taskId))
    this.#running.set(taskId, run)
  }

  async #run(task: Task): Promise<void> {
    const { book } = this.#modules
    let done = task
    if (!task.outcome) {
      const outcome = await this.#work.within(async () => this.#outcome(task))
      done = { ...task, state: 'RESPONSE_SCHEDULED', work: undefined, outcome }
      await book.keep(done)
    }
    await this.#deliver(done)
  }

  /** A node that is gone or busy is asked until it answers. */
  async #outcome({ taskId, work, operation }: Task): Promise<Outcome> {
    const { register, operations, logger } = this.#modules
    const described = operations.get(operation)!
    let faults = 0
    for (let wait = RETRY_MS_MIN; ; wait = Math.min(2 * wait, RETRY_MS_MAX)) {
      this.#closing.signal.throwIfAborted()
      try {
        const answer = await register.done(work!, this.#closing.signal)
        const fault = described.callbackFault(false, answer)
        if (fault === undefined) return { status: 200, body: answer }
        throw new Error(`an answer that the interface does not have: ${fault}`)
      } catch (error) {
        this.#closing.signal.throwIfAborted()
        const { status, body, isPassing } = asOsiaError(error, described.statuses)
        const isFault = status >= 500
        faults += isFault && !isPassing ? 1 : 0
        if (!isFault || faults >= FAULTS_MAX) return { status, body }
        logger.warn('a node is asked again', { taskId, operation, why: body.message })
        await this.#pause(wait)
      }
    }
  }

  async #deliver(task: Task): Promise<void> {
    const { book, tell, logger } = this.#modules
    const { taskId, outcome } = task
    const url = addressOf(task)
    let wait = RETRY_MS_MIN
    for (let tried = 0; tried < CALLBACK_TRIES_MAX; tried += 1) {
      this.#closing.signal.throwIfAborted()
      const limit = AbortSignal.timeout(CALLBACK_TIMEOUT_MS)
      const signal = AbortSignal.any([this.#closing.signal, limit])
      const isTold = await this.#callbacks.within(async () => tell(url, outcome!, signal))
      if (isTold) return book.keep({ ...task, state: 'COMPLETED' })
      if (tried === 0) await book.keep({ ...task, state: 'RESPONSE_RETRY' })
      await this.#pause(wait)
      wait = Math.min(2 * wait, RETRY_MS_MAX)
    }
    logger.warn('a client does not take its answer', { taskId, tries: CALLBACK_TRIES_MAX })
    await book.keep({ ...task, state: 'RESPONSE_ERROR' })
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#closing
    await new Promise<void>((resolve) => {
      const go = (): void => {
        stop()
        signal.removeEventListener('abort', go)
        resolve()
      }
      const stop = this.#modules.clock.timer(ms, go)
      signal.addEventListener('abort', go)
    })
    signal.throwIfAborted()
  }
}

/** The client's own address, with the ids that it finds its request by. */
function addressOf({ callback, transactionId, taskId }: Task): string {
  const url = new URL(callback)
  url.searchParams.set('transactionId', transactionId)
  url.searchParams.set('taskId', taskId)
  return url.href
}

/** Whether an outcome is an `Error` of the interface. */
export function isFailure({ status }: Outcome): boolean {
  return status >= FAILED
}
