/** Certificates, lists of authorities and lists of revocations, from files and folders. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { Tag } from '../../crypto/asn1/element.ts'
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { readCertificate, type Certificate } from '../../crypto/x509/certificate.ts'
import { REVOCATION_LIST_BYTES_MAX, SIGNED_DATA_BYTES_MAX } from '../../crypto/x509/limits.ts'
import { readRevocationList, type RevocationList } from '../../crypto/x509/revocation-list.ts'
import { AUTHORITIES_MAX } from '../../protocol/document/limits.ts'
import { openMasterList } from '../../protocol/document/master-list.ts'
import type { Trust } from '../../protocol/document/trust.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { readUpTo } from './captures.ts'

const PEM = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----/g

/** What an authority's folder may hold, and a line for people about each list. */
export interface Trusted extends Trust {
  readonly remarks: readonly string[]
}

/**
 * Certificates in DER or PEM and master lists, as `--csca` names them, and revocation lists. Who
 * names a file answers for it; a master list must still be signed by whom it says.
 *
 * @throws TamgaError `unprocessable`: a file that is none of these
 */
export async function readTrust(
  authorityPaths: readonly string[],
  listPaths: readonly string[],
): Promise<Trusted> {
  const remarks: string[] = []
  const certificates: Certificate[] = []
  for (const file of await filesIn(authorityPaths)) {
    for (const bytes of await readParts(file, SIGNED_DATA_BYTES_MAX)) {
      certificates.push(...named(file, () => certificatesIn(bytes, remarks)))
    }
  }
  const revocations: RevocationList[] = []
  for (const file of await filesIn(listPaths)) {
    for (const bytes of await readParts(file, REVOCATION_LIST_BYTES_MAX)) {
      revocations.push(named(file, () => readRevocationList(bytes)))
    }
  }
  if (certificates.length > AUTHORITIES_MAX) {
    throw new TamgaError('unprocessable', `${certificates.length} certificates of authorities`)
  }
  const authorities = certificates.filter(({ isAuthority }) => isAuthority)
  const signers = certificates.filter(({ isAuthority }) => !isAuthority)
  return { authorities, signers, revocations, remarks }
}

/** Files as they are named, and those in folders that are; hidden ones are passed over. */
export async function filesIn(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) {
      files.push(path)
      continue
    }
    const entries = await readdir(path, { withFileTypes: true })
    const inside = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    files.push(...inside.map(({ name }) => join(path, name)).sort())
  }
  return files
}

/** The file itself, or what each of its PEM blocks holds. */
async function readParts(file: string, bytesMax: number): Promise<Uint8Array[]> {
  const bytes = await readUpTo(file, bytesMax)
  if (bytes[0] === Tag.sequence) return [bytes]
  const blocks = [...Buffer.from(bytes).toString('latin1').matchAll(PEM)]
  return blocks.length > 0
    ? blocks.map(([, text = '']) => new Uint8Array(Buffer.from(text, 'base64')))
    : [bytes]
}

/** A master list begins with the type of what it is, and a certificate with what was signed. */
function certificatesIn(bytes: Uint8Array, remarks: string[]): readonly Certificate[] {
  const first = ElementReader.of(bytes, Tag.sequence, 'certificate').next()
  if (first.tag !== Tag.oid) return [readCertificate(bytes)]
  const { authorities, leftOut } = openMasterList(bytes)
  const left = leftOut > 0 ? `, ${leftOut} of kinds that are not supported left out` : ''
  remarks.push(`master list of ${authorities.length} authorities${left}`)
  return authorities
}

function named<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof InvalidAsn1) && !(cause instanceof TamgaError)) throw cause
    throw new TamgaError('unprocessable', `${file}: ${cause.message}`, { cause })
  }
}
