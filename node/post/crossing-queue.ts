/**
 * Crossings that were signed at the post and that no node has confirmed yet, in the order in which
 * they were signed. On disk before anybody is told of them, and there until a node has them.
 *
 * Before a crossing goes out it is noted to whom. Whatever happens then, an answer that is lost or
 * a post that dies, it goes to the same node again, which refuses what stands in its log: so it is
 * logged once.
 */
import { bytesUpTo, codec, list, optional, record, text } from '../../protocol/codec.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { nodeShape, timeShape } from '../../protocol/identifiers.ts'
import { SIGNATURES_MAX, TEXT_BYTES_MAX } from '../../protocol/limits.ts'
import type { SignedDeed } from '../../protocol/signed-deed.ts'
import { signedStatementFields, type SignedStatement } from '../../protocol/statement.ts'
import type { Store, StoreOp } from '../store/store.ts'
import { QUEUE_MAX, QUEUED_BYTES_MAX } from './limits.ts'

export interface Handed {
  readonly node: string
  /** When it was first sent there, ms. */
  readonly at: number
}

export interface Waiting extends SignedDeed {
  /** Rises from one to the next. */
  readonly number: number
  /** The node that may have it already. */
  readonly handed: Handed | undefined
}

/** One that nodes refuse for good: somebody has to look at it. */
export interface Refusal extends SignedDeed {
  readonly number: number
  readonly why: string
}

const signedShape = list(record<SignedStatement>(signedStatementFields), SIGNATURES_MAX)
const deedShape = bytesUpTo(QUEUED_BYTES_MAX)

const waitings = codec(
  'waiting crossing',
  QUEUED_BYTES_MAX,
  record<Omit<Waiting, 'number'>>({
    deed: deedShape,
    signatures: signedShape,
    handed: optional(record<Handed>({ node: nodeShape, at: timeShape })),
  }),
)

const refusals = codec(
  'refused crossing',
  QUEUED_BYTES_MAX + TEXT_BYTES_MAX,
  record<Omit<Refusal, 'number'>>({
    deed: deedShape,
    signatures: signedShape,
    why: text(TEXT_BYTES_MAX),
  }),
)

const [WAITING, REFUSED, LAST] = ['queue/waiting', 'queue/refused', 'queue/last']

/** So many digits sort as numbers do. */
const DIGITS = 12

const lasts = codec('last number', 16, record({ number: timeShape }))

export class CrossingQueue {
  readonly #store: Store
  #waiting = 0
  #refused = 0
  #last = 0

  private constructor(store: Store) {
    this.#store = store
  }

  static async open({ store }: { store: Store }): Promise<CrossingQueue> {
    const queue = new CrossingQueue(store)
    const row = await store.get(LAST)
    const waiting = await store.range(...allOf(WAITING), QUEUE_MAX + 1)
    const refused = await store.range(...allOf(REFUSED), QUEUE_MAX + 1)
    // Batches that were under way at once may have come to the disk in any order.
    const numbers = [...waiting, ...refused].map(([key]) => numberOf(key))
    queue.#last = Math.max(row ? lasts.decode(row).number : 0, ...numbers)
    queue.#waiting = waiting.length
    queue.#refused = refused.length
    return queue
  }

  get waiting(): number {
    return this.#waiting
  }

  get refused(): number {
    return this.#refused
  }

  /** @throws TamgaError `overloaded`: there is no room for another one */
  checkRoom(): void {
    const kept = this.#waiting + this.#refused
    if (kept < QUEUE_MAX) return
    throw new TamgaError('overloaded', `${kept} crossings wait for a node, and more may not`)
  }

  /**
   * Durably there when it resolves, together with `ops`.
   *
   * @throws TamgaError `overloaded`, `storage`
   */
  async put({ deed, signatures }: SignedDeed, ops: readonly StoreOp[] = []): Promise<Waiting> {
    this.checkRoom()
    this.#last += 1
    const waiting = { number: this.#last, deed, signatures, handed: undefined }
    const last: StoreOp = { type: 'put', key: LAST, value: lasts.encode({ number: this.#last }) }
    await this.#store.batch([putWaiting(waiting), last, ...ops], { durable: true })
    this.#waiting += 1
    return waiting
  }

  /** The oldest, at most `limit` of them. */
  async oldest(limit: number): Promise<Waiting[]> {
    const rows = await this.#store.range(...allOf(WAITING), limit)
    return rows.map(([key, row]) => ({ number: numberOf(key), ...waitings.decode(row) }))
  }

  /** What nodes have refused, the oldest first. */
  async refusals(): Promise<Refusal[]> {
    const rows = await this.#store.range(...allOf(REFUSED), QUEUE_MAX)
    return rows.map(([key, row]) => ({ number: numberOf(key), ...refusals.decode(row) }))
  }

  /** To be called before it is sent there. */
  async hand(waiting: Waiting, handed: Handed): Promise<void> {
    await this.#store.batch([putWaiting({ ...waiting, handed })], { durable: true })
  }

  /** A node has it. */
  async delivered({ number }: Waiting): Promise<void> {
    await this.#store.batch([{ type: 'del', key: keyOf(WAITING, number) }], { durable: true })
    this.#waiting -= 1
  }

  /** No node takes it: it is kept apart, so that others are not held up, until it is dismissed. */
  async refuse({ number, deed, signatures }: Waiting, error: unknown): Promise<void> {
    const { code, message } = asTamgaError(error)
    const why = `${code}: ${message}`.slice(0, TEXT_BYTES_MAX / 4)
    const value = refusals.encode({ deed, signatures, why })
    await this.#store.batch(
      [
        { type: 'del', key: keyOf(WAITING, number) },
        { type: 'put', key: keyOf(REFUSED, number), value },
      ],
      { durable: true },
    )
    this.#waiting -= 1
    this.#refused += 1
  }

  /** @throws TamgaError `not-found` */
  async dismiss(number: number): Promise<void> {
    const key = keyOf(REFUSED, number)
    if (!(await this.#store.get(key))) {
      throw new TamgaError('not-found', `crossing ${number} is none that was refused`)
    }
    await this.#store.batch([{ type: 'del', key }], { durable: true })
    this.#refused -= 1
  }
}

function putWaiting({ number, ...row }: Waiting): StoreOp {
  return { type: 'put', key: keyOf(WAITING, number), value: waitings.encode(row) }
}

function keyOf(kind: string, number: number): string {
  return `${kind}/${String(number).padStart(DIGITS, '0')}`
}

function numberOf(key: string): number {
  return Number(key.slice(-DIGITS))
}

function allOf(kind: string): [from: string, to: string] {
  return [`${kind}/`, `${kind}0`]
}
