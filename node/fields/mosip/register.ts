/**
 * The register, as the adaptor asks it: at one node's gateway, as the officers that the operator
 * has given it. Nothing is decided here. A node that is gone or busy is asked until it answers.
 */
import { fromHex, toHex } from '../../../crypto/bytes.ts'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import { payloadDigest, type CapturedFinger } from '../../../protocol/payload.ts'
import {
  encodeApplication,
  type FingerRecord,
  type MissingCause,
} from '../../../protocol/rules/application.ts'
import { civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { CANDIDATES_MAX, FINGERS_MAX } from '../../../protocol/limits.ts'
import {
  decodeStatement,
  signStatement,
  STATEMENT_AGE_MS_MAX,
  type SignedStatement,
} from '../../../protocol/statement.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import { bodyOf, signRequest } from '../../post/request.ts'
import type { Random } from '../../random.ts'
import type { ActionOfficer, Certified } from '../asker.ts'
import type { KeptRequest, Pair } from './book.ts'
import { MosipFailure } from './failure.ts'
import {
  FAULTS_MAX,
  PING_MS_MAX,
  QUESTION_MS_MAX,
  RETRY_MS_MAX,
  RETRY_MS_MIN,
  SIGN_ANEW_MS,
} from './limits.ts'
import type { BestCapture } from '../best-captures.ts'

/** A node's HTTP interface. */
export interface NodeLink {
  /** @throws TamgaError `unreachable`, or the code with which the node refuses, with `reasons` */
  post(path: string, body: object, signal: AbortSignal): Promise<unknown>
  bytes(path: string, signal: AbortSignal): Promise<Uint8Array>
}

/** What the operator certifies of everybody whom MOSIP inserts: MOSIP does not say it. */
export interface CertifiedOfAll extends Certified {
  /** Why a finger that is not in the data is not there; undefined where nobody knows. */
  readonly missing: MissingCause | undefined
}

export interface RegisterOptions {
  readonly network: string
  readonly post: string
  readonly caseNumber: string
  readonly legalBasis: string
  readonly insert: ActionOfficer
  readonly identify: ActionOfficer
  readonly person: CertifiedOfAll
}

export interface RegisterModules {
  readonly link: NodeLink
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Ends waiting for a node. */
  readonly signal: AbortSignal
}

/** As a gateway renders them. */
interface ToldAnswer {
  readonly verdict: string
  readonly searched: number
  readonly candidates: readonly {
    readonly handle: string
    readonly score: number
    readonly falseMatchRate: number
  }[]
}

interface ToldEnrolment {
  readonly duplicateCheck?: ToldAnswer
}

const NONCE_BYTES = 32

/** Of officers, not of people: asked again when the operator has put it right, or time has. */
const OFFICERS_REASONS: ReadonlySet<string> = new Set([
  'role-may-not',
  'purpose-not-allowed',
  'credential-unknown',
  'credential-revoked',
  'credential-expired',
  'too-many-requests',
  'statement-stale',
])

/** Of prints. */
const PRINTS_REASONS: ReadonlySet<string> = new Set([
  'fingers-missing',
  'recapture-needed',
  'quality-too-low',
  'same-finger-twice',
  'fingers-exchanged',
])

export class Register {
  readonly #options: RegisterOptions
  readonly #modules: RegisterModules

  constructor(options: RegisterOptions, modules: RegisterModules) {
    this.#options = options
    this.#modules = modules
  }

  /** What is to be kept before a node is asked. */
  signEnrolment(handle: Uint8Array, fingers: readonly BestCapture[]): KeptRequest {
    const { insert } = this.#options
    const application = this.#application(fingers)
    const asked = { ...this.#about(insert), action: 'enrol', handle, fingers, application } as const
    const { signed, payload } = signRequest(asked, insert.officer, this.#modules)
    return { ...signed, payload, application }
  }

  /**
   * Whom the search for duplicates has named. Asked again for the same payload, the register
   * enrols nobody twice; since it then tells nothing of that search, the prints are searched anew.
   *
   * @throws MosipFailure: the register refuses; nobody is enrolled
   * @throws TamgaError `closed`; `internal`: whether anybody is enrolled nobody knows
   */
  async enrol(handle: Uint8Array, kept: KeptRequest): Promise<Pair[]> {
    const { duplicateCheck } = (await this.#asked('/v1/enrol', () => {
      return bodyOf({ signed: this.#fresh(kept), ...kept })
    })) as ToldEnrolment
    const found = duplicateCheck ? told(duplicateCheck) : await this.#search(kept.payload)
    const own = toHex(handle)
    return found.filter((pair) => toHex(pair.handle) !== own)
  }

  /** @throws as `enrol` */
  identify(fingers: readonly CapturedFinger[]): Promise<Pair[]> {
    const { identify } = this.#options
    const asked = { ...this.#about(identify), action: 'identify', handle: undefined } as const
    const { payload } = signRequest({ ...asked, fingers }, identify.officer, this.#modules)
    return this.#search(payload)
  }

  /** @throws TamgaError: the node is not there */
  async ping(): Promise<void> {
    await this.#modules.link.bytes('/v1/roster', AbortSignal.timeout(PING_MS_MAX))
  }

  #about({ purpose }: ActionOfficer) {
    const { network, post, caseNumber, legalBasis } = this.#options
    return { network, post, caseNumber, legalBasis, purpose }
  }

  #application(fingers: readonly BestCapture[]): Uint8Array {
    const { missing, ...person } = this.#options.person
    const { clock, random } = this.#modules
    const shared = fingers.map(({ position, qualities }): FingerRecord => {
      return { position, attempts: qualities, missing: undefined, reason: '' }
    })
    const all = Array.from({ length: FINGERS_MAX }, (_, i) => i + 1)
    const others = all.filter((place) => fingers.every(({ position }) => position !== place))
    const absent = others.map((position): FingerRecord => {
      return { position, attempts: [], missing, reason: '' }
    })
    return encodeApplication({
      ...person,
      nonce: random.bytes(NONCE_BYTES),
      requestedOn: civilDateAt(clock.now()),
      fingers: [...shared, ...(missing === undefined ? [] : absent)].slice(0, FINGERS_MAX),
    })
  }

  async #search(payload: Uint8Array): Promise<Pair[]> {
    const { identify } = this.#options
    const statement = {
      ...this.#about(identify),
      action: 'identify',
      handle: undefined,
      payloadDigest: payloadDigest(payload),
      deedDigest: undefined,
    } as const
    const answer = (await this.#asked('/v1/identify', () => {
      const at = this.#modules.clock.now()
      const signed = signStatement({ ...statement, at }, identify.officer)
      const body = bodyOf({ signed, payload, application: new Uint8Array() })
      return { ...body, limit: CANDIDATES_MAX }
    })) as ToldAnswer
    if (answer.verdict !== 'incomplete') return told(answer)
    // Who is silent now may be there soon, and MOSIP has no word for an answer of a part.
    await this.#pause(RETRY_MS_MAX)
    return this.#search(payload)
  }

  /** The same request, signed anew where its day is nearly over. */
  #fresh({ statement: encoded, officer, signature, credential }: KeptRequest): SignedStatement {
    const statement = decodeStatement(encoded)
    const at = this.#modules.clock.now()
    const isFresh = at - statement.at < STATEMENT_AGE_MS_MAX - SIGN_ANEW_MS
    if (isFresh) return { statement: encoded, officer, signature, credential }
    return signStatement({ ...statement, at }, this.#options.insert.officer)
  }

  /** @throws as `enrol` */
  async #asked(path: string, body: () => object): Promise<unknown> {
    const { link, logger, signal } = this.#modules
    let faults = 0
    for (let wait = RETRY_MS_MIN; ; wait = Math.min(2 * wait, RETRY_MS_MAX)) {
      if (signal.aborted) throw new TamgaError('closed', 'the adaptor stops')
      try {
        const limit = AbortSignal.timeout(QUESTION_MS_MAX)
        return await link.post(path, body(), AbortSignal.any([signal, limit]))
      } catch (error) {
        const refusal = asTamgaError(error)
        const verdict = verdictOn(refusal)
        if (verdict instanceof MosipFailure) throw verdict
        if (verdict === 'fault') faults += 1
        if (faults >= FAULTS_MAX) throw refusal
        logger.warn('a node is asked again', { path, code: refusal.code, why: refusal.message })
        await this.#pause(wait)
      }
    }
  }

  /** Until `ms` are over, or the adaptor stops. */
  #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#modules
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = clock.timer(ms, done)
      signal.addEventListener('abort', done)
    })
  }
}

/** What follows from a node's refusal: `wait` for what passes by itself or by the operator. */
function verdictOn(refusal: TamgaError): MosipFailure | 'wait' | 'fault' {
  const { code, message, consequence } = refusal
  const reasons = reasonsOf(refusal)
  const about = { cause: refusal }
  if (reasons.some((one) => OFFICERS_REASONS.has(one))) return 'wait'
  if (consequence.retry || code === 'bad-signature') return 'wait'
  // Without a rule's reason it is that the same fingers are being enrolled at this moment.
  if (code === 'conflict' && reasons.length === 0) return 'wait'
  if (code === 'internal') return 'fault'
  const isOfPrints = reasons.length === 0 || reasons.some((one) => PRINTS_REASONS.has(one))
  if (code === 'unprocessable' && isOfPrints) {
    return new MosipFailure('poor-quality', message, about)
  }
  return new MosipFailure('aborted', message, about)
}

/** As a gateway's client has them, where a rule forbids it. */
function reasonsOf(refusal: TamgaError): string[] {
  const reasons: unknown = 'reasons' in refusal ? refusal.reasons : []
  if (!Array.isArray(reasons)) return []
  return reasons.map((one: { code?: unknown } | string) => {
    return typeof one === 'string' ? one : String(one.code)
  })
}

function told({ candidates, searched }: ToldAnswer): Pair[] {
  return candidates.map(({ handle, score, falseMatchRate }) => {
    return { handle: fromHex(handle), score, falseMatchRate, searched }
  })
}
