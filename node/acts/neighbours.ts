/**
 * Asking other nodes which handle a number has: its home, which decides, and where that is silent
 * all of them. The number travels over the mesh to nodes of the roster and nowhere else, and stays
 * in no log and on no disk but those of the books that it stands in.
 */
import { asTamgaError } from '../../protocol/errors.ts'
import {
  claimReplies,
  claimRequests,
  CLAIMS,
  RESOLUTIONS,
  resolutionReplies,
  resolutionRequests,
  type ClaimRequest,
  type ResolutionReply,
  type ResolutionRequest,
} from '../../protocol/message/resolution.ts'
import type { Clock } from '../clock.ts'
import { RESOLUTION_TIMEOUT_MS } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'

interface NeighbourModules {
  readonly mesh: Mesh
  readonly clock: Clock
}

export interface Told {
  readonly handle: Uint8Array | undefined
  /** How many gave no answer, or none that holds. */
  readonly silent: number
}

export interface Answers {
  /** Which handle the number has, as far as this node may say. */
  readonly resolve: (request: ResolutionRequest) => Promise<ResolutionReply>
  /** Which handle a number has that was claimed: its home decides, and asks others. */
  readonly settle: (request: ClaimRequest, from: string) => Promise<Uint8Array>
}

export class Neighbours {
  readonly #modules: NeighbourModules

  constructor(modules: NeighbourModules) {
    this.#modules = modules
  }

  /** Of two who know the number the first by name counts: at whichever node it is asked. */
  async ask(request: ResolutionRequest): Promise<Told> {
    const encoded = resolutionRequests.encode(request)
    const peers = this.#modules.mesh.peers().toSorted((a, b) => (a < b ? -1 : 1))
    const asked = peers.map((peer) => this.#resolve(peer, encoded, RESOLUTION_TIMEOUT_MS))
    const told = await Promise.all(asked)
    const reply = told.find((one) => one?.known)
    return { handle: reply?.known, silent: told.filter((one) => one === undefined).length }
  }

  /** Undefined where the home gives no answer in time, in which it may ask all others. */
  async askHome(home: string, request: ResolutionRequest): Promise<ResolutionReply | undefined> {
    return this.#resolve(home, resolutionRequests.encode(request), 2 * RESOLUTION_TIMEOUT_MS)
  }

  /** Which handle the number has at its home, which may ask all others; undefined as above. */
  async claim(home: string, request: ClaimRequest): Promise<Uint8Array | undefined> {
    return this.#claim(home, request, 2 * RESOLUTION_TIMEOUT_MS)
  }

  /** Which handles it has with all others; undefined where one gives no answer. */
  async claimed(request: ClaimRequest): Promise<Uint8Array[] | undefined> {
    const peers = this.#modules.mesh.peers()
    const asked = peers.map(async (peer) => this.#claim(peer, request, RESOLUTION_TIMEOUT_MS))
    const told = (await Promise.all(asked)).flatMap((one) => one ?? [])
    return told.length === peers.length ? told : undefined
  }

  serve({ resolve, settle }: Answers): void {
    const { mesh } = this.#modules
    mesh.serve(RESOLUTIONS, async (request) => {
      return resolutionReplies.encode(await resolve(resolutionRequests.decode(request)))
    })
    mesh.serve(CLAIMS, async (request, { from }) => {
      return claimReplies.encode({ handle: await settle(claimRequests.decode(request), from) })
    })
  }

  async #claim(peer: string, request: ClaimRequest, ms: number): Promise<Uint8Array | undefined> {
    const encoded = claimRequests.encode(request)
    return this.#call(peer, { protocol: CLAIMS, encoded, ms }, (bytes) => {
      return claimReplies.decode(bytes).handle
    })
  }

  #resolve(peer: string, encoded: Uint8Array, ms: number): Promise<ResolutionReply | undefined> {
    return this.#call(peer, { protocol: RESOLUTIONS, encoded, ms }, resolutionReplies.decode)
  }

  async #call<T>(
    peer: string,
    { protocol, encoded, ms }: { protocol: string; encoded: Uint8Array; ms: number },
    decode: (bytes: Uint8Array) => T,
  ): Promise<T | undefined> {
    const { mesh, clock } = this.#modules
    let bytes: Uint8Array
    try {
      bytes = await mesh.call(peer, protocol, encoded, { deadline: clock.now() + ms })
    } catch {
      return undefined
    }
    try {
      return decode(bytes)
    } catch (error) {
      mesh.blame(peer, asTamgaError(error).code)
      return undefined
    }
  }
}
