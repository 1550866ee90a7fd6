/**
 * Deeds: who signs, may they, does the law allow it as things are, log it, and only then say what
 * was asked for. Whatever an officer does to the register or reads from it goes through here, save
 * enrolments and searches.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import type { AuthorisedDeed } from '../../protocol/authority.ts'
import {
  decodeDeed,
  HIDING_NONCE_BYTES,
  isCaseDeed,
  relativesDigest,
  resolutionDigest,
  type Deed,
} from '../../protocol/deed.ts'
import { openGrant, openRevocation } from '../../protocol/credential.ts'
import { encodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import type { Clock } from '../clock.ts'
import { ACTS_MAX } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Admission } from '../registry/admission.ts'
import type { HandleBook } from '../registry/handle-book.ts'
import type { Registry } from '../registry/registry.ts'
import type { Relatives } from '../registry/relatives.ts'
import { checkLegal } from './legality.ts'
import type { Reader, Reading } from './reader.ts'
import type { Resolver } from './resolver.ts'

export interface DeedRequest {
  readonly deed: Uint8Array
  readonly signatures: readonly SignedStatement[]
  /** Of a resolution: the number, and the random bytes that hide it in the deed. */
  readonly iin?: { readonly digits: string; readonly nonce: Uint8Array } | undefined
  /** Of a declaration of relatives: who they are, and the random bytes that hide it in the deed. */
  readonly relatives?: { readonly handles: readonly Uint8Array[]; readonly nonce: Uint8Array }
  /** Of a list that has pages: how many rows come before. */
  readonly offset?: number
}

/** What was logged, and what it was for. */
export interface Recorded {
  readonly entry: ProvenEntry
  readonly index: number
  readonly reading: Reading
}

interface ActsModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly admission: Admission
  readonly book: HandleBook
  readonly relatives: Relatives
  readonly reader: Reader
  readonly resolver: Resolver
  readonly clock: Clock
}

export class Acts {
  readonly #options: { self: string; roster: Roster }
  readonly #modules: ActsModules
  /** Deeds are done one after the other: what one changes, the next one finds. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(options: { self: string; roster: Roster }, modules: ActsModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Does a deed, or nothing.
   *
   * @throws RuleRefusal: the officers' roles and credentials, or the law as things are; TamgaError
   *   `bad-signature`, `malformed`, `unprocessable`, `not-found`, `overloaded`, `storage`
   */
  async record(request: DeedRequest): Promise<Recorded> {
    const deed = decodeDeed(request.deed)
    checkHidden(deed, request)
    if (deed.type === 'resolution') return this.#resolve(request)
    return this.#inTurn(async () => {
      const authorised = await this.#modules.admission.deed(request)
      return this.#do(authorised, authorised.by[0]?.statement.handle, request)
    })
  }

  /**
   * Makes an officer's credential known. It stands in a log for all to read, so one that is known
   * is refused: nobody shall fill the log with copies of it.
   *
   * @throws TamgaError `conflict`, and what `openGrant` throws
   */
  async grant(credential: Uint8Array): Promise<number> {
    openGrant(credential, this.#options.roster)
    if (this.#modules.registry.credentials.isKnown(credential)) {
      throw new TamgaError('conflict', 'this credential is known already')
    }
    return this.#log({ type: 'grant', at: this.#modules.ledger.now(), credential })
  }

  /** Makes known that a credential has ended. @throws TamgaError as `grant` */
  async revoke(revocation: Uint8Array): Promise<number> {
    const opened = openRevocation(revocation, this.#options.roster)
    if (this.#modules.registry.credentials.isEnded(opened)) {
      throw new TamgaError('conflict', 'this credential is known to have ended by then')
    }
    return this.#log({ type: 'revocation', at: this.#modules.ledger.now(), revocation })
  }

  async #log(entry: Entry): Promise<number> {
    const index = await this.#modules.ledger.own.append(encodeEntry(entry))
    await this.#modules.registry.settled()
    return index
  }

  async #do(
    authorised: AuthorisedDeed,
    subject: Uint8Array | undefined,
    request: DeedRequest,
  ): Promise<Recorded> {
    const { registry, reader, clock, ledger } = this.#modules
    checkLegal(authorised, subject, this.#modules)
    const index = await this.#log({
      type: 'act',
      at: ledger.now(),
      deed: request.deed,
      signatures: request.signatures,
      subject,
      after: this.#before(authorised.deed, subject),
      policy: registry.laws.current(clock.now())?.id ?? '',
    })
    const entry = await ledger.prove(this.#options.self, index)
    this.#checkCounted(subject, entry.entry)
    await this.#keep(authorised.deed, request)
    const { offset = 0 } = request
    return { entry, index, reading: await reader.read(authorised, subject, { offset }) }
  }

  /**
   * Whose number it is: by this node's book, or else by the number's home. Before anybody else is
   * asked it is on record that an officer asks, and before the officer is told, of whom.
   *
   * @throws TamgaError `not-found`, or `incomplete` when a region was silent that may know
   */
  async #resolve(request: DeedRequest): Promise<Recorded> {
    const { admission, book, resolver } = this.#modules
    const authorised = await admission.deed(request)
    const { digits, nonce } = request.iin!
    const known = await book.find(digits)
    if (known) return this.#inTurn(() => this.#do(authorised, known, request))
    const asked = await this.#inTurn(() => this.#do(authorised, undefined, request))
    const shown = asked.entry
    const { handle, silent } = await resolver.handleOf({ shown, digits, nonce }, authorised.by)
    if (handle) return this.#inTurn(() => this.#do(authorised, handle, request))
    if (silent > 0)
      throw new TamgaError('incomplete', 'a region that may know the number is silent')
    throw new TamgaError('not-found', 'nobody with this number is known')
  }

  /** What does not stand in the log, and is kept here. */
  async #keep(deed: Deed, { relatives }: DeedRequest): Promise<void> {
    if (deed.type !== 'relatives' || !relatives) return
    await this.#modules.relatives.declare(deed.officer, relatives.handles)
  }

  #before(deed: Deed, subject: Uint8Array | undefined): Uint8Array | undefined {
    const { lives, cases } = this.#modules.registry
    if (subject) return lives.life(subject).tip
    return isCaseDeed(deed) ? cases.file(deed.case)?.tip : undefined
  }

  /** Another node may have done something to the person at the same time, and been first. */
  #checkCounted(subject: Uint8Array | undefined, entry: Uint8Array): void {
    const reason = subject && this.#modules.registry.lives.voidness(subject, entry)
    if (reason) throw new RuleRefusal('conflict', [reason], `overtaken by another node: ${reason}`)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= ACTS_MAX) throw new TamgaError('overloaded', 'too many deeds at once')
    this.#waiting += 1
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    try {
      return await done
    } finally {
      this.#waiting -= 1
    }
  }
}

/** Whether what a deed hides is what comes with it. @throws TamgaError `unprocessable` */
function checkHidden(deed: Deed, { iin, relatives }: DeedRequest): void {
  if (deed.type === 'resolution') {
    const isIt =
      iin?.nonce.length === HIDING_NONCE_BYTES &&
      equalBytes(resolutionDigest(iin.nonce, iin.digits), deed.commitment)
    if (!isIt) throw new TamgaError('unprocessable', 'the deed is about another number')
  }
  if (deed.type === 'relatives') {
    const isIt =
      relatives?.nonce.length === HIDING_NONCE_BYTES &&
      equalBytes(relativesDigest(relatives.nonce, relatives.handles), deed.commitment)
    if (!isIt) throw new TamgaError('unprocessable', 'the deed is about other relatives')
  }
}
