/**
 * Goes over to a new epoch when the ledger has its roster, signed by the authority and by a quorum
 * of the epoch before; keeps the newest roster, so that a restart goes on from there.
 *
 * Logs come in any order: an entry of a later epoch waits for those before it.
 */
import { utf8 } from '../../crypto/bytes.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import type { Place } from '../../protocol/covered-log.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { openRoster, parseRoster, rosterText } from '../../protocol/roster.ts'
import { openSuccessor, type SignedRoster } from '../../protocol/succession.ts'
import { EPOCHS_WAITING_MAX } from '../limits.ts'
import type { LiveRoster } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Store } from '../store/store.ts'

const ROSTER_KEY = 'roster'

export interface EpochModules {
  readonly ledger: Ledger
  readonly store: Store
  readonly logger: Logger
}

/** An entry that opens an epoch, and where it stands. */
interface Waiting extends Place {
  readonly bytes: Uint8Array
  readonly note: string
  readonly epoch: number
}

export class Epochs {
  readonly #roster: LiveRoster
  readonly #authority: NoteVerifier
  readonly #modules: EpochModules
  #waiting: Waiting[] = []

  constructor(
    { roster, authority }: { roster: LiveRoster; authority: NoteVerifier },
    modules: EpochModules,
  ) {
    this.#roster = roster
    this.#authority = authority
    this.#modules = modules
  }

  /**
   * The newer of the roster that was kept and the one that is given.
   *
   * @throws TamgaError `bad-signature`, `malformed`: of the one that is given; `storage`
   */
  static async newest(given: string, authority: NoteVerifier, store: Store): Promise<SignedRoster> {
    const roster = openRoster(given, authority)
    const row = await store.get(ROSTER_KEY)
    if (!row) return { roster, note: given }
    const note = new TextDecoder().decode(row)
    const kept = openRoster(note, authority)
    const isNewer = kept.network === roster.network && kept.epoch > roster.epoch
    return isNewer ? { roster: kept, note } : { roster, note: given }
  }

  /**
   * Takes an entry of an epoch that is not known yet, and goes as far as it can now. Returns the
   * entries, of those that have come until now, that can be read since.
   *
   * @throws TamgaError `malformed`; `forbidden`, `conflict`, `bad-signature`: no successor;
   *   `overloaded`: too many wait; `storage`
   */
  async follow(place: Place, bytes: Uint8Array): Promise<readonly Waiting[]> {
    const { roster: note } = decodeEntryOf('epoch', bytes)
    const { epoch } = parseRoster(rosterText(note))
    this.#waiting.push({ ...place, bytes, note, epoch })
    if (this.#waiting.length > EPOCHS_WAITING_MAX) this.#waiting.shift()
    for (let next = this.#next(); next; next = this.#next()) await this.#open(next)
    const ready = this.#waiting.filter((one) => one.epoch <= this.#roster.epoch)
    this.#waiting = this.#waiting.filter((one) => one.epoch > this.#roster.epoch)
    return ready
  }

  /** A successor of now; one that is none is forgotten. */
  #next(): SignedRoster | undefined {
    for (const { note, epoch, log } of this.#waiting) {
      if (epoch !== this.#roster.epoch + 1) continue
      try {
        return { roster: openSuccessor(note, this.#roster.current, this.#authority), note }
      } catch (error) {
        const { message: reason } = asTamgaError(error)
        this.#modules.logger.error('no successor of this epoch', { log, epoch, reason })
        this.#waiting = this.#waiting.filter((one) => one.note !== note)
        return this.#next()
      }
    }
    return undefined
  }

  async #open(next: SignedRoster): Promise<void> {
    const { ledger, store, logger } = this.#modules
    await ledger.prepare(next.roster)
    const put = { type: 'put', key: ROSTER_KEY, value: utf8(next.note) } as const
    await store.batch([put], { durable: true })
    this.#roster.open(next)
    const { epoch, nodes, closed = [] } = next.roster
    const names = nodes.map(({ name }) => name)
    logger.info('a new epoch', { epoch, nodes: names, closed: closed.map(({ name }) => name) })
  }
}
