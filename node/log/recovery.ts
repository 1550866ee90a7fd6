/**
 * After every start, before the own log signs anything: how far has it ever gone? Others are asked,
 * for a disk that came back from a backup, was copied or is new looks as good as any other.
 *
 * So many have to answer that those who did not cannot be a quorum together with this node: then no
 * checkpoint that a quorum has cosigned can be forgotten. Whatever goes further than what is here
 * is fetched back from whoever holds it. A log that others know to have gone another way does not
 * sign any more: its key has signed two histories, or somebody else has the key.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { verifyConsistency } from '../../crypto/merkle/consistency.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { CONSISTENCY, consistencyReplies } from '../../protocol/message/consistency.ts'
import { consistencyRequests } from '../../protocol/message/consistency.ts'
import { STANDING, standingReplies, standingRequests } from '../../protocol/message/standing.ts'
import { isQuorum } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { PULL_TIMEOUT_MS, STANDING_RETRY_MS } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Log } from './log.ts'
import type { Copy } from './pull.ts'

interface RecoveryModules {
  readonly own: Log
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
  /** Pulls what is missing up to a checkpoint from a peer. */
  readonly pull: (copy: Copy, checkpoint: OpenedCheckpoint, from: string) => Promise<void>
}

/** What a peer has said of this log. */
interface Said {
  readonly known: OpenedCheckpoint | undefined
  readonly held: OpenedCheckpoint | undefined
}

export class Recovery {
  readonly #roster: Roster
  readonly #modules: RecoveryModules
  readonly #said = new Map<string, Said>()
  #closed = false
  #pause: (() => void) | undefined

  constructor({ roster }: { roster: Roster }, modules: RecoveryModules) {
    this.#roster = roster
    this.#modules = modules
  }

  /** Resolves when the log signs, or when it is known that it will not. Never throws. */
  async run(): Promise<void> {
    const { own, logger } = this.#modules
    while (!this.#closed && !own.isSigning && !own.refusal && !own.isBroken) {
      try {
        if (await this.#attempt()) return
      } catch (error) {
        const { code, message: reason } = asTamgaError(error)
        logger.warn('the own log is not ready', { code, reason })
      }
      await this.#sleep()
    }
  }

  close(): void {
    this.#closed = true
    this.#pause?.()
  }

  async #attempt(): Promise<boolean> {
    const { own, mesh } = this.#modules
    await Promise.all(mesh.peers().map(async (peer) => this.#ask(peer)))
    if (this.#closed || !this.#isEnough()) return false
    const all = [...this.#said.values()].flatMap(({ known, held }) => [known, held])
    const signed = all.filter((checkpoint) => checkpoint !== undefined)
    const newest = signed.toSorted((a, b) => Number(b.size - a.size))[0]
    for (const checkpoint of signed) if (!(await this.#isOurs(checkpoint))) return true
    if (newest && newest.size > BigInt(own.size)) await own.adopt(newest.note)
    if (own.ahead !== undefined) await this.#fetch(own.open(own.ahead))
    if (own.ahead !== undefined) return false
    await own.permit()
    return true
  }

  /** Whether those who have not answered cannot be a quorum, even with this node. */
  #isEnough(): boolean {
    const { own, mesh } = this.#modules
    const silent = mesh.peers().filter((peer) => !this.#said.has(peer))
    return silent.length === 0 || !isQuorum([own.name, ...silent], this.#roster)
  }

  async #ask(peer: string): Promise<void> {
    const { own, mesh, clock } = this.#modules
    const deadline = clock.now() + PULL_TIMEOUT_MS
    const request = standingRequests.encode({ log: own.name })
    try {
      const reply = standingReplies.decode(await mesh.call(peer, STANDING, request, { deadline }))
      const opened = (note: string) => (note === '' ? undefined : own.open(note))
      this.#said.set(peer, { known: opened(reply.known), held: opened(reply.held) })
    } catch (error) {
      mesh.blame(peer, asTamgaError(error).code)
    }
  }

  /** Whether it fits what is here. If it does not, the log will not sign. */
  async #isOurs(checkpoint: OpenedCheckpoint): Promise<boolean> {
    const { own } = this.#modules
    if (own.size === 0 || checkpoint.size === 0n) return true
    const isIn = checkpoint.size <= BigInt(own.size)
    const root = isIn
      ? await own.stored.rootAt(Number(checkpoint.size))
      : await this.#rootBefore(checkpoint)
    const here = isIn ? checkpoint.root : await own.stored.rootAt(own.size)
    if (!root || equalBytes(root, here)) return true
    own.refuse(`its key has signed another history of ${checkpoint.size} entries`)
    return false
  }

  /** The root that a larger tree has at this log's size, from a peer that has the tree. */
  async #rootBefore(checkpoint: OpenedCheckpoint): Promise<Uint8Array | undefined> {
    const { own, mesh, clock } = this.#modules
    const to = Number(checkpoint.size)
    const request = consistencyRequests.encode({ log: own.name, from: own.size, to })
    for (const peer of this.#holding(checkpoint)) {
      try {
        const deadline = clock.now() + PULL_TIMEOUT_MS
        const bytes = await mesh.call(peer, CONSISTENCY, request, { deadline })
        const { root, proof } = consistencyReplies.decode(bytes)
        const sizes = { size1: BigInt(own.size), size2: checkpoint.size }
        verifyConsistency({ ...sizes, root1: root, root2: checkpoint.root, proof })
        return root
      } catch (error) {
        mesh.blame(peer, asTamgaError(error).code)
      }
    }
    throw new TamgaError('not-ready', `nobody holds the ${to} entries that were signed`)
  }

  async #fetch(checkpoint: OpenedCheckpoint): Promise<void> {
    const { own, logger } = this.#modules
    for (const peer of this.#holding(checkpoint)) {
      try {
        await this.#modules.pull(own, checkpoint, peer)
        logger.info('the own log was fetched back', { from: peer, size: own.size })
        return
      } catch (error) {
        const { code, message: reason } = asTamgaError(error)
        logger.warn('the own log could not be fetched', { from: peer, code, reason })
      }
    }
    if (await this.#fetchBeginning()) return
    throw new TamgaError('not-ready', `nobody has handed out ${checkpoint.size} entries`)
  }

  /** The end of the log may be staged here, and nowhere else: then the beginning is enough. */
  async #fetchBeginning(): Promise<boolean> {
    const { own, logger } = this.#modules
    const from = own.stagedFrom
    for (const [peer, { held }] of this.#said) {
      if (from === undefined || !held || held.size !== BigInt(from)) continue
      await this.#modules.pull(own, held, peer)
      await own.replay()
      logger.info('the own log was fetched back up to what was staged', { from: peer })
      return true
    }
    return false
  }

  #holding({ size }: OpenedCheckpoint): string[] {
    return [...this.#said].flatMap(([peer, { held }]) => (held && held.size >= size ? [peer] : []))
  }

  async #sleep(): Promise<void> {
    if (this.#closed) return
    await new Promise<void>((resolve) => {
      const cancel = this.#modules.clock.timer(STANDING_RETRY_MS, resolve)
      this.#pause = () => {
        cancel()
        resolve()
      }
    })
  }
}
