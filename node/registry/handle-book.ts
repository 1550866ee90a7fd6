/**
 * A node's book from IIN to handle: for the numbers whose home it is, and for the people whom its
 * region has brought in. The two stand together in no other place.
 *
 * An IIN is twelve digits of little entropy, so a plain hash of it would be the IIN itself to
 * anybody patient. A person is therefore found by a keyed hash, and what is found is sealed to the
 * node's own box key, as the key of the hash is: a stolen disk shows neither number nor handle, and
 * nothing that links a row to the ledger, where the handle stands in the clear.
 *
 * Trusted are the node's box secret key, and the disk not to lose what it has confirmed. A row that
 * was changed, put elsewhere or made by somebody else is an error; one that has vanished is that of
 * a person never seen, whom only the duplicate check will know again. What is deleted is out of the
 * book's reach at once, and off the disk when the disk gets to it: until then it is as secret as
 * the box key.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { open, seal, type BoxKeys } from '../../crypto/sealing.ts'
import { codec, record, text } from '../../protocol/codec.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { HANDLE_BYTES, handleShape } from '../../protocol/identifiers.ts'
import { parseIin } from '../../protocol/iin.ts'
import { decodeSealed, encodeSealed } from '../../protocol/sealed-record.ts'
import type { Random } from '../random.ts'
import type { Store, StoreOp } from '../store/store.ts'
import { BookKey, KEYS, placeOf, ROWS } from './book-key.ts'

/** Rows re-keyed at a time, under a millisecond each: a question waits behind so many. */
const REKEY_ROWS = 32

/** Keys in use at a time, the newest and those not yet retired: a question may try each of them. */
const GENERATIONS_MAX = 8

interface Row {
  readonly iin: string
  readonly handle: Uint8Array
}

/** A row, and the key under which it stands. */
interface Found {
  readonly row: Row
  readonly key: BookKey
}

/** A row in the clear, bytes: number, handle and their frame. */
const ROW_BYTES_MAX = 64

const rows = codec('handle row', ROW_BYTES_MAX, record<Row>({ iin: text(12), handle: handleShape }))

interface HandleBookOptions {
  /** The node's own: without the secret one nothing in the book can be read again. */
  readonly boxKeys: BoxKeys
}

interface HandleBookModules {
  readonly store: Store
  readonly random: Random
}

/**
 * One instance for a store. Whatever is asked is done one after the other, in the order of the
 * calls, so that two who ask about one person at once get one handle; how many may wait is for the
 * callers to bound.
 */
export class HandleBook {
  readonly #boxKeys: BoxKeys
  readonly #store: Store
  readonly #random: Random
  /** The newest first; it alone takes new rows. Never empty once the book is open. */
  #keys: readonly BookKey[] = []
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Opens the book in `store`; where there is none, makes a key for it.
   *
   * @throws TamgaError `storage` when a key of the book is missing, damaged or another node's
   */
  static async open(options: HandleBookOptions, modules: HandleBookModules): Promise<HandleBook> {
    const book = new HandleBook(options, modules)
    await book.#inTurn(() => book.#load())
    return book
  }

  private constructor({ boxKeys }: HandleBookOptions, { store, random }: HandleBookModules) {
    this.#boxKeys = boxKeys
    this.#store = store
    this.#random = random
  }

  /**
   * The handle of this person: a new random one at first sight, durable before it is returned.
   *
   * @throws TamgaError `unprocessable` for what is no IIN; `storage` when the disk fails or the
   * person's row is damaged: never another handle in its place
   */
  async handleOf(iin: string): Promise<Uint8Array> {
    const { digits } = parseIin(iin)
    return this.#inTurn(async () => {
      const found = await this.#findPerson(digits)
      if (found) return found.row.handle
      const row = { iin: digits, handle: this.#random.bytes(HANDLE_BYTES) }
      await this.#store.batch(this.#additionOf(row), { durable: true })
      return row.handle
    })
  }

  /**
   * Gives this person the handle, durably, if they have none.
   *
   * @returns the one that they have then
   * @throws TamgaError as `handleOf`; `conflict` where the handle is somebody else's
   */
  async keep(iin: string, handle: Uint8Array): Promise<Uint8Array> {
    const { digits } = parseIin(iin)
    return this.#inTurn(async () => {
      const found = await this.#findPerson(digits)
      if (found) return found.row.handle
      if (await this.#findHandle(handle)) {
        throw new TamgaError('conflict', 'this handle is somebody else’s')
      }
      await this.#store.batch(this.#additionOf({ iin: digits, handle }), { durable: true })
      return handle
    })
  }

  /**
   * The handle of this person if there is one already.
   *
   * @throws TamgaError as `handleOf`
   */
  async find(iin: string): Promise<Uint8Array | undefined> {
    const { digits } = parseIin(iin)
    return this.#inTurn(async () => (await this.#findPerson(digits))?.row.handle)
  }

  /**
   * Whose handle this is, undefined if nobody's here. That two have signed for the release of the
   * identity is for the caller to see to.
   *
   * @throws TamgaError `malformed` for what is no handle; `storage` as `handleOf`
   */
  async iinOf(handle: Uint8Array): Promise<string | undefined> {
    const asked = handleShape.decode(handle, 'handle')
    return this.#inTurn(async () => (await this.#findHandle(asked))?.row.iin)
  }

  /**
   * Erases the link between this handle and its person; resolves once that is durable. The handle
   * then belongs to nobody, and the person would get another. A handle that is nobody's is fine.
   *
   * @throws TamgaError as `iinOf`
   */
  async forget(handle: Uint8Array): Promise<void> {
    const asked = handleShape.decode(handle, 'handle')
    await this.#inTurn(async () => {
      const found = await this.#findHandle(asked)
      if (found) await this.#store.batch(deletionOf(found), { durable: true })
    })
  }

  /**
   * Makes a new key, hashes and seals every row anew under it, and destroys the older keys. Handles
   * stay what they are, and questions are answered meanwhile.
   *
   * @throws TamgaError `conflict` when too many keys are waiting to be retired; else as `resume`
   */
  async rotate(): Promise<void> {
    await this.#inTurn(() => this.#addKey())
    await this.resume()
  }

  /**
   * Ends a rotation that a crash or a failing disk has cut short; does nothing if there is none.
   *
   * @throws TamgaError `storage` when the disk fails, or when rows are damaged: all others are then
   * under the newest key, and the older keys are kept, so that nothing is lost that may be repaired
   */
  async resume(): Promise<void> {
    const retired = this.#keys.slice(1)
    if (retired.length === 0) return
    for (const key of retired) await this.#rekey(key)
    await this.#inTurn(() => this.#destroy(retired))
  }

  async #load(): Promise<void> {
    const sealed = await this.#store.range(KEYS.from, KEYS.to, GENERATIONS_MAX)
    this.#keys = sealed.map((entry) => BookKey.unseal(entry, this.#boxKeys)).reverse()
    const newest = this.#keys.at(0)
    const oldest = this.#keys.at(-1)
    // Keys are added at one end and destroyed at the other.
    const hasGap = this.#keys.length !== (newest?.generation ?? 0) - (oldest?.generation ?? 1) + 1
    const before = await this.#store.range(ROWS.from, oldest?.rows.from ?? ROWS.to, 1)
    const after = await this.#store.range(newest?.rows.to ?? ROWS.to, ROWS.to, 1)
    if (hasGap || before.length + after.length > 0) {
      throw new TamgaError('storage', 'a key of the handle book is missing')
    }
    if (!newest) await this.#addKey()
  }

  async #addKey(): Promise<void> {
    if (this.#keys.length >= GENERATIONS_MAX) {
      throw new TamgaError('conflict', `${GENERATIONS_MAX} keys of the handle book are in use`)
    }
    const key = BookKey.create((this.#keys[0]?.generation ?? 0) + 1, this.#random)
    const value = key.sealed(this.#boxKeys, this.#random)
    await this.#store.batch([{ type: 'put', key: key.storeKey, value }], { durable: true })
    this.#keys = [key, ...this.#keys]
  }

  /** Puts the rows of an older key under the newest; what is damaged stays where it is. */
  async #rekey(old: BookKey): Promise<void> {
    let from: string | undefined = old.persons.from
    while (from !== undefined) {
      const start: string = from
      from = await this.#inTurn(() => this.#rekeySome(old, start))
    }
  }

  /** Returns where to go on, undefined at the end. */
  async #rekeySome(old: BookKey, from: string): Promise<string | undefined> {
    const page = await this.#store.range(from, old.persons.to, REKEY_ROWS)
    const sound = page.flatMap(([place, value]) => {
      try {
        return this.#open(value, place, old)
      } catch {
        return []
      }
    })
    const ops = sound.flatMap((row) => [...deletionOf({ row, key: old }), ...this.#additionOf(row)])
    if (ops.length > 0) await this.#store.batch(ops, { durable: true })
    const last = page.at(-1)
    // No key stands between a key and itself with the first printable character behind it.
    return last && `${last[0]} `
  }

  async #destroy(retired: readonly BookKey[]): Promise<void> {
    for (const { rows: left } of retired) {
      if ((await this.#store.range(left.from, left.to, 1)).length === 0) continue
      throw new TamgaError('storage', 'rows of the handle book are damaged; their key is kept')
    }
    const ops = retired.map(({ storeKey }): StoreOp => ({ type: 'del', key: storeKey }))
    await this.#store.batch(ops, { durable: true })
    this.#keys = this.#keys.filter((key) => !retired.includes(key))
    for (const key of retired) key.destroy()
  }

  async #findPerson(iin: string): Promise<Found | undefined> {
    for (const key of this.#keys) {
      const place = placeOf(key.markOfPerson(iin), key.persons)
      const value = await this.#store.get(place)
      if (value) return { row: this.#open(value, place, key), key }
    }
    return undefined
  }

  async #findHandle(handle: Uint8Array): Promise<Found | undefined> {
    for (const key of this.#keys) {
      const person = await this.#store.get(placeOf(key.markOfHandle(handle), key.handles))
      if (!person) continue
      const place = placeOf(person, key.persons)
      const value = await this.#store.get(place)
      const row = value && this.#open(value, place, key)
      if (row && equalBytes(row.handle, handle)) return { row, key }
      throw new TamgaError('storage', 'a handle in the book leads to no row of its own')
    }
    return undefined
  }

  /** Both rows of a person, under the newest key. */
  #additionOf(row: Row): StoreOp[] {
    const [key] = this.#keys
    if (!key) throw new TamgaError('internal', 'the handle book is not open')
    const person = key.markOfPerson(row.iin)
    const place = placeOf(person, key.persons)
    const sealed = seal(rows.encode(row), [this.#boxKeys.publicKey], {
      context: key.contextOf(place),
      randomBytes: (length) => this.#random.bytes(length),
    })
    return [
      { type: 'put', key: place, value: encodeSealed(sealed) },
      { type: 'put', key: placeOf(key.markOfHandle(row.handle), key.handles), value: person },
    ]
  }

  #open(value: Uint8Array, place: string, key: BookKey): Row {
    try {
      return rows.decode(open(decodeSealed(value), this.#boxKeys, key.contextOf(place)))
    } catch (cause) {
      throw new TamgaError('storage', 'a row of the handle book is damaged', { cause })
    }
  }

  /** Runs `work` when all that was asked before is done, whatever came of it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

/** Takes out both rows of a person, where they stand. */
function deletionOf({ row, key }: Found): StoreOp[] {
  return [
    { type: 'del', key: placeOf(key.markOfPerson(row.iin), key.persons) },
    { type: 'del', key: placeOf(key.markOfHandle(row.handle), key.handles) },
  ]
}
