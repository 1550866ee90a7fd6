/**
 * Extensions of certificates that say what a key may sign, and which key signed this.
 *
 * Source: RFC 5280 §4.2; ICAO Doc 9303 part 12 §7.1.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { contextTag, readElement, Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readBoolean, readFlags, readOctetString, readOid, readTime } from '../asn1/values.ts'
import { EXTENSIONS_MAX } from './limits.ts'
import {
  AUTHORITY_KEY_ID,
  BASIC_CONSTRAINTS,
  KEY_USAGE,
  PRIVATE_KEY_USAGE_PERIOD,
  SUBJECT_KEY_ID,
} from './oids.ts'

/** Bits of the key usage. */
const DIGITAL_SIGNATURE = 0
const CERTIFICATE_SIGN = 5
const CRL_SIGN = 6

export interface CertificateExtensions {
  /** Whether it is of somebody who signs certificates. */
  readonly isAuthority: boolean
  /** What the key may do; all of it where nothing is said. */
  readonly maySign: {
    readonly data: boolean
    readonly certificates: boolean
    readonly lists: boolean
  }
  readonly subjectKeyId: Uint8Array | undefined
  readonly authorityKeyId: Uint8Array | undefined
  /** When the private key was to be used: shorter than the certificate's validity. */
  readonly keyUsedFrom: number | undefined
  readonly keyUsedUntil: number | undefined
  /** Critical ones that are not known here: a certificate with one must not be used. */
  readonly unknownCritical: readonly string[]
}

export interface Extension {
  readonly id: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

/** @throws InvalidAsn1 */
export function readCertificateExtensions(tagged: Element | undefined): CertificateExtensions {
  const extensions = readTaggedExtensions(tagged)
  const found = (id: string) => {
    const extension = extensions.find((one) => one.id === id)
    return extension && readElement(extension.value)
  }
  const [constraints, usage, period] = [
    found(BASIC_CONSTRAINTS),
    found(KEY_USAGE),
    found(PRIVATE_KEY_USAGE_PERIOD),
  ]
  const subject = found(SUBJECT_KEY_ID)
  return {
    isAuthority: isAuthority(constraints),
    maySign: usageOf(usage),
    subjectKeyId: subject && readOctetString(subject),
    authorityKeyId: readAuthorityKeyId(extensions),
    ...periodOf(period),
    unknownCritical: unknownCritical(extensions, KNOWN),
  }
}

/** Of the ones that are critical, those that are not `known`. */
export function unknownCritical(
  extensions: readonly Extension[],
  known: readonly string[],
): string[] {
  return extensions.flatMap(({ id, isCritical }) => (isCritical && !known.includes(id) ? id : []))
}

/** Which key signed, by its identifier. @throws InvalidAsn1 */
export function readAuthorityKeyId(extensions: readonly Extension[]): Uint8Array | undefined {
  const extension = extensions.find(({ id }) => id === AUTHORITY_KEY_ID)
  if (!extension) return undefined
  const fields = ElementReader.of(extension.value, Tag.sequence, 'authority key identifier')
  return fields.optional(contextTag(0, { isPrimitive: true }))?.value
}

/** Those in a tagged field; none where it is absent. @throws InvalidAsn1 */
export function readTaggedExtensions(tagged: Element | undefined): Extension[] {
  if (!tagged) return []
  return readExtensions(ElementReader.into(tagged, tagged.tag, 'extensions').next())
}

/** In their order; each once. @throws InvalidAsn1 */
export function readExtensions(list: Element): Extension[] {
  const elements = ElementReader.into(list, Tag.sequence, 'extensions').rest()
  if (elements.length > EXTENSIONS_MAX) {
    throw new InvalidAsn1('count', `${elements.length} extensions`)
  }
  const extensions = elements.map((each) => {
    const fields = ElementReader.into(each, Tag.sequence, 'extension')
    const id = readOid(fields.next())
    const critical = fields.optional(Tag.boolean)
    const value = readOctetString(fields.next())
    fields.end()
    return { id, isCritical: critical !== undefined && readBoolean(critical), value }
  })
  if (new Set(extensions.map(({ id }) => id)).size === extensions.length) return extensions
  throw new InvalidAsn1('value', 'an extension that is there twice')
}

const KNOWN = [
  BASIC_CONSTRAINTS,
  KEY_USAGE,
  PRIVATE_KEY_USAGE_PERIOD,
  SUBJECT_KEY_ID,
  AUTHORITY_KEY_ID,
]

function isAuthority(constraints: Element | undefined): boolean {
  if (!constraints) return false
  const fields = ElementReader.into(constraints, Tag.sequence, 'basic constraints')
  const authority = fields.optional(Tag.boolean)
  return authority !== undefined && readBoolean(authority)
}

function usageOf(flags: Element | undefined): CertificateExtensions['maySign'] {
  if (!flags) return { data: true, certificates: true, lists: true }
  const set = readFlags(flags)
  return {
    data: set.has(DIGITAL_SIGNATURE),
    certificates: set.has(CERTIFICATE_SIGN),
    lists: set.has(CRL_SIGN),
  }
}

function periodOf(
  period: Element | undefined,
): Pick<CertificateExtensions, 'keyUsedFrom' | 'keyUsedUntil'> {
  if (!period) return { keyUsedFrom: undefined, keyUsedUntil: undefined }
  const fields = ElementReader.into(period, Tag.sequence, 'private key usage period')
  const [from, until] = [0, 1].map((number) => {
    const tagged = fields.optional(contextTag(number, { isPrimitive: true }))
    return tagged && readTime({ ...tagged, tag: Tag.generalizedTime })
  })
  return { keyUsedFrom: from, keyUsedUntil: until }
}
