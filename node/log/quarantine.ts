/**
 * The logs whose keys were caught signing two histories, with the evidence.
 *
 * Nothing heals by itself: a log that is in here stays, over restarts too, and even if the evidence
 * on disk has become unreadable since. The evidence is durable before anybody is told of it.
 */
import { verifyEvidence, evidences, type Conviction } from '../../protocol/evidence.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Logger } from '../logger.ts'
import type { Store } from '../store/store.ts'

interface QuarantineModules {
  readonly store: Store
  readonly logger: Logger
}

/** Hears that the key of `log` was caught; the node's own log may be meant. */
type CaughtListener = (log: string) => void

/** Holds one evidence for each log of the roster at most. */
export class Quarantine {
  readonly #roster: Roster
  readonly #modules: QuarantineModules
  /** Who is caught; undefined where there is no evidence on disk that verifies. */
  readonly #caught = new Map<string, Conviction | undefined>()
  readonly #storing = new Set<string>()
  readonly #listeners: CaughtListener[] = []

  private constructor(roster: Roster, modules: QuarantineModules) {
    this.#roster = roster
    this.#modules = modules
  }

  /** @throws TamgaError `storage` when the disk cannot be read */
  static async open(
    { roster }: { roster: Roster },
    modules: QuarantineModules,
  ): Promise<Quarantine> {
    const quarantine = new Quarantine(roster, modules)
    const logs = logsOf(roster).map(({ name }) => name)
    const rows = await modules.store.getMany(logs.map(evidenceKey))
    rows.forEach((row, place) => {
      if (row) quarantine.#load(logs[place]!, row)
    })
    return quarantine
  }

  has(log: string): boolean {
    return this.#caught.has(log)
  }

  /** All that are caught, in the roster's order. */
  logs(): string[] {
    return logsOf(this.#roster)
      .map(({ name }) => name)
      .filter((log) => this.has(log))
  }

  /** What convicts `log`, if it is on disk and can be shown to others. */
  conviction(log: string): Conviction | undefined {
    return this.#caught.get(log)
  }

  /** The same as bytes, as `verifyEvidence` takes them. */
  evidence(log: string): Uint8Array | undefined {
    return this.#caught.get(log)?.encoded
  }

  /** Calls back whenever a log is caught, not for those that were when this was opened. */
  onCaught(listener: CaughtListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Takes evidence from anybody. From the moment it is verified the log is in quarantine, whether
   * or not the disk then takes it; listeners are told when it is durable.
   *
   * @returns whether it is the first against its log; further ones are not looked at
   * @throws TamgaError as `verifyEvidence`; `storage`, after which the same may be tried again
   */
  async add(encoded: Uint8Array): Promise<boolean> {
    const { log } = evidences.decode(encoded)
    if (this.#caught.get(log) || this.#storing.has(log)) return false
    const conviction = verifyEvidence(encoded, this.#roster)
    this.#caught.set(log, undefined)
    this.#storing.add(log)
    try {
      const put = { type: 'put', key: evidenceKey(log), value: conviction.encoded } as const
      await this.#modules.store.batch([put], { durable: true })
    } finally {
      this.#storing.delete(log)
    }
    this.#caught.set(log, conviction)
    const { kind, first, second } = conviction
    const sizes = [first.size, second.size].map(String)
    this.#modules.logger.error('a log has signed two histories', { log, kind, sizes })
    for (const listener of this.#listeners) listener(log)
    return true
  }

  #load(log: string, row: Uint8Array): void {
    this.#caught.set(log, undefined)
    try {
      const conviction = verifyEvidence(row, this.#roster)
      if (conviction.log === log) this.#caught.set(log, conviction)
      else throw new Error(`it is against ${conviction.log}`)
    } catch (error) {
      const { message: reason } = asTamgaError(error)
      this.#modules.logger.error('evidence on disk does not convict', { log, reason })
    }
  }
}

/** Every evidence in a store as it lies there, unverified, by its log. */
export async function storedEvidence(
  store: Store,
  limit: number,
): Promise<Map<string, Uint8Array>> {
  const rows = await store.range(evidenceKey(''), `${evidenceKey('')}~`, limit)
  return new Map(rows.map(([key, value]) => [key.slice(evidenceKey('').length), value]))
}

function evidenceKey(log: string): string {
  return `evidence/${log}`
}
