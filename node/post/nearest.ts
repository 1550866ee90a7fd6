/**
 * Asks the node that answers soonest, and the next one where it fails or is late: the first answer
 * that holds counts, and nobody waits for the others any more. Where all are slow, because all have
 * too much to do, hardly anything is asked twice: a budget runs out.
 */
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { AnswerTimes, type TimedCall } from '../search/answer-times.ts'
import { HedgeBudget } from '../search/hedge-budget.ts'
import { FAILOVER_MS_MAX } from './limits.ts'
import type { Link, Links } from './link.ts'

/** What takes as long as another of its kind. */
export type Kind = 'small' | 'inspection' | 'crossing'

export interface Answered<T> {
  readonly node: string
  readonly value: T
}

/**
 * Asks one node and checks what it says. What it throws counts against the node: the next is asked,
 * unless the node has refused by a rule that every node has.
 */
export type Question<T> = (link: Link, node: string, signal: AbortSignal) => Promise<T>

/** By these a node says that the request is at fault; any other would say so too. */
const REFUSALS = ['forbidden', 'unprocessable', 'conflict', 'bad-signature', 'too-large']

export class Nearest {
  readonly #links: Links
  readonly #clock: Clock
  readonly #times: Readonly<Record<Kind, AnswerTimes>>
  readonly #budget = new HedgeBudget()

  constructor({ links }: { links: Links }, { clock }: { clock: Clock }) {
    this.#links = links
    this.#clock = clock
    const times = () => new AnswerTimes({ clock })
    this.#times = { small: times(), inspection: times(), crossing: times() }
  }

  /** The nodes as they are best asked; where nobody was asked this yet, by small things. */
  inOrder(kind: Kind): string[] {
    return this.#times[kind].inOrder(this.#times.small.inOrder([...this.#links.keys()]))
  }

  /**
   * @throws the refusal of a node by a rule; TamgaError `unreachable`: nobody has an answer that
   *   holds within `timeoutMs`
   */
  async ask<T>(kind: Kind, timeoutMs: number, question: Question<T>): Promise<Answered<T>> {
    return this.#race(kind, question).run(this.inOrder(kind), timeoutMs)
  }

  /** Asks everybody at once, and says who has answered. */
  async askAll<T>(timeoutMs: number, question: Question<T>): Promise<Answered<T>[]> {
    const asked = [...this.#links.keys()].map(async (node) => {
      const race = this.#race('small', question)
      return race.run([node], timeoutMs).catch(() => undefined)
    })
    const answered = await Promise.all(asked)
    return answered.filter((one) => one !== undefined)
  }

  /** Asks this one and nobody else. As `ask`. */
  async askOne<T>(
    node: string,
    kind: Kind,
    timeoutMs: number,
    question: Question<T>,
  ): Promise<Answered<T>> {
    return this.#race(kind, question).run(this.#links.has(node) ? [node] : [], timeoutMs)
  }

  #race<T>(kind: Kind, question: Question<T>): Race<T> {
    const [clock, budget, times] = [this.#clock, this.#budget, this.#times[kind]]
    return new Race(this.#links, { clock, budget, times, question })
  }
}

interface Racing<T> {
  readonly clock: Clock
  readonly budget: HedgeBudget
  readonly times: AnswerTimes
  readonly question: Question<T>
}

/** One question, to one node after the other until somebody has answered. */
class Race<T> {
  readonly #links: Links
  readonly #racing: Racing<T>
  readonly #out = new Map<TimedCall, AbortController>()
  #settle!: (answered: Answered<T>) => void
  #giveUp!: (error: unknown) => void
  #left: string[] = []
  /** When, without a budget, another is asked as well. */
  #halfAt = 0
  #why = 'the post knows no node'
  #stopHedge: () => void = () => undefined
  #isOver = false

  constructor(links: Links, racing: Racing<T>) {
    this.#links = links
    this.#racing = racing
  }

  async run(nodes: readonly string[], timeoutMs: number): Promise<Answered<T>> {
    const { clock } = this.#racing
    this.#left = [...nodes]
    this.#halfAt = clock.now() + timeoutMs / 2
    const settled = new Promise<Answered<T>>((resolve, reject) => {
      this.#settle = resolve
      this.#giveUp = reject
    })
    const stop = clock.timer(timeoutMs, () => this.#fail('nobody answers in time'))
    this.#askNext()
    try {
      return await settled
    } finally {
      this.#isOver = true
      stop()
      this.#stopHedge()
      for (const [call, controller] of this.#out) {
        call.givenUp()
        controller.abort()
      }
    }
  }

  #askNext(): void {
    this.#stopHedge()
    const node = this.#left.shift()
    if (node === undefined) {
      if (this.#out.size === 0) this.#fail(this.#why)
      return
    }
    const { clock, times } = this.#racing
    const patienceMs = Math.min(times.patienceMs(node), FAILOVER_MS_MAX)
    if (this.#left.length > 0) this.#stopHedge = clock.timer(patienceMs, () => this.#hedge())
    void this.#ask(node)
  }

  #hedge(): void {
    const { clock, budget } = this.#racing
    const leftMs = this.#halfAt - clock.now()
    if (leftMs <= 0 || budget.take()) this.#askNext()
    else this.#stopHedge = clock.timer(leftMs, () => this.#askNext())
  }

  async #ask(node: string): Promise<void> {
    const { times, question, budget } = this.#racing
    budget.earn()
    const controller = new AbortController()
    const call = times.asked(node)
    this.#out.set(call, controller)
    try {
      const value = await question(this.#links.get(node)!, node, controller.signal)
      if (this.#isOver) return
      this.#out.delete(call)
      call.answered()
      this.#settle({ node, value })
    } catch (error) {
      if (this.#isOver) return
      this.#out.delete(call)
      const { code, message } = asTamgaError(error)
      if (code === 'overloaded') call.refused()
      else call.failed()
      if (REFUSALS.includes(code) && !(error instanceof Disbelieved)) {
        this.#giveUp(error)
        return
      }
      this.#why = `${node}: ${message}`
      this.#askNext()
    }
  }

  #fail(why: string): void {
    this.#giveUp(new TamgaError('unreachable', why))
  }
}

/** What a node says does not hold: it counts against the node, whatever its code. */
export class Disbelieved extends TamgaError {}

/** Checks what a node says. @throws Disbelieved with the code of whatever `check` throws */
export function believed<T>(check: () => T): T {
  try {
    return check()
  } catch (cause) {
    const { code, message } = asTamgaError(cause)
    throw new Disbelieved(code, message, { cause })
  }
}
