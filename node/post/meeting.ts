/** Who is there, and what a post fetches from them for when nobody is. */
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { MEET_MS_MAX, WATCH_COPIES, WATCH_REFRESH_MS } from './limits.ts'
import { believed, type Nearest } from './nearest.ts'
import { openWatchCopy, type PostCaches } from './post-caches.ts'

interface MeetingModules {
  readonly caches: PostCaches
  readonly nearest: Nearest
  readonly clock: Clock
}

export class Meeting {
  readonly #options: { readonly nodes: number }
  readonly #modules: MeetingModules

  /** `nodes`: how many the post may ask. */
  constructor(options: { nodes: number }, modules: MeetingModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Looks who is there, and how soon they answer; takes the newest roster from whoever shows one
   * that follows, and the watch list where the kept one is no longer fresh. Says who answered.
   */
  async meet(): Promise<string[]> {
    const shown = await this.#modules.nearest.askAll(MEET_MS_MAX, async (link, _, signal) => {
      return new TextDecoder().decode(await link.bytes('/v1/roster', signal))
    })
    const there: string[] = []
    // One after the other: the newest one stays, in whichever order they came.
    for (const { node, value: note } of shown) {
      try {
        await this.#modules.caches.takeRoster(note)
        there.push(node)
      } catch (error) {
        if (asTamgaError(error).code === 'storage') throw error
      }
    }
    if (there.length > 0) await this.#refreshWatch()
    return there
  }

  /** From the nearest nodes whose copies hold; where none does, the kept ones stay. */
  async #refreshWatch(): Promise<void> {
    const { roster } = (await this.#modules.caches.roster()).value
    const kept = await this.#modules.caches.watch(roster)
    if (kept && !kept.isOutdated && kept.ageMs < WATCH_REFRESH_MS) return
    const wanted = Math.min(WATCH_COPIES, this.#options.nodes)
    const copies: Uint8Array[] = []
    for (const node of this.#modules.nearest.inOrder('small')) {
      if (copies.length === wanted) break
      const copy = await this.#fetchWatch(node, roster).catch(() => undefined)
      if (copy) copies.push(copy)
    }
    if (copies.length > 0) await this.#modules.caches.keepWatch(copies)
  }

  async #fetchWatch(node: string, roster: Roster): Promise<Uint8Array> {
    const fetched = await this.#modules.nearest.askOne(
      node,
      'small',
      MEET_MS_MAX,
      async (link, _, signal) => {
        const copy = await link.bytes('/v1/border/watch-list', signal)
        const { at, node: by } = believed(() => openWatchCopy(copy, roster))
        const isOwn = by === node && Math.abs(this.#modules.clock.now() - at) < WATCH_REFRESH_MS
        if (isOwn) return copy
        throw new TamgaError('bad-proof', `${node} shows an old watch list, or another’s`)
      },
    )
    return fetched.value
  }
}
