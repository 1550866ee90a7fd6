/**
 * Asking the shards: each of the replica that is expected to answer soonest, all shards of one node
 * in one request.
 *
 * Who fails, or says less than it was asked, is followed by the next replica at once. Who is out
 * for longer than it nearly ever is, is not given up, but the next is asked as well, as far as the
 * budget goes; the first part for a shard that holds stands, and whoever else is asked for it is
 * told to stop. The outcome names every shard, also those that nobody answered for.
 */
import type { ShardOutcome } from '../../protocol/answer.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { REPLICAS_MAX } from '../../protocol/limits.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { CheckedQuery } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import { FIRST_REPLICA_SHARE } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'
import type { AnswerTimes, TimedCall } from './answer-times.ts'
import { askShards } from './ask-shards.ts'
import { Cover, type GatheredPart } from './cover.ts'
import type { HedgeBudget } from './hedge-budget.ts'

export interface Scattered {
  readonly query: CheckedQuery
  readonly payload: Uint8Array
  readonly shards: readonly number[]
  /** On the clock's time, ms. */
  readonly deadline: number
  /** Ends it before: what has been answered by then is what there is. */
  readonly signal?: AbortSignal | undefined
}

export interface ScatterOptions {
  /** Of the epoch in which it is asked: it does not change while it is. */
  readonly roster: Roster
  /** Whether a node that is late is followed by another before half of the time is over. */
  readonly isHedged: boolean
  /** For so long nobody is late, whatever they needed before, ms: all nodes have as much to do. */
  readonly backlogMs: number
}

export interface ScatterModules {
  readonly mesh: Mesh
  readonly clock: Clock
  readonly ledger: Ledger
  readonly registry: Registry
  /** Of searches like this one. */
  readonly times: AnswerTimes
  readonly budget: HedgeBudget
}

export interface Gathered {
  readonly parts: readonly GatheredPart[]
  readonly outcomes: readonly ShardOutcome[]
}

/** @throws TamgaError `overloaded`: all replicas of a shard are there and have no time for it */
export async function scatter(
  request: Scattered,
  options: ScatterOptions,
  modules: ScatterModules,
): Promise<Gathered> {
  return new Scattering(request, options, modules).run()
}

/** Where one shard stands while it is being asked for. */
interface Pending {
  readonly shard: number
  /** As the roster prefers them. */
  readonly replicas: readonly string[]
  /** In the order in which they are to be asked. */
  readonly untried: string[]
  readonly asked: string[]
  /** Of those that were asked, who has too much to do. */
  readonly overloaded: Set<string>
}

/** One node that is being asked. */
interface OpenCall {
  readonly node: string
  readonly group: readonly Pending[]
  readonly timed: TimedCall
  readonly cancel: AbortController
  stopTimer: () => void
}

class Scattering {
  readonly #request: Scattered
  readonly #options: ScatterOptions
  readonly #modules: ScatterModules
  readonly #pending: readonly Pending[]
  readonly #cover = new Cover()
  readonly #calls = new Set<OpenCall>()
  #end!: () => void
  #isOver = false
  #overloaded: Pending | undefined

  constructor(request: Scattered, options: ScatterOptions, modules: ScatterModules) {
    const { ledger, registry, times } = modules
    this.#request = request
    this.#options = options
    this.#modules = modules
    // Whose log contradicts itself binds itself to nothing by it.
    const isSound = (node: string): boolean => !ledger.quarantine.has(node)
    this.#pending = request.shards.map((shard): Pending => {
      const { first, last } = registry.moves.searchersOf(shard)
      const whole = first.filter(isSound)
      const untried = [...times.inOrder(whole), ...last.filter(isSound)].slice(0, REPLICAS_MAX)
      return {
        shard,
        replicas: whole.length > 0 ? whole : untried.slice(),
        untried,
        asked: [],
        overloaded: new Set(),
      }
    })
  }

  async run(): Promise<Gathered> {
    const { signal } = this.#request
    const over = new Promise<void>((resolve) => {
      this.#end = resolve
    })
    signal?.addEventListener('abort', this.#end)
    if (signal?.aborted) this.#end()
    else this.#start()
    await over
    signal?.removeEventListener('abort', this.#end)
    this.#isOver = true
    for (const call of this.#calls) this.#stop(call)
    if (this.#overloaded) throw overload(this.#overloaded)
    const outcomes = this.#pending.map(({ shard, asked }) => {
      return { shard, asked, answeredBy: this.#cover.nodeOf(shard) }
    })
    return { parts: this.#cover.parts(), outcomes }
  }

  #start(): void {
    const passedOver = this.#pending.filter(({ replicas, untried }) => untried[0] !== replicas[0])
    this.#askNext(this.#pending)
    this.#retry(passedOver)
  }

  /** Asks the next replica of each, where there is one, and ends when nobody is asked any more. */
  #askNext(open: readonly Pending[]): void {
    const { clock } = this.#modules
    const groups = new Map<string, Pending[]>()
    const isTooLate = clock.now() >= this.#request.deadline
    for (const pending of isTooLate ? [] : open) {
      const node = pending.untried.shift()
      if (node === undefined) {
        if (isOverloaded(pending)) return this.#giveUp(pending)
        continue
      }
      groups.set(node, [...(groups.get(node) ?? []), pending])
    }
    for (const [node, group] of groups) this.#ask(node, group)
    if (this.#calls.size === 0) this.#end()
  }

  #ask(node: string, group: readonly Pending[]): void {
    const { times, budget } = this.#modules
    budget.earn()
    note(node, group)
    const cancel = new AbortController()
    const call = { node, group, timed: times.asked(node), cancel, stopTimer: () => undefined }
    this.#calls.add(call)
    this.#watch(call)
    void this.#hear(call)
  }

  async #hear(call: OpenCall): Promise<void> {
    const { node, group, timed, cancel } = call
    try {
      const part = await this.#askNode(node, group, cancel.signal)
      timed.answered()
      // It did search them; if its part does not fit beside another's, it can be asked again.
      if (!this.#cover.take(part)) for (const { untried } of group) untried.push(node)
    } catch (error) {
      unanswered(timed, error)
      if (asTamgaError(error).code === 'overloaded') {
        for (const { overloaded } of group) overloaded.add(node)
      }
    }
    this.#calls.delete(call)
    call.stopTimer()
    if (!this.#isOver) this.#goOn(call)
  }

  #goOn({ group }: OpenCall): void {
    for (const call of this.#calls) {
      if (call.group.every(({ shard }) => this.#cover.has(shard))) this.#stop(call)
    }
    if (this.#pending.every(({ shard }) => this.#cover.has(shard))) return this.#end()
    const isAsked = (pending: Pending): boolean => {
      return [...this.#calls].some((call) => call.group.includes(pending))
    }
    this.#askNext(this.#openOf(group).filter((pending) => !isAsked(pending)))
  }

  /** Whoever is out for too long is followed by the next. */
  #watch(call: OpenCall): void {
    const { clock, times, budget } = this.#modules
    const halfMs = (this.#request.deadline - clock.now()) * FIRST_REPLICA_SHARE
    const follow = (): void => this.#askNext(this.#openOf(call.group))
    const canBeFollowed = (): boolean => {
      return this.#openOf(call.group).some(({ untried }) => untried.length > 0)
    }
    // Who has answered others meanwhile is not gone but busy: then this is a hedge like any other.
    const onHalf = (): void => {
      if (!canBeFollowed()) return
      const isBusy = this.#options.isHedged && times.hasAnsweredSince(call.node, call.timed.at)
      if (!isBusy || budget.take()) follow()
    }
    const patienceMs = Math.max(times.patienceMs(call.node), this.#options.backlogMs)
    const lateMs = Math.min(patienceMs, halfMs)
    const onLate = (): void => {
      if (!canBeFollowed()) return
      if (budget.take()) follow()
      else call.stopTimer = clock.timer(halfMs - lateMs, onHalf)
    }
    call.stopTimer = this.#options.isHedged
      ? clock.timer(lateMs, onLate)
      : clock.timer(halfMs, onHalf)
  }

  /**
   * Lets one node that was passed over show how soon it answers now. What it says is checked, and
   * not used: its part would overlap with those that the answer is made of.
   */
  #retry(passedOver: readonly Pending[]): void {
    const { times, budget } = this.#modules
    const nodes = new Set(passedOver.flatMap(({ replicas }) => replicas[0] ?? []))
    const node = [...nodes].find((one) => times.takeRetry(one))
    if (node === undefined || !budget.take()) return
    const group = passedOver.filter(({ replicas }) => replicas[0] === node)
    note(node, group)
    const timed = times.asked(node)
    this.#askNode(node, group).then(
      () => timed.answered(),
      (error: unknown) => unanswered(timed, error),
    )
  }

  async #askNode(
    node: string,
    group: readonly Pending[],
    signal?: AbortSignal,
  ): Promise<GatheredPart> {
    const { query, payload, deadline } = this.#request
    const shards = group.map(({ shard }) => shard)
    const { roster } = this.#options
    const { mesh } = this.#modules
    return askShards({ node, shards, query, payload, deadline, signal }, { roster, mesh })
  }

  #openOf(group: readonly Pending[]): Pending[] {
    return group.filter(({ shard }) => !this.#cover.has(shard))
  }

  /** Others need not search what will not be whole, and can be asked again soon. */
  #giveUp(pending: Pending): void {
    this.#overloaded ??= pending
    this.#end()
  }

  #stop({ cancel, stopTimer }: OpenCall): void {
    stopTimer()
    cancel.abort()
  }
}

/** Whoever gives up, at the deadline or because another was sooner, has not been refused. */
function unanswered(timed: TimedCall, error: unknown): void {
  const { code } = asTamgaError(error)
  if (code === 'deadline') timed.givenUp()
  else if (code === 'overloaded') timed.refused()
  else timed.failed()
}

/** Whether nobody is left for a shard, and not because they are gone. */
function isOverloaded({ asked, overloaded }: Pending): boolean {
  return asked.length > 0 && asked.every((node) => overloaded.has(node))
}

function overload({ shard, asked }: Pending): TamgaError {
  const message = `${asked.join(' and ')} have no time to search shard ${shard}`
  return new TamgaError('overloaded', message)
}

function note(node: string, group: readonly Pending[]): void {
  for (const { asked } of group) if (!asked.includes(node)) asked.push(node)
}
