/**
 * Packages of logs from other nodes, believed only with proof: that they are in the tree of the
 * checkpoint that is held here, or, where a peer has not come as far, that they hash to leaves that
 * are known to be.
 */
import { equalBytes } from '../../../crypto/bytes.ts'
import type { OpenedCheckpoint } from '../../../crypto/checkpoint.ts'
import { hashLeaf, type Hash } from '../../../crypto/hash.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import { verifySubtreeConsistency } from '../../../crypto/merkle/subtree.ts'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import { HEADS, heads } from '../../../protocol/message/head.ts'
import { pageRequests, pages, PAGES } from '../../../protocol/message/page.ts'
import type { Clock } from '../../clock.ts'
import { PULL_TIMEOUT_MS } from '../../limits.ts'
import type { Logger } from '../../logger.ts'
import type { Mesh } from '../../mesh/mesh.ts'
import { held } from '../pull.ts'
import { leavesOf } from './tree-walk.ts'
import type { Packages, Wanted } from './mender.ts'

interface MeshPackagesModules {
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

/** Reads a checkpoint of a log. @throws what is wrong with it */
export type OpenCheckpoint = (log: string, note: string) => OpenedCheckpoint

export class MeshPackages implements Packages {
  readonly #modules: MeshPackagesModules
  readonly #open: OpenCheckpoint
  /** How far each peer's logs go, by its name and the log's. */
  readonly #holding = new Map<string, Map<string, OpenedCheckpoint>>()

  constructor(open: OpenCheckpoint, modules: MeshPackagesModules) {
    this.#open = open
    this.#modules = modules
  }

  /** Asks everybody who is connected what they hold; those who do not say hold nothing. */
  async ask(): Promise<void> {
    const { mesh, logger } = this.#modules
    await Promise.all(
      mesh.connected().map(async (peer) => {
        try {
          const bytes = await this.#call(peer, HEADS, new Uint8Array())
          await held(peer, mesh, async () => this.#hear(peer, bytes))
        } catch (error) {
          logger.warn('a peer did not say what it holds', {
            peer,
            reason: asTamgaError(error).message,
          })
        }
      }),
    )
  }

  /** Checkpoints of `log` that others hold. */
  known(log: string): OpenedCheckpoint[] {
    return [...this.#holding.values()].flatMap((logs) => logs.get(log) ?? [])
  }

  async fetch(wanted: Wanted): Promise<readonly Uint8Array[] | undefined> {
    const { mesh, logger } = this.#modules
    for (const [peer, logs] of this.#holding) {
      const size = Math.min(
        Number(wanted.checkpoint.size),
        Number(logs.get(wanted.log)?.size ?? 0n),
      )
      if (size < wanted.to) continue
      try {
        return await held(peer, mesh, async () => this.#fetchFrom(peer, size, wanted))
      } catch (error) {
        const { message: reason } = asTamgaError(error)
        logger.warn('a package could not be fetched', { log: wanted.log, peer, reason })
      }
    }
    return undefined
  }

  #hear(peer: string, bytes: Uint8Array): void {
    const logs = new Map<string, OpenedCheckpoint>()
    for (const { log, checkpoint } of heads.decode(bytes)) {
      const opened = this.#open(log, checkpoint)
      if (opened.size > (logs.get(log)?.size ?? 0n)) logs.set(log, opened)
    }
    this.#holding.set(peer, logs)
  }

  /** A page may end early, at its limit of bytes: then the next one goes on from there. */
  async #fetchFrom(peer: string, size: number, wanted: Wanted): Promise<readonly Uint8Array[]> {
    const { log, from, to, leaves } = wanted
    const entries: Uint8Array[] = []
    for (let next = from; next < to; next = from + entries.length) {
      const bytes = await this.#call(peer, PAGES, pageRequests.encode({ log, start: next, size }))
      const page = pages.decode(bytes)
      if (page.entries.length === 0) throw new TamgaError('bad-proof', 'a page without entries')
      entries.push(...page.entries)
      // A shorter tree may be none that this log ever was: then only known leaves are proof.
      if (BigInt(size) === wanted.checkpoint.size) verify(from, entries, page.proof, wanted)
      else if (!leaves) throw new TamgaError('bad-proof', `${peer} holds too little to prove it`)
    }
    const asked = entries.slice(0, to - from)
    if (!leaves || equalBytes(leavesOf(asked)!, leaves)) return asked
    throw new TamgaError('bad-proof', `other entries than ${from} to ${to} of ${log}`)
  }

  #call(peer: string, protocol: string, request: Uint8Array): Promise<Uint8Array> {
    const { mesh, clock } = this.#modules
    return mesh.call(peer, protocol, request, { deadline: clock.now() + PULL_TIMEOUT_MS })
  }
}

/** That the entries of a package, as far as they go, are in the checkpoint's tree. */
function verify(
  start: number,
  entries: readonly Uint8Array[],
  proof: readonly Hash[],
  { checkpoint }: Wanted,
): void {
  const tree = RightEdge.empty()
  for (const entry of entries) tree.append(hashLeaf(entry))
  try {
    verifySubtreeConsistency({
      start: BigInt(start),
      end: BigInt(start + entries.length),
      size: checkpoint.size,
      root1: tree.root(),
      root2: checkpoint.root,
      proof,
    })
  } catch (cause) {
    throw new TamgaError('bad-proof', `a page from ${start} on is not in its tree`, { cause })
  }
}
