/** Object identifiers of algorithms, names and extensions. Sources: RFC 5280, 5652, 5758, 8017. */

export const HASHES: ReadonlyMap<string, HashName> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

/** As node:crypto names them. */
export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

export const RSA_KEY = '1.2.840.113549.1.1.1'
export const RSA_PSS = '1.2.840.113549.1.1.10'
export const MGF1 = '1.2.840.113549.1.1.8'
export const EC_KEY = '1.2.840.10045.2.1'

export const CONTENT_TYPE = '1.2.840.113549.1.9.3'
export const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
export const SIGNING_TIME = '1.2.840.113549.1.9.5'
export const SIGNED_DATA = '1.2.840.113549.1.7.2'

export const COUNTRY = '2.5.4.6'
export const ORGANISATION = '2.5.4.10'
export const COMMON_NAME = '2.5.4.3'
export const SERIAL_NUMBER = '2.5.4.5'

export const SUBJECT_KEY_ID = '2.5.29.14'
export const KEY_USAGE = '2.5.29.15'
export const PRIVATE_KEY_USAGE_PERIOD = '2.5.29.16'
export const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
export const BASIC_CONSTRAINTS = '2.5.29.19'
export const CRL_NUMBER = '2.5.29.20'
export const AUTHORITY_KEY_ID = '2.5.29.35'
export const EXTENDED_KEY_USAGE = '2.5.29.37'

export const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1'
export const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2'

export function oidOfHash(name: HashName): string {
  for (const [oid, hash] of HASHES) if (hash === name) return oid
  throw new RangeError(`no object identifier for ${name}`)
}
