/** Copies of the watch list for posts, signed by the node that makes them. */
import type { Signer } from '../../crypto/ed25519.ts'
import {
  digestWatched,
  signWatchDigests,
  WATCH_SALT_BYTES,
} from '../../protocol/border/watch-digests.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { Registry } from '../registry/registry.ts'

/**
 * How long the same copy is handed out, ms: far shorter than posts wait between two, and however
 * many ask, a node hashes a full list only so often.
 */
const COPY_KEPT_MS = 5_000

interface CopiesModules {
  readonly registry: Registry
  readonly signer: Signer
  readonly clock: Clock
  readonly random: Random
}

export class WatchCopies {
  readonly #options: { readonly self: string; readonly roster: Roster }
  readonly #modules: CopiesModules
  #last: { readonly at: number; readonly copy: Uint8Array } | undefined

  constructor(options: { self: string; roster: Roster }, modules: CopiesModules) {
    this.#options = options
    this.#modules = modules
  }

  /** As `signWatchDigests` makes it. @throws TamgaError `too-large` */
  current(): Uint8Array {
    const { registry, signer, clock, random } = this.#modules
    const { self, roster } = this.#options
    const at = clock.now()
    const age = at - (this.#last?.at ?? -Infinity)
    if (this.#last && age >= 0 && age < COPY_KEPT_MS) return this.#last.copy
    const salt = random.bytes(WATCH_SALT_BYTES)
    const about = { network: roster.network, node: self, at, salt }
    const digests = digestWatched(registry.watchList.watched(), about)
    const copy = signWatchDigests(digests, signer)
    this.#last = { at, copy }
    return copy
  }
}
