/**
 * OSIA's ABIS interface over HTTP: a route for each operation of its file, one handler behind them
 * all. A request is held against the file before it is done, an answer before it is sent.
 */
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { TamgaError } from '../../../protocol/errors.ts'
import { atWork } from '../../gateway/at-work.ts'
import { hungUp } from '../../gateway/hung-up.ts'
import type { Logger } from '../../logger.ts'
import type { Bearer } from './bearer.ts'
import { checkCallback } from './callback.ts'
import type { Operation } from './interface.ts'
import { BODY_BYTES_MAX, ID_CHARACTERS_MAX, REQUESTS_AT_ONCE_MAX } from './limits.ts'
import type { Operations } from './operations.ts'
import { asOsiaError, badRequest, unauthorised, unknownRecord } from './osia-error.ts'
import type { Register } from './register.ts'
import type { Tasks } from './tasks.ts'
import type { Outcome } from './work.ts'

export interface ServiceOptions {
  readonly host: string
  /** 0 takes any. */
  readonly port: number
  /** PEM; plain HTTP if absent, and then only for this machine. */
  readonly tls?: { readonly key: string; readonly certificate: string } | undefined
  /** Origins that clients may be told at. */
  readonly callbacks: readonly string[]
}

export interface ServiceModules {
  readonly interface: readonly Operation[]
  readonly operations: Operations
  readonly register: Register
  readonly tasks: Tasks
  readonly bearer: Bearer
  readonly logger: Logger
}

const OK = 200
const ACCEPTED = 202
const DONE = 204
const UNEXPECTED = 500

/** Seconds after which what passes is worth another try. */
const RETRY_AFTER_S = '1'

const LOOPBACK = /^(?:127(?:\.[0-9]{1,3}){3}|::1|localhost)$/
const TASKS = /^(?:readTaskStatus|redeliverTaskResult)$/

const JSON_TYPE = 'application/json'

export class Service {
  readonly url: string
  readonly #app: FastifyInstance

  private constructor(app: FastifyInstance, url: string) {
    this.#app = app
    this.url = url
  }

  /** @throws TamgaError `unprocessable`: plain HTTP for others; `unreachable`: it cannot listen */
  static async start(options: ServiceOptions, modules: ServiceModules): Promise<Service> {
    const { host, port, tls } = options
    if (!tls && !LOOPBACK.test(host)) {
      throw new TamgaError('unprocessable', `plain HTTP on ${host}: others need TLS`)
    }
    const app = newServer(options)
    const offered = modules.interface.map((operation) => new Offered(operation, options, modules))
    for (const one of offered) one.route(app)
    try {
      return new Service(app, await app.listen({ host, port }))
    } catch (cause) {
      throw new TamgaError('unreachable', `cannot listen on ${host} port ${port}`, { cause })
    }
  }

  async close(): Promise<void> {
    await this.#app.close()
  }
}

/** One operation as it is served. */
class Offered {
  readonly #operation: Operation
  readonly #options: ServiceOptions
  readonly #modules: ServiceModules

  constructor(operation: Operation, options: ServiceOptions, modules: ServiceModules) {
    this.#operation = operation
    this.#options = options
    this.#modules = modules
  }

  route(app: FastifyInstance): void {
    const { method, path, scopes } = this.#operation
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      // Nothing is read of who may not ask.
      onRequest: async (request) =>
        this.#modules.bearer.check(request.headers.authorization, scopes),
      handler: async (request, reply) => this.#answer(request, reply),
      errorHandler: (error, _request, reply) => this.#refuse(error, reply),
    })
  }

  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { id, queryFault, bodyFault } = this.#operation
    const query = { ...(request.query as Record<string, unknown>) }
    const fault = queryFault(query) ?? bodyFault(request.body ?? undefined)
    if (fault !== undefined) throw badRequest(fault)
    const path = request.params as Record<string, string>
    if (TASKS.test(id)) return this.#send(reply, await this.#ofTask(path['taskId']!))
    const transactionId = query['transactionId'] as string
    if (transactionId.length > ID_CHARACTERS_MAX) throw badRequest('transactionId: too long')
    const callback = query['callback'] as string | undefined
    if (callback !== undefined) checkCallback(callback, this.#options.callbacks)
    const { operations, register, tasks } = this.#modules
    const work = await operations.prepare({ operation: id, path, query, body: request.body })
    if (callback !== undefined) {
      const taskId = await tasks.take({ transactionId, operation: id, callback, work })
      return this.#send(reply, { status: ACCEPTED, body: { taskId } })
    }
    return this.#send(reply, { status: OK, body: await register.done(work, hungUp(reply)) })
  }

  async #ofTask(taskId: string): Promise<Outcome> {
    const { tasks } = this.#modules
    if (this.#operation.id === 'readTaskStatus') {
      const state = await tasks.state(taskId)
      if (state === undefined) throw unknownRecord('there is no such task')
      return { status: OK, body: state }
    }
    const told = await tasks.redeliver(taskId)
    if (told === 'unknown') throw unknownRecord('there is no such task')
    if (told === 'not-done') throw badRequest('the task is not done yet')
    return { status: DONE, body: undefined }
  }

  #send(reply: FastifyReply, { status, body }: Outcome): FastifyReply {
    const fault = this.#operation.answerFault(status, body)
    if (fault !== undefined) {
      throw new TamgaError('internal', `an answer that the interface does not have: ${fault}`)
    }
    reply.code(status)
    return body === undefined ? reply.send() : reply.type(JSON_TYPE).send(JSON.stringify(body))
  }

  #refuse(thrown: unknown, reply: FastifyReply): void {
    const { id, statuses } = this.#operation
    const error = asOsiaError(asRefusal(thrown), statuses)
    const { status, message, body, hasBody, isPassing } = error
    const about = { operation: id, status, why: message }
    if (status >= UNEXPECTED && !isPassing) {
      this.#modules.logger.error('a request failed', { ...about, cause: causeOf(error) })
    } else this.#modules.logger.info('a request is refused', about)
    if (status === unauthorised('').status) reply.header('www-authenticate', 'Bearer')
    if (isPassing) reply.header('retry-after', RETRY_AFTER_S)
    reply.code(status)
    void (hasBody ? reply.type(JSON_TYPE).send(JSON.stringify(body)) : reply.send())
  }
}

function newServer({ tls }: ServiceOptions): FastifyInstance {
  const app = fastify({
    https: tls ? { key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.3' } : null,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: ID_CHARACTERS_MAX },
    // Over TLS or not, it is an HTTP server all the same.
  }) as unknown as FastifyInstance
  app.addHook('onRequest', atWork(REQUESTS_AT_ONCE_MAX, 'requests'))
  // Clients say that they send JSON also where they send nothing.
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>(JSON_TYPE, { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse.call(app, request, body, done)
  })
  app.setNotFoundHandler((_request, reply) => reply.code(unknownRecord('').status).send())
  return app
}

/** The framework's own refusals: of JSON, of a type of content, of a length. */
function asRefusal(thrown: unknown): unknown {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  if (!(thrown instanceof Error) || typeof status !== 'number' || status >= UNEXPECTED)
    return thrown
  return badRequest(thrown.message, thrown)
}

function causeOf({ cause, stack }: Error): string | undefined {
  return cause instanceof Error ? cause.stack : stack
}
