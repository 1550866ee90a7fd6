/**
 * Elliptic curves by name and by their parameters, for certificates may give either.
 *
 * Sources: FIPS 186-4 §D.1.2; RFC 5639 §3; SEC 1 §C.2 for the parameters' form. Only curves that
 * are known here are computed on: parameters of a stranger's own may be chosen so that a
 * computation never ends, or that a key fits anything.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readInteger, readOctetString, readOid } from '../asn1/values.ts'
import { toHex, utf8 } from '../bytes.ts'
import { sha256 } from '../hash.ts'

export interface Curve {
  readonly name: string
  readonly oid: string
  readonly bits: number
  /** SHA-256 of the parameters as `digestOf` writes them. */
  readonly digest: string
}

const PRIME_FIELD = '1.2.840.10045.1.1'

/** ICAO Doc 9303 part 12 §4.4.3 wants 224 bits at least; shorter ones are not here. */
export const CURVES: readonly Curve[] = [
  curve(
    'secp224r1',
    '1.3.132.0.33',
    224,
    '048382af643f82c7e72a7c35b46c9ec529a30d88d3ebf769123868dc261165d5',
  ),
  curve(
    'prime256v1',
    '1.2.840.10045.3.1.7',
    256,
    'b0b06eca824ebdbd7bbe1630293fad852089d28a8fb6e70a18e3de02bc0015bb',
  ),
  curve(
    'secp384r1',
    '1.3.132.0.34',
    384,
    '92467467b75242b11d32e99abeb57f4ec1d8042339d6a5e6bf8f879a20383753',
  ),
  curve(
    'secp521r1',
    '1.3.132.0.35',
    521,
    '5d35d089594b2288a54590815e299e409d23fdead003d4dc49c839079bb6423f',
  ),
  curve(
    'brainpoolP224r1',
    '1.3.36.3.3.2.8.1.1.5',
    224,
    '85e2aed2c57c6f253f638013cf33c5caf1c03d548df8827a9413e51923b69554',
  ),
  curve(
    'brainpoolP256r1',
    '1.3.36.3.3.2.8.1.1.7',
    256,
    '791bbc1fca57b08206da10bb6f3f27dc146a41eb655df3b7b813f19af5070b24',
  ),
  curve(
    'brainpoolP320r1',
    '1.3.36.3.3.2.8.1.1.9',
    320,
    'f2de13feae2589ec65f601b4abec63221b2e0c5ee6edde288cd5b018bbd6f1d4',
  ),
  curve(
    'brainpoolP384r1',
    '1.3.36.3.3.2.8.1.1.11',
    384,
    'd25f8813f7d3f52556c9d0ee0ba47cff6e29f74c7a544c1dacf2026904912f03',
  ),
  curve(
    'brainpoolP512r1',
    '1.3.36.3.3.2.8.1.1.13',
    512,
    'c9e5c1860dc9ef579a7111d7807fb45663dea6eb56b2096900a0223eda8969dd',
  ),
]

/**
 * The curve of a key's parameters: its name, or the parameters of one that has a name.
 *
 * @throws InvalidAsn1 `unsupported` for any other curve
 */
export function readCurve(parameters: Element): Curve {
  const isNamed = parameters.tag === Tag.oid
  const id = isNamed ? readOid(parameters) : digestOf(parameters)
  const found = CURVES.find(({ oid, digest }) => id === (isNamed ? oid : digest))
  if (found) return found
  throw new InvalidAsn1('unsupported', isNamed ? `the curve ${id}` : 'a curve without a name')
}

/**
 * Over prime, coefficients, base point and order: what makes a curve. The cofactor follows from
 * them, and a seed only tells how they were found.
 */
function digestOf(parameters: Element): string {
  const fields = ElementReader.into(parameters, Tag.sequence, 'curve parameters')
  fields.next(Tag.integer)
  const field = ElementReader.into(fields.next(), Tag.sequence, 'field')
  const kind = readOid(field.next())
  if (kind !== PRIME_FIELD) throw new InvalidAsn1('unsupported', `a curve over the field ${kind}`)
  const prime = readInteger(field.next())
  const coefficients = ElementReader.into(fields.next(), Tag.sequence, 'coefficients')
  const a = numberOf(readOctetString(coefficients.next()))
  const b = numberOf(readOctetString(coefficients.next()))
  const [x, isOdd] = pointOf(readOctetString(fields.next()))
  const order = readInteger(fields.next())
  return toHex(sha256(utf8([prime, a, b, x, isOdd, order].join(' '))))
}

/** A point by its first coordinate and which of two it is, as its short form has it. */
function pointOf(bytes: Uint8Array): [x: bigint, isOdd: number] {
  const [form = 0] = bytes
  const isWhole = form === 4 && bytes.length % 2 === 1
  if (!isWhole && form !== 2 && form !== 3) {
    throw new InvalidAsn1('value', `a point of form ${form}`)
  }
  const x = bytes.subarray(1, isWhole ? (bytes.length + 1) / 2 : undefined)
  return [numberOf(x), (isWhole ? (bytes.at(-1) ?? 0) : form) & 1]
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`)
}

function curve(name: string, oid: string, bits: number, digest: string): Curve {
  return { name, oid, bits, digest }
}
