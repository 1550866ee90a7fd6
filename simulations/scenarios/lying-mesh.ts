/**
 * The mesh of a node that lies: now and then it answers what no honest node would, in every
 * protocol of the ledger. Its keys are its own and no other's, as a liar's are.
 */
import { cosignCheckpoint, type Cosigner } from '../../crypto/cosignature.ts'
import { parseNote } from '../../crypto/note.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'
import { CONSISTENCY, consistencyReplies } from '../../protocol/message/consistency.ts'
import { ACCUSATIONS, EVIDENCE, evidenceReplies } from '../../protocol/message/evidence.ts'
import { CHECKPOINTS, heads, HEADS, type Head } from '../../protocol/message/head.ts'
import { MIRRORED, mirroreds } from '../../protocol/message/mirrored.ts'
import { PAGES, pages, type Page } from '../../protocol/message/page.ts'
import { STANDING, standingReplies, standingRequests } from '../../protocol/message/standing.ts'
import { WITNESS, witnessReplies, witnessRequests } from '../../protocol/message/witness.ts'

import type { CallOptions, Handler, Mesh, Peer } from '../../node/mesh/mesh.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

export interface LiarModules {
  readonly mesh: Mesh
  readonly random: SeededRandom
  /** Says what it holds as a mirror, whether it does or not. */
  readonly mirroring: Cosigner
  readonly witnessing: Cosigner
}

/** A request of a peer and the honest answer to it. */
interface Asked {
  readonly request: Uint8Array
  readonly from: string
  readonly honest: Uint8Array
}

type Lie = (asked: Asked) => Uint8Array

const TOO_LONG: Lie = () => new Uint8Array(FRAME_BYTES_MAX + 1)
const EMPTY: Lie = () => new Uint8Array()

const LIE_PROBABILITY = 0.4

/** Heads that are kept to be shown again when they are old. */
const OLD_HEADS_MAX = 64

const DIGEST_BYTES = 32

export class LyingMesh implements Mesh {
  readonly self: string
  readonly #modules: LiarModules
  readonly #old: Head[] = []
  readonly #lies: ReadonlyMap<string, readonly Lie[]>

  constructor(modules: LiarModules) {
    this.self = modules.mesh.self
    this.#modules = modules
    const rubbish: Lie = () => modules.random.bytes(1 + modules.random.integer(200))
    const common = [rubbish, TOO_LONG, EMPTY]
    this.#lies = new Map([
      [PAGES, [...common, ...this.#pageLies()]],
      [CONSISTENCY, [...common, () => this.#forgedConsistency()]],
      [HEADS, [...common, () => heads.encode(this.#forgedHeads())]],
      [STANDING, [...common, ({ request }) => this.#falseStanding(request)]],
      [WITNESS, [...common, ...this.#witnessLies()]],
      [EVIDENCE, [...common, () => evidenceReplies.encode([modules.random.bytes(90)])]],
      [MIRRORED, common],
    ])
  }

  async call(
    peer: string,
    protocol: string,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array> {
    return this.#modules.mesh.call(peer, protocol, request, options)
  }

  serve(protocol: string, handler: Handler): void {
    this.#modules.mesh.serve(protocol, async (request, call) => {
      if (protocol === WITNESS) this.#pretendToMirror(request, call.from)
      const honest = await handler(request, call)
      if (protocol === HEADS) this.#remember(honest)
      const lies = this.#lies.get(protocol)
      const { random } = this.#modules
      if (!lies || !random.chance(LIE_PROBABILITY)) return honest
      return random.pick(lies)({ request, from: call.from, honest })
    })
  }

  announce(topic: string, bytes: Uint8Array): void {
    const { mesh, random } = this.#modules
    if (topic === CHECKPOINTS) this.#remember(bytes)
    mesh.announce(topic, bytes)
    if (!random.chance(LIE_PROBABILITY)) return
    mesh.announce(CHECKPOINTS, heads.encode(this.#forgedHeads()))
    mesh.announce(ACCUSATIONS, random.bytes(100))
  }

  listen(topic: string, listener: (bytes: Uint8Array, from: string) => void): void {
    this.#modules.mesh.listen(topic, listener)
  }

  /** Slander costs nothing, and is the network's to write down. */
  blame(): void {}

  peers(): readonly string[] {
    return this.#modules.mesh.peers()
  }

  admit(peers: readonly Peer[]): void {
    this.#modules.mesh.admit(peers)
  }

  connected(): readonly string[] {
    return this.#modules.mesh.connected()
  }

  async close(): Promise<void> {
    await this.#modules.mesh.close()
  }

  #remember(bytes: Uint8Array): void {
    this.#old.push(...heads.decode(bytes))
    this.#old.splice(0, this.#old.length - OLD_HEADS_MAX)
  }

  /** Other entries, fewer, more, in another order, or another proof. */
  #pageLies(): Lie[] {
    const { random } = this.#modules
    return [
      changed(({ entries, proof }) => ({
        entries: entries.map((entry, at) => (at === 0 ? random.bytes(entry.length) : entry)),
        proof,
      })),
      changed(({ entries, proof }) => ({ entries: entries.slice(0, -1), proof })),
      changed(({ entries, proof }) => ({ entries: [...entries, random.bytes(8)], proof })),
      changed(({ entries, proof }) => ({ entries: entries.toReversed(), proof })),
      changed(({ entries, proof }) => ({ entries, proof: proof.slice(1) })),
      changed(({ entries }) => ({ entries, proof: [random.bytes(DIGEST_BYTES)] })),
    ]
  }

  #forgedConsistency(): Uint8Array {
    const { random } = this.#modules
    const proof = Array.from({ length: random.integer(8) }, () => random.bytes(DIGEST_BYTES))
    return consistencyReplies.encode({ root: random.bytes(DIGEST_BYTES), proof })
  }

  /** Old ones that were true once, and such as were never signed. */
  #forgedHeads(): Head[] {
    const { random } = this.#modules
    if (this.#old.length === 0) return []
    const { log, checkpoint } = random.pick(this.#old)
    const { checkpoint: other } = random.pick(this.#old)
    const size = /\n\d+\n/
    const larger = checkpoint.replace(size, `\n${random.integer(1_000_000)}\n`)
    return [random.pick([checkpoint, other, larger])].map((note) => ({ log, checkpoint: note }))
  }

  /** It knows of nothing, of something old, or holds what it does not. */
  #falseStanding(request: Uint8Array): Uint8Array {
    const { random } = this.#modules
    const { log } = standingRequests.decode(request)
    const old = this.#old.filter((head) => head.log === log).map(({ checkpoint }) => checkpoint)
    const some = (): string => (old.length > 0 && random.chance(0.7) ? random.pick(old) : '')
    return standingReplies.encode({ known: some(), held: some() })
  }

  #witnessLies(): Lie[] {
    const { random, witnessing } = this.#modules
    const size = random.integer(1_000_000)
    return [
      () => witnessReplies.encode({ type: 'conflict', size }),
      () => witnessReplies.encode({ type: 'conflict', size: 0 }),
      () => witnessReplies.encode({ type: 'unprocessable' }),
      () => witnessReplies.encode({ type: 'unknown' }),
      () => witnessReplies.encode({ type: 'forbidden' }),
      () => cosigned(cosignCheckpoint('another text\n1\nnothing\n', witnessing, 0)),
      // Without a look at what it has cosigned before, and without keeping it.
      ({ request }) => cosigned(this.#lineOver(request, witnessing)),
    ]
  }

  #lineOver(request: Uint8Array, by: Cosigner): string {
    const { text } = parseNote(witnessRequests.decode(request).checkpoint)
    return cosignCheckpoint(text, by, 1_767_225_600)
  }

  /** "I hold all of it", before a single entry was pulled. */
  #pretendToMirror(request: Uint8Array, from: string): void {
    const { mesh, random, mirroring } = this.#modules
    if (!random.chance(LIE_PROBABILITY)) return
    const { text } = parseNote(witnessRequests.decode(request).checkpoint)
    const line = this.#lineOver(request, mirroring)
    const deadline = Number.MAX_SAFE_INTEGER
    mesh.call(from, MIRRORED, mirroreds.encode({ text, line }), { deadline }).catch(() => {})
  }
}

/** A page with something else in it. */
function changed(change: (page: Page) => Page): Lie {
  return ({ honest }) => pages.encode(change(pages.decode(honest)))
}

function cosigned(line: string): Uint8Array {
  return witnessReplies.encode({ type: 'cosigned', line })
}
