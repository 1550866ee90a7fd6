import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { is, match } from 'uvu/assert'
import { signCertificationRequest } from '../../../crypto/x509/certification-request.ts'
import { systemClock } from '../../../node/clock.ts'
import { systemRandom } from '../../../node/random.ts'
import { addressesOf, certify, newTlsKey } from '../../../node/tls/authority.ts'
import { holderOf, nameOfHolder } from '../../../node/tls/holder.ts'
import { identityText, readIdentity } from '../../../node/tls/identity.ts'
import { toPem } from '../../../node/tls/pem.ts'
import { curveSigner, named } from '../../crypto/support/certificates.ts'
import { openssl } from '../../support/openssl.ts'
import { codeOf } from '../post/support/refusals.ts'
import { certified, testAuthority } from './support/identities.ts'

const DAY_MS = 86_400_000
const modules = { clock: systemClock, random: systemRandom }
const authority = testAuthority()

const promises = suite("the registry's own certificate authority")

promises('certifies who asks by the name that the signer says, and no other', async () => {
  const request = signCertificationRequest(nameOfHolder('korday'), newTlsKey())
  const { raw } = certify(request, { name: 'korday', days: 90 }, authority, modules)
  const { name, notAfter } = holderOf(raw)
  is(name, 'korday')
  is(Math.round((notAfter - Date.now()) / DAY_MS), 90)
  is(await refused(request, { name: 'kordai', days: 90 }), 'conflict')
  is(await refused(request, { name: 'korday', days: 3_651 }), 'unprocessable')
  is(await refused(new Uint8Array(8), { name: 'korday', days: 90 }), 'malformed')
})

promises('certifies keys of one kind, and names that a holder can have', async () => {
  const scheme = { kind: 'ecdsa', hash: 'sha384', isPlain: false } as const
  const strange = signCertificationRequest(nameOfHolder('korday'), curveSigner('secp384r1', scheme))
  is(await refused(strange, { name: 'korday', days: 1 }), 'unprocessable')
  const spaced = signCertificationRequest(named('Kor day'), newTlsKey())
  is(await refused(spaced, { name: 'Kor day', days: 1 }), 'malformed')
  for (const [values, code] of [
    [[], 'unprocessable'],
    [['10.0.0.7', 'not a host'], 'unprocessable'],
    [['::1'], 'unprocessable'],
    [Array<string>(17).fill('a.kz'), 'unprocessable'],
  ] as const) {
    is(await codeOf(Promise.resolve().then(() => addressesOf(values))), code)
  }
})

promises('is what a key and a certificate have to belong to', async () => {
  const [mine, other] = [certified('korday', authority), certified('korday', authority)]
  const foreign = testAuthority().certificate.raw
  const texts: readonly [string, string][] = [
    [mine.key + other.certificate + mine.authority, 'conflict'],
    [mine.key + mine.certificate + toPem('CERTIFICATE', foreign), 'conflict'],
    [mine.key + mine.certificate + mine.certificate, 'conflict'],
    [mine.certificate + mine.authority, 'malformed'],
    [mine.key + mine.certificate, 'malformed'],
    [mine.key + mine.certificate + mine.authority + mine.authority, 'malformed'],
    ['', 'malformed'],
  ]
  for (const [text, code] of texts) {
    is(await codeOf(Promise.resolve().then(() => readIdentity(text))), code)
  }
  is(readIdentity(mine.key + mine.certificate + mine.authority).name, 'korday')
  is(identityText('', foreign, foreign).match(/BEGIN CERTIFICATE/g)?.length, 2)
})

promises('is one to OpenSSL, and its certificates are for one thing each', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-tls-'))
  try {
    const at = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const post = certified('korday', authority)
    const addresses = ['10.0.0.7', 'almaty.kz']
    const node = certified('almaty', authority, { addresses })
    const root = at('root.pem', post.authority)
    const files = { post: at('post.pem', post.certificate), node: at('node.pem', node.certificate) }
    for (const [file, purpose, isGood] of [
      [files.post, 'sslclient', true],
      [files.post, 'sslserver', false],
      [files.node, 'sslserver', true],
      [files.node, 'sslclient', false],
    ] as const) {
      const strict = ['verify', '-x509_strict', '-CAfile', root, '-purpose', purpose, file]
      const run = openssl(strict)
      if (!run) return
      is(run.status === 0, isGood, `${purpose}: ${run.stderr}`)
    }
    for (const address of ['-verify_ip 10.0.0.7', '-verify_hostname almaty.kz']) {
      is(openssl(['verify', '-CAfile', root, ...address.split(' '), files.node])?.status, 0)
    }
    is(
      openssl(['verify', '-CAfile', root, '-verify_ip', '10.0.0.8', files.node])?.status === 0,
      false,
    )
    const said = openssl(['x509', '-in', files.post, '-noout', '-fingerprint', '-sha256'])
    match(said!.stdout.toString().replaceAll(':', '').toLowerCase(), new RegExp(post.fingerprint))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

promises.run()

function refused(request: Uint8Array, about: { name: string; days: number }): Promise<string> {
  return codeOf(Promise.resolve().then(() => certify(request, about, authority, modules)))
}
