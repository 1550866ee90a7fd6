/**
 * Data group 1: the machine readable zone as the chip has it. Source: ICAO Doc 9303 part 10 §4.7.1.
 */
import { readElement } from '../../crypto/asn1/element.ts'
import { element } from '../../crypto/asn1/write.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { contentOf, tagOf } from './chip-file.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'
import { isChecked, parseMrz, type Mrz } from './mrz.ts'

const ZONE = 0x5f1f

/** @throws InvalidDocument */
export function readZoneData(bytes: Uint8Array): Mrz {
  const content = contentOf(1, bytes)
  const zone = withFaults('DG1', () => readElement(content))
  if (zone.tag !== ZONE) throw new InvalidDocument('malformed', 'DG1: no machine readable zone')
  return parseMrz(Buffer.from(zone.value).toString('latin1'))
}

/**
 * Data group 1 with this zone, with or without ends of lines.
 *
 * @throws InvalidDocument for one that cannot be read, or has a wrong check digit
 */
export function writeZoneData(text: string): Uint8Array {
  const characters = text.replace(/[\r\n]/g, '')
  if (!isChecked(parseMrz(characters))) {
    throw new InvalidDocument('malformed', 'a zone with a wrong check digit')
  }
  return element(tagOf(1), element(ZONE, utf8(characters)))
}
