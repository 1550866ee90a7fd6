/**
 * An enrolment, read from top to bottom: who says so, is it a finger, is the person here already,
 * seal, hand to the shard's replicas, and only then the entry.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { commitmentOf, seal } from '../../crypto/sealing.ts'
import type { GalleryFinger } from '../../matcher/gallery/gallery.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import { authorise, checkFresh } from '../../protocol/authority.ts'
import { decodeEntryOf, encodeEntry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { depositReplies, deposits, DEPOSITS } from '../../protocol/message/deposit.ts'
import { decodePayload, payloadDigest } from '../../protocol/payload.ts'
import { verifyReceipt, type Receipt } from '../../protocol/receipt.ts'
import type { Roster } from '../../protocol/roster.ts'
import { encodeSealed } from '../../protocol/sealed-record.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import { decodeStatement, type SignedStatement, type Statement } from '../../protocol/statement.ts'
import type { Clock } from '../clock.ts'
import { DEPOSIT_TIMEOUT_MS, MINUTIAE_MIN } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Registry } from '../registry/registry.ts'
import { packFingers, readFinger } from '../search/fingers.ts'
import type { Found, Search } from '../search/search.ts'
import { InFlight } from './in-flight.ts'

/** The rules that enrolments are decided by until the register has policies of its own. */
const POLICY = 'seed-2017'

export interface EnrolmentRequest {
  readonly signed: SignedStatement
  readonly payload: Uint8Array
}

export interface Enrolled {
  readonly handle: Uint8Array
  readonly shard: number
  readonly replicas: readonly string[]
  readonly entry: ProvenEntry
  readonly index: number
  /** The search for duplicates; absent when the person was enrolled before. */
  readonly duplicateCheck: Found | undefined
}

/** Somebody with these fingers is in the register: nothing was enrolled, and this is who. */
export class DuplicateFound extends TamgaError {
  readonly found: Found

  constructor(found: Found) {
    super('duplicate', 'somebody with these fingers is in the register already')
    this.found = found
  }
}

interface EnrolmentModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly search: Search
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
   * Enrols a person. Asked again with the same handle for the same payload, it answers with the
   * enrolment that is there.
   *
   * @throws DuplicateFound; TamgaError `conflict`: the handle is another enrolment's; `incomplete`:
   *   not every shard could be searched for duplicates, or not every replica took the record;
   *   `unprocessable`: not fingers, or too poor
   */
  async enrol({ signed, payload }: EnrolmentRequest): Promise<Enrolled> {
    const statement = authorise(signed, this.#options.roster)
    const { action, handle } = statement
    if (action !== 'enrol' || !handle) throw new TamgaError('forbidden', `not to ${action}`)
    checkFresh(statement, this.#modules.clock.now())
    if (!equalBytes(statement.payloadDigest, payloadDigest(payload))) {
      throw new TamgaError('unprocessable', 'the statement is about another payload')
    }
    const key = toHex(handle)
    const fingers = checkedFingers(payload)
    this.#inFlight.enter(key, fingers)
    try {
      const known = await this.#known(statement)
      if (known) return known
      await this.#inFlight.check(key, fingers, this.#modules.search.threshold(fingers.length))
      return await this.#admit(statement, { signed, payload })
    } finally {
      this.#inFlight.leave(key)
    }
  }

  /** The enrolment of this handle, if the same officer's statement is about the same payload. */
  async #known({ handle, payloadDigest: digest }: Statement): Promise<Enrolled | undefined> {
    const { registry, ledger } = this.#modules
    const known = registry.person(handle!)
    if (!known) return undefined
    const entry = await ledger.prove(known.log, known.index)
    const { statement } = decodeEntryOf('enrolment', entry.entry)
    if (!equalBytes(decodeStatement(statement).payloadDigest, digest)) {
      throw new TamgaError('conflict', 'this handle is enrolled with another payload')
    }
    const replicas = replicasOf(known.shard, this.#options.roster)
    return { ...known, replicas, entry, duplicateCheck: undefined }
  }

  async #admit(statement: Statement, request: EnrolmentRequest): Promise<Enrolled> {
    const { handle } = statement
    const { search, ledger, registry } = this.#modules
    const duplicateCheck = await search.ask(request)
    const { verdict, queryId } = duplicateCheck.answer
    if (verdict === 'hit') throw new DuplicateFound(duplicateCheck)
    if (verdict === 'incomplete') {
      throw new TamgaError('incomplete', 'not every shard could be searched for duplicates')
    }

    const shard = shardOf(handle!, this.#options.roster)
    const replicas = replicasOf(shard, this.#options.roster)
    const { commitment, receipts } = await this.#deposit(statement, replicas, request.payload)

    const entry = encodeEntry({
      type: 'enrolment',
      at: this.#modules.clock.now(),
      handle: handle!,
      shard,
      commitment,
      policy: POLICY,
      ...request.signed,
      duplicateCheck: queryId,
      frontier: coveredBy(duplicateCheck),
      receipts,
    })
    const index = await ledger.own.append(entry)
    // Whoever asks this node next must be asking for this person too.
    await registry.settled()
    const proven = await ledger.prove(this.#options.self, index)
    return { handle: handle!, shard, replicas, entry: proven, index, duplicateCheck }
  }

  /** Seals the payload for the replicas, and resolves when each of them keeps it durably. */
  async #deposit(
    { handle, payloadDigest: digest }: Statement,
    replicas: readonly string[],
    payload: Uint8Array,
  ): Promise<{ commitment: Uint8Array; receipts: Receipt[] }> {
    const { mesh, clock, random } = this.#modules
    const { self, roster } = this.#options
    const keepers = replicas.map((name) => roster.nodes.find((node) => node.name === name)!)
    const sealed = seal(
      payload,
      keepers.map(({ boxKey }) => boxKey),
      { context: handle!, randomBytes: (length) => random.bytes(length) },
    )
    const commitment = commitmentOf(sealed)
    const deposited = { home: self, handle: handle!, commitment, payloadDigest: digest }
    const request = deposits.encode({ handle: handle!, sealed: encodeSealed(sealed) })
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

/** @throws TamgaError `unprocessable`: not fingers, or one that could not be told from others */
function checkedFingers(payload: Uint8Array): GalleryFinger[] {
  const opened = decodePayload(payload)
  for (const finger of opened.fingers) {
    const { length } = readFinger(finger).minutiae
    if (length >= MINUTIAE_MIN) continue
    const poor = `finger ${finger.position} shows ${length} minutiae; ${MINUTIAE_MIN} are needed`
    throw new TamgaError('unprocessable', poor)
  }
  return packFingers(opened)
}

/** What every part of the search had taken in, at least: the lower of the parts' frontiers. */
function coveredBy({ parts }: Found): LogSize[] {
  const [first, ...rest] = parts.map(({ frontier }) => frontier)
  return (first ?? []).map(({ node, size }, place) => {
    return { node, size: Math.min(size, ...rest.map((frontier) => frontier[place]?.size ?? 0)) }
  })
}
