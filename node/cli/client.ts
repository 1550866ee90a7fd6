/** A station's side of a node's HTTP interface. */
import { noteVerifier } from '../../crypto/note.ts'
import { TamgaError, type ErrorCode, CONSEQUENCES } from '../../protocol/errors.ts'
import { openRoster, parseRoster, type Roster } from '../../protocol/roster.ts'
import type { RequestBody } from './request.ts'

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
    readonly shard: number
    readonly log: string
    readonly index: number
  }[]
  readonly searched: number
  readonly proof: string
}

export interface RenderedEnrolment {
  readonly handle: string
  readonly shard: number
  readonly replicas: readonly string[]
  readonly log: string
  readonly index: number
}

/** The node refused; `answer` is there when it was for a duplicate. */
export class Refused extends TamgaError {
  readonly answer: RenderedAnswer | undefined

  constructor(code: ErrorCode, message: string, answer: RenderedAnswer | undefined) {
    super(code, message)
    this.answer = answer
  }
}

export class Client {
  readonly #url: string

  constructor({ url }: { url: string }) {
    this.#url = url.replace(/\/$/, '')
  }

  /** @throws Refused; TamgaError `unreachable` */
  enrol(body: RequestBody): Promise<RenderedEnrolment> {
    return this.#post('/v1/enrol', body) as Promise<RenderedEnrolment>
  }

  identify(body: RequestBody): Promise<RenderedAnswer> {
    return this.#post('/v1/identify', body) as Promise<RenderedAnswer>
  }

  verify(body: RequestBody): Promise<RenderedAnswer> {
    return this.#post('/v1/verify', body) as Promise<RenderedAnswer>
  }

  /** The node's roster: checked if the authority's verification key is given, else just read. */
  async roster(authority?: string): Promise<Roster> {
    const response = await this.#fetch('/v1/roster', {})
    const note = await response.text()
    if (authority !== undefined) return openRoster(note, noteVerifier(authority))
    return parseRoster(note.slice(0, note.lastIndexOf('\n\n') + 1))
  }

  async #post(path: string, body: RequestBody): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await this.#fetch(path, init)
    const answer = (await response.json()) as {
      error?: { code?: string; message?: string }
      answer?: RenderedAnswer
    }
    if (response.ok) return answer
    const { code = '', message = `status ${response.status}` } = answer.error ?? {}
    const known = code in CONSEQUENCES ? (code as ErrorCode) : 'internal'
    throw new Refused(known, message, answer.answer)
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, init)
    } catch (cause) {
      throw new TamgaError('unreachable', `${this.#url} does not answer`, { cause })
    }
  }
}
