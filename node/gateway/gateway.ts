/**
 * HTTP in front of one node: what stations and posts ask, and what auditors and operators read.
 *
 * Trusts nobody who connects. What may be asked is decided by the officer's signature in the
 * request, not by the connection. Who may connect at all is decided by certificates, see
 * `doorkeeper.ts`; without them it is whoever is on the same machine.
 */
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { TamgaError } from '../../protocol/errors.ts'
import { NO_TRUST, type Trust } from '../../protocol/document/trust.ts'
import type { Extractor } from '../../matcher/extract/extractor.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Identity } from '../tls/identity.ts'
import { credentialRoutes } from './credentials.ts'
import { deedRoutes } from './deeds.ts'
import { Doorkeeper, tlsOptions } from './doorkeeper.ts'
import { enrolmentRoutes } from './enrolments.ts'
import { evidenceRoutes } from './evidence.ts'
import {
  BODY_BYTES_MAX,
  CLOSE_MS_MAX,
  CONNECTION_TIMEOUT_MS,
  CONNECTIONS_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  PARAMETER_CHARACTERS_MAX,
  REQUEST_TIMEOUT_MS,
  REQUESTS_PER_CONNECTION_MAX,
} from './limits.ts'
import { lawRoutes } from './law.ts'
import { inspectionRoutes } from './inspections.ts'
import { LogCopies } from './log-copies.ts'
import { logRoutes } from './logs.ts'
import { describeRoutes } from './openapi.ts'
import { printRoutes } from './prints.ts'
import { questionRoutes } from './questions.ts'
import { asRefusal, refuseConnection, SECURITY_HEADERS, sendRefusal } from './refusal.ts'
import type { Rooms } from './rooms.ts'
import { rosterRoutes } from './rosters.ts'
import { secondLookRoutes } from './second-looks.ts'
import { sharedSchemas } from './shared-schemas.ts'
import { statusRoutes } from './status.ts'
import { tileRoutes } from './tiles.ts'
import { watchCopyRoutes } from './watch-copies.ts'

const LOOPBACK = /^(?:127(?:\.[0-9]{1,3}){3}|::1|localhost)$/

export interface GatewayOptions {
  /** The address to listen on; without TLS it is one of this machine's own, 127.0.0.1 or ::1. */
  readonly host: string
  /** 0 takes any. */
  readonly port: number
  /** Plain HTTP if absent. */
  readonly tls?: Identity | undefined
}

export interface GatewayModules {
  /** Stays the caller's, as the extractor does: they are not closed with the gateway. */
  readonly node: Rooms
  readonly extractor: Extractor
  readonly clock: Clock
  readonly logger: Logger
  /** Whose documents are believed; nobody's if absent. */
  readonly trust?: Trust | undefined
}

export class Gateway {
  readonly url: string
  readonly #app: FastifyInstance
  readonly #clock: Clock
  #closing: Promise<void> | undefined

  private constructor(url: string, app: FastifyInstance, clock: Clock) {
    this.url = url
    this.#app = app
    this.#clock = clock
  }

  /**
   * @throws TamgaError `unreachable` when the address cannot be listened on; `unprocessable`: plain
   *   HTTP for others than this machine, or a certificate that is over
   */
  static async start(options: GatewayOptions, modules: GatewayModules): Promise<Gateway> {
    const { host, port, tls } = options
    const { node, extractor, clock, trust = NO_TRUST } = modules
    checkProtected(options, clock)
    const app = newServer(tls)
    refuseInOneShape(app, modules)
    logRequests(app, modules)
    app.decorateRequest('station', undefined)
    if (tls) new Doorkeeper({ ...modules, revoked: node.registry.revokedCertificates }).keep(app)
    endWhenClosing(app)
    for (const schema of sharedSchemas) app.addSchema(schema)
    await describeRoutes(app)
    enrolmentRoutes(app, node, clock)
    questionRoutes(app, node)
    printRoutes(app, extractor)
    const copies = new LogCopies({ clock })
    deedRoutes(app, node, { copies })
    credentialRoutes(app, node)
    lawRoutes(app, node, clock)
    logRoutes(app, node)
    rosterRoutes(app, node)
    inspectionRoutes(app, node, { extractor, clock, trust })
    watchCopyRoutes(app, node)
    tileRoutes(app, node, { copies })
    evidenceRoutes(app, node)
    secondLookRoutes(app, node)
    statusRoutes(app, node, clock)
    await app.ready()
    try {
      return new Gateway(await app.listen({ host, port }), app, clock)
    } catch (cause) {
      await app.close()
      throw new TamgaError('unreachable', `cannot listen on ${host}:${port}`, { cause })
    }
  }

  /** Takes no more requests; those at work are finished, or cut off after `CLOSE_MS_MAX`. */
  close(): Promise<void> {
    this.#closing ??= this.#stop()
    return this.#closing
  }

  async #stop(): Promise<void> {
    const cancel = this.#clock.timer(CLOSE_MS_MAX, () => this.#app.server.closeAllConnections())
    try {
      await this.#app.close()
    } finally {
      cancel()
    }
  }
}

/** @throws TamgaError `unprocessable` */
function checkProtected({ host, tls }: GatewayOptions, clock: Clock): void {
  if (!tls && !LOOPBACK.test(host)) {
    throw new TamgaError('unprocessable', `plain HTTP on ${host}: others need TLS, see --tls`)
  }
  if (!tls || clock.now() <= tls.notAfter) return
  throw new TamgaError('unprocessable', `the certificate of ${tls.name} is over`)
}

function newServer(tls: Identity | undefined): FastifyInstance {
  const app = fastify({
    https: tls ? tlsOptions(tls) : null,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION_MAX,
    forceCloseConnections: 'idle',
    // `endWhenClosing` says so instead, in the shape of all errors.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX },
    // A request that says something else than the schema is refused, not bent until it fits.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    clientErrorHandler: (_error, socket) => refuseConnection(socket),
    frameworkErrors: (_error, _request, reply) => {
      sendRefusal(reply, new TamgaError('malformed', 'no proper path'))
    },
    // Over TLS or not, it is an HTTP server all the same.
  }) as unknown as FastifyInstance
  app.server.maxConnections = CONNECTIONS_MAX
  app.server.headersTimeout = HEADERS_TIMEOUT_MS
  return app
}

function refuseInOneShape(app: FastifyInstance, { logger }: GatewayModules): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const refusal = asRefusal(thrown, request.routeOptions.bodyLimit)
    const { code, message } = refusal
    if (code === 'internal' || code === 'storage') {
      logger.error('a request failed', {
        ...nameOf(request),
        code,
        message,
        cause: causeOf(refusal),
      })
    }
    return sendRefusal(reply, refusal)
  })
  app.setNotFoundHandler((_request, reply) =>
    sendRefusal(reply, new TamgaError('not-found', 'there is no such route')),
  )
}

/** One line for each request: what was asked and how it went, never what was in it. */
function logRequests(app: FastifyInstance, { clock, logger }: GatewayModules): void {
  const started = new WeakMap<FastifyRequest, number>()
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    started.set(request, clock.now())
    reply.headers(SECURITY_HEADERS)
  })
  app.addHook('onResponse', async (request, { statusCode }) => {
    const ms = clock.now() - (started.get(request) ?? clock.now())
    logger.info('request', { ...nameOf(request), status: statusCode, ms })
  })
}

/** Only idle connections end by themselves when the server closes; the others are told to. */
function endWhenClosing(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onRequest', async () => {
    if (isClosing) throw new TamgaError('closed', 'the node is stopping')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}

/** The route's pattern: the path itself may name a person. */
function nameOf({ method, routeOptions }: FastifyRequest) {
  return { method, route: routeOptions.url ?? 'none' }
}

function causeOf({ cause, stack }: TamgaError): string | undefined {
  return cause instanceof Error ? cause.stack : stack
}
