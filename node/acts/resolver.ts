/**
 * Which handle a number has. One node is the home of each number (`protocol/number-home.ts`), and
 * its book decides: as long as it answers a number has one handle. Where it is silent an officer
 * who enrols gets one all the same, for an enrolment that nobody can confirm before the home has
 * answered: the claim is logged, and told to the home when that can be reached. What the home does
 * not know it asks of all others, since it may not always have been it. If the number had
 * got another handle, the later of the two who are enrolled is suspended, and examiners decide.
 *
 * That the officer's deed stands in the log of whoever asks is checked by whoever is asked.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { AuthorisedDeed } from '../../protocol/authority.ts'
import { resolutionDigest } from '../../protocol/deed.ts'
import { decodeEntryOf, encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../protocol/identifiers.ts'
import type {
  ClaimRequest,
  ResolutionReply,
  ResolutionRequest,
} from '../../protocol/message/resolution.ts'
import { homeOf } from '../../protocol/number-home.ts'
import type { Roster } from '../../protocol/roster.ts'
import { verifyIncluded } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import { CLAIMS_EVERY_MS } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Random } from '../random.ts'
import type { Admission } from '../registry/admission.ts'
import type { HandleBook } from '../registry/handle-book.ts'
import type { Registry } from '../registry/registry.ts'
import type { Neighbours, Told } from './neighbours.ts'

interface ResolverModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly admission: Admission
  readonly book: HandleBook
  readonly neighbours: Neighbours
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export class Resolver {
  readonly #options: { self: string; roster: Roster }
  readonly #modules: ResolverModules
  #cancel: (() => void) | undefined
  #working: Promise<void> | undefined
  #closed = false

  constructor(options: { self: string; roster: Roster }, modules: ResolverModules) {
    this.#options = options
    this.#modules = modules
    modules.neighbours.serve({
      resolve: async (request) => this.#answer(request),
      settle: async (request, from) => this.#settle(request, from),
    })
  }

  /** Tells homes from now on what was claimed while they were silent. */
  start(): void {
    if (this.#closed) return
    this.#cancel = this.#modules.clock.timer(CLAIMS_EVERY_MS, () => {
      this.#working = this.#tellHomes().then(() => this.start())
    })
  }

  /** Resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#working
  }

  /** A handle for this number, new only to who enrols; the deed in `asked` stands in this log. */
  async handleOf(asked: ResolutionRequest, by: AuthorisedDeed['by']): Promise<Told> {
    const { book, neighbours } = this.#modules
    const { self, roster } = this.#options
    const home = homeOf(asked.digits, roster)
    const isHome = home === self
    const reply = isHome ? await this.#decide(asked, by) : await neighbours.askHome(home, asked)
    if (reply) {
      const { known, made, silent } = reply
      // The region that brings somebody in knows whom, as it is asked for their identity.
      if (made && !isHome) await book.keep(asked.digits, made)
      return { handle: known ?? made, silent }
    }
    const told = await neighbours.ask(asked)
    if (told.handle || !isEnroller(by)) return told
    return { ...told, handle: await this.#claim(asked.digits) }
  }

  /** At home: who else may know the number has come by it while this node was silent. */
  async #decide(asked: ResolutionRequest, by: AuthorisedDeed['by']): Promise<ResolutionReply> {
    const { book, neighbours } = this.#modules
    const known = await book.find(asked.digits)
    if (known) return { known, made: undefined, silent: 0 }
    const { handle, silent } = await neighbours.ask(asked)
    if (handle) {
      return { known: await book.keep(asked.digits, handle), made: undefined, silent }
    }
    const made = isEnroller(by) ? await book.handleOf(asked.digits) : undefined
    return { known: undefined, made, silent }
  }

  /** @throws TamgaError, RuleRefusal: nobody who may asks, or it stands in no log that they did */
  async #answer(request: ResolutionRequest): Promise<ResolutionReply> {
    const { admission, book } = this.#modules
    const { self, roster } = this.#options
    const { shown, digits, nonce } = request
    verifyIncluded(shown, roster)
    const { deed, by } = admission.shown(decodeEntryOf('act', shown.entry))
    const isIt =
      deed.type === 'resolution' && equalBytes(deed.commitment, resolutionDigest(nonce, digits))
    if (!isIt) throw new TamgaError('unprocessable', 'the deed is about another number')
    if (homeOf(digits, roster) === self) return this.#decide(request, by)
    return { known: await book.find(digits), made: undefined, silent: 0 }
  }

  /** The claim is logged before anybody is told the handle: none is given silently. */
  async #claim(digits: string): Promise<Uint8Array> {
    const { book, random } = this.#modules
    const handle = random.bytes(HANDLE_BYTES)
    await this.#log(handle, undefined)
    // Where another officer was first with the number, the claim is nobody's.
    return book.keep(digits, handle)
  }

  /**
   * Which handle the number of a claim has, here at its home; to the home, what this node knows.
   *
   * @throws TamgaError `forbidden`, `bad-proof`: no claim of whoever asks, or not to this home;
   *   `incomplete`: somebody is silent who may know the number
   */
  async #settle(request: ClaimRequest, from: string): Promise<Uint8Array> {
    const { book } = this.#modules
    const { self, roster } = this.#options
    const { shown, digits } = request
    verifyIncluded(shown, roster)
    const { handle, others } = decodeEntryOf('claim', shown.entry)
    const home = homeOf(digits, roster)
    if (others || (home !== self && home !== from)) {
      throw new TamgaError('forbidden', 'no claim, or of a number with another home')
    }
    const known = await book.find(digits)
    if (known || home !== self) return known ?? handle
    const elsewhere = await this.#elsewhere(request, handle)
    if (elsewhere) return book.keep(digits, elsewhere)
    throw new TamgaError('incomplete', 'a node that may know the number is silent')
  }

  /**
   * At the number's home, which may have become it with a roster: the last one told others what it
   * did not tell this one. Undefined while one of them is silent.
   */
  async #elsewhere(request: ClaimRequest, handle: Uint8Array): Promise<Uint8Array | undefined> {
    const told = await this.#modules.neighbours.claimed(request)
    return told && (told.find((one) => !equalBytes(one, handle)) ?? handle)
  }

  async #tellHomes(): Promise<void> {
    const { ledger, registry, book, logger } = this.#modules
    const { self, roster } = this.#options
    if (!ledger.own.isSigning) return
    const silent = new Set<string>()
    try {
      for (const handle of registry.numbers.openIn(self)) {
        if (this.#closed) return
        const digits = await book.iinOf(handle)
        // Erased since, or never given to anybody: then there is nothing to ask.
        const home = digits === undefined ? self : homeOf(digits, roster)
        if (silent.has(home)) continue
        const others = digits === undefined ? [] : await this.#othersOf(handle, { digits, home })
        if (others) await this.#log(handle, others)
        else silent.add(home)
      }
    } catch (error) {
      logger.warn('a claim could not be settled', { reason: asTamgaError(error).message })
    }
  }

  /** Whose number it is too, by its home; undefined while that is silent, or another for it. */
  async #othersOf(
    handle: Uint8Array,
    { digits, home }: { digits: string; home: string },
  ): Promise<Uint8Array[] | undefined> {
    const { ledger, neighbours, registry } = this.#modules
    const { self } = this.#options
    const shown = await ledger.prove(self, registry.numbers.claimIn(self, handle)!)
    const request = { shown, digits }
    const known =
      home === self ? await this.#elsewhere(request, handle) : await neighbours.claim(home, request)
    return known && (equalBytes(known, handle) ? [] : [known])
  }

  async #log(handle: Uint8Array, others: Uint8Array[] | undefined): Promise<void> {
    const { ledger, registry } = this.#modules
    await ledger.own.append(encodeEntry({ type: 'claim', at: ledger.now(), handle, others }))
    await registry.settled()
  }
}

function isEnroller([signed]: AuthorisedDeed['by']): boolean {
  return signed?.grant.role === 'enrolment-officer'
}
