/**
 * An anchor in a file of two slots, of which the newer whole one counts.
 *
 * A swap writes the older slot, header, value and staged bundle in one go, and makes all of it
 * durable with one fdatasync. If it gets torn, the hash says so and the other slot still counts:
 * there is the old value or the new one, never a mixture. For the same reason a newest slot that
 * rots later looks like a swap that never ended, and the value before it counts. Whoever uses the
 * anchor holds it against its database, which knows better.
 */
import { fdatasync, readSync, statSync, writev } from 'node:fs'
import { open as openFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { equalBytes } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'
import {
  decodeSlotHeader,
  encodeSlotHeader,
  isWholeSlot,
  SLOT_BYTES,
  SLOT_HEADER_BYTES,
} from './anchor-slot.ts'
import { errnoOf, syncFolder } from './durable-folder.ts'
import { lockFile } from './file-lock.ts'

import type { Anchor, AnchorValue } from './anchor.ts'

/** In 0.2 ms where the methods of a FileHandle take 0.3. */
const writevAt = promisify(writev)
const sync = promisify(fdatasync)

type Position = 0 | 1

interface Slot extends AnchorValue {
  readonly position: Position
  readonly generation: bigint
}

/** What both slots begin with. */
type Headers = readonly [Uint8Array, Uint8Array]

/** Which file it is, whatever its name. */
interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

interface Opened {
  readonly path: string
  readonly file: FileHandle
  readonly identity: Identity
  readonly headers: Headers
  readonly newest: Slot
}

/**
 * One process and one instance a file. A lock enforces it that ends with the process; where the
 * system knows no such lock, each swap still finds out what another process has done before it, but
 * not what one does at the same moment.
 */
export class FileAnchor implements Anchor {
  readonly #path: string
  readonly #file: FileHandle
  readonly #identity: Identity
  /** What is in the file as far as this instance knows. */
  #headers: Headers
  #newest: Slot
  #swapping: Promise<void> | undefined
  #hasFailed = false
  #isOpen = true

  /**
   * Opens the anchor in `path`, which is there, and makes sure that what it finds is durable.
   *
   * @throws TamgaError `not-found`; `storage`: no slot is whole, or it is open elsewhere
   */
  static async open(path: string): Promise<FileAnchor> {
    const file = await openFile(path, 'r+').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') throw new TamgaError('not-found', `no anchor in ${path}`)
      throw new TamgaError('storage', `the anchor in ${path} cannot be opened`, { cause: error })
    })
    try {
      if ((await lockFile(file)) === 'held-elsewhere') {
        const message = `the anchor in ${path} is open already, in this process or another`
        throw new TamgaError('storage', message)
      }
      const headers = readHeaders(file)
      const newest = newestOf(path, [
        await readSlot(file, 0, headers[0]),
        await readSlot(file, 1, headers[1]),
      ])
      // After a failed fdatasync the system may show what is not on the disk and take it for
      // written: only to write it again makes it so.
      await write(file, newest.position, headers[newest.position], newest)
      await syncFolder(dirname(path))
      const identity = await file.stat({ bigint: true })
      return new FileAnchor({ path, file, identity, headers, newest })
    } catch (error) {
      await file.close()
      if (error instanceof TamgaError) throw error
      throw new TamgaError('storage', `the anchor in ${path} cannot be read`, { cause: error })
    }
  }

  private constructor({ path, file, identity, headers, newest }: Opened) {
    this.#path = path
    this.#file = file
    this.#identity = identity
    this.#headers = headers
    this.#newest = newest
  }

  get current(): AnchorValue {
    return this.#newest
  }

  /** The bytes of `next` belong to the anchor from here on. */
  async swap(next: AnchorValue): Promise<void> {
    if (!this.#isOpen) throw new TamgaError('closed', 'the anchor is closed')
    if (this.#hasFailed) throw new TamgaError('storage', 'an earlier swap has failed')
    if (this.#swapping) throw new TamgaError('internal', 'a swap of this anchor is under way')
    this.#swapping = this.#swap(next)
    try {
      await this.#swapping
    } finally {
      this.#swapping = undefined
    }
  }

  /** Waits for the swap under way. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#swapping?.catch(() => {})
    await this.#file.close()
  }

  async #swap({ value, staged }: AnchorValue): Promise<void> {
    const { position: newest, generation } = this.#newest
    const position = newest === 0 ? 1 : 0
    const next: Slot = { position, generation: generation + 1n, value, staged }
    const header = encodeSlotHeader(next.generation, next)
    try {
      if (!this.#isUnchanged()) {
        throw new TamgaError('conflict', `somebody else has replaced the anchor in ${this.#path}`)
      }
      await write(this.#file, position, header, next)
    } catch (error) {
      if (error instanceof TamgaError) throw error
      this.#hasFailed = true
      const message = `the anchor in ${this.#path} could not be written`
      throw new TamgaError('storage', message, { cause: error })
    }
    this.#headers = position === 0 ? [header, this.#headers[1]] : [this.#headers[0], header]
    this.#newest = next
  }

  /**
   * Whether the path still leads to this file, and the file still has what was put there. Waits for
   * the system: a few bytes that were written a moment ago, and nothing gets in between.
   */
  #isUnchanged(): boolean {
    const there = statSync(this.#path, { bigint: true, throwIfNoEntry: false })
    return (
      there?.ino === this.#identity.ino &&
      there.dev === this.#identity.dev &&
      readHeaders(this.#file).every((header, position) =>
        equalBytes(header, this.#headers[position] ?? header),
      )
    )
  }
}

/** Puts the first value into an empty file. */
export async function writeFirstSlot(file: FileHandle, first: AnchorValue): Promise<void> {
  // At full length from the start: a swap then changes nothing that the file system keeps of it.
  await file.truncate(2 * SLOT_BYTES)
  await write(file, 0, encodeSlotHeader(1n, first), first)
}

async function write(
  file: FileHandle,
  position: Position,
  header: Uint8Array,
  { value, staged }: AnchorValue,
): Promise<void> {
  const parts = [header, value, staged]
  const { bytesWritten } = await writevAt(file.fd, parts, position * SLOT_BYTES)
  const length = header.length + value.length + staged.length
  if (bytesWritten !== length) throw new Error(`${bytesWritten} of ${length} bytes were written`)
  await sync(file.fd)
}

function readHeaders(file: FileHandle): Headers {
  return [readHeader(file, 0), readHeader(file, SLOT_BYTES)]
}

function readHeader({ fd }: FileHandle, position: number): Uint8Array {
  const header = new Uint8Array(SLOT_HEADER_BYTES)
  return header.subarray(0, readSync(fd, header, 0, SLOT_HEADER_BYTES, position))
}

/** The slot, if it is whole. */
async function readSlot(
  file: FileHandle,
  position: Position,
  bytes: Uint8Array,
): Promise<Slot | undefined> {
  const header = decodeSlotHeader(bytes)
  if (header === undefined) return undefined
  const { generation, valueBytes, stagedBytes } = header
  const start = position * SLOT_BYTES + SLOT_HEADER_BYTES
  const value = await read(file, start, valueBytes)
  const staged = await read(file, start + valueBytes, stagedBytes)
  if (!isWholeSlot(bytes, { value, staged })) return undefined
  return { position, generation, value, staged }
}

function newestOf(path: string, [a, b]: readonly [Slot | undefined, Slot | undefined]): Slot {
  // Of one generation there are two only if two writers have been at it.
  if (a && b && a.generation !== b.generation) return a.generation > b.generation ? a : b
  const only = a && b ? undefined : (a ?? b)
  if (only) return only
  throw new TamgaError('storage', `the anchor in ${path} is damaged`)
}

/** What is there of these bytes: fewer, where the file ends. */
async function read(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  return bytes.subarray(0, bytesRead)
}
