/**
 * The key shelf in one file of fixed slots, in a folder of its own that must be in no backup.
 *
 * To destroy is to overwrite a slot where it stands and to sync. On a file system that writes in
 * place (ext4, XFS) the old bytes are then gone from the file; a drive that moves sectors about may
 * still hold them below, and there they are of use only to whoever has the node's secret key too.
 *
 * A slot whose checksum is wrong was never written whole, or has rotted. Nobody knows whose it was,
 * so it is taken for the next write, and wiped when something is destroyed that no sound slot has:
 * a single wrong bit leaves a key as good as whole.
 *
 * One process and one instance a file; a lock enforces it where the system has one.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex } from '../../crypto/bytes.ts'
import { asTamgaError, TamgaError, type ErrorCode } from '../../protocol/errors.ts'
import { KEY_QUEUE_MAX } from '../limits.ts'
import type { KeyMaterial, KeyShelf, KeyState } from './key-shelf.ts'
import { errnoOf, makeFolder, syncFolder } from './durable-folder.ts'
import { lockFile } from './file-lock.ts'
import { decodeSlot, encodeSlot, SLOT_BYTES, type Slot } from './key-slot.ts'

const NAME = 'vault.keys'

/** Read at once when the file is opened, bytes. */
const CHUNK_BYTES = 4_096 * SLOT_BYTES

/** What only the node itself may read and write. */
const FILE_MODE = 0o600

const BLANK = new Uint8Array(SLOT_BYTES)

interface Place {
  /** Of the slot in the file, from 0. */
  readonly number: number
  readonly state: Exclude<KeyState, 'none'>
  /**
   * Whether this instance has written and synced it. What was only found may be no more than what
   * the system remembers of a write that failed to reach the disk.
   */
  readonly isSynced: boolean
}

type Index = Map<string, Place>

/** Slots that one batch writes, by number, and where things are once it is durable, if anywhere. */
interface Plan {
  readonly slots: Map<number, Uint8Array>
  readonly places: Map<string, Place | undefined>
}

interface Waiting {
  readonly plan: (plan: Plan) => void
  readonly resolve: () => void
  readonly reject: (error: TamgaError) => void
}

export class KeyFile implements KeyShelf {
  readonly #file: FileHandle
  readonly #index: Index = new Map()
  readonly #waiting: Waiting[] = []
  /** Numbers of slots that hold nothing that anybody could read. */
  #damaged: number[] = []
  /** One past the last slot. */
  #end = 0
  #draining: Promise<void> | undefined
  #broken: TamgaError | undefined

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /**
   * Makes an empty one in `folder`, durably, and the folder if need be.
   *
   * @throws TamgaError `conflict`: there is one already; `storage`
   */
  static async create(folder: string): Promise<KeyFile> {
    return attempt('be made', async () => {
      await makeFolder(folder)
      const file = await open(join(folder, NAME), 'wx+', FILE_MODE)
      await file.sync()
      await syncFolder(folder)
      return KeyFile.#on(file)
    })
  }

  /**
   * Opens the one in `folder`, and never makes one: an empty one would have forgotten what was
   * destroyed.
   *
   * @throws TamgaError `not-found`: there is none; `storage`
   */
  static async open(folder: string): Promise<KeyFile> {
    return attempt('be opened', async () => {
      return KeyFile.#on(await open(join(folder, NAME), 'r+'))
    })
  }

  static async #on(handle: FileHandle): Promise<KeyFile> {
    try {
      if ((await lockFile(handle)) === 'held-elsewhere') {
        throw new TamgaError(
          'storage',
          'the file of data keys is open already, here or in another process',
        )
      }
      const file = new KeyFile(handle)
      await file.#scan()
      return file
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** Slots that were not as they were written when the file was opened, and are not yet reused. */
  get damaged(): number {
    return this.#damaged.length
  }

  state(id: Uint8Array): KeyState {
    return this.#index.get(toHex(id))?.state ?? 'none'
  }

  async get(id: Uint8Array): Promise<KeyMaterial | undefined> {
    const place = this.#index.get(toHex(id))
    if (place?.state !== 'kept') return undefined
    const bytes = await attempt('be read', async () => this.#read(place.number * SLOT_BYTES))
    const slot = decodeSlot(bytes.subarray(0, SLOT_BYTES))
    // It may have been destroyed while it was being read.
    if (this.state(id) !== 'kept') return undefined
    if (slot?.material && toHex(slot.id) === toHex(id)) return slot.material
    throw new TamgaError('storage', 'a slot of the file of data keys is damaged')
  }

  put(id: Uint8Array, material: KeyMaterial): Promise<void> {
    const slot = { id, material }
    return this.#write((plan) => {
      const place = this.#placeIn(plan, id)
      if (place?.state === 'destroyed') {
        throw new TamgaError('forbidden', 'the keys of this record were destroyed, for good')
      }
      this.#set(plan, place?.number ?? this.#free(), slot)
    })
  }

  destroy(id: Uint8Array): Promise<void> {
    return this.#write((plan) => {
      const place = this.#placeIn(plan, id)
      if (place?.state === 'destroyed' && place.isSynced) return
      const number = place?.number ?? this.#free()
      if (!place) for (const other of this.#damaged) plan.slots.set(other, BLANK)
      this.#set(plan, number, { id, material: undefined })
    })
  }

  clear(id: Uint8Array): Promise<void> {
    return this.#write((plan) => {
      const place = this.#placeIn(plan, id)
      if (place?.state !== 'kept') return
      plan.slots.set(place.number, BLANK)
      plan.places.set(toHex(id), undefined)
    })
  }

  async close(): Promise<void> {
    this.#broken ??= new TamgaError('closed', 'the file of data keys is closed')
    await this.#draining
    await attempt('be closed', async () => this.#file.close())
  }

  async #scan(): Promise<void> {
    const stale: number[] = []
    for (let at = 0; ; at += CHUNK_BYTES) {
      const chunk = await this.#read(at, CHUNK_BYTES)
      for (let from = 0; from < chunk.length; from += SLOT_BYTES) {
        const number = (at + from) / SLOT_BYTES
        stale.push(...this.#note(number, decodeSlot(chunk.subarray(from, from + SLOT_BYTES))))
        this.#end = number + 1
      }
      if (chunk.length < CHUNK_BYTES) break
    }
    if (stale.length === 0) return
    for (const number of stale) await this.#file.write(BLANK, 0, SLOT_BYTES, number * SLOT_BYTES)
    await this.#file.datasync()
  }

  /** Of two slots of one id the one that says `destroyed` counts; returns the ones to be wiped. */
  #note(number: number, slot: Slot | undefined): number[] {
    if (!slot) {
      this.#damaged.push(number)
      return []
    }
    const key = toHex(slot.id)
    const known = this.#index.get(key)
    const state = slot.material ? 'kept' : 'destroyed'
    const isBetter = !known || state === 'destroyed'
    if (isBetter) this.#index.set(key, { number, state, isSynced: false })
    const stale = isBetter ? (known ? [known.number] : []) : [number]
    this.#damaged.push(...stale)
    return stale
  }

  #placeIn(plan: Plan, id: Uint8Array): Place | undefined {
    const key = toHex(id)
    return plan.places.has(key) ? plan.places.get(key) : this.#index.get(key)
  }

  #set({ slots, places }: Plan, number: number, slot: Slot): void {
    slots.set(number, encodeSlot(slot))
    const state = slot.material ? 'kept' : 'destroyed'
    places.set(toHex(slot.id), { number, state, isSynced: true })
  }

  #free(): number {
    const damaged = this.#damaged.pop()
    if (damaged !== undefined) return damaged
    this.#end += 1
    return this.#end - 1
  }

  #write(plan: Waiting['plan']): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#waiting.length >= KEY_QUEUE_MAX) {
      return Promise.reject(
        new TamgaError('overloaded', 'the file of data keys has too much to write'),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ plan, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Group commit: whatever arrives while one batch is being synced makes up the next one. */
  async #drain(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      const plan: Plan = { slots: new Map(), places: new Map() }
      const planned = batch.filter((waiting) => isPlanned(waiting, plan))
      try {
        await this.#commit(plan)
        for (const { resolve } of planned) resolve()
      } catch (cause) {
        const error = new TamgaError('storage', 'the file of data keys failed to write', { cause })
        this.#broken ??= error
        for (const { reject } of [...planned, ...this.#waiting.splice(0)]) reject(error)
      }
    }
    this.#draining = undefined
  }

  async #commit({ slots, places }: Plan): Promise<void> {
    if (slots.size === 0) return
    for (const [number, bytes] of slots) {
      const { bytesWritten } = await this.#file.write(bytes, 0, SLOT_BYTES, number * SLOT_BYTES)
      if (bytesWritten < SLOT_BYTES) throw new Error('a slot was written in part')
    }
    await this.#file.datasync()
    for (const [key, place] of places) {
      if (place) this.#index.set(key, place)
      else this.#forget(key)
    }
  }

  #forget(key: string): void {
    const place = this.#index.get(key)
    this.#index.delete(key)
    if (place) this.#damaged.push(place.number)
  }

  /** Up to `length` bytes from `at` on, fewer only at the end of the file. */
  async #read(at: number, length = SLOT_BYTES): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    let read = 0
    while (read < length) {
      const { bytesRead } = await this.#file.read(bytes, read, length - read, at + read)
      if (bytesRead === 0) break
      read += bytesRead
    }
    return bytes.subarray(0, read)
  }
}

/** What cannot be done is refused at once, and the rest of the batch goes on. */
function isPlanned({ plan, reject }: Waiting, into: Plan): boolean {
  try {
    plan(into)
    return true
  } catch (error) {
    reject(asTamgaError(error))
    return false
  }
}

async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TamgaError) throw cause
    const codes: Record<string, ErrorCode> = { ENOENT: 'not-found', EEXIST: 'conflict' }
    const code = codes[String(errnoOf(cause))] ?? 'storage'
    throw new TamgaError(code, `the file of data keys cannot ${what}`, { cause })
  }
}
