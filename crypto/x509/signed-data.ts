/**
 * Signed data (CMS) that holds its content: what signs a chip and a list of authorities.
 *
 * Source: RFC 5652 §3–5 and §11. One signer, as ICAO Doc 9303 part 10 §4.6.2.2 wants. What is said
 * outside of the signature (version, algorithms, certificates) is for the caller to judge.
 */
import { createHash } from 'node:crypto'
import { ElementReader } from '../asn1/element-reader.ts'
import { contextTag, readElements, Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import {
  readInteger,
  readOctetString,
  readOid,
  readSmallInteger,
  readTime,
} from '../asn1/values.ts'
import { element } from '../asn1/write.ts'
import { equalBytes } from '../bytes.ts'
import type { Certificate } from './certificate.ts'
import { ATTRIBUTES_MAX, SIGNED_DATA_BYTES_MAX } from './limits.ts'
import { equalNames, readName, type Name } from './name.ts'
import { CONTENT_TYPE, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_TIME, type HashName } from './oids.ts'
import { readHashName, readSignatureScheme, type SignatureScheme } from './signature-scheme.ts'
import { isSigned } from './signature.ts'

/** Whose signature it is: by issuer and serial number, or by key identifier. */
export type SignerId =
  | { readonly issuer: Name; readonly serial: bigint }
  | { readonly keyId: Uint8Array }

export interface SignedAttributes {
  /** What is signed: the attributes as a set. */
  readonly signed: Uint8Array
  readonly contentType: string
  readonly digest: Uint8Array
  /** As the signer says; milliseconds since 1970. */
  readonly signingTime: number | undefined
}

export interface SignerInfo {
  readonly version: number
  readonly id: SignerId
  readonly hash: HashName
  readonly scheme: SignatureScheme
  /** Undefined where the content is signed itself. */
  readonly attributes: SignedAttributes | undefined
  readonly signature: Uint8Array
}

export interface SignedData {
  readonly version: number
  readonly contentType: string
  readonly content: Uint8Array
  /** As they came. */
  readonly certificates: readonly Uint8Array[]
  readonly signer: SignerInfo
}

/** Why a signature does not hold: the content is another one, or the signature is not the key's. */
export type SignatureFault = 'content-type' | 'digest' | 'signature'

const SIGNER_KEY_ID = contextTag(0, { isPrimitive: true })

/**
 * Reads a ContentInfo that holds signed data, in DER or BER.
 *
 * @throws InvalidAsn1 `unsupported` too: an algorithm, or not one signer
 */
export function readSignedData(bytes: Uint8Array): SignedData {
  if (bytes.length > SIGNED_DATA_BYTES_MAX) {
    throw new InvalidAsn1('length', `signed data of ${bytes.length} bytes`)
  }
  const info = ElementReader.of(bytes, Tag.sequence, 'content info')
  const kind = readOid(info.next())
  if (kind !== SIGNED_DATA) throw new InvalidAsn1('content-type', `content of type ${kind}`)
  const inside = ElementReader.into(info.next(), contextTag(0), 'content info').next()
  info.end()
  const fields = ElementReader.into(inside, Tag.sequence, 'signed data')
  const version = readSmallInteger(fields.next())
  fields.next(Tag.set)
  const wrapped = ElementReader.into(fields.next(), Tag.sequence, 'signed content')
  const contentType = readOid(wrapped.next())
  const content = ElementReader.into(wrapped.next(), contextTag(0), 'signed content').next()
  wrapped.end()
  const certificates = fields.optional(contextTag(0))
  fields.optional(contextTag(1))
  const signers = ElementReader.into(fields.next(), Tag.set, 'signers').rest()
  fields.end()
  const [signer] = signers
  if (!signer || signers.length > 1) {
    throw new InvalidAsn1('unsupported', `${signers.length} signers`)
  }
  return {
    version,
    contentType,
    content: readOctetString(content),
    certificates: certificates ? readElements(certificates.value).map(({ raw }) => raw) : [],
    signer: readSigner(signer),
  }
}

/** Undefined where everything that is signed is as `certificate`'s key signed it. */
export function signatureFault(
  { contentType, content, signer }: SignedData,
  certificate: Certificate,
): SignatureFault | undefined {
  const { attributes, hash, scheme, signature } = signer
  if (attributes && attributes.contentType !== contentType) return 'content-type'
  if (attributes && !equalBytes(attributes.digest, digestOf(hash, content))) return 'digest'
  const holds = isSigned(attributes?.signed ?? content, signature, { key: certificate.key, scheme })
  return holds ? undefined : 'signature'
}

export function isSignerOf({ signer: { id } }: SignedData, certificate: Certificate): boolean {
  if ('keyId' in id) {
    return certificate.subjectKeyId !== undefined && equalBytes(certificate.subjectKeyId, id.keyId)
  }
  return certificate.serial === id.serial && equalNames(certificate.issuer, id.issuer)
}

export function digestOf(hash: HashName, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(hash).update(bytes).digest())
}

function readSigner(info: Element): SignerInfo {
  const fields = ElementReader.into(info, Tag.sequence, 'signer')
  const version = readSmallInteger(fields.next())
  const keyId = fields.optional(SIGNER_KEY_ID)
  const id = keyId ? { keyId: keyId.value } : readIssuerAndSerial(fields.next())
  const hash = readHashName(fields.next())
  const attributes = fields.optional(contextTag(0))
  const scheme = readSignatureScheme(fields.next(), hash)
  const signature = readOctetString(fields.next())
  fields.optional(contextTag(1))
  fields.end()
  return {
    version,
    id,
    hash,
    scheme,
    attributes: attributes && readAttributes(attributes),
    signature,
  }
}

function readIssuerAndSerial(id: Element): SignerId {
  const fields = ElementReader.into(id, Tag.sequence, 'signer')
  return { issuer: readName(fields.next()), serial: readInteger(fields.next()) }
}

function readAttributes(tagged: Element): SignedAttributes {
  const elements = readElements(tagged.value)
  if (elements.length > ATTRIBUTES_MAX) {
    throw new InvalidAsn1('count', `${elements.length} signed attributes`)
  }
  const values = new Map<string, Element>()
  for (const each of elements) {
    const fields = ElementReader.into(each, Tag.sequence, 'signed attribute')
    const id = readOid(fields.next())
    const set = ElementReader.into(fields.next(), Tag.set, 'signed attribute')
    if (values.has(id)) throw new InvalidAsn1('value', `the signed attribute ${id} twice`)
    values.set(id, set.next())
  }
  const [contentType, digest] = [values.get(CONTENT_TYPE), values.get(MESSAGE_DIGEST)]
  if (!contentType || !digest) {
    throw new InvalidAsn1('value', 'signed attributes without content type or digest')
  }
  const signingTime = values.get(SIGNING_TIME)
  return {
    // RFC 5652 §5.4: the signature is over the set, not over the tag that it stands under here.
    signed: element(Tag.set, tagged.value),
    contentType: readOid(contentType),
    digest: readOctetString(digest),
    signingTime: signingTime && readTime(signingTime),
  }
}
