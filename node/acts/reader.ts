/**
 * What a deed brings to light, once it is logged: how a person stands, who looked at them, what a
 * case is about. Everything that is told of a person's record leaves the node here or in an answer.
 */
import type { Signer } from '../../crypto/ed25519.ts'
import type { AuthorisedDeed } from '../../protocol/authority.ts'
import type { Deed } from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { civilDateAt } from '../../protocol/rules/civil-date.ts'
import { eligibility, holderOf, type Eligibility } from '../../protocol/rules/eligibility.ts'
import type { Life } from '../../protocol/rules/life.ts'
import type { Standing } from '../../protocol/rules/policy.ts'
import { standingOf } from '../../protocol/rules/standing.ts'
import type { RecordShelf } from '../access/record-shelf.ts'
import type { Clock } from '../clock.ts'
import { ALARMS_SHOWN_MAX, CASES_SHOWN_MAX, LOG_COPY_MS } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Case, WaitingCase } from '../registry/cases.ts'
import type { Alarm } from '../registry/conduct.ts'
import type { HandleBook } from '../registry/handle-book.ts'
import type { Registry } from '../registry/registry.ts'
import { Reports } from '../registry/reports.ts'
import type { Gatherer } from './gatherer.ts'

/** How a person stands. */
export interface PersonStatus {
  readonly life: Life
  /** What has become of an enrolment that was taken under an earlier law. */
  readonly standing: Standing | undefined
  /** Why posts look out for them. */
  readonly watch: Extract<Deed, { type: 'watch' }>['cause'] | undefined
}

export type Reading =
  | { readonly of: 'status'; readonly status: PersonStatus }
  /** The person whom the document is said to be of, if one is named. */
  | { readonly of: 'inspection'; readonly status: PersonStatus | undefined }
  | { readonly of: 'eligibility'; readonly eligibility: Eligibility }
  /** Signed: `protocol/access-list.ts`. */
  | { readonly of: 'accesses'; readonly list: Uint8Array }
  | { readonly of: 'case-file'; readonly file: Case }
  | { readonly of: 'case-queue'; readonly cases: readonly WaitingCase[] }
  /** Signed: `protocol/breach-report.ts`. */
  | { readonly of: 'breach'; readonly report: Uint8Array }
  | { readonly of: 'alarms'; readonly alarms: readonly Alarm[] }
  /** Absent when nobody here has the number. */
  | { readonly of: 'resolution'; readonly handle: Uint8Array | undefined }
  /** The number, where the person was brought in; elsewhere two must ask there. */
  | { readonly of: 'release'; readonly iin: string | undefined }
  /** Until when logs are handed out to who shows the token. */
  | { readonly of: 'log-copy'; readonly commitment: Uint8Array; readonly until: number }
  /** A deed that was done, and how the person stands since, if it was about one. */
  | { readonly of: 'done'; readonly life: Life | undefined }

interface ReaderModules {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly gatherer: Gatherer
  readonly registry: Registry
  readonly book: HandleBook
  /** The node's own. */
  readonly signer: Signer
  readonly clock: Clock
}

/** Which page of a signed list. */
export interface Page {
  readonly offset: number
}

export class Reader {
  readonly #modules: ReaderModules
  readonly #reports: Reports

  constructor(options: { self: string; roster: Roster }, modules: ReaderModules) {
    const { ledger, shelf, signer, registry } = modules
    const { accesses } = registry
    this.#modules = modules
    this.#reports = new Reports(options, { ledger, shelf, signer, accesses })
  }

  /** To be called once the deed stands in the log. */
  async read(
    { deed, by }: AuthorisedDeed,
    subject: Uint8Array | undefined,
    { offset }: Page,
  ): Promise<Reading> {
    const { registry, book, clock } = this.#modules
    const now = clock.now()
    const [{ grant } = { grant: undefined }] = by
    switch (deed.type) {
      case 'status':
        return { of: 'status', status: this.#status(subject!) }
      case 'inspection':
        return { of: 'inspection', status: subject && this.#status(subject) }
      case 'eligibility':
        return { of: 'eligibility', eligibility: this.#eligibility(deed, subject!) }
      case 'accesses':
        return {
          of: 'accesses',
          list: await this.#accessList(subject!, { at: now, offset }),
        }
      case 'breach':
        return {
          of: 'breach',
          report: await this.#breachReport(deed, { at: now, offset }),
        }
      case 'case-file':
        return { of: 'case-file', file: this.#file(deed.case, grant!.publicKey) }
      case 'case-queue': {
        const { caseDays } = registry.laws.at(now)
        const cases = registry.cases.queue(grant!, now, caseDays, CASES_SHOWN_MAX)
        return { of: 'case-queue', cases }
      }
      case 'alarms':
        return { of: 'alarms', alarms: registry.conduct.alarms(ALARMS_SHOWN_MAX) }
      case 'log-copy':
        return { of: 'log-copy', commitment: deed.commitment, until: now + LOG_COPY_MS }
      case 'resolution':
        return { of: 'resolution', handle: subject }
      case 'release':
        return { of: 'release', iin: await book.iinOf(subject!) }
      default:
        return { of: 'done', life: subject && registry.lives.life(subject) }
    }
  }

  async #accessList(handle: Uint8Array, page: Page & { at: number }): Promise<Uint8Array> {
    const gathered = await this.#modules.gatherer.gather({ handle })
    return this.#reports.accessList(handle, { ...page, ...gathered })
  }

  async #breachReport(
    deed: Extract<Deed, { type: 'breach' }>,
    page: Page & { at: number },
  ): Promise<Uint8Array> {
    const gathered = await this.#modules.gatherer.gather({ officer: deed.officer })
    return this.#reports.breachReport(deed, { ...page, ...gathered })
  }

  #status(handle: Uint8Array): PersonStatus {
    const { registry, clock } = this.#modules
    const life = registry.lives.life(handle)
    const policy = registry.laws.current(clock.now())
    const standing = life.taken && policy && standingOf(life.taken, policy)
    return { life, standing, watch: registry.watchList.causeOf(handle) }
  }

  #eligibility({ document }: Extract<Deed, { type: 'eligibility' }>, handle: Uint8Array) {
    const { registry, clock } = this.#modules
    const now = clock.now()
    const holder = holderOf(registry.lives.life(handle))
    return eligibility(registry.laws.at(now), holder, document, civilDateAt(now))
  }

  #file(id: Uint8Array, officer: Uint8Array): Case {
    const file = this.#modules.registry.cases.viewFor(officer, id)
    if (file) return file
    throw new TamgaError('not-found', 'there is no such case')
  }
}
