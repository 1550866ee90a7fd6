/**
 * What a post keeps for when it is cut off: the newest roster, the watch list, and the certificates
 * and revocation lists of states; each with the time from which its age counts.
 *
 * The disk is not believed: rosters and watch lists are checked again whenever they are read.
 */
import type { NoteVerifier } from '../../crypto/note.ts'
import { openWatchDigests, type WatchDigests } from '../../protocol/border/watch-digests.ts'
import { bytesUpTo, codec, list, record, text } from '../../protocol/codec.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { timeShape } from '../../protocol/identifiers.ts'
import { ROSTER_BYTES_MAX, TEXT_BYTES_MAX } from '../../protocol/limits.ts'
import { openRoster, rosterText, type Roster } from '../../protocol/roster.ts'
import { LIST_BYTES_MAX } from '../../protocol/signed-list.ts'
import { openLater, type SignedRoster } from '../../protocol/succession.ts'
import { nodeOf } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import {
  CLOCKS_APART_MS,
  ROSTER_AGE_MS_MAX,
  TRUST_AGE_MS_MAX,
  TRUST_BYTES_MAX,
  TRUST_FILES_MAX,
  WATCH_AGE_MS_MAX,
  WATCH_COPIES,
} from './limits.ts'
import type { NamedBytes, TrustFiles } from './trust-files.ts'

/** Something that was fetched once, and how much it may still be relied on. */
export interface Cached<T> {
  readonly value: T
  /** ms. */
  readonly at: number
  readonly ageMs: number
  /** Older than it may be, or from a time to come: nothing may be concluded from it. */
  readonly isOutdated: boolean
}

interface Kept {
  readonly at: number
  readonly bytes: Uint8Array
}

const keptRoster = codec(
  'kept roster',
  ROSTER_BYTES_MAX + 32,
  record<Kept>({ at: timeShape, bytes: bytesUpTo(ROSTER_BYTES_MAX) }),
)

const SIGNED_LIST_BYTES_MAX = LIST_BYTES_MAX + 128

const keptWatch = codec(
  'kept watch lists',
  WATCH_COPIES * (SIGNED_LIST_BYTES_MAX + 32),
  list(bytesUpTo(SIGNED_LIST_BYTES_MAX), WATCH_COPIES),
)

const filesShape = list(
  record<NamedBytes>({ name: text(TEXT_BYTES_MAX), bytes: bytesUpTo(TRUST_BYTES_MAX) }),
  TRUST_FILES_MAX,
)

const keptTrust = codec(
  'kept certificates',
  TRUST_BYTES_MAX,
  record<TrustFiles & { readonly at: number }>({
    at: timeShape,
    authorities: filesShape,
    revocations: filesShape,
  }),
)

const [ROSTER, WATCH, TRUST] = ['cache/roster', 'cache/watch', 'cache/trust']

interface CacheModules {
  readonly store: Store
  readonly clock: Clock
}

export class PostCaches {
  readonly #authority: NoteVerifier
  readonly #modules: CacheModules

  constructor({ authority }: { authority: NoteVerifier }, modules: CacheModules) {
    this.#authority = authority
    this.#modules = modules
  }

  /** The first roster, from whoever sets the post up. @throws TamgaError as `openRoster` */
  async found(note: string): Promise<void> {
    openRoster(note, this.#authority)
    await this.#keepRoster(note)
  }

  /** @throws TamgaError `not-found`: the post was never set up; as `openRoster` */
  async roster(): Promise<Cached<SignedRoster>> {
    const row = await this.#modules.store.get(ROSTER)
    if (!row) throw new TamgaError('not-found', 'the post has no roster: "tamga post init"')
    const { at, bytes } = keptRoster.decode(row)
    const note = new TextDecoder().decode(bytes)
    const roster = openRoster(note, this.#authority)
    return this.#cached({ roster, note }, at, ROSTER_AGE_MS_MAX)
  }

  /**
   * Takes the roster that a node shows: the same once more, or one of a later epoch that follows
   * it. One of an earlier epoch says only that the node is behind.
   *
   * @throws TamgaError as `openLater`; `conflict`: another one of the same epoch
   */
  async takeRoster(note: string): Promise<void> {
    const { value: known } = await this.roster()
    const { epoch } = openRoster(note, this.#authority)
    if (epoch < known.roster.epoch) return
    if (epoch > known.roster.epoch) {
      openLater(note, known, this.#authority)
      return this.#keepRoster(note)
    }
    if (rosterText(note) !== rosterText(known.note)) {
      throw new TamgaError('conflict', `two rosters of epoch ${epoch}`)
    }
    await this.#keepRoster(known.note)
  }

  /** Takes the place of the copies before. */
  async keepWatch(copies: readonly Uint8Array[]): Promise<void> {
    await this.#put(WATCH, keptWatch.encode(copies))
  }

  /**
   * Copies of several nodes; as old as the oldest of them. Undefined where there are none, or none
   * that nodes of this register have signed.
   */
  async watch(roster: Roster): Promise<Cached<readonly WatchDigests[]> | undefined> {
    const row = await this.#modules.store.get(WATCH)
    if (!row) return undefined
    const copies = keptWatch.decode(row).flatMap((one) => {
      try {
        return [openWatchCopy(one, roster)]
      } catch (error) {
        if (error instanceof TamgaError) return []
        throw error
      }
    })
    if (copies.length === 0) return undefined
    return this.#cached(copies, Math.min(...copies.map(({ at }) => at)), WATCH_AGE_MS_MAX)
  }

  /** Takes the place of those before. @throws TamgaError `too-large` */
  async keepTrust(files: TrustFiles): Promise<void> {
    await this.#put(TRUST, keptTrust.encode({ ...files, at: this.#modules.clock.now() }))
  }

  /** The files as they came. Undefined where there were never any. */
  async trust(): Promise<Cached<TrustFiles> | undefined> {
    const row = await this.#modules.store.get(TRUST)
    if (!row) return undefined
    const { at, ...files } = keptTrust.decode(row)
    return this.#cached(files, at, TRUST_AGE_MS_MAX)
  }

  async #keepRoster(note: string): Promise<void> {
    const kept = { at: this.#modules.clock.now(), bytes: new TextEncoder().encode(note) }
    await this.#put(ROSTER, keptRoster.encode(kept))
  }

  async #put(key: string, value: Uint8Array): Promise<void> {
    await this.#modules.store.batch([{ type: 'put', key, value }], { durable: true })
  }

  #cached<T>(value: T, at: number, ageMsMax: number): Cached<T> {
    const ageMs = this.#modules.clock.now() - at
    return { value, at, ageMs, isOutdated: ageMs > ageMsMax || ageMs < -CLOCKS_APART_MS }
  }
}

/** @throws TamgaError `bad-signature`, `bad-proof`: not of a node of this register; `malformed` */
export function openWatchCopy(encoded: Uint8Array, roster: Roster): WatchDigests {
  const copy = openWatchDigests(encoded, (node) => nodeOf(roster, node).publicKey)
  if (copy.network === roster.network) return copy
  throw new TamgaError('bad-signature', `a watch list of ${copy.network}`)
}
