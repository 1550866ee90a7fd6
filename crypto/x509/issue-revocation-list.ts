/** Issues revocation lists. Source: RFC 5280 §5; ICAO Doc 9303 part 12 §7.1.4. */
import { bitString, explicit, integer, octetString, oid, sequence, time } from '../asn1/write.ts'
import type { Certificate } from './certificate.ts'
import { CRL_NUMBER } from './oids.ts'
import { signatureAlgorithm } from './signature-scheme.ts'
import { signBytes, type SchemeSigner } from './signature.ts'

export interface RevocationRequest {
  /** One more with every list. */
  readonly number: number
  /** Milliseconds since 1970, in whole seconds. */
  readonly thisUpdate: number
  readonly nextUpdate: number
  readonly revoked: readonly (readonly [serial: bigint, since: number])[]
  /** More extensions of the list, encoded. */
  readonly extensions?: readonly Uint8Array[]
}

const VERSION_2 = 1

/** In DER, signed by the authority whose certificate this is. */
export function issueRevocationList(
  { number, thisUpdate, nextUpdate, revoked, extensions = [] }: RevocationRequest,
  { certificate, signer }: { certificate: Certificate; signer: SchemeSigner },
): Uint8Array {
  const algorithm = signatureAlgorithm(signer.scheme)
  const entries = revoked.map(([serial, since]) => sequence(integer(serial), time(since)))
  const numbered = sequence(oid(CRL_NUMBER), octetString(integer(number)))
  const signed = sequence(
    integer(VERSION_2),
    algorithm,
    certificate.subject.raw,
    time(thisUpdate),
    time(nextUpdate),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    explicit(0, sequence(numbered, ...extensions)),
  )
  return sequence(signed, algorithm, bitString(signBytes(signed, signer)))
}
