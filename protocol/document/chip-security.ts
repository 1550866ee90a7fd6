/**
 * Data groups 14 and 15: what the chip can do to prove that it is no copy.
 *
 * Sources: ICAO Doc 9303 part 11 §9.2 and part 10 §4.7.14–15; BSI TR-03110-3 §A.1. Listed here; no
 * chip is spoken to.
 */
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { readElement, Tag } from '../../crypto/asn1/element.ts'
import { readOid } from '../../crypto/asn1/values.ts'
import { readPublicKey, type PublicKey } from '../../crypto/x509/public-key.ts'
import { contentOf } from './chip-file.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'
import { SECURITY_INFOS_MAX } from './limits.ts'

export type SecurityProtocol =
  | 'chip-authentication-key'
  | 'chip-authentication'
  | 'terminal-authentication'
  | 'pace'
  | 'active-authentication'
  | 'unknown'

export interface SecurityInfo {
  readonly id: string
  readonly protocol: SecurityProtocol
}

/** By what an identifier begins with. */
const PROTOCOLS: readonly (readonly [prefix: string, protocol: SecurityProtocol])[] = [
  ['0.4.0.127.0.7.2.2.1.', 'chip-authentication-key'],
  ['0.4.0.127.0.7.2.2.2', 'terminal-authentication'],
  ['0.4.0.127.0.7.2.2.3.', 'chip-authentication'],
  ['0.4.0.127.0.7.2.2.4.', 'pace'],
  ['2.23.136.1.1.5', 'active-authentication'],
]

/** Data group 14. @throws InvalidDocument */
export function readSecurityInfos(bytes: Uint8Array): SecurityInfo[] {
  const content = contentOf(14, bytes)
  return withFaults('DG14', () => {
    const infos = ElementReader.of(content, Tag.set, 'security infos').rest()
    if (infos.length > SECURITY_INFOS_MAX) {
      throw new InvalidDocument('malformed', `DG14: ${infos.length} security infos`)
    }
    return infos.map((info) => {
      const fields = ElementReader.into(info, Tag.sequence, 'security info')
      const id = readOid(fields.next())
      fields.next()
      fields.optional(...OPTIONAL)
      fields.end()
      const [, protocol] = PROTOCOLS.find(([prefix]) => id.startsWith(prefix)) ?? []
      return { id, protocol: protocol ?? 'unknown' }
    })
  })
}

/** Data group 15: the key of active authentication. @throws InvalidDocument */
export function readChipKey(bytes: Uint8Array): PublicKey {
  const content = contentOf(15, bytes)
  return withFaults('DG15', () => readPublicKey(readElement(content)))
}

/** What may stand behind a security info's first data: a number, an identifier, a structure. */
const OPTIONAL = [Tag.integer, Tag.oid, Tag.sequence, Tag.octetString]
