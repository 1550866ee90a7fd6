/**
 * Certificate revocation lists.
 *
 * Source: RFC 5280 §5; ICAO Doc 9303 part 12 §7.1.4. Whole lists only: one that is for some of the
 * certificates, or tells changes, says so in a critical extension, and is not taken.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { contextTag, Tag } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readInteger, readTime } from '../asn1/values.ts'
import { equalBytes } from '../bytes.ts'
import { isNamedIssuer, type Certificate } from './certificate.ts'
import {
  readAuthorityKeyId,
  readExtensions,
  readTaggedExtensions,
  unknownCritical,
} from './extensions.ts'
import { REVOCATION_LIST_BYTES_MAX } from './limits.ts'
import { readName, type Name } from './name.ts'
import { AUTHORITY_KEY_ID, CRL_NUMBER } from './oids.ts'
import { readSignatureScheme, type SignatureScheme } from './signature-scheme.ts'
import { isSigned } from './signature.ts'
import { readSignedStructure } from './signed-structure.ts'

export interface RevocationList {
  readonly issuer: Name
  readonly authorityKeyId: Uint8Array | undefined
  readonly thisUpdate: number
  /** When the next one is there at the latest; undefined where the issuer does not say it. */
  readonly nextUpdate: number | undefined
  /** By serial number, since when: milliseconds since 1970. */
  readonly revoked: ReadonlyMap<bigint, number>
  readonly signed: Uint8Array
  readonly scheme: SignatureScheme
  readonly signature: Uint8Array
}

/** @throws InvalidAsn1 `unsupported` too: an algorithm, or a list that is not a whole one */
export function readRevocationList(bytes: Uint8Array): RevocationList {
  if (bytes.length > REVOCATION_LIST_BYTES_MAX) {
    throw new InvalidAsn1('length', `a revocation list of ${bytes.length} bytes`)
  }
  const { signed, algorithm, signature } = readSignedStructure(bytes, 'revocation list')
  const fields = ElementReader.into(signed, Tag.sequence, 'revocation list')
  fields.optional(Tag.integer)
  if (!equalBytes(fields.next(Tag.sequence).raw, algorithm.raw)) {
    throw new InvalidAsn1('value', 'a revocation list that names two signature algorithms')
  }
  const issuer = readName(fields.next())
  const thisUpdate = readTime(fields.next())
  const next = fields.optional(Tag.utcTime, Tag.generalizedTime)
  const list = fields.optional(Tag.sequence)
  const revoked = new Map<bigint, number>()
  for (const entry of list ? ElementReader.into(list, Tag.sequence, 'revoked').rest() : []) {
    const [serial, since] = readRevoked(ElementReader.into(entry, Tag.sequence, 'revoked'))
    revoked.set(serial, since)
  }
  const extensions = readTaggedExtensions(fields.optional(contextTag(0)))
  fields.end()
  const [unknown] = unknownCritical(extensions, [AUTHORITY_KEY_ID, CRL_NUMBER])
  if (unknown) throw new InvalidAsn1('unsupported', `a revocation list with ${unknown}`)
  return {
    issuer,
    authorityKeyId: readAuthorityKeyId(extensions),
    thisUpdate,
    nextUpdate: next && readTime(next),
    revoked,
    signed: signed.raw,
    scheme: readSignatureScheme(algorithm),
    signature,
  }
}

/** Whether this authority signed it, and may. */
export function isListOf(list: RevocationList, authority: Certificate): boolean {
  const { signed, signature, scheme } = list
  return (
    isNamedIssuer(list, authority) &&
    authority.maySign.lists &&
    isSigned(signed, signature, { key: authority.key, scheme })
  )
}

function readRevoked(entry: ElementReader): [serial: bigint, since: number] {
  const serial = readInteger(entry.next())
  const since = readTime(entry.next())
  const more = entry.optional(Tag.sequence)
  entry.end()
  // Whose certificate it is, where another than the list's issuer gave it, is critical.
  if (more && unknownCritical(readExtensions(more), []).length > 0) {
    throw new InvalidAsn1('unsupported', 'a revocation of somebody else')
  }
  return [serial, since]
}
