/** Handle books of seventy people, whole and with a rotation cut short. */
import { toHex, utf8 } from '../../../../crypto/bytes.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { boxKeysFromSeed } from '../../../../crypto/sealing.ts'
import { HandleBook } from '../../../../node/registry/handle-book.ts'
import type { Store, StoreOp } from '../../../../node/store/store.ts'
import { SeededRandom } from '../../../../simulations/world/seeded-random.ts'
import { someIins } from '../../../support/iins.ts'
import { codeOf, FaultyStore, type TestDisk } from '../../log/support/test-disk.ts'

export const own = boxKeysFromSeed(sha256(utf8('own')))
export const random = new SeededRandom('handles')

/** More than two pages of a rotation. */
export const PEOPLE = 70

export const people = someIins(PEOPLE)

export function openBook(store: Store, boxKeys = own): Promise<HandleBook> {
  return HandleBook.open({ boxKeys }, { store, random })
}

export async function handlesOf(book: HandleBook, of = people): Promise<string[]> {
  const handles = await Promise.all(of.map((iin) => book.handleOf(iin)))
  return handles.map(toHex)
}

interface Failure {
  readonly batch: number
  readonly fault: 'kept' | 'lost'
}

/** Fails one batch, counted from when it was told to. */
class FailingStore extends FaultyStore {
  readonly #fault: Failure['fault']
  #left = Infinity

  constructor(store: Store, fault: Failure['fault']) {
    super(store)
    this.#fault = fault
  }

  failAt(batch: number): void {
    this.#left = batch
  }

  override async batch(ops: readonly StoreOp[], options: { durable: boolean }): Promise<void> {
    if (this.#left === 0) this.failNext(this.#fault)
    this.#left -= 1
    await super.batch(ops, options)
  }
}

/** A book of all people whose rotation has failed at one of its batches. */
export async function halfRotated(
  disk: TestDisk,
  { batch = 2, fault = 'lost' }: Partial<Failure> = {},
) {
  const store = await disk.open()
  const failing = new FailingStore(store, fault)
  const book = await openBook(failing)
  const handles = await handlesOf(book)
  failing.failAt(batch)
  const isFailed = (await codeOf(book.rotate())) === 'storage'
  return { store, failing, book, handles, isFailed }
}
