/**
 * The register, as the station asks it: at one node's gateway, as the officers that the operator
 * has given it. Nothing is decided here; of what the node says goes on what OSIA has a word for.
 */
import { fromBase64, fromHex, toBase64 } from '../../../crypto/bytes.ts'
import { thresholdFor } from '../../../matcher/threshold.ts'
import { CANDIDATES_MAX } from '../../../protocol/limits.ts'
import { decodePayload, payloadDigest } from '../../../protocol/payload.ts'
import { applicationDigest } from '../../../protocol/rules/application.ts'
import { signDeed } from '../../../protocol/signed-deed.ts'
import { signStatement, type Action } from '../../../protocol/statement.ts'
import type { Clock } from '../../clock.ts'
import type { ActionOfficer } from '../asker.ts'
import { bodyOf, signedBodyOf } from '../../post/request.ts'
import { QUESTION_MS_MAX } from './limits.ts'
import { notAllowed, OsiaError, unknownRecord } from './osia-error.ts'
import { subTypeOf } from './osia-fingers.ts'
import type { Work } from './work.ts'

/** The one gallery, and the one encounter of each person. */
export const GALLERY = 'ALL'
export const ENCOUNTER = 'record'
const ENCOUNTER_TYPE = 'enrolment'

const UNAVAILABLE = 500

/** How somebody stands whose record is searched, and whose record there is none of. */
const ACTIVE: ReadonlySet<string> = new Set(['provisional', 'confirmed', 'documented', 'updated'])
const GONE: ReadonlySet<string> = new Set(['unknown', 'erased'])

/** A node's HTTP interface. */
export interface NodeLink {
  /** @throws TamgaError `unreachable`, or the code with which the node refuses */
  post(path: string, body: object, signal: AbortSignal): Promise<unknown>
}

export interface RegisterOptions {
  readonly network: string
  readonly post: string
  readonly caseNumber: string
  readonly legalBasis: string
  /** What no officer is given for is not allowed. */
  readonly officers: Readonly<
    Partial<Record<'enrol' | 'identify' | 'verify' | 'read', ActionOfficer>>
  >
}

export interface RegisterModules {
  readonly link: NodeLink
  readonly clock: Clock
}

/** As gateways render them, as far as it goes on. */
interface ToldAnswer {
  readonly verdict: 'hit' | 'no-hit' | 'incomplete'
  readonly shards: { readonly silent: readonly number[] }
  readonly candidates: readonly ToldCandidate[]
}

interface ToldCandidate {
  readonly handle: string
  readonly score: number
  readonly falseMatchRate: number
  readonly fingers: readonly { readonly position: number; readonly score: number }[]
}

interface ToldEnrolment {
  readonly handle: string
  readonly status: string
  readonly case?: string
  readonly log: string
  readonly index: number
}

interface ToldStatus {
  readonly result: { readonly status: string; readonly since: number }
}

export class Register {
  readonly #options: RegisterOptions
  readonly #modules: RegisterModules

  constructor(options: RegisterOptions, modules: RegisterModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Asks the node once and signs anew for it each time: of a payload that it has enrolled before it
   * says so again.
   *
   * @returns the interface's answer
   * @throws OsiaError, TamgaError
   */
  async done(work: Work, signal: AbortSignal): Promise<unknown> {
    switch (work.kind) {
      case 'told':
        return work.answer
      case 'enrol':
      case 'update':
        return this.#enrol(work, signal)
      case 'identify':
        return this.#identify(work, signal)
      case 'verify':
        return this.#verify(work, signal)
      case 'read':
      default:
        return this.#read(work, signal)
    }
  }

  async #enrol(work: Extract<Work, { kind: 'enrol' | 'update' }>, signal: AbortSignal) {
    const { kind, handle, payload, application } = work
    const body = this.#question('enrol', kind, { handle, payload, application })
    const told = (await this.#asked('/v1/enrol', body, signal)) as ToldEnrolment
    const { status, log, index } = told
    const held = told.case === undefined ? {} : { case: told.case }
    return { personId: handle, encounterId: ENCOUNTER, others: { status, log, index, ...held } }
  }

  async #identify(work: Extract<Work, { kind: 'identify' }>, signal: AbortSignal) {
    const { payload, limit, threshold } = work
    const body = this.#question('identify', 'identify', { payload })
    const answer = whole(await this.#asked('/v1/identify', { ...body, limit }, signal))
    return answer.candidates
      .filter(({ score }) => score >= threshold)
      .map(({ handle, score, falseMatchRate, fingers }, place) => {
        const scores = scoresOf(fingers)
        return { personId: handle, rank: place + 1, score, scores, others: { falseMatchRate } }
      })
  }

  async #verify(work: Extract<Work, { kind: 'verify' }>, signal: AbortSignal) {
    const { handle, payload, threshold } = work
    const body = this.#question('verify', 'verify', { handle, payload })
    const answer = whole(await this.#asked('/v1/verify', { ...body, limit: 1 }, signal))
    const [candidate] = answer.candidates
    if (!candidate) throw unknownRecord('the register has no such record to compare with')
    const least = Math.max(
      threshold,
      thresholdFor(decodePayload(fromBase64(payload)).fingers.length),
    )
    return { decision: candidate.score >= least, scores: scoresOf(candidate.fingers) }
  }

  async #read({ handle, isList }: Extract<Work, { kind: 'read' }>, signal: AbortSignal) {
    const { network, post, caseNumber, legalBasis } = this.#options
    const { officer, purpose } = this.#officer('read')
    const at = this.#modules.clock.now()
    const about = { network, post, caseNumber, legalBasis, purpose, at, handle: fromHex(handle) }
    const signed = signDeed({ type: 'status' }, about, [officer])
    const body = { deed: toBase64(signed.deed), signatures: signed.signatures.map(signedBodyOf) }
    const { result } = (await this.#asked('/v1/persons/status', body, signal)) as ToldStatus
    if (GONE.has(result.status)) throw unknownRecord('the register has no such record')
    const encounter = {
      encounterId: ENCOUNTER,
      status: ACTIVE.has(result.status) ? 'ACTIVE' : 'INACTIVE',
      encounterType: ENCOUNTER_TYPE,
      updatedDate: new Date(result.since).toISOString(),
      galleries: [GALLERY],
      // No print leaves the register, for nobody.
      biometricData: [],
    }
    return isList ? [encounter] : encounter
  }

  #question(
    as: keyof RegisterOptions['officers'],
    action: Action,
    about: { readonly handle?: string; readonly payload: string; readonly application?: string },
  ) {
    const { network, post, caseNumber, legalBasis } = this.#options
    const { officer, purpose } = this.#officer(as)
    const payload = fromBase64(about.payload)
    const application = fromBase64(about.application ?? '')
    const statement = {
      network,
      post,
      caseNumber,
      legalBasis,
      purpose,
      action,
      at: this.#modules.clock.now(),
      handle: about.handle === undefined ? undefined : fromHex(about.handle),
      payloadDigest: payloadDigest(payload),
      deedDigest: application.length > 0 ? applicationDigest(application) : undefined,
    }
    return bodyOf({ signed: signStatement(statement, officer), payload, application })
  }

  #officer(as: keyof RegisterOptions['officers']): ActionOfficer {
    const officer = this.#options.officers[as]
    if (officer) return officer
    throw notAllowed(`the operator has given nobody for it: ${as}`)
  }

  #asked(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    const limit = AbortSignal.timeout(QUESTION_MS_MAX)
    return this.#modules.link.post(path, body, AbortSignal.any([signal, limit]))
  }
}

/** As many candidates as an answer of the register has at most. */
export const LIMIT_MAX = CANDIDATES_MAX

/** The interface has no word for an answer of a part of the register. */
function whole(told: unknown): ToldAnswer {
  const answer = told as ToldAnswer
  if (answer.verdict !== 'incomplete') return answer
  const message = `shards did not answer: ${answer.shards.silent.join(', ')}`
  throw new OsiaError(UNAVAILABLE, message, { isPassing: true })
}

function scoresOf(fingers: ToldCandidate['fingers']) {
  return fingers.map(({ position, score }) => ({
    score,
    encounterId: ENCOUNTER,
    galleries: [GALLERY],
    biometricType: 'FINGER',
    biometricSubType: subTypeOf(position),
  }))
}
