/**
 * The store on LevelDB.
 *
 * LevelDB guards its log and tables with checksums that it does not check on ordinary reads, and
 * after damage it may open with entries missing: what is read must be verified by whoever can.
 */
import { readdir } from 'node:fs/promises'
import { Level } from 'level'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Store, StoreOp } from './store.ts'

/**
 * Memory for writes not yet in a table, bytes; LevelDB keeps up to two. Larger means fewer
 * compactions in bulk, but a score of nodes share one process in the demo: 20 · 2 · 16 MiB is what
 * that machine can spare at worst.
 */
export const WRITE_BUFFER_BYTES = 16_777_216

/** Longest key, characters: room for a path of names, and what one key may cost in memory. */
const KEY_CHARACTERS_MAX = 512

/** What LevelDB's binding can count to; it would take a larger limit modulo 2^32. */
const RANGE_ENTRIES_MAX = 2_147_483_647

/**
 * Bytes of a range that are read in one go by another thread: by default they are so few that
 * coming and going takes longer than the reading.
 */
const RANGE_STEP_BYTES = 1_048_576

export interface LevelStoreOptions {
  /** Memory for writes not yet in a table, bytes: more makes bulk loads faster. */
  readonly writeBufferBytes?: number
  /** Whether to make a store where there is none; it is made unless this is false. */
  readonly createIfMissing?: boolean
}

/** What LevelDB leaves behind also where it found nothing to open. */
const NO_DATABASE = /^LO(?:CK|G|G\.old)$/

type Bytes = Uint8Array
type Database = Level<string, Bytes>

/** One process and one instance a folder; LevelDB's lock enforces it. */
export class LevelStore implements Store {
  readonly #db: Database

  /**
   * Opens the store in `folder`, and creates both if need be and allowed.
   *
   * @throws TamgaError `not-found`: there is none, and none is to be made; `storage`, with a plain
   *   word when another process has it open
   */
  static async open(folder: string, options: LevelStoreOptions = {}): Promise<LevelStore> {
    if (options.createIfMissing === false && !(await LevelStore.exists(folder))) {
      throw new TamgaError('not-found', `there is no store in ${folder}`)
    }
    const db: Database = new Level<string, Bytes>(folder, {
      keyEncoding: 'utf8',
      valueEncoding: 'view',
      // Sealed templates and hashes do not compress.
      compression: false,
      createIfMissing: options.createIfMissing ?? true,
      writeBufferSize: options.writeBufferBytes ?? WRITE_BUFFER_BYTES,
    })
    try {
      await db.open()
    } catch (error) {
      const message = isLocked(error)
        ? `the store in ${folder} is open already, in this process or another`
        : `the store in ${folder} cannot be opened`
      throw new TamgaError('storage', message, { cause: error })
    }
    return new LevelStore(db)
  }

  /**
   * Whether there is a store in `folder`, whole or damaged: any file of a database counts, for
   * LevelDB would begin a new one over the tables of one that has lost its CURRENT.
   */
  static async exists(folder: string): Promise<boolean> {
    const names = await readdir(folder).catch(() => [])
    return names.some((name) => !NO_DATABASE.test(name))
  }

  private constructor(db: Database) {
    this.#db = db
  }

  get(key: string): Promise<Bytes | undefined> {
    return this.#attempt('read', async () => {
      const value = await this.#db.get(key)
      return value && plain(value)
    })
  }

  getMany(keys: readonly string[]): Promise<(Bytes | undefined)[]> {
    return this.#attempt('read', async () => {
      const values = await this.#db.getMany([...keys])
      return values.map((value) => value && plain(value))
    })
  }

  batch(ops: readonly StoreOp[], { durable }: { durable: boolean }): Promise<void> {
    return this.#attempt('write', async () => {
      for (const { key } of ops) checkKey(key)
      const batch = this.#db.batch()
      try {
        for (const op of ops) {
          if (op.type === 'put') batch.put(op.key, op.value)
          else batch.del(op.key)
        }
      } catch (error) {
        await batch.close()
        throw error
      }
      await batch.write({ sync: durable })
    })
  }

  range(from: string, to: string, limit: number): Promise<[key: string, value: Bytes][]> {
    return this.#attempt('read', async () => {
      // LevelDB takes a negative limit for none at all.
      if (!(limit >= 1) || from >= to) return []
      const most = Math.min(Math.floor(limit), RANGE_ENTRIES_MAX)
      const options = { gte: from, lt: to, limit: most, highWaterMarkBytes: RANGE_STEP_BYTES }
      const entries = await this.#db.iterator(options).all()
      return entries.map(([key, value]): [string, Bytes] => [key, plain(value)])
    })
  }

  async close(): Promise<void> {
    await this.#attempt('close', () => this.#db.close())
  }

  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (what !== 'close' && this.#db.status !== 'open') {
      throw new TamgaError('closed', 'the store is closed')
    }
    try {
      return await work()
    } catch (error) {
      if (error instanceof TamgaError) throw error
      if (codeOf(error) === 'LEVEL_DATABASE_NOT_OPEN') {
        throw new TamgaError('closed', 'the store is closed', { cause: error })
      }
      throw new TamgaError('storage', `the store failed to ${what}`, { cause: asTamgaError(error) })
    }
  }
}

/** LevelDB hands out a Buffer over memory of its own, whose `slice` would share instead of copy. */
function plain(value: Bytes): Bytes {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

/** Outside ASCII, LevelDB's order of bytes and the interface's order of code units differ. */
function checkKey(key: string): void {
  if (key.length <= KEY_CHARACTERS_MAX && /^[ -~]+$/.test(key)) return
  throw new TamgaError('internal', `a key of ${key.length} characters is empty, long or not ASCII`)
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === 'LEVEL_LOCKED'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
