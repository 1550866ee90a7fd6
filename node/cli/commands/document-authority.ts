/**
 * `tamga document authority`: a state of its own, to try documents with. No real one is made here.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { issueCertificate } from '../../../crypto/x509/issue-certificate.ts'
import { issueRevocationList } from '../../../crypto/x509/issue-revocation-list.ts'
import { nameFrom, nameText, type Name } from '../../../crypto/x509/name.ts'
import { COMMON_NAME, COUNTRY, ORGANISATION } from '../../../crypto/x509/oids.ts'
import type { SchemeSigner } from '../../../crypto/x509/signature.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { newSerial } from '../../tls/authority.ts'

const DAY_MS = 86_400_000

/**
 * Days a document signer's key is used, and its documents hold after that (Doc 9303 part 12 §4.3).
 */
const SIGNER_USE_DAYS = 90
const DOCUMENT_DAYS = 3_653

/** Days an authority's certificate holds: its signers', and those of its last day. */
const AUTHORITY_DAYS = 2 * (SIGNER_USE_DAYS + DOCUMENT_DAYS)

/** Days until the next revocation list is due (Doc 9303 part 12 §4.2). */
const LIST_DAYS = 90

export function addDocumentAuthority(document: Command): void {
  document
    .command('authority <folder>')
    .description('make a test authority, a document signer and an empty revocation list')
    .option('--country <code>', 'two letters', country, 'KZ')
    .action(async (folder: string, options: { country: string }) => make(folder, options.country))
}

async function make(folder: string, code: string): Promise<void> {
  const now = 1_000 * Math.floor(systemClock.now() / 1_000)
  const [root, signer] = [newSigner('secp384r1', 'sha384'), newSigner('prime256v1', 'sha256')]
  const authority = issueCertificate(
    {
      subject: named(code, 'Test authority'),
      key: publicHalf(root.key),
      serial: newSerial(systemRandom),
      notBefore: now,
      notAfter: now + AUTHORITY_DAYS * DAY_MS,
      isAuthority: true,
    },
    root,
  )
  const certificate = issueCertificate(
    {
      subject: named(code, 'Test document signer'),
      key: publicHalf(signer.key),
      serial: newSerial(systemRandom),
      notBefore: now,
      notAfter: now + (SIGNER_USE_DAYS + DOCUMENT_DAYS) * DAY_MS,
      isAuthority: false,
      keyUsedUntil: now + SIGNER_USE_DAYS * DAY_MS,
    },
    root,
    authority,
  )
  const dates = { thisUpdate: now, nextUpdate: now + LIST_DAYS * DAY_MS }
  const list = issueRevocationList(
    { number: 1, ...dates, revoked: [] },
    { certificate: authority, signer: root },
  )
  await mkdir(folder, { recursive: true })
  await write(join(folder, 'authority-key.pem'), pem(root.key))
  await write(join(folder, 'signer-key.pem'), pem(signer.key))
  await write(join(folder, 'authority.cer'), authority.raw)
  await write(join(folder, 'signer.cer'), certificate.raw)
  await write(join(folder, 'authority.crl'), list)
  console.log(`authority: ${nameText(authority.subject)}`)
  console.log(`signer:    ${nameText(certificate.subject)}, for ${SIGNER_USE_DAYS} days`)
}

/** Refuses to write over a file: a key that is lost is lost. */
async function write(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content, { flag: 'wx', mode: typeof content === 'string' ? 0o600 : 0o644 })
  console.log(`written: ${file}`)
}

function newSigner(namedCurve: string, hash: 'sha256' | 'sha384'): SchemeSigner {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  return { key: privateKey, scheme: { kind: 'ecdsa', hash, isPlain: false } }
}

function publicHalf(key: KeyObject): KeyObject {
  return createPublicKey(key)
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function named(code: string, commonName: string): Name {
  return nameFrom([
    { type: COUNTRY, value: code },
    { type: ORGANISATION, value: 'Not a real authority' },
    { type: COMMON_NAME, value: commonName },
  ])
}

function country(value: string): string {
  if (/^[A-Z]{2}$/.test(value)) return value
  throw new InvalidArgumentError('It must be two capital letters.')
}
