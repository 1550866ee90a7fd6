/** Anchors that fail when they are told to, and can be let go of all at once. */
import type { Anchor, Anchors, AnchorValue } from '../../../../node/store/anchor.ts'
import { TamgaError } from '../../../../protocol/errors.ts'

export type Fault = 'kept' | 'lost'

/** Hands everything to other anchors, unless a test says otherwise. */
export class FaultyAnchors implements Anchors {
  readonly #anchors: Anchors
  readonly #open = new Set<Anchor>()
  /** Names of the anchors that were swapped, in order. */
  readonly swapped: string[] = []
  #fault: Fault | undefined
  #gate: Promise<void> = Promise.resolve()

  constructor(anchors: Anchors) {
    this.#anchors = anchors
  }

  /** The next swap is reported as failed, and is there or not. */
  failNext(fault: Fault): void {
    this.#fault = fault
  }

  /** Nothing is swapped until the returned function is called. */
  hold(): () => void {
    const opens: (() => void)[] = []
    this.#gate = new Promise((resolve) => void opens.push(resolve))
    return () => opens[0]!()
  }

  async open(name: string): Promise<Anchor> {
    return this.#faulty(name, await this.#anchors.open(name))
  }

  has(name: string): Promise<boolean> {
    return this.#anchors.has(name)
  }

  async create(name: string, first: AnchorValue): Promise<Anchor> {
    return this.#faulty(name, await this.#anchors.create(name, first))
  }

  /** Lets go of all that are open, as the end of their process does. */
  async release(): Promise<void> {
    for (const anchor of this.#open) await anchor.close()
    this.#open.clear()
  }

  #faulty(name: string, anchor: Anchor): Anchor {
    this.#open.add(anchor)
    let hasFailed = false
    let { current } = anchor
    const swap = async (next: AnchorValue): Promise<void> => {
      this.swapped.push(name)
      await this.#gate
      if (hasFailed) throw new TamgaError('storage', 'an earlier swap has failed')
      const fault = this.#fault
      this.#fault = undefined
      if (fault !== 'lost') await anchor.swap(next)
      if (!fault) {
        current = next
        return
      }
      hasFailed = true
      throw new TamgaError('storage', 'the swap has failed')
    }
    return {
      get current() {
        return current
      },
      swap,
      close: () => anchor.close(),
    }
  }
}
