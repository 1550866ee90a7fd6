/**
 * What stands on a chip and beside it: ASN.1, certificates, lists, data groups, machine readable
 * zones.
 */
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { readElement, readElements, Tag, type Element } from '../../crypto/asn1/element.ts'
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import {
  readBitString,
  readBoolean,
  readFlags,
  readInteger,
  readOctetString,
  readOid,
  readText,
  readTime,
} from '../../crypto/asn1/values.ts'
import {
  bitString,
  boolean,
  element,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  utf8String,
} from '../../crypto/asn1/write.ts'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { readCertificate } from '../../crypto/x509/certificate.ts'
import {
  readCertificationRequest,
  signCertificationRequest,
} from '../../crypto/x509/certification-request.ts'
import { readRevocationList } from '../../crypto/x509/revocation-list.ts'
import { readSignedData } from '../../crypto/x509/signed-data.ts'
import {
  readBiometricTemplates,
  writeBiometricTemplates,
} from '../../protocol/document/biometric-templates.ts'
import { chipFileOf, type ChipFile } from '../../protocol/document/chip-file.ts'
import { readChipKey, readSecurityInfos } from '../../protocol/document/chip-security.ts'
import { readCommonData, writeCommonData } from '../../protocol/document/common-data.ts'
import { readChipFingers } from '../../protocol/document/finger-record.ts'
import { inspectChip } from '../../protocol/document/inspect-chip.ts'
import { openMasterList } from '../../protocol/document/master-list.ts'
import { parseMrz } from '../../protocol/document/mrz.ts'
import { readSecurityObject } from '../../protocol/document/security-object.ts'
import { readZoneData } from '../../protocol/document/zone-data.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { holderOf, nameOfHolder } from '../../node/tls/holder.ts'
import {
  authority,
  FROM,
  fixedSigner,
  NOW,
  publicHalf,
  revocationList,
} from '../../test/crypto/support/certificates.ts'
import {
  chip,
  groupsOf,
  masterList,
  root,
  signer,
  trust,
  ZONE,
} from '../../test/protocol/document/support/chips.ts'
import { bytesDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'

const asn1 = [
  refusal(
    InvalidAsn1,
    'truncated',
    'trailing',
    'length',
    'depth',
    'count',
    'tag',
    'value',
    'content-type',
    'unsupported',
  ),
]
const refuses = [refusal(TamgaError, 'unprocessable', 'too-large')]

const VALUES: ReadonlyMap<number, (value: Element) => unknown> = new Map<
  number,
  (value: Element) => unknown
>([
  [Tag.boolean, readBoolean],
  [Tag.integer, readInteger],
  [Tag.bitString, (bits) => [readFlags(bits), readBitString(bits)]],
  [Tag.octetString, readOctetString],
  [Tag.octetStringInParts, readOctetString],
  [Tag.oid, readOid],
  [Tag.utf8String, readText],
  [Tag.printableString, readText],
  [Tag.bmpString, readText],
  [Tag.utcTime, readTime],
  [Tag.generalizedTime, readTime],
])

const written: readonly Decoder[] = [
  bytesDecoder({
    name: 'asn1',
    covers: [
      'crypto/asn1/element.ts#readElement',
      'crypto/asn1/element.ts#readElements',
      'crypto/asn1/element-reader.ts#ElementReader',
      'crypto/asn1/values.ts#readInteger',
      'crypto/asn1/values.ts#readOid',
      'crypto/asn1/values.ts#readBitString',
      'crypto/asn1/values.ts#readFlags',
      'crypto/asn1/values.ts#readOctetString',
      'crypto/asn1/values.ts#readBoolean',
      'crypto/asn1/values.ts#readTime',
      'crypto/asn1/values.ts#readText',
    ],
    seeds: () => [ONE_OF_EACH, INDEFINITE, chip().get('sod') ?? utf8('')],
    decode: (bytes) => {
      const only = readElement(bytes)
      const elements = only.tag === Tag.sequence ? reader(only).rest() : readElements(only.value)
      return elements.map((each) => [each.tag, VALUES.get(each.tag)?.(each)])
    },
    refuses: asn1,
  }),
  bytesDecoder({
    name: 'certificate',
    covers: [
      'crypto/x509/certificate.ts#readCertificate',
      'crypto/x509/curves.ts#readCurve',
      'crypto/x509/extensions.ts#readCertificateExtensions',
      'crypto/x509/extensions.ts#readAuthorityKeyId',
      'crypto/x509/extensions.ts#readTaggedExtensions',
      'crypto/x509/extensions.ts#readExtensions',
      'crypto/x509/name.ts#readName',
      'crypto/x509/public-key.ts#readPublicKey',
      'crypto/x509/signature-scheme.ts#readSignatureScheme',
      'crypto/x509/signed-structure.ts#readSignedStructure',
    ],
    seeds: () => [
      root.certificate.raw,
      signer.certificate.raw,
      authority(fixedSigner('other', { kind: 'rsa-pkcs1', hash: 'sha512' })).certificate.raw,
    ],
    decode: readCertificate,
    refuses: asn1,
  }),
  bytesDecoder({
    name: 'certification-request',
    covers: ['crypto/x509/certification-request.ts#readCertificationRequest'],
    seeds: () => [signCertificationRequest(nameOfHolder('korday'), fixedSigner('other'))],
    decode: readCertificationRequest,
    refuses: asn1,
  }),
  bytesDecoder({
    name: 'holder-of-a-certificate',
    covers: ['node/tls/holder.ts#holderOf'],
    seeds: () => [
      authority(fixedSigner('other'), { subject: nameOfHolder('korday') }).certificate.raw,
    ],
    decode: holderOf,
    refuses: [refusal(TamgaError, 'malformed')],
  }),
  bytesDecoder({
    name: 'revocation-list',
    covers: ['crypto/x509/revocation-list.ts#readRevocationList'],
    seeds: () => [
      revocationList(root),
      revocationList(root, {
        revoked: [
          [2n, FROM],
          [9n, NOW],
        ],
      }),
    ],
    decode: readRevocationList,
    refuses: asn1,
  }),
  bytesDecoder({
    name: 'signed-data',
    covers: [
      'crypto/x509/signed-data.ts#readSignedData',
      'crypto/x509/signature-scheme.ts#readHashName',
      'crypto/asn1/values.ts#readSmallInteger',
    ],
    seeds: () => [masterList([root], signer), readElement(fileOf('sod')).value],
    decode: readSignedData,
    refuses: asn1,
  }),
  bytesDecoder({
    name: 'master-list',
    covers: ['protocol/document/master-list.ts#openMasterList'],
    seeds: () => [masterList([root], signer)],
    decode: openMasterList,
    refuses,
  }),
]

const files: readonly Decoder[] = [
  textDecoder({
    name: 'machine-readable-zone',
    covers: ['protocol/document/mrz.ts#parseMrz'],
    seeds: () => [ZONE, ZONE.replace('\n', ''), ...OTHER_ZONES],
    decode: parseMrz,
    refuses,
  }),
  bytesDecoder({
    name: 'chip-com',
    covers: ['protocol/document/common-data.ts#readCommonData'],
    seeds: () => [fileOf('com'), writeCommonData([1, 2, 3, 14, 15])],
    decode: readCommonData,
    refuses,
  }),
  bytesDecoder({
    name: 'chip-sod',
    covers: ['protocol/document/security-object.ts#readSecurityObject'],
    seeds: () => [fileOf('sod')],
    decode: readSecurityObject,
    refuses,
  }),
  bytesDecoder({
    name: 'chip-zone',
    covers: ['protocol/document/zone-data.ts#readZoneData'],
    seeds: () => [fileOf(1)],
    decode: readZoneData,
    refuses,
  }),
  bytesDecoder({
    name: 'chip-face',
    covers: ['protocol/document/biometric-templates.ts#readBiometricTemplates'],
    seeds: () => [FACE],
    decode: (bytes) => readBiometricTemplates(bytes, 2),
    refuses,
  }),
  bytesDecoder({
    name: 'chip-fingers',
    covers: [
      'protocol/document/finger-record.ts#readChipFingers',
      'protocol/document/finger-record.ts#readFingerViews',
    ],
    seeds: () => [fileOf(3)],
    decode: readChipFingers,
    refuses,
  }),
  bytesDecoder({
    name: 'chip-security-infos',
    covers: ['protocol/document/chip-security.ts#readSecurityInfos'],
    seeds: () => [INFOS],
    decode: readSecurityInfos,
    refuses,
  }),
  bytesDecoder({
    name: 'chip-key',
    covers: ['protocol/document/chip-security.ts#readChipKey'],
    seeds: () => [chipKey()],
    decode: readChipKey,
    refuses,
  }),
  bytesDecoder({
    name: 'chip',
    covers: [
      'protocol/document/inspect-chip.ts#inspectChip',
      'protocol/document/chip-contents.ts#readChip',
    ],
    seeds: () => [packed([...chip().values()]), packed([...chip().values(), FACE, INFOS])],
    // Whatever is wrong with a chip is the outcome of a check.
    decode: (bytes) => inspectChip(unpacked(bytes), { trust: TRUST, at: NOW }),
    refuses: [],
  }),
]

export const DOCUMENT_DECODERS: readonly Decoder[] = [...written, ...files]

const TRUST = trust()

const ONE_OF_EACH = sequence(
  boolean(true),
  integer(2n ** 70n),
  bitString(Uint8Array.of(1, 2, 3)),
  octetString(utf8('octets')),
  oid('1.2.840.113549.1.7.2'),
  utf8String('Әлем'),
  printableString('KZ'),
  element(Tag.bmpString, Uint8Array.of(4, 0xd8)),
  time(NOW),
  time(Date.parse('2051-02-03')),
)

/** Octets in two parts, within a sequence within another, none of which says its length. */
const INDEFINITE = concatBytes(
  Uint8Array.of(0x30, 0x80, 0x24, 0x80),
  octetString(utf8('one')),
  octetString(utf8('two')),
  Uint8Array.of(0, 0, 0x30, 0x80),
  integer(1),
  Uint8Array.of(0, 0, 0, 0),
)

const OTHER_ZONES = [
  'I<UTOD23145890<AB112234566<<<<7408122F1204159UTO<<<<<<<<<<<8ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
  'I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<D23145890<UTO3407127M95071227349<<<8',
]

const FACE = writeBiometricTemplates(
  [{ type: 2, subtype: undefined, owner: 0x0101, formatType: 8, data: utf8('a face') }],
  2,
)

const INFOS = element(
  0x6e,
  setOf(
    sequence(oid('0.4.0.127.0.7.2.2.3.2.2'), integer(1)),
    sequence(oid('0.4.0.127.0.7.2.2.2'), integer(1), sequence()),
  ),
)

function chipKey(): Uint8Array {
  const spki = publicHalf(fixedSigner('other').key).export({ type: 'spki', format: 'der' })
  return element(0x6f, new Uint8Array(spki))
}

function fileOf(file: ChipFile): Uint8Array {
  return chip({ groups: groupsOf() }).get(file) ?? utf8('')
}

function reader(whole: Element): ElementReader {
  return ElementReader.into(whole, Tag.sequence, 'sequence')
}

/** Files behind two bytes of length each. */
function packed(all: readonly Uint8Array[]): Uint8Array {
  const parts = all.flatMap((file) => [Uint8Array.of(file.length >> 8, file.length), file])
  return concatBytes(...parts)
}

function unpacked(bytes: Uint8Array): Map<ChipFile, Uint8Array> {
  const chipFiles = new Map<ChipFile, Uint8Array>()
  for (let offset = 0; offset < bytes.length;) {
    const length = (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0)
    const content = bytes.subarray(offset + 2, offset + 2 + length)
    const file = chipFileOf(content)
    if (file !== undefined) chipFiles.set(file, content)
    offset += 2 + length
  }
  return chipFiles
}
