import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { readElement } from '../../../crypto/asn1/element.ts'
import { InvalidAsn1 } from '../../../crypto/asn1/invalid-asn1.ts'
import { toHex } from '../../../crypto/bytes.ts'
import { isIssuedBy, isValidAt, readCertificate } from '../../../crypto/x509/certificate.ts'
import { CURVES, readCurve } from '../../../crypto/x509/curves.ts'
import { countryOf, equalNames, nameFrom, nameText } from '../../../crypto/x509/name.ts'
import { COMMON_NAME, COUNTRY } from '../../../crypto/x509/oids.ts'
import { readPublicKey } from '../../../crypto/x509/public-key.ts'
import { isListOf, readRevocationList } from '../../../crypto/x509/revocation-list.ts'
import { outsideData } from '../../support/data.ts'
import { openssl } from '../../support/openssl.ts'
import { asn1Code } from '../support/asn1-code.ts'
import {
  authority,
  curveSigner,
  documentSigner,
  fixedSigner,
  FROM,
  named,
  NOW,
  publicHalf,
  revocationList,
  UNTIL,
} from '../support/certificates.ts'

const DER = { type: 'spki', format: 'der' } as const
const ECDSA = { kind: 'ecdsa', hash: 'sha256', isPlain: false } as const

const KAZAKH = [
  '-9de4748991dedc3c68b954765d564098c496b1c',
  '7621b8b766e2123c39746ab89a2a9bf673b694e4',
  '7f3107b82802803c148769e4db61f762a0e9e44f',
]

const root = authority()
const signer = documentSigner(root)

const certificates = suite('a certificate')

certificates('is read by OpenSSL as by us, and verifies', () => {
  const theirs = new X509Certificate(signer.certificate.raw)
  is(theirs.verify(publicHalf(root.signer.key)), true)
  is(theirs.checkIssued(new X509Certificate(root.certificate.raw)), true)
  is(theirs.subject, 'C=KZ\nCN=Signer')
  is(Date.parse(theirs.validFrom), FROM)
  equal([theirs.ca, new X509Certificate(root.certificate.raw).ca], [false, true])
})

certificates('says whose it is, by whom, and for when', () => {
  const { certificate } = signer
  equal(
    [nameText(certificate.subject), nameText(certificate.issuer)],
    ['C=KZ, CN=Signer', 'C=KZ, CN=Authority'],
  )
  equal(
    [certificate.serial, certificate.isAuthority, root.certificate.isAuthority],
    [2n, false, true],
  )
  equal(certificate.authorityKeyId, root.certificate.subjectKeyId)
  equal(
    [FROM - 1, FROM, UNTIL, UNTIL + 1].map((at) => isValidAt(certificate, at)),
    [false, true, true, false],
  )
})

certificates('is of the one who signed it, and of nobody of the same name', () => {
  const impostor = authority(fixedSigner('other'))
  is(isIssuedBy(signer.certificate, root.certificate), true)
  is(isIssuedBy(signer.certificate, impostor.certificate), false)
  is(isIssuedBy(signer.certificate, signer.certificate), false)
})

certificates('with any byte changed is refused, or not signed by anybody any more', () => {
  const { raw } = signer.certificate
  for (let place = 0; place < raw.length; place += 1) {
    const changed = raw.slice()
    changed[place]! ^= 1
    let isGood = false
    try {
      isGood = isIssuedBy(readCertificate(changed), root.certificate)
    } catch (error) {
      ok(error instanceof InvalidAsn1)
    }
    is(isGood, false, `byte ${place}`)
  }
})

certificates('of a short key, and of one on a curve without a name, is not supported', () => {
  const spki = Buffer.from(publicHalf(curveSigner('secp160r1', ECDSA).key).export(DER))
  is(
    asn1Code(() => readPublicKey(readElement(spki))),
    'unsupported',
  )
})

for (const serial of KAZAKH) {
  certificates(`of Kazakhstan, number ${serial}, signs itself`, () => {
    const file = outsideData('emrtd', 'csca_kz', `KZ_CSCA_${serial}.cer`)
    if (!file) return
    const certificate = readCertificate(new Uint8Array(readFileSync(file)))
    is(isIssuedBy(certificate, certificate), true)
    equal([countryOf(certificate.subject), certificate.isAuthority], ['KZ', true])
    is(certificate.serial.toString(16), serial)
  })
}

certificates('of specimens is the one that OpenSSL reads', () => {
  const folder = outsideData('emrtd', 'csca_kz')
  if (!folder) return
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    const ours = readCertificate(new Uint8Array(bytes))
    const theirs = new X509Certificate(bytes)
    equal(
      [ours.notBefore, ours.notAfter],
      [Date.parse(theirs.validFrom), Date.parse(theirs.validTo)],
    )
    equal(ours.key.spki, new Uint8Array(theirs.publicKey.export(DER)))
  }
})

certificates.run()

const curves = suite('a curve')

for (const { name, bits } of CURVES) {
  curves(`${name} is known by its parameters too, with its point in either form`, () => {
    for (const form of ['uncompressed', 'compressed']) {
      const asked = ['ecparam', '-name', name, '-param_enc', 'explicit', '-conv_form', form]
      const ran = openssl([...asked, '-outform', 'DER'])
      if (!ran) return
      const curve = readCurve(readElement(new Uint8Array(ran.stdout)))
      equal([curve.name, curve.bits], [name, bits])
    }
  })

  curves(`${name} with any parameter changed is none that is known`, () => {
    const asked = ['ecparam', '-name', name, '-param_enc', 'explicit', '-conv_form', 'compressed']
    const ran = openssl([...asked, '-outform', 'DER'])
    if (!ran) return
    for (let place = 30; place < ran.stdout.length - 3; place += 11) {
      const changed = new Uint8Array(ran.stdout)
      changed[place]! ^= 1
      const code = asn1Code(() => readCurve(readElement(changed)))
      // A seed says how the parameters were found, and is none of them.
      is(code !== 'nothing' || isSeed(ran.stdout, place), true, `byte ${place}`)
    }
  })
}

curves('keeps a key under its name', () => {
  const key = publicHalf(curveSigner('brainpoolP256r1', ECDSA).key)
  const spki = new Uint8Array(key.export(DER))
  const read = readPublicKey(readElement(spki))
  equal([read.kind, read.curve, read.bits], ['ec', 'brainpoolP256r1', 256])
  is(toHex(read.spki), toHex(spki))
})

curves.run()

const names = suite('a name')

names('is the same one whatever its strings, spaces and order', () => {
  const one = named('Ministry of  Interior')
  const other = nameFrom([
    { type: COMMON_NAME, value: 'MINISTRY of interior ' },
    { type: COUNTRY, value: 'kz' },
  ])
  is(equalNames(one, other), true)
  is(equalNames(one, named('Ministry of Interior', 'KG')), false)
  equal([countryOf(other), countryOf(nameFrom([]))], ['KZ', undefined])
})

names.run()

const lists = suite('a revocation list')

lists('says whose certificates are revoked, since when', () => {
  const list = readRevocationList(
    revocationList(root, {
      revoked: [
        [2n, NOW],
        [300n, FROM],
      ],
    }),
  )
  equal(
    [...list.revoked],
    [
      [2n, NOW],
      [300n, FROM],
    ],
  )
  equal([list.thisUpdate, list.nextUpdate, isListOf(list, root.certificate)], [FROM, UNTIL, true])
  equal([...readRevocationList(revocationList(root)).revoked], [])
})

lists('is of nobody but the authority that signed it', () => {
  const impostor = authority(fixedSigner('other'))
  const list = readRevocationList(revocationList(root))
  is(isListOf(list, impostor.certificate), false)
  is(isListOf(readRevocationList(revocationList(signer)), signer.certificate), false)
})

lists('for some certificates only is not supported', () => {
  const partial = revocationList(root, { critical: '2.5.29.28' })
  is(
    asn1Code(() => readRevocationList(partial)),
    'unsupported',
  )
})

lists('is read by OpenSSL as by us', () => {
  const ran = openssl(
    ['crl', '-inform', 'DER', '-noout', '-text'],
    revocationList(root, { revoked: [[2n, NOW]] }),
  )
  if (!ran) return
  is(/Serial Number: 0?2\b/.test(ran.stdout.toString()), true)
})

lists.run()

/** The seed is the last part of the coefficients, 20 bytes in a bit string before the point. */
function isSeed(parameters: Buffer, place: number): boolean {
  const seed = parameters.indexOf(Buffer.from('031500', 'hex'))
  return seed > 0 && place >= seed && place < seed + 23
}
