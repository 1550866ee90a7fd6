/** A gallery searched on the caller's own thread: for simulations, tools and tests. */
import type { Kernel } from '../kernel/kernel.ts'
import { layOut } from '../kernel/kernel.ts'
import { chooseKernel } from '../kernel/kernels.ts'
import { prepareProbe } from '../score/probe.ts'
import { assignmentsOf } from './assignment.ts'
import { Comparison } from './comparison.ts'
import {
  GalleryError,
  type Gallery,
  type GalleryPerson,
  type SearchRequest,
  type SearchResult,
} from './gallery.ts'
import { People, type PeopleOptions } from './people.ts'
import { Scan } from './scan.ts'
import { boardOf, checkRequest, piecesOf, rankingOptions, resultOf, seenBy } from './search-plan.ts'
import { SHORTLIST_MAX, type Shortlisted } from './shortlist.ts'
import type { Slab } from './slab.ts'
import { PIECE_WORDS } from './worker-messages.ts'

/** Fingers of a simulated region; a record is about 1 KB. */
const FINGERS_MAX_DEFAULT = 1_000_000

/**
 * Deterministic: a search is done, in one go, before `search` returns its promise. It holds the
 * thread for as long as that takes, so a node uses `WorkerGallery` instead.
 */
export class MemoryGallery implements Gallery {
  readonly #people: People
  readonly #kernel: Kernel
  #isClosed = false

  constructor(
    { fingersMax = FINGERS_MAX_DEFAULT }: Partial<PeopleOptions> = {},
    { kernel = chooseKernel() }: { kernel?: Kernel } = {},
  ) {
    this.#people = new People({ fingersMax })
    this.#kernel = kernel
  }

  add(person: GalleryPerson): void {
    this.#people.add(person)
  }

  remove(id: string): boolean {
    return this.#people.remove(id)
  }

  has(id: string): boolean {
    return this.#people.place(id) !== undefined
  }

  count(shard?: number): number {
    return this.#people.count(shard)
  }

  compact(people: number): number {
    return this.#people.compact(people)
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    if (this.#isClosed) throw new GalleryError('closed', 'the gallery is closed')
    checkRequest(request)
    const number = this.#people.enter()
    try {
      const { only } = request
      return only === undefined ? this.#searchAll(request, number) : this.#verify(request)
    } finally {
      this.#people.leave(number)
    }
  }

  #searchAll(request: SearchRequest, number: number): SearchResult {
    const { fingers, isSwapTried = false, shortlist = SHORTLIST_MAX } = request
    const seen = seenBy(this.#people, request)
    const board = boardOf(this.#people, request, seen)
    const slabs = new Map<number, Slab>()
    for (const slab of this.#people.allSlabs()) slabs.set(slab.handle.slab, slab)
    const probes = fingers.map(({ packed }) => layOut(prepareProbe(packed)))
    const assignments = assignmentsOf(fingers, isSwapTried)
    const options = { probes, assignments, number, shortlist, board }
    const scan = new Scan(options, { kernel: this.#kernel })
    const pieces = piecesOf(this.#people, request, seen)
    for (let at = 0; at < pieces.length; at += PIECE_WORDS) {
      const slab = slabs.get(pieces[at]!)!
      scan.add({ slab, from: pieces[at + 1]!, to: pieces[at + 2]! })
    }
    for (const [at, block] of [...(board?.blocks() ?? [])].entries()) board!.digest(at, block)
    const ranked = this.#compare(request, scan.shortlist, slabs)
    return resultOf(request, { ranked, searched: scan.searched, board })
  }

  #verify(request: SearchRequest): SearchResult {
    const { only: one } = seenBy(this.#people, request)
    if (!one) return resultOf(request, { ranked: [], searched: new Map(), board: undefined })
    const { slab } = this.#people.place(request.only!)!
    const ranked = this.#compare(request, [one], new Map([[one.slab, slab]]))
    const searched = new Map([[one.shard, 1]])
    return resultOf(request, { ranked, searched, board: undefined })
  }

  #compare(
    request: SearchRequest,
    shortlist: readonly Shortlisted[],
    slabs: ReadonlyMap<number, Slab>,
  ): Comparison['ranked'] {
    const fingers = request.fingers.map(({ position, packed }) => {
      return { position, probe: prepareProbe(packed) }
    })
    const assignments = assignmentsOf(request.fingers, request.isSwapTried ?? false)
    const comparison = new Comparison({ fingers, assignments, ...rankingOptions(request) })
    for (const { slab, row, fingers: count } of shortlist)
      comparison.add(slabs.get(slab)!, row, count)
    return comparison.ranked
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }
}
