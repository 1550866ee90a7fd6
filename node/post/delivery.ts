/** Hands crossings that wait to a node, in the order in which they were signed. */
import { toBase64 } from '../../crypto/bytes.ts'
import { asTamgaError, type TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import type { CrossingQueue, Handed, Waiting } from './crossing-queue.ts'
import { ANSWER_MS_MAX, DELIVERED_AT_ONCE, HANDED_MS, MEET_MS_MAX } from './limits.ts'
import { believed, Disbelieved, type Nearest } from './nearest.ts'
import { signedBodyOf } from './request.ts'
import { toldRecorded } from './told.ts'

export interface Delivered {
  /** By number, and to whom. */
  readonly delivered: readonly { readonly number: number; readonly node: string }[]
  /** Why the others still wait, if some do. */
  readonly held: string | undefined
}

interface DeliveryModules {
  readonly queue: CrossingQueue
  readonly nearest: Nearest
  readonly clock: Clock
}

/** With these a node says that the deed is at fault, and not the node or the hour. */
const FINAL = ['malformed', 'too-large', 'bad-signature', 'forbidden', 'conflict', 'unprocessable']

type Tried = { readonly node: string } | { readonly held: string } | 'refused'

export class Delivery {
  readonly #modules: DeliveryModules
  /** Nodes that were silent in this run. */
  readonly #silent = new Set<string>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(modules: DeliveryModules) {
    this.#modules = modules
  }

  /** As far as it goes now; called twice at once, it goes once after the other. */
  async run(roster: Roster): Promise<Delivered> {
    const done = this.#last.then(() => this.#run(roster))
    this.#last = done.catch(() => undefined)
    return done
  }

  async #run(roster: Roster): Promise<Delivered> {
    const { queue } = this.#modules
    this.#silent.clear()
    const delivered: { number: number; node: string }[] = []
    let held: string | undefined
    for (const waiting of await queue.oldest(DELIVERED_AT_ONCE)) {
      const tried = await this.#deliver(waiting, roster)
      if (tried === 'refused') continue
      if ('held' in tried) held = tried.held
      else delivered.push({ number: waiting.number, node: tried.node })
    }
    return { delivered, held }
  }

  async #deliver(waiting: Waiting, roster: Roster): Promise<Tried> {
    const { queue, nearest, clock } = this.#modules
    const { handed } = waiting
    const to = this.#owed(handed) ?? (await this.#present(nearest.inOrder('crossing'), clock.now()))
    if (!to || this.#silent.has(to.node)) return { held: `${to?.node ?? 'every node'} is silent` }
    if (to !== handed) await queue.hand(waiting, to)
    const error = await this.#send(waiting, to.node, roster)
    if (!error || (handed && isThere(error))) {
      await queue.delivered(waiting)
      return { node: to.node }
    }
    if (error instanceof Disbelieved || !FINAL.includes(error.code)) {
      this.#silent.add(to.node)
      return { held: `${to.node}: ${error.message}` }
    }
    await queue.refuse(waiting, error)
    return 'refused'
  }

  /** The node that may have it already. After `HANDED_MS` any other would know of it. */
  #owed(handed: Handed | undefined): Handed | undefined {
    const isOwed = handed && this.#modules.clock.now() - handed.at < HANDED_MS
    return isOwed ? handed : undefined
  }

  /** The first that is there: what cannot be sent is handed to nobody. */
  async #present(nodes: readonly string[], at: number): Promise<Handed | undefined> {
    for (const node of nodes) {
      if (this.#silent.has(node)) continue
      try {
        await this.#modules.nearest.askOne(node, 'small', MEET_MS_MAX, async (link, _, signal) => {
          return link.bytes('/v1/roster', signal)
        })
        return { node, at }
      } catch {
        this.#silent.add(node)
      }
    }
    return undefined
  }

  async #send(waiting: Waiting, node: string, roster: Roster): Promise<TamgaError | undefined> {
    const { deed, signatures } = waiting
    const body = { deed: toBase64(deed), signatures: signatures.map(signedBodyOf) }
    try {
      await this.#modules.nearest.askOne(
        node,
        'crossing',
        ANSWER_MS_MAX,
        async (link, _, signal) => {
          const reply = await link.post('/v1/border/crossings', body, signal)
          return believed(() => toldRecorded(reply, waiting, { node, roster }))
        },
      )
      return undefined
    } catch (error) {
      return asTamgaError(error)
    }
  }
}

/** A node refuses what stands in a log that it has read; of one never sent that says nothing. */
function isThere(error: TamgaError): boolean {
  return error.code === 'conflict' && !(error instanceof Disbelieved)
}
