/**
 * Keys and certificates on disk. The file that a node or a post has is one PEM text that only its
 * owner reads; while a certificate is asked for, its key lies beside it as `<file>.next`, and the
 * request as `<file>.csr`. No key leaves the machine that made it.
 */
import { createPrivateKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signCertificationRequest } from '../../crypto/x509/certification-request.ts'
import { signerWith, type SchemeSigner } from '../../crypto/x509/signature.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { newTlsKey, tlsSigner, type Authority } from '../tls/authority.ts'
import { certificateIn, nameOfHolder } from '../tls/holder.ts'
import { checkHolder, identityText, readIdentity, type Identity } from '../tls/identity.ts'
import { IDENTITY_BYTES_MAX } from '../tls/limits.ts'
import { onlyPem, toPem, type PemLabel } from '../tls/pem.ts'
import { readUpTo } from './read-up-to.ts'

const OWNER_ONLY = 0o600

/** In an authority's folder. */
const AUTHORITY_KEY = 'authority-key.pem'
const AUTHORITY_CERTIFICATE = 'authority.pem'
const ISSUED = 'issued'

/** Asks for a certificate, with the key of a request that still waits if there is one. */
export async function writeRequest(file: string, name: string): Promise<string> {
  const subject = nameOfHolder(name)
  const next = `${file}.next`
  if (!existsSync(next)) await writeKey(next, newTlsKey())
  const signer = await readKey(next)
  const request = `${file}.csr`
  const der = signCertificationRequest(subject, signer)
  await writeFile(request, toPem('CERTIFICATE REQUEST', der))
  return request
}

/**
 * Puts a certificate beside the key that it was asked for with. What was there before is replaced
 * at once and whole.
 *
 * @throws TamgaError `malformed`; `conflict`: another key's, another name's, or the authority has
 *   not signed it
 */
export async function installCertificate(
  file: string,
  files: { readonly certificate: string; readonly authority: string },
  name?: string,
): Promise<Identity> {
  const certificate = await readPem(files.certificate, 'CERTIFICATE')
  const authority = await readPem(files.authority, 'CERTIFICATE')
  const next = `${file}.next`
  const { key } = await readKey(existsSync(next) ? next : file)
  const text = identityText(pemOf(key), certificate, authority)
  const identity = readIdentity(text)
  checkHolder(identity, name)
  const whole = `${file}.tmp`
  await writeFile(whole, text, { mode: OWNER_ONLY, flush: true })
  await rename(whole, file)
  for (const done of [next, `${file}.csr`]) await rm(done, { force: true })
  return identity
}

/** Refuses to write over one. */
export async function writeAuthority(
  folder: string,
  { certificate, signer }: Authority,
): Promise<void> {
  await mkdir(join(folder, ISSUED), { recursive: true })
  await writeKey(join(folder, AUTHORITY_KEY), signer)
  const text = toPem('CERTIFICATE', certificate.raw)
  await writeFile(join(folder, AUTHORITY_CERTIFICATE), text, { flag: 'wx' })
}

/** @throws TamgaError `malformed`; `conflict`: key and certificate are no pair */
export async function readAuthority(folder: string): Promise<Authority> {
  const certificate = certificateIn(
    await readPem(join(folder, AUTHORITY_CERTIFICATE), 'CERTIFICATE'),
  )
  const { key } = await readKey(join(folder, AUTHORITY_KEY))
  const signer = signerWith(key, certificate.key)
  if (signer) return { certificate, signer }
  throw new TamgaError('conflict', `key and certificate in ${folder} are no pair`)
}

/** Keeps a copy, by which it can be revoked when whoever has it is lost with it. */
export async function writeIssued(
  folder: string,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
  der: Uint8Array,
): Promise<string> {
  const kept = join(folder, ISSUED, `${name}-${fingerprint.slice(0, 8)}.pem`)
  await writeFile(kept, toPem('CERTIFICATE', der))
  return kept
}

/** @throws TamgaError `malformed`: not one of that label */
export async function readPem(file: string, label: PemLabel): Promise<Uint8Array> {
  const text = Buffer.from(await readUpTo(file, IDENTITY_BYTES_MAX)).toString('latin1')
  try {
    return onlyPem(label, text)
  } catch (cause) {
    throw new TamgaError('malformed', `${file} is ${(cause as Error).message}`, { cause })
  }
}

async function readKey(file: string): Promise<SchemeSigner> {
  const text = await readFile(file)
  try {
    return tlsSigner(createPrivateKey(text))
  } catch (cause) {
    throw new TamgaError('malformed', `${file} has no private key`, { cause })
  }
}

async function writeKey(file: string, { key }: SchemeSigner): Promise<void> {
  await writeFile(file, pemOf(key), { flag: 'wx', mode: OWNER_ONLY })
}

function pemOf(key: SchemeSigner['key']): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
