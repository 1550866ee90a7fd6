/**
 * A verified copy of another node's log.
 *
 * Every page is checked against a checkpoint that the log's own key has signed before a byte of it
 * is written, so what stands here is what the writer committed to, whoever delivered it. The copy
 * only grows. A signed checkpoint that contradicts it is kept as evidence and ends the copying:
 * nothing that disagrees with itself is repaired here.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf, type Hash } from '../../crypto/hash.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { verifySubtreeConsistency } from '../../crypto/merkle/subtree.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import type { Page } from '../../protocol/message/page.ts'
import type { Store, StoreOp } from '../store/store.ts'
import { checkedCheckpoint, StoredLog } from './stored-log.ts'

export interface MirrorOptions {
  /** The node whose log it is. */
  readonly name: string
  readonly origin: string
}

interface MirrorModules {
  readonly store: Store
  readonly verifier: NoteVerifier
}

export class Mirror {
  readonly #options: MirrorOptions
  readonly #modules: MirrorModules
  readonly #stored: StoredLog
  #checkpoint: string | undefined
  /** What the pages beyond the checkpoint were first verified against. */
  #towards: string | undefined
  #covered = 0
  #quarantined = false
  #broken = false

  private constructor(options: MirrorOptions, modules: MirrorModules, stored: StoredLog) {
    this.#options = options
    this.#modules = modules
    this.#stored = stored
  }

  /** @throws TamgaError `storage` when what is on disk is not what was signed */
  static async open(options: MirrorOptions, modules: MirrorModules): Promise<Mirror> {
    const stored = await StoredLog.open(options.name, modules.store)
    const mirror = new Mirror(options, modules, stored)
    const checkpoint = await checkedCheckpoint(stored, options.origin, modules.verifier)
    mirror.#checkpoint = checkpoint?.note
    mirror.#covered = Number(checkpoint?.size ?? 0n)
    mirror.#towards = await stored.towards()
    mirror.#quarantined = (await modules.store.get(evidenceKey(options.name))) !== undefined
    return mirror
  }

  get name(): string {
    return this.#options.name
  }

  /** Entries that the stored checkpoint covers: what a reader may rely on. */
  get size(): number {
    return this.#covered
  }

  /** Entries that are here, among them those of a catch-up that is under way. */
  get copied(): number {
    return this.#stored.size
  }

  get checkpoint(): string | undefined {
    return this.#checkpoint
  }

  get stored(): StoredLog {
    return this.#stored
  }

  /** Whether the log's key was caught signing two histories. */
  get quarantined(): boolean {
    return this.#quarantined
  }

  /** Whether a write failed: a disk that failed once is not written to until it is opened again. */
  get isBroken(): boolean {
    return this.#broken
  }

  /**
   * Reads a checkpoint that somebody says is this log's, and holds it against the copy.
   *
   * @throws TamgaError `bad-signature`; `equivocation` after the evidence is on disk; `storage`
   *   when it is this disk that contradicts itself
   */
  async check(note: string): Promise<OpenedCheckpoint> {
    this.#refuseQuarantined()
    const checkpoint = this.#open(note)
    if (Number(checkpoint.size) <= this.#stored.size) await this.#compare(checkpoint)
    return checkpoint
  }

  /**
   * Verifies a page that starts where the copy ends, and writes it.
   *
   * @throws TamgaError `bad-proof`; `equivocation` in quarantine; `storage`
   */
  async add({ entries, proof }: Page, checkpoint: OpenedCheckpoint): Promise<void> {
    this.#refuseQuarantined()
    const start = this.#stored.size
    const end = start + entries.length
    const packageStart = start - (start % PAGE_ENTRIES_MAX)
    if (entries.length === 0 || end > packageStart + PAGE_ENTRIES_MAX) {
      throw new TamgaError('bad-proof', `a page of ${entries.length} entries from ${start} on`)
    }
    const leaves = entries.map(hashLeaf)
    const root = rootOf([...(await this.#stored.openPackage()), ...leaves])
    const claim = {
      start: BigInt(packageStart),
      end: BigInt(end),
      size: checkpoint.size,
      root1: root,
      root2: checkpoint.root,
      proof: [...proof],
    }
    try {
      verifySubtreeConsistency(claim)
    } catch (cause) {
      throw new TamgaError('bad-proof', `a page of ${this.name} is not in its tree`, { cause })
    }
    const staged = this.#stored.stage(entries, leaves)
    const isFirst = start === this.#covered
    const ops = isFirst ? [...staged.ops, this.#stored.towardsOp(checkpoint.note)] : staged.ops
    // Not durable by itself: a page lost in a crash is pulled again.
    await this.#write(ops, { durable: false })
    this.#stored.commit(staged)
    if (isFirst) this.#towards = checkpoint.note
  }

  /**
   * Makes a checkpoint that `check` gave the one that readers go by. Its whole tree is here, and on
   * disk before it.
   *
   * @throws TamgaError `equivocation` when the pages led to another root than the checkpoint's;
   *   `storage`
   */
  async finish(checkpoint: OpenedCheckpoint): Promise<void> {
    this.#refuseQuarantined()
    const { size, note } = checkpoint
    if (Number(size) <= this.#covered) return
    await this.#compare(checkpoint)
    await this.#write([this.#stored.checkpointOp(note)], { durable: true })
    this.#checkpoint = note
    this.#covered = Number(size)
  }

  async #write(ops: readonly StoreOp[], options: { durable: boolean }): Promise<void> {
    if (this.#broken) throw new TamgaError('storage', `an earlier write to ${this.name} failed`)
    try {
      await this.#modules.store.batch(ops, options)
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  #open(note: string): OpenedCheckpoint {
    try {
      return openCheckpoint(note, this.#options.origin, this.#modules.verifier)
    } catch (cause) {
      const { message } = asTamgaError(cause)
      throw new TamgaError('bad-signature', `a checkpoint of ${this.name}: ${message}`, { cause })
    }
  }

  /** Damage on this disk convicts nobody: only if entries and tiles agree has the key lied. */
  async #compare({ size, root, note }: OpenedCheckpoint): Promise<void> {
    const here = await this.#stored.rootAt(Number(size))
    if (equalBytes(here, root)) return
    if (!equalBytes(await this.#stored.rebuiltRootAt(Number(size)), here)) {
      throw new TamgaError('storage', `the entries of ${this.name} are not those of its tiles`)
    }
    const towards = Number(size) > this.#covered ? this.#towards : undefined
    await this.#quarantine([this.#checkpoint, towards, note])
  }

  /** All notes that the copy was verified against are kept: two of them convict the key. */
  async #quarantine(notes: readonly (string | undefined)[]): Promise<never> {
    this.#quarantined = true
    const known = new Set(notes.filter((note) => note !== undefined))
    const value = utf8([...known].join('\0'))
    await this.#write([{ type: 'put', key: evidenceKey(this.name), value }], { durable: true })
    throw new TamgaError('equivocation', `${this.name} signed two histories of one size`)
  }

  #refuseQuarantined(): void {
    if (!this.#quarantined) return
    throw new TamgaError('equivocation', `${this.name} is quarantined`)
  }
}

function evidenceKey(name: string): string {
  return `evidence/${name}`
}

function rootOf(leaves: readonly Hash[]): Hash {
  const edge = RightEdge.empty()
  for (const leaf of leaves) edge.append(leaf)
  return edge.root()
}
