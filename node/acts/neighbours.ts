/**
 * Asking the other regions whether they know a number: each keeps a book of its own, and a person
 * belongs into one of them. The number travels over the mesh to nodes of the roster and nowhere
 * else, and stays in no log and on no disk but that of the book it stands in.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import {
  RESOLUTIONS,
  resolutionReplies,
  resolutionRequests,
  type ResolutionReply,
  type Resolved,
  type ResolutionRequest,
} from '../../protocol/message/resolution.ts'
import type { Roster } from '../../protocol/roster.ts'
import { expect, verifyIncluded } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import { RESOLUTION_TIMEOUT_MS } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'

interface NeighbourModules {
  readonly mesh: Mesh
  readonly clock: Clock
}

export interface Told {
  readonly found: Resolved | undefined
  /** Whether somebody gave no answer, or none that holds. */
  readonly isSilent: boolean
}

export class Neighbours {
  readonly #roster: Roster
  readonly #modules: NeighbourModules

  constructor({ roster }: { roster: Roster }, modules: NeighbourModules) {
    this.#roster = roster
    this.#modules = modules
  }

  /** Of two who know the number the first by name counts: at whichever node it is asked. */
  async ask(request: ResolutionRequest): Promise<Told> {
    const { mesh } = this.#modules
    const encoded = resolutionRequests.encode(request)
    const told = await Promise.all(
      mesh.peers().map(async (peer) => this.#askOne(peer, request, encoded)),
    )
    const found = told.flatMap((answer) => answer?.found ?? [])
    found.sort((a, b) => (a.entry.log < b.entry.log ? -1 : 1))
    return { found: found[0], isSilent: told.includes(undefined) }
  }

  /** Answers what others ask; `resolve` does the deed here if it is about somebody known here. */
  serve(resolve: (request: ResolutionRequest) => Promise<Resolved | undefined>): void {
    this.#modules.mesh.serve(RESOLUTIONS, async (request) => {
      return resolutionReplies.encode({ found: await resolve(resolutionRequests.decode(request)) })
    })
  }

  async #askOne(
    peer: string,
    { deed }: ResolutionRequest,
    encoded: Uint8Array,
  ): Promise<ResolutionReply | undefined> {
    const { mesh, clock } = this.#modules
    let bytes: Uint8Array
    try {
      const deadline = clock.now() + RESOLUTION_TIMEOUT_MS
      bytes = await mesh.call(peer, RESOLUTIONS, encoded, { deadline })
    } catch {
      return undefined
    }
    try {
      const reply = resolutionReplies.decode(bytes)
      if (reply.found) this.#check(reply.found, peer, deed)
      return reply
    } catch (error) {
      mesh.blame(peer, asTamgaError(error).code)
      return undefined
    }
  }

  /** @throws TamgaError `bad-proof` unless the deed stands in the log of whoever answers */
  #check({ handle, entry, index }: Resolved, peer: string, deed: Uint8Array): void {
    expect(entry.log === peer, `an act in the log of ${entry.log} from ${peer}`)
    expect(verifyIncluded(entry, this.#roster) === BigInt(index), 'an act that stands elsewhere')
    const act = decodeEntryOf('act', entry.entry)
    const isIt = equalBytes(act.deed, deed) && act.subject && equalBytes(act.subject, handle)
    expect(isIt, 'another act than was asked for')
  }
}
