/**
 * Public keys of certificates and of chips.
 *
 * Source: RFC 5280 §4.1.2.7, RFC 8017 §A.1.1, RFC 5480 §2. A key is kept in the one form that is
 * computed with: plain RSA, or a point on a curve by name.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readBitString, readInteger, readOid } from '../asn1/values.ts'
import { bitString, nothing, oid, sequence } from '../asn1/write.ts'
import { readCurve } from './curves.ts'
import { RSA_BITS_MAX, RSA_BITS_MIN, RSA_EXPONENT_BITS_MAX } from './limits.ts'
import { EC_KEY, RSA_KEY, RSA_PSS } from './oids.ts'

export interface PublicKey {
  readonly kind: 'rsa' | 'ec'
  /** Of the modulus or the curve. */
  readonly bits: number
  readonly curve: string | undefined
  /** SubjectPublicKeyInfo in DER, with the curve by its name. */
  readonly spki: Uint8Array
}

/**
 * Reads a SubjectPublicKeyInfo. Whether the point is on its curve is seen when a signature is held
 * against it.
 *
 * @throws InvalidAsn1 `unsupported` for other algorithms and curves, and for lengths out of bounds
 */
export function readPublicKey(info: Element): PublicKey {
  const fields = ElementReader.into(info, Tag.sequence, 'public key')
  const algorithm = ElementReader.into(fields.next(), Tag.sequence, 'key algorithm')
  const key = readBitString(fields.next())
  fields.end()
  const id = readOid(algorithm.next())
  if (id === RSA_KEY || id === RSA_PSS) return rsaKey(key)
  if (id === EC_KEY) return ecKey(algorithm.next(), key)
  throw new InvalidAsn1('unsupported', `a key for the algorithm ${id}`)
}

function rsaKey(key: Uint8Array): PublicKey {
  const fields = ElementReader.of(key, Tag.sequence, 'RSA key')
  const modulus = readInteger(fields.next())
  const exponent = readInteger(fields.next())
  fields.end()
  const bits = bitsOf(modulus)
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX || modulus % 2n === 0n) {
    throw new InvalidAsn1('unsupported', `an RSA modulus of ${bits} bits`)
  }
  if (exponent < 3n || exponent % 2n === 0n || bitsOf(exponent) > RSA_EXPONENT_BITS_MAX) {
    throw new InvalidAsn1('unsupported', `an RSA exponent of ${bitsOf(exponent)} bits`)
  }
  const spki = sequence(sequence(oid(RSA_KEY), nothing()), bitString(key))
  return { kind: 'rsa', bits, curve: undefined, spki }
}

function ecKey(parameters: Element, point: Uint8Array): PublicKey {
  const curve = readCurve(parameters)
  const spki = sequence(sequence(oid(EC_KEY), oid(curve.oid)), bitString(point))
  return { kind: 'ec', bits: curve.bits, curve: curve.name, spki }
}

function bitsOf(value: bigint): number {
  return value <= 0n ? 0 : value.toString(2).length
}
