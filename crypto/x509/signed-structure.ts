/**
 * What certificates and revocation lists have in common: something, the algorithm, the signature.
 *
 * Source: RFC 5280 §4.1.1 and §5.1.1.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { Tag, type Element } from '../asn1/element.ts'
import { readBitString } from '../asn1/values.ts'

export interface SignedStructure {
  /** A sequence: its bytes are what is signed. */
  readonly signed: Element
  /** As said outside of what is signed: it has to be said inside as well. */
  readonly algorithm: Element
  readonly signature: Uint8Array
}

/** `what` names it in errors. @throws InvalidAsn1 */
export function readSignedStructure(bytes: Uint8Array, what: string): SignedStructure {
  const outer = ElementReader.of(bytes, Tag.sequence, what)
  const signed = outer.next(Tag.sequence)
  const algorithm = outer.next(Tag.sequence)
  const signature = readBitString(outer.next())
  outer.end()
  return { signed, algorithm, signature }
}
