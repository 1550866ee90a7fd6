/**
 * What the adaptor has to know again after a crash: which reference is which person, whom the
 * searches have named, and what was answered. Nothing biometric stays: prints are here only from
 * the moment at which a node is asked to enrol them to its answer.
 *
 * One writer: batches go to the disk one after another, in the order in which they were asked for.
 */
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import {
  bytes,
  bytesUpTo,
  codec,
  oneOf,
  optional,
  record,
  text,
  uint,
} from '../../../protocol/codec.ts'
import { handleShape } from '../../../protocol/identifiers.ts'
import { PAYLOAD_BYTES_MAX } from '../../../protocol/payload.ts'
import { APPLICATION_BYTES_MAX } from '../../../protocol/rules/application.ts'
import { signedStatementFields, type SignedStatement } from '../../../protocol/statement.ts'
import type { Store, StoreOp } from '../../store/store.ts'
import { ANSWER_BYTES_MAX, ANSWERS_MAX, CANDIDATES_MAX, ID_CHARACTERS_MAX } from './limits.ts'

/** What a node is asked to enrol, in one and the same words each time. */
export interface KeptRequest extends SignedStatement {
  readonly payload: Uint8Array
  readonly application: Uint8Array
}

/** A person as MOSIP calls them. */
export interface Reference {
  readonly referenceId: string
  readonly handle: Uint8Array
  /** `pending`: a node may have enrolled them or not. */
  readonly state: 'pending' | 'active' | 'withdrawn'
  /** The request that brought it into this state. */
  readonly requestId: string
  /** While it is pending. */
  readonly request: KeptRequest | undefined
}

/** Two people whom a search has found alike. */
export interface Pair {
  readonly handle: Uint8Array
  readonly score: number
  readonly falseMatchRate: number
  /** How many people were searched. */
  readonly searched: number
}

/** Characters of UTF-8 that an id can have. */
const ID_BYTES_MAX = 4 * ID_CHARACTERS_MAX

/** Of a number as text. */
const NUMBER_BYTES_MAX = 32

/** What surrounds the payload and the application in a row, bytes. */
const ROW_BYTES = 8_192

const references = codec(
  'reference',
  PAYLOAD_BYTES_MAX + APPLICATION_BYTES_MAX + ROW_BYTES,
  record<Reference>({
    referenceId: text(ID_BYTES_MAX),
    handle: handleShape,
    state: oneOf('pending', 'active', 'withdrawn'),
    requestId: text(ID_BYTES_MAX),
    request: optional(
      record<KeptRequest>({
        ...signedStatementFields,
        payload: bytesUpTo(PAYLOAD_BYTES_MAX),
        application: bytesUpTo(APPLICATION_BYTES_MAX),
      }),
    ),
  }),
)

const names = codec('name of a handle', ROW_BYTES, record({ referenceId: text(ID_BYTES_MAX) }))

const pairs = codec(
  'pair',
  ROW_BYTES,
  record({ handle: handleShape, score: uint(), rate: text(NUMBER_BYTES_MAX), searched: uint() }),
)

/** `about` is what was asked: another question under the same id is not answered with this. */
const answers = codec(
  'answer',
  ANSWER_BYTES_MAX,
  record({ about: bytes(32), answer: text(ANSWER_BYTES_MAX - 1_024) }),
)

const orders = codec('order', ROW_BYTES, record({ key: text(128) }))
const totals = codec('totals', ROW_BYTES, record({ active: uint(), first: uint(), next: uint() }))

const TOTALS = 'totals'

/** So many digits sort as numbers do. */
const DIGITS = 12

export class Book {
  readonly #store: Store
  readonly #answersMax: number
  #active = 0
  /** Numbers of the oldest answer and of the next. */
  #first = 0
  #next = 0
  #last: Promise<void> = Promise.resolve()

  private constructor(store: Store, answersMax: number) {
    this.#store = store
    this.#answersMax = answersMax
  }

  static async open(
    { store }: { store: Store },
    { answersMax = ANSWERS_MAX }: { answersMax?: number } = {},
  ): Promise<Book> {
    const book = new Book(store, answersMax)
    const row = await store.get(TOTALS)
    if (!row) return book
    const { active, first, next } = totals.decode(row)
    book.#active = active
    book.#first = first
    book.#next = next
    return book
  }

  /** References that are active. */
  get active(): number {
    return this.#active
  }

  async reference(referenceId: string): Promise<Reference | undefined> {
    const row = await this.#store.get(referenceKey(referenceId))
    return row && references.decode(row)
  }

  /** Durably there when it resolves. */
  keep(reference: Reference): Promise<void> {
    return this.#write(() => [putReference(reference)])
  }

  /** No node has it, or will. */
  drop({ referenceId }: Reference): Promise<void> {
    return this.#write(() => [{ type: 'del', key: referenceKey(referenceId) }])
  }

  /** A node has enrolled the person; `found` are whom it found alike. */
  activate(pending: Reference, found: readonly Pair[]): Promise<void> {
    return this.#write(() => {
      this.#active += 1
      const { handle, referenceId } = pending
      return [
        putReference({ ...pending, state: 'active', request: undefined }),
        { type: 'put', key: nameKey(handle), value: names.encode({ referenceId }) },
        ...found.flatMap((pair) => [
          putPair(handle, pair),
          putPair(pair.handle, { ...pair, handle }),
        ]),
        this.#putTotals(),
      ]
    })
  }

  /** From here on it is known to nobody, nor whom it is like. */
  withdraw(active: Reference, requestId: string): Promise<void> {
    return this.#write(async () => {
      const { handle } = active
      const found = await this.pairs(handle)
      this.#active -= 1
      return [
        putReference({ ...active, state: 'withdrawn', requestId }),
        { type: 'del', key: nameKey(handle) },
        ...found.flatMap((pair) => [delPair(handle, pair.handle), delPair(pair.handle, handle)]),
        this.#putTotals(),
      ]
    })
  }

  /** Whom searches have found alike, whichever of the two came later. */
  async pairs(handle: Uint8Array): Promise<Pair[]> {
    const prefix = `pair/${toHex(handle)}`
    const rows = await this.#store.range(`${prefix}/`, `${prefix}0`, CANDIDATES_MAX)
    return rows.map(([, row]) => {
      const { rate, ...pair } = pairs.decode(row)
      return { ...pair, falseMatchRate: Number(rate) }
    })
  }

  /** What MOSIP calls them, in the order of `handles`; undefined for whom it does not know. */
  async namesOf(handles: readonly Uint8Array[]): Promise<(string | undefined)[]> {
    const rows = await this.#store.getMany(handles.map(nameKey))
    return rows.map((row) => row && names.decode(row).referenceId)
  }

  /** What was answered, and to what. */
  async answer(requestId: string): Promise<{ about: Uint8Array; answer: string } | undefined> {
    const row = await this.#store.get(answerKey(requestId))
    return row && answers.decode(row)
  }

  /** Durably there when it resolves; the oldest go when there are too many. */
  keepAnswer(requestId: string, about: Uint8Array, answer: string): Promise<void> {
    return this.#write(async () => {
      const oldest = await this.#oldestAnswer()
      const key = answerKey(requestId)
      const number = this.#next
      this.#next += 1
      this.#first += oldest.length / 2
      return [
        { type: 'put', key, value: answers.encode({ about, answer }) },
        { type: 'put', key: orderKey(number), value: orders.encode({ key }) },
        ...oldest,
        this.#putTotals(),
      ]
    })
  }

  async #oldestAnswer(): Promise<StoreOp[]> {
    if (this.#next - this.#first < this.#answersMax) return []
    const key = orderKey(this.#first)
    const row = await this.#store.get(key)
    if (!row) return []
    return [
      { type: 'del', key },
      { type: 'del', key: orders.decode(row).key },
    ]
  }

  #putTotals(): StoreOp {
    const value = totals.encode({ active: this.#active, first: this.#first, next: this.#next })
    return { type: 'put', key: TOTALS, value }
  }

  #write(ops: () => readonly StoreOp[] | Promise<readonly StoreOp[]>): Promise<void> {
    const written = this.#last.then(async () => this.#store.batch(await ops(), { durable: true }))
    this.#last = written.catch(() => undefined)
    return written
  }
}

function putReference(reference: Reference): StoreOp {
  return {
    type: 'put',
    key: referenceKey(reference.referenceId),
    value: references.encode(reference),
  }
}

function putPair(of: Uint8Array, { handle, score, falseMatchRate, searched }: Pair): StoreOp {
  const value = pairs.encode({ handle, score, rate: String(falseMatchRate), searched })
  return { type: 'put', key: pairKey(of, handle), value }
}

function delPair(of: Uint8Array, handle: Uint8Array): StoreOp {
  return { type: 'del', key: pairKey(of, handle) }
}

function pairKey(of: Uint8Array, handle: Uint8Array): string {
  return `pair/${toHex(of)}/${toHex(handle)}`
}

function referenceKey(referenceId: string): string {
  return `reference/${hashed(referenceId)}`
}

function answerKey(requestId: string): string {
  return `answer/${hashed(requestId)}`
}

function nameKey(handle: Uint8Array): string {
  return `name/${toHex(handle)}`
}

function orderKey(number: number): string {
  return `order/${String(number).padStart(DIGITS, '0')}`
}

/** Ids are MOSIP's, and may have any characters. */
function hashed(id: string): string {
  return toHex(sha256(utf8(id)))
}
