/** How errors leave the gateway: all of them in one shape, with the status that their code has. */
import type { FastifyReply } from 'fastify'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { TamgaError } from '../../protocol/errors.ts'
import { BODY_BYTES_MAX, RETRY_AFTER_S } from './limits.ts'
import { renderError } from './render.ts'

/** Statuses of refusals that are worth another try soon, if their code says so too. */
const RETRY_STATUSES: ReadonlySet<number> = new Set([429, 503])

const TOO_LARGE = 413

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const

/**
 * Whatever was thrown while a request was worked on, as a typed error.
 *
 * @param bodyBytesMax of its route
 */
export function asRefusal(thrown: unknown, bodyBytesMax: number = BODY_BYTES_MAX): TamgaError {
  if (thrown instanceof TamgaError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const status = statusOf(thrown)
  if (status === TOO_LARGE) {
    return new TamgaError('too-large', `a body has ${bodyBytesMax} bytes at most`)
  }
  // The framework's own refusals: of JSON, of a type of content, of what the schema does not allow.
  if (status >= 400 && status < 500) return new TamgaError('malformed', message, { cause: thrown })
  return new TamgaError('internal', message, { cause: thrown })
}

export function sendRefusal(reply: FastifyReply, refusal: TamgaError): FastifyReply {
  const { httpStatus, retry } = refusal.consequence
  if (retry && RETRY_STATUSES.has(httpStatus)) reply.header('retry-after', RETRY_AFTER_S)
  return reply.code(httpStatus).headers(SECURITY_HEADERS).send(renderError(refusal))
}

/**
 * Answers on a connection whose bytes are not HTTP, or come too slowly to be. To who never came
 * through the handshake nothing can be said: the answer would wait for it for ever.
 */
export function refuseConnection(socket: Socket): void {
  const isUnknown = socket instanceof TLSSocket && !socket.authorized
  if (isUnknown || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(renderError(new TamgaError('malformed', 'not a request of HTTP/1.1')))
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(SECURITY_HEADERS).map(([header, value]) => `${header}: ${value}`),
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function statusOf(thrown: unknown): number {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  return typeof status === 'number' ? status : 500
}
