/** A gateway on loopback, and what asks it over HTTP as a station would. */
import { equal, is } from 'uvu/assert'
import { Extractor } from '../../../../matcher/extract/extractor.ts'
import { systemClock } from '../../../../node/clock.ts'
import { Gateway } from '../../../../node/gateway/gateway.ts'
import type { renderEnrolled, renderFound } from '../../../../node/gateway/render.ts'
import type { Rooms } from '../../../../node/gateway/rooms.ts'
import { silentLogger, type Logger } from '../../../../node/logger.ts'
import type { Trust } from '../../../../protocol/document/trust.ts'
import type { ErrorCode } from '../../../../protocol/errors.ts'
import { LANGUAGES, sentenceOf } from '../../../../protocol/rules/reasons/reason.ts'
import type { ReasonCode } from '../../../../protocol/rules/reasons/reason.ts'

export type AnswerBody = ReturnType<typeof renderFound>
export type EnrolledBody = ReturnType<typeof renderEnrolled>

export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    /** Where a rule forbids it. */
    readonly reasons?: readonly ReasonBody[]
  }
}

export interface ReasonBody {
  readonly code: string
  readonly en: string
  readonly kk: string
  readonly ru: string
}

/** A deed that was done; `T` is what it brought to light. */
export interface DoneBody<T> {
  readonly log: string
  readonly index: number
  readonly entry: string
  readonly proof: string
  readonly result: T
}

export interface Reply<T> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON. */
  readonly body: T
}

/** A gateway in front of `node` on any free port. */
export function startGateway(
  node: Rooms,
  logger: Logger = silentLogger,
  extractor: Extractor = idleExtractor(),
  trust?: Trust,
): Promise<Gateway> {
  const modules = { node, extractor, clock: systemClock, logger, trust }
  return Gateway.start({ host: '127.0.0.1', port: 0 }, modules)
}

/** For who sends no image: without one it has no threads, and need not be closed. */
export function idleExtractor(): Extractor {
  return new Extractor({ workers: 1 }, { clock: systemClock })
}

/**
 * Asserts that `reply` is an error of this code, in the one shape that errors have; with a reason,
 * that it is by this rule, said in every language.
 */
export function refused(
  reply: Reply<unknown>,
  status: number,
  code: ErrorCode,
  reason?: ReasonCode,
): void {
  const { error } = (reply.body ?? { error: undefined }) as Partial<ErrorBody>
  is(error?.code, code, reply.text.slice(0, 200))
  is(reply.status, status)
  const fields = reason === undefined ? ['code', 'message'] : ['code', 'message', 'reasons']
  equal(Object.keys(error ?? {}), fields, reply.text)
  if (reason === undefined) return
  const [first] = error?.reasons ?? []
  is(first?.code, reason)
  for (const language of LANGUAGES) is(first?.[language], sentenceOf(reason, language))
}

export class Client {
  readonly #url: string

  constructor({ url }: Gateway) {
    this.#url = url
  }

  get<T>(path: string, method = 'GET'): Promise<Reply<T>> {
    return this.#send(path, { method })
  }

  post<T>(path: string, body: object): Promise<Reply<T>> {
    return this.postText(path, JSON.stringify(body))
  }

  postText<T>(path: string, body: string, type = 'application/json'): Promise<Reply<T>> {
    return this.#send(path, { method: 'POST', headers: { 'content-type': type }, body })
  }

  async #send<T>(path: string, request: RequestInit): Promise<Reply<T>> {
    const { status, headers, ...response } = await fetched(`${this.#url}${path}`, request)
    const isJson = headers.get('content-type')?.startsWith('application/json')
    const body = (isJson ? JSON.parse(response.text) : undefined) as T
    return { status, headers, body, text: response.text }
  }
}

async function fetched(url: string, request: RequestInit) {
  const response = await fetch(url, request)
  return { status: response.status, headers: response.headers, text: await response.text() }
}
