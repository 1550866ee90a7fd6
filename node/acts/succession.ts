/**
 * From one epoch to the next: signs what the authority proposes, if nothing is wrong with it, and
 * has the others sign what somebody has handed in, until a quorum has; then it is logged, and
 * whoever reads that goes over.
 *
 * A node signs one successor of an epoch and no other, over restarts too. Of a log that it closes
 * it has everything that counts, and cosigns nothing more.
 */
import { equalBytes, utf8 } from '../../crypto/bytes.ts'
import type { Signer } from '../../crypto/ed25519.ts'
import { addSignatures, formatSignatureLine, parseNote, signNote } from '../../crypto/note.ts'
import { parseSignatureLines, type NoteVerifier } from '../../crypto/note.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import {
  SUCCESSION,
  successionReplies,
  successionRequests,
} from '../../protocol/message/succession.ts'
import { isQuorum } from '../../protocol/quorum.ts'
import type { ClosedLog } from '../../protocol/roster-history.ts'
import { parseRoster, rosterText, type Roster } from '../../protocol/roster.ts'
import { openProposal, rosterSigner, signersOf } from '../../protocol/succession.ts'
import type { Clock } from '../clock.ts'
import { SUCCESSION_TIMEOUT_MS } from '../limits.ts'
import type { LiveRoster } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'
import type { Store } from '../store/store.ts'

interface SuccessionOptions {
  readonly self: string
  readonly roster: LiveRoster
  readonly authority: NoteVerifier
}

interface SuccessionModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly mesh: Mesh
  readonly store: Store
  readonly signer: Signer
  readonly clock: Clock
  readonly logger: Logger
}

export class Succession {
  readonly #options: SuccessionOptions
  readonly #modules: SuccessionModules
  /** One after the other: what was signed must be on disk before anything else is looked at. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: SuccessionOptions, modules: SuccessionModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Serves, and cosigns no more of what it has signed to close. @throws TamgaError `storage` */
  async start(): Promise<void> {
    const { roster } = this.#options
    const { ledger, mesh } = this.#modules
    const signed = await this.#signed(roster.epoch + 1)
    if (signed !== undefined) {
      for (const { name } of closing(parseRoster(signed), roster)) await ledger.witness.stop(name)
    }
    mesh.serve(SUCCESSION, async (request) => {
      return successionReplies.encode(await this.#sign(successionRequests.decode(request)))
    })
  }

  /**
   * Opens the epoch of a roster that the authority has signed. Returns the note with all
   * signatures, also of an epoch that is open already, with its very roster.
   *
   * @throws TamgaError `incomplete`: too few of the others sign it, and why; and what speaks
   *   against it here: `bad-signature`, `malformed`, `wrong-epoch`, `conflict`, `not-ready`;
   *   `storage`
   */
  async open(proposal: string): Promise<string> {
    const { roster } = this.#options
    if (rosterText(proposal) === rosterText(roster.current.note)) return roster.current.note
    const before = roster.current.roster
    const note = await this.#collect(addLine(proposal, await this.#sign(proposal)), before)
    const { ledger, registry } = this.#modules
    const frontier = registry.frontier()
    await ledger.own.append(
      encodeEntry({ type: 'epoch', at: ledger.now(), roster: note, frontier }),
    )
    await registry.settled()
    return note
  }

  /** Asks all others; whoever does not sign is named if they are needed. */
  async #collect(note: string, current: Roster): Promise<string> {
    const { mesh, clock, logger } = this.#modules
    const deadline = clock.now() + SUCCESSION_TIMEOUT_MS
    const request = successionRequests.encode(note)
    const refusals: string[] = []
    let gathered = note
    await Promise.all(
      mesh.peers().map(async (peer) => {
        try {
          const reply = await mesh.call(peer, SUCCESSION, request, { deadline })
          gathered = addLine(gathered, successionReplies.decode(reply))
        } catch (error) {
          const { code, message: reason } = asTamgaError(error)
          logger.warn('the next roster is not signed', { peer, code, reason })
          refusals.push(`${peer}: ${reason}`)
        }
      }),
    )
    const signers = signersOf(gathered, current)
    if (isQuorum(signers, current)) return gathered
    throw new TamgaError('incomplete', `signed by ${signers.join(', ')}; ${refusals.join('; ')}`)
  }

  /** This node's signature line. */
  async #sign(note: string): Promise<string> {
    const turn = this.#last.then(async () => this.#signInTurn(note))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #signInTurn(note: string): Promise<string> {
    const { self, roster, authority } = this.#options
    const { signer } = this.#modules
    const next = openProposal(note, roster.current, authority)
    const text = rosterText(note)
    const signed = await this.#signed(next.epoch)
    if (signed !== undefined && signed !== text) {
      throw new TamgaError('conflict', `${self} has signed another roster of epoch ${next.epoch}`)
    }
    for (const log of closing(next, roster)) await this.#checkClosing(log)
    const put = { type: 'put', key: signedKey(next.epoch), value: utf8(text) } as const
    await this.#modules.store.batch([put], { durable: true })
    const lines = parseNote(signNote(text, [rosterSigner(roster, self, signer)])).signatures
    return formatSignatureLine(lines[0]!)
  }

  /**
   * Whether all of a log is here that is to count, and no more. What was witnessed and then lost
   * with its node, before anybody had a copy, cannot count.
   */
  async #checkClosing({ name, size, root }: ClosedLog): Promise<void> {
    const { ledger } = this.#modules
    if (name === this.#options.self) throw new TamgaError('conflict', `${name} has not left`)
    await ledger.witness.stop(name)
    const mirror = ledger.mirrors.get(name)
    if (!mirror || mirror.size < size) {
      throw new TamgaError('not-ready', `of ${name} ${mirror?.size ?? 0} entries are here`)
    }
    if (mirror.size > size) {
      throw new TamgaError('conflict', `${name} has written more than ${size} entries`)
    }
    if (equalBytes(await mirror.stored.rootAt(size), root)) return
    throw new TamgaError('conflict', `the log of ${name} has another root`)
  }

  async #signed(epoch: number): Promise<string | undefined> {
    const row = await this.#modules.store.get(signedKey(epoch))
    return row && new TextDecoder().decode(row)
  }
}

function signedKey(epoch: number): string {
  return `roster-signed/${epoch}`
}

/** Logs that are closed with the next roster. */
function closing({ closed = [] }: Roster, current: Roster): ClosedLog[] {
  return closed.filter(({ name }) => current.nodes.some((node) => node.name === name))
}

/** @throws TamgaError `malformed` */
function addLine(note: string, line: string): string {
  try {
    return addSignatures(note, parseSignatureLines(line).slice(0, 1))
  } catch (cause) {
    throw new TamgaError('malformed', 'not a signature line', { cause })
  }
}
