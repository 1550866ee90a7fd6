/**
 * Asks the other nodes to cosign the own log, one checkpoint after the other, and takes in what
 * they sign: as witnesses when asked, as mirrors when they have got there.
 *
 * A round shows one checkpoint to everybody who is not still busy with an earlier one, so that a
 * quorum comes together over the same checkpoint; the next one begins when it has, or when nobody
 * is left to wait for. Whoever does not answer holds up nobody.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { parseCheckpoint } from '../../crypto/checkpoint.ts'
import { cosignatureTime } from '../../crypto/cosignature.ts'
import { isSameKey, parseSignatureLines, type NoteVerifier } from '../../crypto/note.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { MIRRORED, mirroreds } from '../../protocol/message/mirrored.ts'
import { STANDING, standingReplies, standingRequests } from '../../protocol/message/standing.ts'
import { WITNESS, witnessReplies, witnessRequests } from '../../protocol/message/witness.ts'
import { mirrorVerifier, witnessVerifier, type CosignatureKind } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { WITNESS_REFRESH_MS, WITNESS_RETRY_MS, WITNESS_TIMEOUT_MS } from '../limits.ts'
import { onEpoch } from '../live-roster.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Cosignatures } from './cosignatures.ts'
import type { Log } from './log.ts'

interface CosigningModules {
  readonly own: Log
  readonly cosignatures: Cosignatures
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

/** Where a peer stands as a witness of this log. */
interface Peer {
  readonly name: string
  readonly verifier: NoteVerifier
  /** Size of the last checkpoint that it is known to have cosigned. */
  size: number
  isBusy: boolean
}

export class Cosigning {
  readonly #self: string
  readonly #roster: Roster
  readonly #modules: CosigningModules
  #peers: readonly Peer[] = []
  readonly #improved: (() => void)[] = []
  #asked = 0
  #retry: (() => void) | undefined
  #refresh: (() => void) | undefined
  #closed = false

  constructor({ self, roster }: { self: string; roster: Roster }, modules: CosigningModules) {
    this.#roster = roster
    this.#modules = modules
    this.#self = self
    this.#findPeers()
    onEpoch(roster, () => {
      this.#findPeers()
      this.#retryLater()
    })
  }

  start(): void {
    const { own, mesh } = this.#modules
    mesh.serve(MIRRORED, async (request, { from }) => this.#hearMirror(request, from))
    own.onGrown(() => this.#round())
    this.#round()
    this.#refreshSoon()
  }

  /** To be called when the log signs: what it had before the start may never have been shown. */
  begin(): void {
    this.#round()
  }

  /** Calls back when a quorum has come together over a newer checkpoint, or enough mirrors have. */
  onImproved(listener: () => void): void {
    this.#improved.push(listener)
  }

  close(): void {
    this.#closed = true
    this.#retry?.()
    this.#refresh?.()
  }

  #findPeers(): void {
    const others = this.#roster.nodes.filter(({ name }) => name !== this.#self)
    this.#peers = others.map((node) => {
      const known = this.#peers.find(({ name }) => name === node.name)
      const verifier = witnessVerifier(this.#roster, node)
      return known ?? { name: node.name, verifier, size: 0, isBusy: false }
    })
  }

  /** Begins a round if the last one is over and there is something new to show. */
  #round(): void {
    const { own, cosignatures } = this.#modules
    if (this.#closed || !own.isSigning || own.checkpoint === undefined) return
    const current = cosignatures.at(this.#asked)
    const isOver = !current || current.witnessed.isWitnessed || this.#peers.every(isFree)
    if (!isOver || own.size === this.#asked) return
    this.#asked = own.size
    const note = own.checkpoint
    cosignatures.begin(note)
    for (const peer of this.#peers) if (!peer.isBusy) void this.#show(peer, own.size, note)
  }

  async #show(peer: Peer, size: number, note: string): Promise<void> {
    const { own, logger } = this.#modules
    peer.isBusy = true
    try {
      await this.#ask(peer, size, note)
    } catch (error) {
      const { code, message: reason } = asTamgaError(error)
      logger.debug('not cosigned', { peer: peer.name, code, reason })
      this.#retryLater()
    }
    peer.isBusy = false
    if (!own.isSigning) return
    this.#round()
  }

  /** Once, and a second time if the peer stands elsewhere than was believed. */
  async #ask(peer: Peer, size: number, note: string): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const reply = await this.#call(peer, size, note)
      if (reply.type === 'cosigned') {
        this.#take(reply.line, peer.verifier, 'witness', peer.name, size)
        peer.size = size
        return
      }
      if (reply.type !== 'conflict') throw new TamgaError('conflict', `it says ${reply.type}`)
      peer.size = reply.size
      if (reply.size > size) return this.#overtaken(peer, reply.size)
    }
    throw new TamgaError('conflict', `it says another size each time, last ${peer.size}`)
  }

  async #call(peer: Peer, size: number, checkpoint: string) {
    const { own, mesh, clock } = this.#modules
    const { name: log, stored } = own
    const oldSize = peer.size
    const isGrowth = oldSize > 0 && oldSize < size
    const proof = isGrowth ? await stored.consistency(oldSize, size) : []
    const request = witnessRequests.encode({ log, oldSize, proof, checkpoint })
    const deadline = clock.now() + WITNESS_TIMEOUT_MS
    return witnessReplies.decode(await mesh.call(peer.name, WITNESS, request, { deadline }))
  }

  /**
   * A peer says that it has cosigned more than this log had when it was asked. It has to show what:
   * a number alone would let anybody put an end to any log.
   */
  async #overtaken(peer: Peer, size: number): Promise<void> {
    const { own, mesh, clock } = this.#modules
    const { name } = peer
    peer.size = 0
    if (size <= own.size) return this.#retryLater()
    const deadline = clock.now() + WITNESS_TIMEOUT_MS
    const request = standingRequests.encode({ log: own.name })
    const { known } = standingReplies.decode(await mesh.call(name, STANDING, request, { deadline }))
    const shown = known === '' ? 0n : own.open(known).size
    if (shown < BigInt(size)) {
      mesh.blame(name, 'bad-proof')
      throw new TamgaError('bad-proof', `it shows ${shown} entries and speaks of ${size}`)
    }
    if (shown <= BigInt(own.size)) return this.#retryLater()
    own.refuse(`${name} has cosigned ${shown} entries of it, and here are ${own.size}`)
  }

  async #hearMirror(request: Uint8Array, from: string): Promise<Uint8Array> {
    const { text, line } = mirroreds.decode(request)
    const { own, cosignatures } = this.#modules
    const node = this.#roster.nodes.find(({ name }) => name === from)
    const { size, root } = parsed(text)
    if (!node || from === own.name) throw new TamgaError('forbidden', `${from} is no mirror`)
    if (!own.isSigning) throw new TamgaError('not-ready', 'the log does not sign')
    // A mirror may have found the newest checkpoint by itself, before its round has begun.
    if (size === BigInt(own.size)) cosignatures.begin(own.checkpoint!)
    const known = cosignatures.at(Number(size))
    if (!known || known.text !== text) {
      const isOurs = size <= BigInt(own.size) && equalBytes(await this.#rootAt(size), root)
      if (isOurs) return NOTHING
      throw new TamgaError('bad-proof', 'a mirror of another history')
    }
    this.#take(line, mirrorVerifier(this.#roster, node), 'mirror', from, Number(size))
    return NOTHING
  }

  async #rootAt(size: bigint): Promise<Uint8Array> {
    return this.#modules.own.stored.rootAt(Number(size))
  }

  /** @throws TamgaError `bad-signature` */
  #take(
    said: string,
    verifier: NoteVerifier,
    kind: CosignatureKind,
    node: string,
    size: number,
  ): void {
    const { cosignatures, mesh } = this.#modules
    const text = cosignatures.at(size)?.text
    if (text === undefined) return
    const line = lineBy(said, verifier)
    const time = line && verifier.verify(text, line.signature) ? cosignatureTime(line) : undefined
    if (!line || time === undefined) {
      mesh.blame(node, 'bad-signature')
      throw new TamgaError('bad-signature', `a cosignature by ${node} that does not verify`)
    }
    if (!cosignatures.add(size, { node, kind, at: 1_000 * time, line })) return
    for (const listener of this.#improved) listener()
  }

  /** A log that stands still is shown again, so that what is said of it does not grow old. */
  #refreshSoon(): void {
    if (this.#closed) return
    const { own, clock } = this.#modules
    this.#refresh = clock.timer(WITNESS_REFRESH_MS, () => {
      if (own.isSigning && own.size === this.#asked) {
        const idle = this.#peers.filter(isFree)
        for (const peer of idle) void this.#show(peer, this.#asked, own.checkpoint!)
      }
      this.#refreshSoon()
    })
  }

  #retryLater(): void {
    if (this.#retry || this.#closed) return
    this.#retry = this.#modules.clock.timer(WITNESS_RETRY_MS, () => {
      this.#retry = undefined
      this.#again()
    })
  }

  /** Shows the same checkpoint to those who have not cosigned it. */
  #again(): void {
    const { own, cosignatures } = this.#modules
    if (this.#closed || !own.isSigning) return
    if (own.size !== this.#asked) return this.#round()
    const note = own.checkpoint!
    const signed = cosignatures.at(this.#asked)?.witnessed.witnesses ?? []
    const missing = this.#peers.filter(({ name, isBusy }) => {
      return !isBusy && !signed.some(({ node }) => node === name)
    })
    for (const peer of missing) void this.#show(peer, this.#asked, note)
  }
}

const NOTHING = new Uint8Array()

function isFree({ isBusy }: Peer): boolean {
  return !isBusy
}

function parsed(text: string) {
  try {
    return parseCheckpoint(text)
  } catch (cause) {
    throw new TamgaError('malformed', 'not a checkpoint', { cause })
  }
}

function lineBy(said: string, verifier: NoteVerifier) {
  try {
    return parseSignatureLines(said).find((line) => isSameKey(line, verifier))
  } catch (cause) {
    throw new TamgaError('malformed', 'not a signature line', { cause })
  }
}
