/** A simulated register whose roster changes, while somebody searches it all the time. */
import { toHex } from '../../../../crypto/bytes.ts'
import type { Node } from '../../../../node/node.ts'
import type { Found } from '../../../../node/search/search.ts'
import { asTamgaError } from '../../../../protocol/errors.ts'
import type { ClosedLog } from '../../../../protocol/roster-history.ts'
import { logOf } from '../../../../protocol/epochs.ts'
import { SEED_2017 } from '../../../../protocol/rules/policies/seed-2017.ts'
import type { CapturedFinger } from '../../../../protocol/payload.ts'
import { testPerson } from '../../../support/test-person.ts'
import { Erasing } from '../../erasure/support/erasing.ts'

/** Many in an hour. */
const RATE_FACTOR = 10_000

/** Between two searches, ms. */
const PAUSE_MS = 40

/** One search for somebody, or for nobody who is there. */
export interface Asked {
  readonly of: string
  readonly at: string
  readonly found: Found | undefined
  readonly code: string | undefined
}

export class Succeeding extends Erasing {
  /** Handles in hex, by the names of the people. */
  readonly people = new Map<string, Uint8Array>()
  readonly asked: Asked[] = []
  #isAsking = false
  #open = 0

  /** With all of `names` as machines, of which `first` are the nodes of the first roster. */
  static async founded(
    seed: string,
    first: readonly string[],
    names = first,
    replicas = 2,
  ): Promise<Succeeding> {
    return Succeeding.start(seed, [SEED_2017], names, RATE_FACTOR, first, replicas)
  }

  async enrolAll(names: readonly string[], place = 0): Promise<void> {
    for (const name of names) {
      const request = this.request(testPerson(name).capture())
      const { handle } = await this.run(this.node(place).enrolment.enrol(request))
      // Whoever is asked before a node knows of them has not found them, and is right.
      await this.until(() => this.register.nodes().every(({ registry }) => registry.person(handle)))
      this.people.set(name, handle)
    }
  }

  /** Asks at all nodes in turn, for everybody in turn, until `stopAsking`. */
  startAsking(): void {
    this.#isAsking = true
    const names = [...this.people.keys(), 'a stranger']
    let turn = 0
    const ask = (): void => {
      if (!this.#isAsking) return
      const nodes = this.register.nodes()
      const node = nodes[turn % nodes.length]
      const name = names[Math.floor(turn / Math.max(1, nodes.length)) % names.length]!
      turn += 1
      if (node) void this.#ask(node, name)
      this.world.clock.timer(PAUSE_MS, ask)
    }
    ask()
  }

  async stopAsking(): Promise<void> {
    this.#isAsking = false
    await this.until(() => this.#open === 0)
  }

  async ask(name: string, node: Node): Promise<Found> {
    return this.run(node.search.ask(this.#question(name)))
  }

  /** What somebody heard who should have heard something else. */
  wrong(): string[] {
    return this.asked.flatMap(({ of: name, at, found, code }) => {
      const handle = this.people.get(name)
      const verdict = found?.answer.verdict ?? code
      const silent = found?.answer.shards.filter(({ answeredBy }) => answeredBy === undefined)
      const named = found?.answer.candidates[0]?.handle
      const isRight =
        verdict === (handle ? 'hit' : 'no-hit') &&
        silent?.length === 0 &&
        (!handle || (named && toHex(named) === toHex(handle)))
      const lacking = silent?.map(({ shard, asked }) => `${shard} of ${asked.join(' ')}`).join(', ')
      return isRight ? [] : [`${name} at ${at}: ${verdict}, silent: ${lacking}`]
    })
  }

  /** What every node has of the log of somebody who has left. */
  async closing(name: string): Promise<ClosedLog> {
    const node = this.register.nodes().find((one) => one.name !== name)
    const mirror = node!.ledger.mirrors.get(name)!
    const root = await this.run(mirror.stored.rootAt(mirror.size))
    return { ...logOf(this.register.roster, name)!, address: '', size: mirror.size, root }
  }

  /** Whether all nodes are in the epoch of the roster, and no shard is on its way. */
  haveMoved(): boolean {
    const { epoch, nodes } = this.register.roster
    const up = this.register.nodes()
    return (
      up.length === nodes.length &&
      up.every(({ roster, registry, keeper, name }) => {
        const isOver = registry.moves.moving.length === 0
        const kept = keeper.shards.every((shard) => registry.moves.holds(name, shard))
        return roster.epoch === epoch && isOver && kept
      })
    )
  }

  #question(name: string) {
    const fingers: readonly CapturedFinger[] = testPerson(name).capture('at the border')
    return this.register.request('identify', fingers, this.world.random.fork(`ask ${name}`))
  }

  async #ask(node: Node, name: string): Promise<void> {
    this.#open += 1
    const about = { of: name, at: node.name }
    try {
      const found = await node.search.ask(this.#question(name))
      this.asked.push({ ...about, found, code: undefined })
    } catch (error) {
      const { code, message } = asTamgaError(error)
      // Who has only just joined may not know the officers yet, and says so.
      if (code !== 'not-ready') {
        this.asked.push({ ...about, found: undefined, code: `${code} ${message}` })
      }
    }
    this.#open -= 1
  }
}
