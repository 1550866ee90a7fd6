import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { element, integer, oid, sequence, setOf } from '../../../crypto/asn1/write.ts'
import { concatBytes, toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { readBiometricTemplates } from '../../../protocol/document/biometric-templates.ts'
import { fileName, tagOf, TAGS } from '../../../protocol/document/chip-file.ts'
import { readChipKey, readSecurityInfos } from '../../../protocol/document/chip-security.ts'
import { readCommonData, writeCommonData } from '../../../protocol/document/common-data.ts'
import {
  readChipFingers,
  writeChipFingers,
  type FingerView,
} from '../../../protocol/document/finger-record.ts'
import { CHIP_FILE_BYTES_MAX } from '../../../protocol/document/limits.ts'
import { readSecurityObject } from '../../../protocol/document/security-object.ts'
import { readZoneData, writeZoneData } from '../../../protocol/document/zone-data.ts'
import { outsideData } from '../../support/data.ts'
import { chip, finger, ZONE } from './support/chips.ts'
import { faultOf } from './support/faults.ts'

const READERS: readonly [name: string, bytes: Uint8Array, read: (bytes: Uint8Array) => unknown][] =
  [
    ['EF.COM', writeCommonData([1, 3]), readCommonData],
    ['DG1', writeZoneData(ZONE), readZoneData],
    ['DG3', writeChipFingers([finger(2)]), readChipFingers],
    ['EF.SOD', chip().get('sod')!, readSecurityObject],
    ['DG14', element(0x6e, setOf(sequence(oid('2.23.136.1.1.5'), integer(1)))), readSecurityInfos],
  ]

const promises = suite('a file of a chip')

for (const [name, bytes, read] of READERS) {
  promises(`${name}: is refused where it is another one, too large, cut off or goes on`, () => {
    is(
      faultOf(() => read(bytes)),
      'nothing',
    )
    is(
      faultOf(() => read(element(0x70, bytes))),
      'wrong-file',
    )
    is(
      faultOf(() => read(new Uint8Array(CHIP_FILE_BYTES_MAX + 1).fill(bytes[0]!))),
      'too-large',
    )
    is(
      faultOf(() => read(concatBytes(bytes, utf8('x')))),
      'malformed',
    )
    for (let length = 1; length < bytes.length; length += 5) {
      is(
        faultOf(() => read(bytes.slice(0, length))),
        'malformed',
        `${length} bytes`,
      )
    }
  })
}

promises('has a tag and a name of its own', () => {
  is(new Set([...TAGS.values()].map(fileName)).size, 18)
  for (const [tag, file] of TAGS) is(tagOf(file), tag)
})

promises('EF.COM: lists no group that there is not, and each once', () => {
  const com = writeCommonData([1, 3])
  const strange = com.slice()
  strange[strange.length - 1] = 0x71
  is(
    faultOf(() => readCommonData(strange)),
    'malformed',
  )
  const twice = com.slice()
  twice[twice.length - 1] = twice[twice.length - 2]!
  equal(readCommonData(twice).groups, [1])
})

promises('DG3: comes back as it was written, in every compression', () => {
  for (const compression of ['raw', 'wsq', 'jpeg', 'jpeg-2000', 'png'] as const) {
    const views: FingerView[] = [finger(1, { compression }), finger(10, { compression })]
    const read = readChipFingers(writeChipFingers(views))
    equal(
      read.map(({ said, views: inside }) => [said, inside]),
      [
        [1, [views[0]]],
        [10, [views[1]]],
      ],
    )
  }
})

promises('DG3: of another format, and of a finger that nobody has, is refused', () => {
  const good = writeChipFingers([finger(2)])
  const places = (from: string) => Buffer.from(good).indexOf(Buffer.from(from, 'hex'))
  const changed = (at: number, value: number) => {
    const bytes = good.slice()
    bytes[at] = value
    return faultOf(() => readChipFingers(bytes))
  }
  is(changed(places('88020007') + 3, 9), 'not-supported')
  is(changed(places('820109') + 2, 0x1d), 'malformed')
  is(changed(places('820109') + 2, 0x0b), 'malformed')
  is(changed(places('46495200'), 0x47), 'malformed')
  is(changed(places('020101') + 2, 2), 'malformed')
})

promises('of a specimen says what the specimen is known to hold', () => {
  const [com, face, fingers, infos] = ['EF_COM', 'Datagroup2', 'Datagroup3', 'Datagroup14'].map(
    (name) => bytesOf('bsi2008', `${name}.bin`),
  )
  if (!com || !face || !fingers || !infos) return
  equal(readCommonData(com), {
    ldsVersion: '0107',
    unicodeVersion: '040000',
    groups: [1, 2, 3, 14],
  })
  equal(
    readBiometricTemplates(face, 2).map(({ type, owner, formatType }) => [type, owner, formatType]),
    [[2, 0x0101, 8]],
  )
  equal(
    readChipFingers(fingers).map(({ said, views: [view] }) => {
      return [said, view!.position, view!.compression, view!.dpi, toHex(sha256(view!.image))]
    }),
    [
      [2, 2, 'wsq', 500, 'fc6508f3b7e2e4474361c4331a01046b3a4126e689ecf0e84723a1ea9aa0ae7f'],
      [7, 7, 'wsq', 500, '5850eea06329d718c9bac497b5e5979cc8f5cc61b386df65e23af13cf1263671'],
    ],
  )
  equal(
    readSecurityInfos(infos).map(({ protocol }) => protocol),
    ['chip-authentication-key', 'chip-authentication', 'terminal-authentication'],
  )
})

promises('of specimens has the chip’s own key', () => {
  const key = bytesOf('loes2006', 'ef010F.bin')
  const longer = bytesOf('bsi_tr03105-5_pymrtd', '07_tv_dg15.bin')
  if (!key || !longer) return
  const read = [key, longer].map(readChipKey)
  equal(
    read.map(({ kind, bits }) => [kind, bits]),
    [
      ['rsa', 1_024],
      ['rsa', 1_024],
    ],
  )
})

promises.run()

function bytesOf(...path: string[]): Uint8Array | undefined {
  const file = outsideData('emrtd', ...path)
  return file === undefined ? undefined : new Uint8Array(readFileSync(file))
}
