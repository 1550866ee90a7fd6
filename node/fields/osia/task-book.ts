/**
 * Tasks as they are kept on disk: what is to be done, what came of it, and whether the client has
 * been told. Prints are here only from the moment at which a task is taken to the node's answer.
 *
 * One writer: batches go to the disk one after another, in the order in which they were asked for.
 */
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import type { Random } from '../../random.ts'
import type { Store, StoreOp } from '../../store/store.ts'
import { PENDING_MAX, TASK_BYTES_MAX, TASKS_MAX } from './limits.ts'
import type { Outcome, Work } from './work.ts'

/** OSIA's words, but for `COMPLETED`, which is said of all that is told. */
export const TASK_STATES = [
  'PENDING',
  'RESPONSE_SCHEDULED',
  'RESPONSE_ERROR',
  'RESPONSE_RETRY',
  'COMPLETED',
] as const

export interface Task {
  readonly taskId: string
  readonly transactionId: string
  readonly operation: string
  readonly callback: string
  readonly state: (typeof TASK_STATES)[number]
  /** Until there is an outcome. */
  readonly work?: Work | undefined
  readonly outcome?: Outcome | undefined
}

const TASKS = 'task/'
/** Of those that something is still to be done for. */
const OPEN = 'open/'

/** So many digits sort as numbers do. */
const DIGITS = 12
const SECRET_BYTES = 16

const CLOSED: ReadonlySet<Task['state']> = new Set(['COMPLETED', 'RESPONSE_ERROR'])
const TASK_ID = new RegExp(`^\\d{${DIGITS}}-[0-9a-f]{${2 * SECRET_BYTES}}$`)

export class TaskBook {
  readonly #store: Store
  readonly #random: Random
  readonly #open = new Set<string>()
  /** Numbers of the oldest task that is kept and of the next. */
  #first = 0
  #next = 0
  #last: Promise<void> = Promise.resolve()

  private constructor(store: Store, random: Random) {
    this.#store = store
    this.#random = random
  }

  static async open({ store, random }: { store: Store; random: Random }): Promise<TaskBook> {
    const book = new TaskBook(store, random)
    const [oldest] = await store.range(TASKS, endOf(TASKS), 1)
    const row = await store.get('next')
    book.#next = row ? Number(Buffer.from(row).toString('latin1')) : 0
    book.#first = oldest ? numberOf(oldest[0].slice(TASKS.length)) : book.#next
    for (const [key] of await store.range(OPEN, endOf(OPEN), PENDING_MAX)) {
      book.#open.add(key.slice(OPEN.length))
    }
    return book
  }

  /** Those for which something is still to be done, the oldest first. */
  async unfinished(): Promise<Task[]> {
    const tasks = await Promise.all([...this.#open].map(async (taskId) => this.task(taskId)))
    return tasks.flatMap((task) => task ?? [])
  }

  /** @throws TamgaError `overloaded`: too many are not done yet; `too-large`; `storage` */
  async add(about: Omit<Task, 'taskId' | 'state'>): Promise<Task> {
    if (this.#open.size >= PENDING_MAX) {
      throw new TamgaError('overloaded', `${this.#open.size} tasks are not done yet`)
    }
    const number = String(this.#next).padStart(DIGITS, '0')
    const taskId = `${number}-${toHex(this.#random.bytes(SECRET_BYTES))}`
    const task: Task = { taskId, state: 'PENDING', ...about }
    const encoded = encode(task)
    this.#next += 1
    this.#open.add(taskId)
    const counted = { type: 'put', key: 'next', value: utf8(String(this.#next)) } as const
    const marked = { type: 'put', key: OPEN + taskId, value: utf8('') } as const
    await this.#write([{ type: 'put', key: TASKS + taskId, value: encoded }, marked, counted])
    return task
  }

  /** @throws TamgaError `storage` */
  async keep(task: Task): Promise<void> {
    const { taskId } = task
    const key = OPEN + taskId
    const isClosed = CLOSED.has(task.state)
    if (isClosed) this.#open.delete(taskId)
    else this.#open.add(taskId)
    const mark = isClosed
      ? ({ type: 'del', key } as const)
      : ({ type: 'put', key, value: utf8('') } as const)
    await this.#write([{ type: 'put', key: TASKS + taskId, value: encode(task) }, mark])
    await this.#forgetOldest()
  }

  async task(taskId: string): Promise<Task | undefined> {
    if (!TASK_ID.test(taskId)) return undefined
    const row = await this.#store.get(TASKS + taskId)
    return row && (JSON.parse(Buffer.from(row).toString('utf8')) as Task)
  }

  /** One that is not done yet stays, and with it all that came later. */
  async #forgetOldest(): Promise<void> {
    if (this.#next - this.#first <= TASKS_MAX) return
    const [oldest] = await this.#store.range(TASKS, endOf(TASKS), 1)
    const taskId = oldest?.[0].slice(TASKS.length)
    if (taskId === undefined || this.#open.has(taskId)) return
    this.#first = numberOf(taskId) + 1
    await this.#write([{ type: 'del', key: TASKS + taskId }])
  }

  #write(ops: readonly StoreOp[]): Promise<void> {
    this.#last = this.#last
      .catch(() => undefined)
      .then(async () => this.#store.batch(ops, { durable: true }))
    return this.#last
  }
}

/** What follows every key that begins so. */
function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}0`
}

function numberOf(taskId: string): number {
  return Number(taskId.slice(0, DIGITS))
}

function encode(task: Task): Uint8Array {
  const encoded = utf8(JSON.stringify(task))
  if (encoded.length <= TASK_BYTES_MAX) return encoded
  throw new TamgaError('too-large', `a task of ${encoded.length} bytes`)
}
