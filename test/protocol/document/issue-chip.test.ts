import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { readElement } from '../../../crypto/asn1/element.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { fingerImages } from '../../../node/search/finger-records.ts'
import { readBiometricTemplates } from '../../../protocol/document/biometric-templates.ts'
import { fileName } from '../../../protocol/document/chip-file.ts'
import { readCommonData } from '../../../protocol/document/common-data.ts'
import { inspectChip } from '../../../protocol/document/inspect-chip.ts'
import { issueChip } from '../../../protocol/document/issue-chip.ts'
import { readSecurityObject } from '../../../protocol/document/security-object.ts'
import {
  curveSigner,
  documentSigner,
  fixedSigner,
  NOW,
  pem,
  type Holder,
} from '../../crypto/support/certificates.ts'
import { ridges } from '../../matcher/support/images.ts'
import { openssl } from '../../support/openssl.ts'
import { finger, root, SIGNED_AT, trust, ZONE } from './support/chips.ts'
import { faultOf } from './support/faults.ts'

const print = {
  width: 40,
  height: 48,
  compression: 'wsq',
  image: writeWsq(ridges(40, 48)),
} as const
const fingers = [finger(2, print), finger(7, print)]

const PSS = { kind: 'rsa-pss', hash: 'sha256', saltBytes: 32 } as const
const ECDSA = { kind: 'ecdsa', hash: 'sha256', isPlain: false } as const

const SIGNERS: readonly [name: string, by: Holder][] = [
  ['RSA', documentSigner(root)],
  ['RSASSA-PSS', documentSigner(root, fixedSigner('signer', PSS))],
  ['ECDSA', documentSigner(root, curveSigner('prime256v1', ECDSA))],
  ['ECDSA on a brainpool curve', documentSigner(root, curveSigner('brainpoolP256r1', ECDSA))],
]

const promises = suite('an issued chip')

let folder: string

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-chip-'))
})

promises.after(async () => {
  await rm(folder, { recursive: true })
})

for (const [name, by] of SIGNERS) {
  promises(`signed with ${name} is successful to our own reader`, () => {
    const chip = issueChip({ zone: ZONE, fingers, at: SIGNED_AT }, by)
    is(inspectChip(chip, { trust: trust(), at: NOW }).verdict, 'successful')
  })

  promises(`signed with ${name} verifies with OpenSSL up to the authority`, async () => {
    const chip = issueChip({ zone: ZONE, fingers, at: SIGNED_AT }, by)
    const authorities = join(folder, 'authority.pem')
    await writeFile(authorities, pem(root.certificate.raw))
    const when = ['-attime', String(NOW / 1_000), '-purpose', 'any']
    const how = ['cms', '-verify', '-binary', '-inform', 'DER', '-CAfile', authorities, ...when]
    const sod = chip.get('sod')!
    const ran = openssl(how, readElement(sod).value)
    if (!ran) return
    match(ran.stderr, 'CMS Verification successful')
    equal(new Uint8Array(ran.stdout), readSecurityObject(sod).signedData.content)
    const changed = readElement(sod).value.slice()
    changed[changed.length - 1]! ^= 1
    is(openssl(how, changed)?.status === 0, false)
  })
}

promises('is ASN.1 to OpenSSL in every file', () => {
  for (const [file, bytes] of issueChip({ zone: ZONE, fingers, at: SIGNED_AT }, SIGNERS[0]![1])) {
    const ran = openssl(['asn1parse', '-inform', 'DER'], bytes)
    if (ran) is(ran.status, 0, `${fileName(file)}: ${ran.stderr}`)
  }
})

promises('has the fingers that it was given, for readers of images too', () => {
  const chip = issueChip({ zone: ZONE, fingers, at: SIGNED_AT }, SIGNERS[0]![1])
  const read = fingerImages(chip.get(3)!, {})
  equal(
    read.map(({ position, quality, image }) => [position, quality, image.width, image.dpi]),
    [
      [2, 80, 40, 500],
      [7, 80, 40, 500],
    ],
  )
  equal(
    readBiometricTemplates(chip.get(3)!, 3).map(({ type, subtype }) => [type, subtype]),
    [
      [0x08, 0x09],
      [0x08, 0x0a],
    ],
  )
  equal(readCommonData(chip.get('com')!), {
    ldsVersion: '0107',
    unicodeVersion: '040000',
    groups: [1, 3],
  })
})

promises('is none without a finger, or with a zone that is wrong', () => {
  const [, by] = SIGNERS[0]!
  is(
    faultOf(() => issueChip({ zone: ZONE, fingers: [], at: SIGNED_AT }, by)),
    'malformed',
  )
  const zone = ZONE.replace('900101', '900102')
  is(
    faultOf(() => issueChip({ zone, fingers, at: SIGNED_AT }, by)),
    'malformed',
  )
})

promises.run()
