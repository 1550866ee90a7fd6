/**
 * Who is connected, by their certificate, and that nobody stays whose certificate has ended: it is
 * looked at when the connection begins and at each request, and when a log brings that one is
 * revoked, the connections that it opened are cut off.
 *
 * TLS itself has refused whoever has no certificate of the registry's authority before any of this.
 */
import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket, type TlsOptions } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { RevokedCertificates } from '../registry/revoked-certificates.ts'
import { holderOf, type Holder } from '../tls/holder.ts'
import type { Identity } from '../tls/identity.ts'
import { HANDSHAKE_MS_MAX } from '../tls/limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Which post or station has sent it, by its certificate; undefined over plain HTTP. */
    station: string | undefined
  }
}

interface DoorkeeperModules {
  readonly revoked: RevokedCertificates
  readonly clock: Clock
  readonly logger: Logger
}

export class Doorkeeper {
  readonly #modules: DoorkeeperModules
  readonly #holders = new WeakMap<Socket, Holder>()
  /** By fingerprint. */
  readonly #open = new Map<string, Set<TLSSocket>>()

  constructor(modules: DoorkeeperModules) {
    this.#modules = modules
  }

  /** Stands at the door until the gateway closes. */
  keep(app: FastifyInstance): void {
    const { revoked } = this.#modules
    app.server.on('secureConnection', (socket: TLSSocket) => {
      try {
        this.#admit(socket)
      } catch (error) {
        this.#cutOff(socket, error)
      }
    })
    app.addHook('onRequest', async (request, reply) => {
      reply.header('connection', 'close')
      request.station = this.#admit(request.raw.socket).name
      reply.removeHeader('connection')
    })
    const forget = revoked.onRevoked((fingerprint) => {
      for (const socket of this.#open.get(fingerprint) ?? []) socket.destroy()
    })
    app.addHook('onClose', async () => forget())
  }

  /** @throws TamgaError `forbidden`: no certificate, or one that is over or revoked */
  #admit(socket: Socket): Holder {
    const holder = this.#holders.get(socket) ?? this.#meet(socket)
    const { revoked, clock } = this.#modules
    if (revoked.has(holder.fingerprint)) {
      throw new TamgaError('forbidden', `the certificate of ${holder.name} is revoked`)
    }
    if (clock.now() <= holder.notAfter) return holder
    throw new TamgaError('forbidden', `the certificate of ${holder.name} is over`)
  }

  #meet(socket: Socket): Holder {
    const certificate = socket instanceof TLSSocket && socket.getPeerX509Certificate()
    if (!certificate || !socket.authorized) {
      throw new TamgaError('forbidden', 'a connection without a certificate')
    }
    const holder = holderOf(new Uint8Array(certificate.raw))
    this.#holders.set(socket, holder)
    const { fingerprint } = holder
    const open = this.#open.get(fingerprint) ?? new Set<TLSSocket>()
    this.#open.set(fingerprint, open.add(socket))
    socket.once('close', () => {
      open.delete(socket)
      if (open.size === 0 && this.#open.get(fingerprint) === open) this.#open.delete(fingerprint)
    })
    return holder
  }

  #cutOff(socket: TLSSocket, error: unknown): void {
    socket.destroy()
    const { message } = error as Error
    this.#modules.logger.warn('a connection is refused', { reason: message })
  }
}

/**
 * TLS 1.3 alone, and both ends have certificates of the registry's own authority. No session is
 * taken up again: each connection shows its certificate anew.
 */
export function tlsOptions({ key, certificate, authority }: Identity): TlsOptions {
  return {
    key,
    cert: certificate,
    ca: authority,
    minVersion: 'TLSv1.3',
    secureOptions: constants.SSL_OP_NO_TICKET,
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS_MAX,
  }
}
