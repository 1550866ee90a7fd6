import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { contextTag, readElement, readElements } from '../../../crypto/asn1/element.ts'
import { element, explicit, integer, oid, sequence } from '../../../crypto/asn1/write.ts'
import { utf8 } from '../../../crypto/bytes.ts'
import { readRevocationList } from '../../../crypto/x509/revocation-list.ts'
import { overall } from '../../../protocol/document/check.ts'
import type { ChipFile } from '../../../protocol/document/chip-file.ts'
import { writeCommonData } from '../../../protocol/document/common-data.ts'
import { writeChipFingers } from '../../../protocol/document/finger-record.ts'
import { inspectChip } from '../../../protocol/document/inspect-chip.ts'
import { openMasterList } from '../../../protocol/document/master-list.ts'
import { SECURITY_OBJECT } from '../../../protocol/document/security-object.ts'
import type { Trust } from '../../../protocol/document/trust.ts'
import {
  authority,
  curveSigner,
  documentSigner,
  fixedSigner,
  FROM,
  named,
  NOW,
  revocationList,
  UNTIL,
} from '../../crypto/support/certificates.ts'
import {
  chip,
  finger,
  groupsOf,
  masterList,
  root,
  signer,
  SIGNED_AT,
  trust,
} from './support/chips.ts'
import { faultOf } from './support/faults.ts'

const promises = suite('an inspected chip')

promises('of a signer whom an authority certified is successful throughout', () => {
  const { checks, verdict } = inspectChip(chip(), { trust: trust(), at: NOW })
  equal(
    checks.map(({ name, outcome }) => `${name} ${outcome}`),
    [
      'zone successful',
      'security-object successful',
      'signature successful',
      'path successful',
      'validity successful',
      'revocation successful',
      'file-list successful',
      'dg1 successful',
      'dg3 successful',
      'fingers successful',
      'issuing-state successful',
      'expiry successful',
    ],
  )
  is(verdict, 'successful')
})

promises(
  'with a byte changed of what is signed, or of EF.COM’s list, is successful no more',
  () => {
    for (const [file, bytes] of chip()) {
      for (let place = signedFrom(file, bytes); place < bytes.length; place += 7) {
        const changed = bytes.slice()
        changed[place]! ^= 1
        const { verdict, checks } = inspectChip(chip().set(file, changed), {
          trust: trust(),
          at: NOW,
        })
        is(verdict === 'successful', false, `${file} at ${place}`)
        if (typeof file === 'number')
          is(reasonsOf(checks).includes(`dg${file} not-identical`), true)
      }
    }
  },
)

promises('is undetermined where nothing is believed, and says what is missing', () => {
  equal(wrong(chip(), trust({ authorities: [] })), ['path no-authorities', ...waiting()])
  const stranger = authority(fixedSigner('other'), { subject: named('Stranger') })
  const strangers = trust({ authorities: [stranger.certificate] })
  equal(wrong(chip(), strangers), ['path authority-unknown', ...waiting()])
  const impostor = authority(fixedSigner('other'))
  equal(wrong(chip(), trust({ authorities: [impostor.certificate] })), [
    'path authority-unknown',
    ...waiting(),
  ])
  equal(wrong(chip(), trust({ revocations: [] })), ['revocation no-list'])
})

promises('fails where its signer was revoked, also by a list that is old', () => {
  const revoked = [[signer.certificate.serial, SIGNED_AT]] as const
  for (const nextUpdate of [UNTIL, NOW - 1]) {
    const list = readRevocationList(revocationList(root, { revoked, nextUpdate }))
    equal(wrong(chip(), trust({ revocations: [list] })), ['revocation revoked'])
  }
  const old = readRevocationList(revocationList(root, { nextUpdate: NOW - 1 }))
  equal(wrong(chip(), trust({ revocations: [old] })), ['revocation list-outdated'])
})

promises('believes no list of revocations that its authority did not sign', () => {
  const impostor = authority(fixedSigner('other'))
  const list = readRevocationList(revocationList(impostor))
  equal(wrong(chip(), trust({ revocations: [list] })), ['revocation no-list'])
})

promises('fails where somebody on the path is not valid at the time', () => {
  const late = { notBefore: FROM, notAfter: NOW - 1 }
  const expired = documentSigner(root, fixedSigner('signer'), late)
  equal(wrong(chip({ by: expired })), ['validity no-longer-valid'])
  const early = { notBefore: NOW + 1_000, notAfter: UNTIL }
  const young = documentSigner(root, fixedSigner('signer'), early)
  equal(wrong(chip({ by: young })), ['validity not-yet-valid'])
  const used = documentSigner(root, fixedSigner('signer'), { keyUsedUntil: SIGNED_AT - 1_000 })
  equal(wrong(chip({ by: used })), ['validity signed-outside-validity'])
  equal(wrong(chip({ at: FROM - 1_000 })), ['validity signed-outside-validity'])
})

promises(
  'is believed by way of a link from an old key to a new one, and not without the old',
  () => {
    const old = authority(fixedSigner('other'), { subject: named('Old authority') })
    const link = authority(fixedSigner('authority'), { older: old, serial: 9n })
    const lists = [old, root].map((one) => readRevocationList(revocationList(one)))
    const links = { authorities: [link.certificate, old.certificate], revocations: lists }
    equal(wrong(chip(), trust(links)), [])
    equal(wrong(chip(), trust({ ...links, authorities: [link.certificate] })), [
      'path authority-unknown',
      ...waiting(),
    ])
    const revoked = readRevocationList(revocationList(old, { revoked: [[9n, FROM]] }))
    const without = trust({ ...links, revocations: [revoked, lists[1]!] })
    equal(wrong(chip(), without), ['revocation revoked'])
  },
)

promises('fails where whoever signed it may not', () => {
  equal(wrong(chip({ by: root })), ['path not-a-signer'])
  const under = documentSigner(signer, fixedSigner('other'))
  const both = trust({ authorities: [root.certificate, signer.certificate] })
  equal(wrong(chip({ by: under }), both), ['path authority-unknown', ...waiting()])
})

promises('fails where EF.COM lists other data groups than EF.SOD', () => {
  for (const groups of [[1], [1, 3, 15]] as const) {
    equal(wrong(chip().set('com', writeCommonData(groups))), ['file-list lists-differ'])
  }
})

promises('tells groups that are not read from those that nobody signed', () => {
  const files = chip()
  files.delete(3)
  equal(wrong(files), ['dg3 not-read'])
  is(inspectChip(files, { trust: trust(), at: NOW }).verdict, 'successful')
  const more = chip().set(2, writeChipFingers([finger(2)]))
  equal(wrong(more), ['dg2 not-listed'])
})

promises('fails where its zone is of another state, has run out, or has a wrong digit', () => {
  const french = documentSigner(root, fixedSigner('signer'), { subject: named('Signer', 'FR') })
  equal(wrong(chip({ by: french })), ['issuing-state other-state'])
  equal(wrong(chip(), trust(), Date.parse('2033-06-03')), ['expiry expired'])
  const forged = groupsOf()
  const zone = Buffer.from(forged.get(1)!)
  zone.write('2', zone.indexOf('900101'))
  forged.set(1, new Uint8Array(zone))
  equal(wrong(chip({ groups: forged })), ['zone check-digit'])
})

promises('fails where a finger is called another one in the header than in its record', () => {
  const groups = groupsOf()
  const fingers = groups.get(3)!.slice()
  const subtype = Buffer.from(fingers).indexOf(Uint8Array.of(0x82, 1, 0x09)) + 2
  fingers[subtype] = 0x0a
  equal(wrong(chip({ groups: groups.set(3, fingers) })), ['fingers other-finger'])
})

promises('may have no fingers, with something random in their place', () => {
  const none = element(0x63, element(0x7f61, integer(0), element(0x53, utf8('random'))))
  equal(wrong(chip({ groups: groupsOf().set(3, none) })), [])
})

const SCHEMES = [
  ['rsa-pkcs1, SHA-512', () => fixedSigner('signer', { kind: 'rsa-pkcs1', hash: 'sha512' })],
  ['RSASSA-PSS', () => fixedSigner('signer', { kind: 'rsa-pss', hash: 'sha384', saltBytes: 48 })],
  ['P-256', () => curveSigner('prime256v1', ecdsa('sha256'))],
  ['P-521', () => curveSigner('secp521r1', ecdsa('sha512'))],
  ['brainpoolP256r1', () => curveSigner('brainpoolP256r1', ecdsa('sha256'))],
  ['brainpoolP512r1, plain', () => curveSigner('brainpoolP512r1', ecdsa('sha512', true))],
] as const

for (const [name, make] of SCHEMES) {
  promises(`is successful with ${name}`, () => {
    const by = documentSigner(root, make())
    equal(wrong(chip({ by })), [])
  })
}

promises('that carries no certificate needs its signer’s from elsewhere', () => {
  const bare = chip().set('sod', withoutCertificate(chip().get('sod')!))
  equal(wrong(bare, trust({ signers: [signer.certificate] })), [])
  equal(wrong(bare), [
    'signature no-certificate',
    'path needs-another',
    ...waiting(),
    'issuing-state needs-another',
  ])
})

promises('of nothing at all is undetermined', () => {
  const { verdict, checks } = inspectChip(new Map(), { trust: trust(), at: NOW })
  is(verdict, 'undetermined')
  is(
    checks.every(({ outcome }) => outcome === 'undetermined' || outcome === 'aborted'),
    true,
  )
  is(overall(checks, new Set(checks.map(({ name }) => name))), 'successful')
})

promises.run()

const lists = suite('a master list')

lists('gives its authorities where one of them certified its signer', () => {
  const list = openMasterList(masterList([root], signer))
  equal(
    list.authorities.map(({ serial }) => serial),
    [1n],
  )
  equal([list.leftOut, list.signer.serial], [0, 2n])
  equal(wrong(chip(), trust({ authorities: list.authorities })), [])
})

lists('is refused of a stranger, of another type, and with a byte changed', () => {
  const stranger = authority(fixedSigner('other'), { subject: named('Stranger') })
  is(
    faultOf(() => openMasterList(masterList([stranger], signer))),
    'signature',
  )
  is(
    faultOf(() => openMasterList(masterList([root], signer, '2.23.136.1.1.1'))),
    'content-type',
  )
  const changed = masterList([root], signer)
  changed[changed.length - 1]! ^= 1
  is(
    faultOf(() => openMasterList(changed)),
    'signature',
  )
})

lists.run()

function ecdsa(hash: 'sha256' | 'sha512', isPlain = false) {
  return { kind: 'ecdsa', hash, isPlain } as const
}

/** Before it stand versions, and in EF.SOD a list of hash algorithms, that nobody signs. */
function signedFrom(file: ChipFile, bytes: Uint8Array): number {
  if (file === 'com') return bytes.indexOf(0x5c)
  return file === 'sod' ? Buffer.from(bytes).indexOf(oid(SECURITY_OBJECT)) : 0
}

/** Every check that is not successful, with its reason. */
function wrong(files: ReadonlyMap<ChipFile, Uint8Array>, by: Trust = trust(), at = NOW): string[] {
  return reasonsOf(inspectChip(files, { trust: by, at }).checks)
}

function reasonsOf(checks: ReturnType<typeof inspectChip>['checks']): string[] {
  return checks
    .filter(({ outcome }) => outcome !== 'successful')
    .map(({ name, reason }) => `${name} ${reason}`)
}

/** The same signed data, with the optional field left out. */
function withoutCertificate(sod: Uint8Array): Uint8Array {
  const info = readElements(readElement(readElement(sod).value).value)
  const fields = readElements(readElements(info[1]!.value)[0]!.value)
  const bare = fields.filter(({ tag }) => tag !== contextTag(0)).map(({ raw }) => raw)
  return element(0x77, sequence(info[0]!.raw, explicit(0, sequence(...bare))))
}

/** What cannot be said without a path. */
function waiting(): string[] {
  return ['validity needs-another', 'revocation needs-another']
}
