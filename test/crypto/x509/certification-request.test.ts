import { generateKeyPairSync } from 'node:crypto'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { InvalidAsn1 } from '../../../crypto/asn1/invalid-asn1.ts'
import {
  readCertificationRequest,
  signCertificationRequest,
} from '../../../crypto/x509/certification-request.ts'
import { openssl } from '../../support/openssl.ts'
import { curveSigner, fixedSigner, named } from '../support/certificates.ts'

const SCHEME = { kind: 'ecdsa', hash: 'sha256', isPlain: false } as const
const signer = curveSigner('prime256v1', SCHEME)
const request = signCertificationRequest(named('korday'), signer)

const promises = suite('a certification request')

promises('says who asks, for which key', () => {
  const { subject, key } = readCertificationRequest(request)
  equal(subject.attributes, named('korday').attributes)
  is(key.curve, 'prime256v1')
  is(
    readCertificationRequest(signCertificationRequest(named('x'), fixedSigner('other'))).key.kind,
    'rsa',
  )
})

promises('is refused whichever byte of it is changed', () => {
  for (const place of request.keys()) {
    const changed = request.with(place, request[place]! ^ 1)
    is(isRefused(changed), true, `byte ${place}`)
  }
})

promises('is refused where another key has signed it', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const foreign = signCertificationRequest(named('korday'), {
    key: other.privateKey,
    scheme: SCHEME,
  })
  const [mine, theirs] = [request, foreign].map((bytes) => readCertificationRequest(bytes).key.spki)
  const at = Buffer.from(foreign).indexOf(theirs!)
  is(at > 0, true)
  const stolen = foreign.slice()
  stolen.set(mine!, at)
  is(isRefused(stolen), true)
})

promises('is one to OpenSSL, and one of OpenSSL is read', () => {
  const checked = openssl(['req', '-inform', 'DER', '-verify', '-noout', '-subject'], request)
  if (!checked) return
  is(checked.status, 0, checked.stderr)
  match(checked.stdout.toString(), /CN ?= ?korday/)
  const asking = 'req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  const about = '-subj /CN=astana -addext subjectAltName=DNS:a.kz -keyout /dev/null -outform DER'
  const made = openssl(`${asking} ${about}`.split(' '))
  is(made?.status, 0, made?.stderr)
  const { subject } = readCertificationRequest(new Uint8Array(made!.stdout))
  is(subject.attributes[0]?.value, 'astana')
})

promises.run()

function isRefused(bytes: Uint8Array): boolean {
  try {
    readCertificationRequest(bytes)
    return false
  } catch (error) {
    if (error instanceof InvalidAsn1) return true
    throw error
  }
}
