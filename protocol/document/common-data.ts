/**
 * EF.COM: which data groups the chip says that it has.
 *
 * Source: ICAO Doc 9303 part 10 §4.6.1. Nobody signs it: it is held against EF.SOD's list, and
 * nothing else is taken from it.
 */
import { readElements } from '../../crypto/asn1/element.ts'
import { element } from '../../crypto/asn1/write.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { contentOf, isDataGroup, tagOf, TAGS, type DataGroup } from './chip-file.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'

const LDS_VERSION = 0x5f01
const UNICODE_VERSION = 0x5f36
const TAG_LIST = 0x5c

/** What a chip of ours says: LDS 1.7, Unicode 4.0. */
const OUR_LDS_VERSION = '0107'
const OUR_UNICODE_VERSION = '040000'

export interface CommonData {
  /** Four digits, as `0107`. */
  readonly ldsVersion: string
  /** Six digits, as `040000`. */
  readonly unicodeVersion: string
  /** In the order of the file; each once. */
  readonly groups: readonly DataGroup[]
}

/** @throws InvalidDocument */
export function readCommonData(bytes: Uint8Array): CommonData {
  const content = contentOf('com', bytes)
  return withFaults('EF.COM', () => {
    const elements = readElements(content)
    const textOf = (tag: number) => {
      const found = elements.find((one) => one.tag === tag)
      if (found && found.value.length <= 6) return Buffer.from(found.value).toString('latin1')
      throw new InvalidDocument('malformed', `EF.COM: no version ${tag.toString(16)}`)
    }
    const list = elements.find(({ tag }) => tag === TAG_LIST)
    if (!list) throw new InvalidDocument('malformed', 'EF.COM: no list of data groups')
    const groups = new Set<DataGroup>()
    for (const tag of list.value) {
      const file = TAGS.get(tag)
      if (!isDataGroup(file)) {
        throw new InvalidDocument('malformed', `EF.COM: a data group of tag ${tag.toString(16)}`)
      }
      groups.add(file)
    }
    return {
      ldsVersion: textOf(LDS_VERSION),
      unicodeVersion: textOf(UNICODE_VERSION),
      groups: [...groups],
    }
  })
}

/** EF.COM of a chip with these data groups. */
export function writeCommonData(groups: readonly DataGroup[]): Uint8Array {
  return element(
    tagOf('com'),
    element(LDS_VERSION, utf8(OUR_LDS_VERSION)),
    element(UNICODE_VERSION, utf8(OUR_UNICODE_VERSION)),
    element(TAG_LIST, Uint8Array.from(groups, tagOf)),
  )
}
