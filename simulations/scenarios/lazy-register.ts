/**
 * A register of three nodes of which one leaves people out of its searches, and signs that it did
 * not. Everything besides is as in production.
 */
import { toHex } from '../../crypto/bytes.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import type { Node } from '../../node/node.ts'
import { packFingers } from '../../node/search/fingers.ts'
import type { Found } from '../../node/search/search.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { NO_FAULTS } from '../world/faults.ts'
import { SimulatedWorld } from '../world/world.ts'
import { LazyGallery } from './lazy-gallery.ts'
import { SimulatedRegister } from './simulated-register.ts'

export const ASKER = 'almaty'
export const LAZY = 'astana'
const NAMES = [ASKER, LAZY, 'shymkent']
const LIMITS = { forMs: 120_000, eventsMax: 400_000 }

/** Officers ask as often as the simulation wants. */
const RATE_FACTOR = 10_000

export interface LazyRegisterOptions {
  readonly seed: string
  readonly shards: number
  readonly secondLookShare: number
  /** Prints of somebody who is not in the register. */
  readonly decoy: readonly CapturedFinger[]
  /** Whom the lazy node leaves out, by handle in hexadecimal. */
  readonly isLeftOut: (id: string) => boolean
}

export class LazyRegister {
  readonly world: SimulatedWorld
  readonly register: SimulatedRegister
  #requests = 0

  private constructor({ seed, shards, secondLookShare, decoy, isLeftOut }: LazyRegisterOptions) {
    this.world = new SimulatedWorld({ seed, names: NAMES, faults: NO_FAULTS })
    const [finger] = packFingers({ fingers: decoy })
    const lazy = { decoy: finger!.packed, isLeftOut }
    this.register = new SimulatedRegister(
      {
        shards,
        replicas: 2,
        rateFactor: RATE_FACTOR,
        secondLookShare,
        galleryOf: (name) => (name === LAZY ? new LazyGallery(lazy) : new MemoryGallery()),
      },
      { world: this.world },
    )
  }

  static async start(options: LazyRegisterOptions): Promise<LazyRegister> {
    const lazy = new LazyRegister(options)
    const { register } = lazy
    register.startAll()
    await lazy.until(() => register.areAllUp())
    await lazy.finish(register.found())
    await lazy.until(() => register.isSettled())
    return lazy
  }

  get asker(): Node {
    return this.register.node(ASKER)!
  }

  /** The person's handle, in hexadecimal. */
  async enrol(fingers: readonly CapturedFinger[]): Promise<string> {
    const random = this.world.random.fork(`enrolment ${(this.#requests += 1)}`)
    const handle = random.bytes(16)
    const request = this.register.request('enrol', fingers, random, handle)
    await this.finish(this.asker.enrolment.enrol(request))
    return toHex(handle)
  }

  async identify(fingers: readonly CapturedFinger[]): Promise<Found & { payload: Uint8Array }> {
    const random = this.world.random.fork(`question ${(this.#requests += 1)}`)
    const request = this.register.request('identify', fingers, random)
    const found = await this.finish(this.asker.search.ask(request))
    await this.finish(this.asker.secondLook.settled())
    return { ...found, payload: request.payload }
  }

  /** As the asking node has them. */
  async logs(): Promise<Map<string, Uint8Array[]>> {
    const { ledger } = this.asker
    const whole = new Map<string, Uint8Array[]>()
    for (const { name } of this.register.roster.nodes) {
      const entries = ledger.stored(name).entries(0, ledger.size(name))
      whole.set(name, [...(await this.finish(entries))])
    }
    return whole
  }

  async finish<T>(work: Promise<T>): Promise<T> {
    return this.world.clock.finish(work, LIMITS)
  }

  async until(holds: () => boolean): Promise<void> {
    await this.world.clock.run({ ...LIMITS, until: holds })
  }
}
