/**
 * Enrolments that this node is working on: one for each handle, and one for each person.
 *
 * The search for duplicates sees who is enrolled, not who is about to be. Two enrolments of the
 * same fingers under two handles would both pass it; here the later one meets the earlier. At two
 * nodes they still can: then both are in the logs, and the comparison of concurrent enrolments
 * finds them.
 */
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import type { GalleryFinger } from '../../matcher/gallery/gallery.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { ENROLMENTS_MAX } from '../limits.ts'

/** All are compared with all: there is nothing to divide. */
const SHARD = 0

export class InFlight {
  readonly #gallery = new MemoryGallery()
  readonly #arrivals = new Map<string, number>()
  #next = 0

  /**
   * Lets an enrolment in; whoever is let in calls `leave` at the end.
   *
   * @throws TamgaError `conflict`: the handle is being enrolled; `overloaded`
   */
  enter(handle: string, fingers: readonly GalleryFinger[]): void {
    if (this.#arrivals.has(handle)) {
      throw new TamgaError('conflict', 'this person is being enrolled')
    }
    if (this.#arrivals.size >= ENROLMENTS_MAX)
      throw new TamgaError('overloaded', 'too many at once')
    this.#gallery.add({ id: handle, shard: SHARD, fingers })
    this.#arrivals.set(handle, this.#next)
    this.#next += 1
  }

  leave(handle: string): void {
    this.#gallery.remove(handle)
    this.#arrivals.delete(handle)
  }

  /** @throws TamgaError `conflict`: an enrolment that came before is of the same fingers */
  async check(handle: string, fingers: readonly GalleryFinger[], threshold: number): Promise<void> {
    const about = { fingers, shards: [SHARD], threshold, limit: ENROLMENTS_MAX }
    const { candidates } = await this.#gallery.search(about)
    const arrival = this.#arrivals.get(handle) ?? this.#next
    const isBefore = ({ id }: { id: string }): boolean => {
      return (this.#arrivals.get(id) ?? this.#next) < arrival
    }
    if (candidates.some(isBefore)) {
      throw new TamgaError('conflict', 'these fingers are being enrolled under another handle')
    }
  }
}
