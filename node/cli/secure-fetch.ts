/**
 * `fetch` over TLS 1.3 with certificates of the registry's own authority, on connections that are
 * kept. Node's own `fetch` takes no client certificate.
 */
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { TamgaError } from '../../protocol/errors.ts'
import { systemClock } from '../clock.ts'
import type { Identity } from '../tls/identity.ts'
import { IDLE_MS_MAX, SILENCE_MS_MAX } from '../tls/limits.ts'

/** Codes of what is wrong with a certificate, which is worth saying. */
const TLS_FAULTS = /CERT|SSL|TLS|ISSUER/

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * The node must have a certificate of the same authority, for the address in the URL. Redirections
 * are not followed.
 *
 * @returns what throws TamgaError `unreachable` where the own certificate is over, or the node does
 *   not answer or does not take it; `unprocessable`: an address without TLS
 */
export function secureFetch(identity: Identity): Fetch {
  const { key, certificate, authority } = identity
  const tls = { key, cert: certificate, ca: authority, minVersion: 'TLSv1.3' as const }
  const agent = new Agent({ ...tls, keepAlive: true, timeout: IDLE_MS_MAX })
  return async (url, { method, headers, body, signal }) => {
    checkUsable(identity, url)
    const message = await answerTo(url, body as string | undefined, {
      agent,
      method: method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(signal ? { signal } : {}),
      timeout: SILENCE_MS_MAX,
    })
    // Its own type of a stream is not that of the web, but it is one.
    const stream = Readable.toWeb(message) as ReadableStream<Uint8Array>
    return new Response(stream, { status: message.statusCode ?? 0 })
  }
}

function checkUsable({ name, notAfter }: Identity, url: string): void {
  if (!url.startsWith('https:')) {
    throw new TamgaError('unprocessable', `${url} is not asked over TLS: it has to be https`)
  }
  if (systemClock.now() <= notAfter) return
  const message = `the certificate of ${name} is over since ${new Date(notAfter).toISOString()}`
  throw new TamgaError('unreachable', message)
}

function answerTo(
  url: string,
  body: string | undefined,
  options: Parameters<typeof request>[1],
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, resolve)
    asked.once('error', (cause: NodeJS.ErrnoException) => {
      const { origin } = new URL(url)
      const why = TLS_FAULTS.test(cause.code ?? '') ? `: ${cause.message}` : ''
      const message = `${origin} does not answer, or does not take the certificate${why}`
      reject(new TamgaError('unreachable', message, { cause }))
    })
    asked.once('timeout', () => asked.destroy(new Error('silence')))
    asked.end(body)
  })
}
