/** A station's side of a node's HTTP interface. */
import { concatBytes } from '../../crypto/bytes.ts'
import { noteVerifier } from '../../crypto/note.ts'
import { TamgaError, type ErrorCode, CONSEQUENCES } from '../../protocol/errors.ts'
import { openRoster, parseRoster, type Roster } from '../../protocol/roster.ts'
import type { RequestBody, SignedBody } from '../post/request.ts'
import type { Identity } from '../tls/identity.ts'
import { secureFetch, type Fetch } from './secure-fetch.ts'

/** As the gateway renders it; `proof` is the bundle in base64. */
export interface RenderedAnswer {
  readonly verdict: 'hit' | 'no-hit' | 'incomplete'
  readonly queryId: string
  readonly node: string
  readonly threshold: number
  readonly shards: {
    readonly total: number
    readonly answered: number
    readonly silent: readonly number[]
    readonly outcomes: readonly {
      readonly shard: number
      readonly asked: readonly string[]
      readonly answeredBy?: string
    }[]
  }
  readonly candidates: readonly {
    readonly handle: string
    readonly score: number
    readonly fingers: readonly { readonly position: number; readonly score: number }[]
    /** The share of strangers who reach this score. */
    readonly falseMatchRate: number
    readonly shard: number
    readonly log: string
    readonly index: number
  }[]
  readonly searched: number
  readonly proof: string
}

export interface RenderedEnrolment {
  readonly handle: string
  /** `suspended` where the search named somebody; then there is a case. */
  readonly status: string
  readonly case?: string
  readonly duplicateCheck?: RenderedAnswer
  readonly shard: number
  readonly replicas: readonly string[]
  readonly log: string
  readonly index: number
}

/** A deed as the gateway takes it, with whatever goes with it. */
interface DeedBody {
  readonly deed: string
  readonly signatures: readonly SignedBody[]
}

export interface RenderedDeed {
  readonly log: string
  readonly index: number
  readonly result: Readonly<Record<string, unknown>>
}

/** The law on the ledger, and which of it is in force. */
export interface RenderedPolicies {
  readonly inForce?: string
  readonly policies: readonly {
    readonly id: string
    readonly from: string
    readonly title: { readonly en: string }
    readonly thresholds: readonly number[]
  }[]
}

/** Which rule forbids it, for machines and for people. */
export interface RenderedReason {
  readonly code: string
  readonly en: string
  readonly kk: string
  readonly ru: string
}

/** The node refused; there are reasons where a rule forbids it. */
export class Refused extends TamgaError {
  readonly reasons: readonly RenderedReason[]

  constructor(code: ErrorCode, message: string, reasons: readonly RenderedReason[]) {
    super(code, message)
    this.reasons = reasons
  }
}

/** Bytes: the longest are bundles and signed lists, a MiB or a few in base64. */
const ANSWER_BYTES_MAX = 33_554_432

export interface ClientOptions {
  readonly url: string
  /** By which the client is known there, and whose authority the node must have. */
  readonly tls?: Identity | undefined
}

export class Client {
  readonly #url: string
  readonly #send: Fetch

  constructor({ url, tls }: ClientOptions) {
    this.#url = url.replace(/\/$/, '')
    this.#send = tls ? secureFetch(tls) : fetch
  }

  /** @throws Refused; TamgaError `unreachable` */
  enrol(body: RequestBody): Promise<RenderedEnrolment> {
    return this.post('/v1/enrol', body) as Promise<RenderedEnrolment>
  }

  identify(body: RequestBody): Promise<RenderedAnswer> {
    return this.post('/v1/identify', body) as Promise<RenderedAnswer>
  }

  verify(body: RequestBody): Promise<RenderedAnswer> {
    return this.post('/v1/verify', body) as Promise<RenderedAnswer>
  }

  deed(path: string, body: DeedBody): Promise<RenderedDeed> {
    return this.post(path, body) as Promise<RenderedDeed>
  }

  policies(): Promise<RenderedPolicies> {
    return this.get('/v1/policies') as Promise<RenderedPolicies>
  }

  /** The node's roster: checked if the authority's verification key is given, else just read. */
  async roster(authority?: string): Promise<Roster> {
    const response = await this.#fetch('/v1/roster', {})
    const note = new TextDecoder().decode(await this.#body(response))
    if (!response.ok) {
      throw new TamgaError('unreachable', `${this.#url} answers ${response.status}`)
    }
    if (authority !== undefined) return openRoster(note, noteVerifier(authority))
    return parseRoster(note.slice(0, note.lastIndexOf('\n\n') + 1))
  }

  /** @throws Refused; TamgaError `unreachable` */
  async post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null }
    return this.#json(path, init)
  }

  /** As `post`. */
  async get(path: string): Promise<unknown> {
    return this.#json(path, {})
  }

  /** What is no JSON. As `post`. */
  async bytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
    const response = await this.#fetch(path, { signal: signal ?? null })
    if (!response.ok) await this.#read(response)
    return this.#body(response)
  }

  /** Asks with JSON for what is no JSON. As `post`. */
  async postForBytes(path: string, body: object): Promise<Uint8Array> {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await this.#fetch(path, init)
    if (!response.ok) await this.#read(response)
    return this.#body(response)
  }

  async #json(path: string, init: RequestInit): Promise<unknown> {
    return this.#read(await this.#fetch(path, init))
  }

  async #read(response: Response): Promise<unknown> {
    const body = await this.#body(response)
    const answer = this.#parsed(body, response.status) as {
      error?: { code?: string; message?: string; reasons?: readonly RenderedReason[] }
    } | null
    if (response.ok) return answer
    const { code = '', message = `status ${response.status}`, reasons = [] } = answer?.error ?? {}
    const known = code in CONSEQUENCES ? (code as ErrorCode) : 'internal'
    throw new Refused(known, message, reasons)
  }

  #parsed(body: Uint8Array, status: number): unknown {
    try {
      return JSON.parse(new TextDecoder().decode(body))
    } catch (cause) {
      const message = `${this.#url} answers ${status}, and not as a node does`
      throw new TamgaError('unreachable', message, { cause })
    }
  }

  /** All of it, as far as an answer may be long: whoever answers may be anybody. */
  async #body({ body }: Response): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let bytes = 0
    try {
      for await (const chunk of body ?? []) {
        bytes += chunk.length
        if (bytes > ANSWER_BYTES_MAX) break
        chunks.push(chunk)
      }
    } catch (cause) {
      throw new TamgaError('unreachable', `${this.#url} breaks off`, { cause })
    }
    if (bytes <= ANSWER_BYTES_MAX) return concatBytes(...chunks)
    throw new TamgaError('unreachable', `${this.#url} answers at more length than a node does`)
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#send(`${this.#url}${path}`, init)
    } catch (cause) {
      if (cause instanceof TamgaError) throw cause
      throw new TamgaError('unreachable', `${this.#url} does not answer`, { cause })
    }
  }
}
