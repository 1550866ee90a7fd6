/**
 * The witness: cosigns others' checkpoints, of each log one history and no other.
 *
 * Of each log it keeps the last checkpoint that it cosigned, in an anchor of its own and so outside
 * the database; that is replaced, and on disk, before the cosignature leaves. One checkpoint of a
 * log is looked at at a time, so that no two requests can get past each other (the rollback race of
 * C2SP tlog-witness).
 */
import { equalBytes, utf8 } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { cosignCheckpoint, type Cosigner } from '../../crypto/cosignature.ts'
import { verifyConsistency } from '../../crypto/merkle/consistency.ts'
import { parseNote } from '../../crypto/note.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { evidenceOf, evidences } from '../../protocol/evidence.ts'
import {
  WITNESS,
  witnessReplies,
  witnessRequests,
  type WitnessReply,
  type WitnessRequest,
} from '../../protocol/message/witness.ts'
import { logOrigin, logVerifier, type Roster, type RosterNode } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Anchor, Anchors } from '../store/anchor.ts'
import type { Quarantine } from './quarantine.ts'

export interface WitnessOptions {
  readonly self: string
  readonly roster: Roster
}

interface WitnessModules {
  readonly anchors: Anchors
  readonly cosigner: Cosigner
  readonly quarantine: Quarantine
  readonly clock: Clock
  readonly logger: Logger
}

/** Hears of a checkpoint that a log's own key has signed, and who brought it. */
export type SeenListener = (from: string, log: string, checkpoint: string) => void

const NOTHING = new Uint8Array()

export class Witness {
  readonly #options: WitnessOptions
  readonly #modules: WitnessModules
  /** Absent where the anchor is lost or damaged: of such a log nothing is cosigned. */
  readonly #anchors: Map<string, Anchor>
  readonly #busy = new Map<string, Promise<unknown>>()
  readonly #stopped = new Set<string>()
  readonly #listeners: SeenListener[] = []
  #broken = false

  private constructor(
    options: WitnessOptions,
    modules: WitnessModules,
    anchors: Map<string, Anchor>,
  ) {
    this.#options = options
    this.#modules = modules
    this.#anchors = anchors
  }

  /** Never makes an anchor. One that cannot be opened is one log less that is witnessed here. */
  static async open(options: WitnessOptions, modules: WitnessModules): Promise<Witness> {
    const anchors = new Map<string, Anchor>()
    for (const { name } of options.roster.nodes) {
      if (name === options.self) continue
      try {
        anchors.set(name, await modules.anchors.open(witnessAnchor(name)))
      } catch (error) {
        const { message: reason } = asTamgaError(error)
        modules.logger.error('a log is not witnessed here', { log: name, reason })
      }
    }
    return new Witness(options, modules, anchors)
  }

  /**
   * Makes what it takes to witness the log of a node that has joined; nothing that is there is
   * touched.
   *
   * @throws TamgaError `storage`
   */
  async prepare(log: string): Promise<void> {
    if (log === this.#options.self || this.#anchors.has(log)) return
    const { anchors } = this.#modules
    const name = witnessAnchor(log)
    const isThere = await anchors.has(name)
    const empty = { value: NOTHING, staged: NOTHING }
    this.#anchors.set(log, await (isThere ? anchors.open(name) : anchors.create(name, empty)))
  }

  /** Cosigns no more of a log; resolves when what was being written of it is on disk. */
  async stop(log: string): Promise<void> {
    this.#stopped.add(log)
    await this.#oneByOne(log, async () => undefined)
  }

  /** Hears of every checkpoint that a log's key has signed, cosigned here or not. */
  onSeen(listener: SeenListener): void {
    this.#listeners.push(listener)
  }

  serve(mesh: Mesh): void {
    mesh.serve(WITNESS, async (request, { from }) => {
      return witnessReplies.encode(await this.add(witnessRequests.decode(request), from))
    })
  }

  /** Whether a write failed: of that log nothing is cosigned until this is opened again. */
  get isBroken(): boolean {
    return this.#broken
  }

  /** Logs that are witnessed here. */
  get logs(): string[] {
    return [...this.#anchors.keys()]
  }

  /** The last checkpoint of `log` that was cosigned here. */
  last(log: string): string | undefined {
    const value = this.#anchors.get(log)?.current.value ?? NOTHING
    return value.length === 0 ? undefined : new TextDecoder().decode(value)
  }

  /**
   * `add-checkpoint` of C2SP tlog-witness.
   *
   * @throws TamgaError `malformed`: an old size larger than the new one; `storage`
   */
  async add(request: WitnessRequest, from: string): Promise<WitnessReply> {
    const { roster, self } = this.#options
    const { log, oldSize, checkpoint: note } = request
    const node = roster.nodes.find(({ name }) => name === log)
    if (!node || log === self) return { type: 'unknown' }
    const checkpoint = opened(note, node, roster)
    const isOver = this.#modules.quarantine.has(log) || this.#stopped.has(log)
    if (!checkpoint || isOver) return { type: 'forbidden' }
    if (BigInt(oldSize) > checkpoint.size) {
      throw new TamgaError('malformed', `from ${oldSize} back to ${checkpoint.size}`)
    }
    for (const listener of this.#listeners) listener(from, log, note)
    const anchor = this.#anchors.get(log)
    if (!anchor) throw new TamgaError('storage', `what was cosigned of ${log} is not known`)
    return this.#oneByOne(log, async () => {
      if (this.#stopped.has(log)) return { type: 'forbidden' }
      return this.#judge(request, checkpoint, node, anchor)
    })
  }

  /** Resolves when what was being written is on disk. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#busy.values())
    for (const anchor of this.#anchors.values()) await anchor.close()
  }

  async #judge(
    { log, oldSize, proof }: WitnessRequest,
    checkpoint: OpenedCheckpoint,
    node: RosterNode,
    anchor: Anchor,
  ): Promise<WitnessReply> {
    const { roster } = this.#options
    const lastNote = this.last(log)
    const last = lastNote === undefined ? undefined : opened(lastNote, node, roster)
    if (lastNote !== undefined && !last) throw new TamgaError('storage', `the anchor of ${log}`)
    const size = last?.size ?? 0n
    const isTwin = last && last.size === checkpoint.size && !equalBytes(last.root, checkpoint.root)
    if (isTwin) await this.#accuse(node, [last.note, checkpoint.note])
    if (isTwin || BigInt(oldSize) !== size) return { type: 'conflict', size: Number(size) }
    if (!continues(last, checkpoint, proof)) return { type: 'unprocessable' }
    const { text } = parseNote(checkpoint.note)
    // The same tree again is the same promise again, at a later time.
    if (!last || checkpoint.size > last.size) {
      await this.#keep(anchor, checkpoint)
    }
    const { cosigner, clock } = this.#modules
    const line = cosignCheckpoint(text, cosigner, Math.floor(clock.now() / 1_000))
    return { type: 'cosigned', line }
  }

  async #keep(anchor: Anchor, { note }: OpenedCheckpoint): Promise<void> {
    try {
      await anchor.swap({ value: utf8(note), staged: NOTHING })
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  async #accuse(node: RosterNode, notes: readonly [string, string]): Promise<void> {
    const { network } = this.#options.roster
    const contradiction = { log: node.name, notes }
    const evidence = evidenceOf(contradiction, logVerifier(network, node))
    await this.#modules.quarantine.add(evidences.encode(evidence))
  }

  /** Lets no two requests about one log be under way at once. */
  async #oneByOne<T>(log: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(log) ?? Promise.resolve()
    const turn = before.then(work, work)
    this.#busy.set(log, turn)
    return turn
  }
}

/** The name of the anchor that holds what was cosigned of `log`. */
export function witnessAnchor(log: string): string {
  return `witness.${log}`
}

function opened(note: string, node: RosterNode, roster: Roster): OpenedCheckpoint | undefined {
  const origin = logOrigin(roster.network, node.name)
  try {
    return openCheckpoint(note, origin, logVerifier(roster.network, node))
  } catch {
    return undefined
  }
}

/** Whether the tree of `next` begins with that of `last`; from nothing it takes no proof. */
function continues(
  last: OpenedCheckpoint | undefined,
  next: OpenedCheckpoint,
  proof: readonly Uint8Array[],
): boolean {
  if (!last || last.size === 0n) return proof.length === 0
  const sizes = { size1: last.size, size2: next.size }
  try {
    verifyConsistency({ ...sizes, root1: last.root, root2: next.root, proof })
    return true
  } catch {
    return false
  }
}
