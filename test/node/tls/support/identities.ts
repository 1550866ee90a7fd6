/** Authorities of certificates, and whoever has one of them. */
import { systemClock, type Clock } from '../../../../node/clock.ts'
import { systemRandom } from '../../../../node/random.ts'
import { signCertificationRequest } from '../../../../crypto/x509/certification-request.ts'
import {
  addressesOf,
  certify,
  newAuthority,
  newTlsKey,
  type Authority,
} from '../../../../node/tls/authority.ts'
import { nameOfHolder } from '../../../../node/tls/holder.ts'
import { identityText, readIdentity, type Identity } from '../../../../node/tls/identity.ts'
import { toPem } from '../../../../node/tls/pem.ts'
import { NETWORK } from '../../../support/test-officers.ts'

export interface Issued {
  readonly days?: number
  /** When it was signed, ms; now if absent. */
  readonly at?: number
  /** Of a node; a post has none. */
  readonly addresses?: readonly string[]
  /** Whom the holder believes, if not who signed it. */
  readonly believes?: Authority
}

export function testAuthority(): Authority {
  return newAuthority(NETWORK, { clock: systemClock, random: systemRandom })
}

/** A key and its certificate; `days` may be a fraction. */
export function certified(name: string, by: Authority, issued: Issued = {}): Identity {
  const { days = 1, at = systemClock.now(), addresses } = issued
  const signer = newTlsKey()
  const request = signCertificationRequest(nameOfHolder(name), signer)
  const about = { name, days, ...(addresses && { addresses: addressesOf(addresses) }) }
  const clock: Clock = { ...systemClock, now: () => at }
  const { raw } = certify(request, about, by, { clock, random: systemRandom })
  const key = signer.key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const identity = readIdentity(identityText(key, raw, by.certificate.raw))
  const { believes = by } = issued
  return { ...identity, authority: toPem('CERTIFICATE', believes.certificate.raw) }
}
