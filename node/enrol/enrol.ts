/**
 * An enrolment, read from top to bottom: who says so, does the law let it be, is it a finger, is
 * the person here already, seal, hand to the shard's replicas, and only then the entry.
 *
 * That somebody with such fingers is here already decides nothing: the enrolment is entered and
 * held, and an examiner is to say whether it is one person or two.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { commitmentOf, seal } from '../../crypto/sealing.ts'
import type { GalleryFinger } from '../../matcher/gallery/gallery.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import type { Authorised } from '../../protocol/authority.ts'
import { decodeEntryOf, encodeEntry } from '../../protocol/entry/entry.ts'
import { encodeDossier } from '../../protocol/dossier.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { depositReplies, deposits, DEPOSITS } from '../../protocol/message/deposit.ts'
import { decodePayload } from '../../protocol/payload.ts'
import type { Witnessed } from '../../protocol/quorum.ts'
import { verifyReceipt, type Receipt } from '../../protocol/receipt.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { LifeStatus } from '../../protocol/rules/eligibility.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import { encodeSealed } from '../../protocol/sealed-record.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import { decodeStatement, type SignedStatement, type Statement } from '../../protocol/statement.ts'
import type { Taken } from '../../protocol/taken.ts'
import { witnessedBy } from '../audit/coverage.ts'
import type { Clock } from '../clock.ts'
import { DEPOSIT_TIMEOUT_MS, MINUTIAE_MIN, SAFE_WAIT_MS } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Admission } from '../registry/admission.ts'
import type { Registry } from '../registry/registry.ts'
import { checkNoRepeats, packFingers, readFinger } from '../search/fingers.ts'
import { coveredBy } from '../search/covered-by.ts'
import type { Found, Search } from '../search/search.ts'
import { InFlight } from './in-flight.ts'
import { judgeEnrolment } from './judge.ts'

export interface EnrolmentRequest {
  readonly signed: SignedStatement
  /** The captured fingers. */
  readonly payload: Uint8Array
  /** What the officer states of the person. */
  readonly application: Uint8Array
}

export interface Enrolled {
  readonly handle: Uint8Array
  readonly shard: number
  readonly replicas: readonly string[]
  readonly entry: ProvenEntry
  readonly index: number
  /** Who has cosigned that, and whether enough nodes hold it: then it is safe. */
  readonly witnessed: Witnessed
  /** How the person stands now: `provisional`, or `suspended` until an examiner has decided. */
  readonly status: LifeStatus
  /** What the examiner decides: the leaf hash of the enrolment's entry. */
  readonly case: Uint8Array | undefined
  /** The search for duplicates; absent when the person was enrolled before. */
  readonly duplicateCheck: Found | undefined
}

interface EnrolmentModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly search: Search
  readonly admission: Admission
  readonly mesh: Mesh
  readonly clock: Clock
  readonly random: Random
}

export class Enrolment {
  readonly #options: { self: string; roster: Roster }
  readonly #modules: EnrolmentModules
  readonly #inFlight = new InFlight()

  constructor(options: { self: string; roster: Roster }, modules: EnrolmentModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Enrols a person, or takes the prints of one anew. Asked again with the same handle for the same
   * payload, it answers with the enrolment that is there.
   *
   * @throws RuleRefusal: the law, the officer's role, how the person stands, or fingers that are
   *   not those that they are said to be; TamgaError `conflict`: the handle is another enrolment's;
   *   `incomplete`: not every shard could be searched for duplicates, or not every replica took the
   *   record; `unprocessable`: not fingers, or too poor
   */
  async enrol(request: EnrolmentRequest): Promise<Enrolled> {
    const { admission, registry, search, clock } = this.#modules
    const { roster } = this.#options
    const authorised = await admission.question(request.signed, request.payload)
    const { statement } = authorised
    const { handle } = statement
    if (!handle) throw new TamgaError('forbidden', `not to ${statement.action}`)
    const taken = judgeEnrolment(handle, request.signed, request, { roster, registry, clock })
    const key = toHex(handle)
    const fingers = checkedFingers(request.payload)
    this.#inFlight.enter(key, fingers)
    try {
      const known = await this.#known(statement)
      if (known) return known
      await this.#inFlight.check(key, fingers, search.threshold(fingers.length))
      return await this.#admit(authorised, taken, request)
    } finally {
      this.#inFlight.leave(key)
    }
  }

  /** The enrolment of this handle, if the same officer's statement is about the same payload. */
  async #known({ handle, payloadDigest, action }: Statement): Promise<Enrolled | undefined> {
    const { registry, ledger } = this.#modules
    const known = registry.person(handle!)
    if (!known) return undefined
    const entry = await ledger.prove(known.log, known.index)
    const { statement } = decodeEntryOf('enrolment', entry.entry)
    if (!equalBytes(decodeStatement(statement).payloadDigest!, payloadDigest!)) {
      if (action === 'update') return undefined
      throw new TamgaError('conflict', 'this handle is enrolled with another payload')
    }
    const replicas = replicasOf(known.shard, this.#options.roster)
    const witnessed = witnessedBy(entry, this.#options.roster)
    const stands = { ...known, ...this.#standing(handle!) }
    return { ...stands, replicas, entry, witnessed, duplicateCheck: undefined }
  }

  async #admit(authorised: Authorised, taken: Taken, request: EnrolmentRequest): Promise<Enrolled> {
    const { statement } = authorised
    const handle = statement.handle!
    const { search, ledger, registry } = this.#modules
    this.#checkLife(statement)
    const duplicateCheck = await search.askAs(authorised, request)
    this.#checkFound(duplicateCheck, authorised, request)

    const shard = shardOf(handle, this.#options.roster)
    const replicas = replicasOf(shard, this.#options.roster)
    const { commitment, receipts } = await this.#deposit(handle, taken, replicas, request)

    const entry = encodeEntry({
      type: 'enrolment',
      at: ledger.now(),
      handle,
      shard,
      commitment,
      taken,
      after: registry.lives.life(handle).tip,
      ...request.signed,
      duplicateCheck: duplicateCheck.answer.queryId,
      frontier: coveredBy(duplicateCheck.parts),
      receipts,
    })
    const index = await ledger.own.append(entry)
    // Whoever asks this node next must be asking for this person too.
    await registry.settled()
    const proven = await ledger.proveCovered(index, 'safe', SAFE_WAIT_MS)
    const witnessed = witnessedBy(proven, this.#options.roster)
    const stands = this.#standing(handle)
    return { handle, shard, replicas, entry: proven, index, witnessed, ...stands, duplicateCheck }
  }

  /** Whether the person, as they stand, can be enrolled or updated. */
  #checkLife({ action, handle }: Statement): void {
    const type = action === 'update' ? 'update' : 'enrolment'
    const reason = this.#modules.registry.lives.refusal(handle!, { type })
    if (reason) throw new RuleRefusal('conflict', [reason], `as things are, no ${type}: ${reason}`)
  }

  /** What the search for duplicates leaves no room for. */
  #checkFound(
    { answer }: Found,
    { statement, grant }: Authorised,
    { payload }: EnrolmentRequest,
  ): void {
    const { credentials } = this.#modules.registry
    if (answer.verdict === 'incomplete') {
      throw new TamgaError('incomplete', 'not every shard could be searched for duplicates')
    }
    const isSelf = (found: Uint8Array): boolean => equalBytes(found, statement.handle!)
    const others = answer.candidates.filter(({ handle }) => !isSelf(handle))
    const isColleague = others.some(({ handle }) => {
      const officer = credentials.officerOf(handle)
      return officer?.organisation === grant.organisation && officer.region === grant.region
    })
    if (isColleague) {
      const message = 'these are the fingers of an officer of this station'
      throw new RuleRefusal('unprocessable', ['operator-finger'], message)
    }
    if (statement.action !== 'update') return
    const own = answer.candidates.find(({ handle }) => isSelf(handle))
    if (!own) {
      const message = 'the new prints are not those of the person on record'
      throw new RuleRefusal('conflict', ['not-the-same-person'], message)
    }
    const said = decodePayload(payload).fingers
    if (own.fingers.some(({ position }, place) => position !== said[place]?.position)) {
      const message = 'the new prints are those on record with right and left exchanged'
      throw new RuleRefusal('conflict', ['fingers-exchanged'], message)
    }
  }

  #standing(handle: Uint8Array): Pick<Enrolled, 'status' | 'case'> {
    const { status, case: last } = this.#modules.registry.lives.life(handle)
    return { status, case: status === 'suspended' ? last?.id : undefined }
  }

  /** Seals the dossier for the replicas, and resolves when each of them keeps it durably. */
  async #deposit(
    handle: Uint8Array,
    taken: Taken,
    replicas: readonly string[],
    { signed, payload, application }: EnrolmentRequest,
  ): Promise<{ commitment: Uint8Array; receipts: Receipt[] }> {
    const { mesh, clock, random } = this.#modules
    const { self, roster } = this.#options
    const keepers = replicas.map((name) => roster.nodes.find((node) => node.name === name)!)
    const sealed = seal(
      encodeDossier({ payload, application }),
      keepers.map(({ boxKey }) => boxKey),
      { context: handle, randomBytes: (length) => random.bytes(length) },
    )
    const commitment = commitmentOf(sealed)
    const deposited = { home: self, handle, commitment, statement: signed.statement, taken }
    const request = deposits.encode({ handle, sealed: encodeSealed(sealed), signed })
    const deadline = clock.now() + DEPOSIT_TIMEOUT_MS
    const receipts = keepers.map(async ({ name, publicKey }): Promise<Receipt> => {
      const reply = await mesh.call(name, DEPOSITS, request, { deadline })
      const signature = depositReplies.decode(reply)
      if (verifyReceipt(deposited, signature, publicKey)) return { replica: name, signature }
      mesh.blame(name, 'bad-signature')
      throw new TamgaError('bad-signature', `${name} gave no receipt for this record`)
    })
    try {
      return { commitment, receipts: await Promise.all(receipts) }
    } catch (cause) {
      throw new TamgaError('incomplete', 'a replica did not take the sealed record', { cause })
    }
  }
}

/**
 * @throws TamgaError `unprocessable`: not fingers, or one that could not be told from others;
 *   RuleRefusal: one finger twice
 */
function checkedFingers(payload: Uint8Array): GalleryFinger[] {
  const opened = decodePayload(payload)
  for (const finger of opened.fingers) {
    const { length } = readFinger(finger).minutiae
    if (length >= MINUTIAE_MIN) continue
    const poor = `finger ${finger.position} shows ${length} minutiae; ${MINUTIAE_MIN} are needed`
    throw new TamgaError('unprocessable', poor)
  }
  const packed = packFingers(opened)
  checkNoRepeats(packed)
  return packed
}
