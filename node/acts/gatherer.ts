/**
 * Who looked at whom stands in access records, and those of most logs are with other nodes. Before
 * a list is made the keepers of each log are asked which of its batches tell of the person, or of
 * the officer's key, and the records are fetched and folded here: a list is made of what this node
 * has seen for itself.
 *
 * A keeper that leaves something out is believed nothing: all keepers are asked, and what any of
 * them names is looked at. What nobody can be asked about is named, see `ListPage.unheard`.
 */
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { logsOf } from '../../protocol/epochs.ts'
import { keepersOf } from '../../protocol/keepers.ts'
import {
  TOUCHED,
  TOUCHED_MAX,
  touchedReplies,
  touchedRequests,
  type TouchedReply,
} from '../../protocol/message/touched.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { RecordPuller } from '../access/record-puller.ts'
import type { Clock } from '../clock.ts'
import { TOUCHED_TIMEOUT_MS } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'

interface GathererModules {
  readonly registry: Registry
  readonly puller: RecordPuller
  readonly mesh: Mesh
  readonly clock: Clock
}

/** Whom the list is about. */
interface About {
  readonly handle?: Uint8Array | undefined
  readonly officer?: Uint8Array | undefined
}

/** How far a list can go. */
export interface Gathered {
  /** Entries of each log up to which all records are here that it needs. */
  readonly sizes: ReadonlyMap<string, number>
  /** Logs of which that cannot be said. */
  readonly unheard: readonly string[]
}

export class Gatherer {
  readonly #self: string
  readonly #roster: Roster
  readonly #modules: GathererModules

  constructor({ self, roster }: { self: string; roster: Roster }, modules: GathererModules) {
    this.#self = self
    this.#roster = roster
    this.#modules = modules
    this.#serve()
  }

  /** Answers what others ask about logs that are kept here. */
  #serve(): void {
    const { mesh, registry } = this.#modules
    mesh.serve(TOUCHED, async (request) => {
      const { log, handle, officer, from } = touchedRequests.decode(request)
      const { accesses, records } = registry
      const size = sizeIn(registry, log)
      if (!records.keeps(log) || !records.isWhole(log, size)) {
        throw new TamgaError('incomplete', `not all access records of ${log} are here`)
      }
      const indexes = accesses.batchesOf({ handle, officer }, log, from).slice(0, TOUCHED_MAX)
      return touchedReplies.encode({ size, indexes })
    })
  }

  /** Resolves once all that others have of it is folded here, or they do not answer. */
  async gather(about: About): Promise<Gathered> {
    const { registry } = this.#modules
    const sizes = new Map<string, number>()
    const unheard: string[] = []
    await Promise.all(
      logsOf(this.#roster).map(async ({ name }) => {
        const size = sizeIn(registry, name)
        if (await this.#gatherLog(name, size, about)) sizes.set(name, size)
        else unheard.push(name)
      }),
    )
    return { sizes, unheard: unheard.sort() }
  }

  /** Whether it is known which of its batches up to `size` are wanted, and all those are here. */
  async #gatherLog(log: string, size: number, about: About): Promise<boolean> {
    const { registry, puller } = this.#modules
    const { records } = registry
    if (records.keeps(log) && records.isWhole(log, size)) return true
    const keepers = keepersOf(log, this.#roster)
    const told = await this.#askAll(keepers, log, about)
    const isTold = (): boolean => told.some((reply) => reply && reply.size >= size)
    // Who was a keeper under an earlier roster still has what there was.
    const others = this.#roster.nodes.flatMap(({ name }) => (keepers.includes(name) ? [] : name))
    if (!isTold()) told.push(...(await this.#askAll(others, log, about)))
    const named = new Set(told.flatMap((reply) => reply?.indexes ?? []))
    const lacking = [...named].filter((index) => index < size && !records.has(log, index))
    const left = await puller.pullNow(log, lacking)
    await registry.settled()
    return left.length === 0 && isTold()
  }

  async #askAll(nodes: readonly string[], log: string, about: About) {
    const asked = nodes.filter((node) => node !== this.#self)
    return Promise.all(asked.map(async (node) => this.#ask(node, log, about)))
  }

  /** All that a keeper names; undefined where it gives no answer. */
  async #ask(keeper: string, log: string, about: About): Promise<TouchedReply | undefined> {
    const { mesh, clock } = this.#modules
    const { handle, officer } = about
    const indexes: number[] = []
    const deadline = clock.now() + TOUCHED_TIMEOUT_MS
    let isMore = true
    let size = 0
    try {
      while (isMore) {
        const from = (indexes.at(-1) ?? -1) + 1
        const request = touchedRequests.encode({ log, handle, officer, from })
        const reply = touchedReplies.decode(await mesh.call(keeper, TOUCHED, request, { deadline }))
        indexes.push(...reply.indexes)
        size = reply.size
        isMore = reply.indexes.length >= TOUCHED_MAX && (indexes.at(-1) ?? 0) >= from
      }
      return { size, indexes }
    } catch (error) {
      const { code } = asTamgaError(error)
      if (code === 'malformed' || code === 'too-large') mesh.blame(keeper, code)
      return undefined
    }
  }
}

/** How much of a log lists are made of. */
function sizeIn({ accesses }: Registry, log: string): number {
  return accesses.frontier().find(({ node }) => node === log)?.size ?? 0
}
