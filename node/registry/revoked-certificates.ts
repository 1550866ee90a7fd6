/**
 * The TLS certificates that no node takes any more, as all logs together say. Nothing makes one
 * good again; what a revoked credential signed is nothing.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { Authorised } from '../../protocol/authority.ts'
import type { Credentials } from '../audit/credentials.ts'
import type { Folded } from '../audit/folded.ts'

/** Hears of a certificate, by its SHA-256 in hexadecimal. */
type RevokedListener = (fingerprint: string) => void

export class RevokedCertificates {
  readonly #credentials: Credentials
  /** Who said so, by fingerprint: several, of whom one may have been entitled to nothing. */
  readonly #revoked = new Map<string, (readonly Authorised[])[]>()
  readonly #listeners = new Set<RevokedListener>()

  constructor({ credentials }: { credentials: Credentials }) {
    this.#credentials = credentials
  }

  take({ deed, by }: Folded): void {
    if (deed?.type !== 'certificate-revocation') return
    const fingerprint = toHex(deed.certificate)
    const said = this.#revoked.get(fingerprint) ?? []
    this.#revoked.set(fingerprint, [...said, by])
    if (!this.has(fingerprint)) return
    for (const listener of this.#listeners) listener(fingerprint)
  }

  has(fingerprint: string): boolean {
    return this.#revoked.get(fingerprint)?.some((by) => this.#credentials.areSound(by)) ?? false
  }

  /** Listeners must not throw. Returns what ends it. */
  onRevoked(listener: RevokedListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
