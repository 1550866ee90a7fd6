/**
 * How something is signed: with which algorithm, over which hash.
 *
 * Sources: RFC 8017 §A.2.3 (RSASSA-PSS), RFC 5758 §3.2 (ECDSA), BSI TR-03111 §5.2.1 (plain ECDSA).
 * MD5 is not known here. SHA-1 is: passports of the first years and some of today's are signed over
 * it, and forging one needs a second preimage, which nobody has found.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { contextTag, Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readOid, readSmallInteger } from '../asn1/values.ts'
import { explicit, integer, nothing, oid, sequence } from '../asn1/write.ts'
import { SALT_BYTES_MAX } from './limits.ts'
import { HASHES, MGF1, oidOfHash, RSA_KEY, RSA_PSS, type HashName } from './oids.ts'

export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltBytes: number }
  /** `plain`: two numbers of the curve's length; else a sequence of two integers. */
  | { readonly kind: 'ecdsa'; readonly hash: HashName; readonly isPlain: boolean }

const RSA_PKCS1: ReadonlyMap<string, HashName> = new Map([
  ['1.2.840.113549.1.1.5', 'sha1'],
  ['1.2.840.113549.1.1.14', 'sha224'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
])

const ECDSA: ReadonlyMap<string, HashName> = new Map([
  ['1.2.840.10045.4.1', 'sha1'],
  ['1.2.840.10045.4.3.1', 'sha224'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
])

const ECDSA_PLAIN: ReadonlyMap<string, HashName> = new Map([
  ['0.4.0.127.0.7.1.1.4.1.1', 'sha1'],
  ['0.4.0.127.0.7.1.1.4.1.2', 'sha224'],
  ['0.4.0.127.0.7.1.1.4.1.3', 'sha256'],
  ['0.4.0.127.0.7.1.1.4.1.4', 'sha384'],
  ['0.4.0.127.0.7.1.1.4.1.5', 'sha512'],
])

/** What RFC 8017 takes where RSASSA-PSS does not say it. */
const PSS_DEFAULT_HASH: HashName = 'sha1'
const PSS_DEFAULT_SALT_BYTES = 20
const PSS_TRAILER = 1

/**
 * Reads an AlgorithmIdentifier. `digest` is for a signer who names a key's algorithm instead of a
 * signature's, as RFC 5652 lets them: its hash is said elsewhere.
 *
 * @throws InvalidAsn1 `unsupported` too
 */
export function readSignatureScheme(algorithm: Element, digest?: HashName): SignatureScheme {
  const fields = ElementReader.into(algorithm, Tag.sequence, 'signature algorithm')
  const id = readOid(fields.next())
  if (id === RSA_PSS) return readPss(fields)
  noParameters(fields)
  const pkcs1 = id === RSA_KEY ? digest : RSA_PKCS1.get(id)
  if (pkcs1) return { kind: 'rsa-pkcs1', hash: pkcs1 }
  const hash = ECDSA.get(id)
  if (hash) return { kind: 'ecdsa', hash, isPlain: false }
  const plain = ECDSA_PLAIN.get(id)
  if (plain) return { kind: 'ecdsa', hash: plain, isPlain: true }
  throw new InvalidAsn1('unsupported', `the signature algorithm ${id}`)
}

/** The hash that an AlgorithmIdentifier names. @throws InvalidAsn1 `unsupported` too */
export function readHashName(algorithm: Element): HashName {
  const fields = ElementReader.into(algorithm, Tag.sequence, 'hash algorithm')
  const id = readOid(fields.next())
  noParameters(fields)
  const hash = HASHES.get(id)
  if (hash) return hash
  throw new InvalidAsn1('unsupported', `the hash algorithm ${id}`)
}

/** The AlgorithmIdentifier of a scheme. */
export function signatureAlgorithm(scheme: SignatureScheme): Uint8Array {
  if (scheme.kind === 'rsa-pss') return pssAlgorithm(scheme.hash, scheme.saltBytes)
  if (scheme.kind === 'rsa-pkcs1') return sequence(oid(keyOf(RSA_PKCS1, scheme.hash)), nothing())
  return sequence(oid(keyOf(scheme.isPlain ? ECDSA_PLAIN : ECDSA, scheme.hash)))
}

export function hashAlgorithm(hash: HashName): Uint8Array {
  return sequence(oid(oidOfHash(hash)), nothing())
}

function readPss(fields: ElementReader): SignatureScheme {
  const parameters = ElementReader.into(fields.next(), Tag.sequence, 'RSASSA-PSS parameters')
  const [hashField, maskField] = [0, 1].map((number) => {
    return inside(parameters.optional(contextTag(number)))
  })
  const saltField = inside(parameters.optional(contextTag(2)))
  const trailerField = inside(parameters.optional(contextTag(3)))
  parameters.end()
  const hash = hashField ? readHashName(hashField) : PSS_DEFAULT_HASH
  const maskHash = maskField ? readMask(maskField) : PSS_DEFAULT_HASH
  const saltBytes = saltField ? readSmallInteger(saltField) : PSS_DEFAULT_SALT_BYTES
  const trailer = trailerField ? readSmallInteger(trailerField) : PSS_TRAILER
  if (maskHash !== hash || trailer !== PSS_TRAILER || saltBytes > SALT_BYTES_MAX) {
    throw new InvalidAsn1('unsupported', `RSASSA-PSS with ${hash}, ${maskHash} and ${saltBytes}`)
  }
  return { kind: 'rsa-pss', hash, saltBytes }
}

function readMask(algorithm: Element): HashName {
  const fields = ElementReader.into(algorithm, Tag.sequence, 'mask generation')
  const id = readOid(fields.next())
  if (id !== MGF1) throw new InvalidAsn1('unsupported', `the mask generation ${id}`)
  return readHashName(fields.next())
}

/** Some write nothing where an algorithm has no parameters, and some write that. */
function noParameters(fields: ElementReader): void {
  fields.optional(Tag.null)
  fields.end()
}

function inside(tagged: Element | undefined): Element | undefined {
  if (!tagged) return undefined
  const fields = ElementReader.into(tagged, tagged.tag, 'tagged field')
  const only = fields.next()
  fields.end()
  return only
}

function pssAlgorithm(hash: HashName, saltBytes: number): Uint8Array {
  const mask = sequence(oid(MGF1), hashAlgorithm(hash))
  const parameters = [explicit(0, hashAlgorithm(hash)), explicit(1, mask)]
  return sequence(oid(RSA_PSS), sequence(...parameters, explicit(2, integer(saltBytes))))
}

function keyOf(names: ReadonlyMap<string, HashName>, hash: HashName): string {
  for (const [id, name] of names) if (name === hash) return id
  throw new RangeError(`no signature over ${hash}`)
}
