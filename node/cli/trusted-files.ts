/** Certificates, lists of authorities and lists of revocations, from files and folders. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { REVOCATION_LIST_BYTES_MAX, SIGNED_DATA_BYTES_MAX } from '../../crypto/x509/limits.ts'
import {
  readTrustFiles,
  type NamedBytes,
  type Trusted,
  type TrustFiles,
} from '../post/trust-files.ts'
import { readUpTo } from './read-up-to.ts'

/**
 * Certificates in DER or PEM and master lists, as `--csca` names them, and revocation lists.
 *
 * @throws TamgaError `unprocessable`: a file that is none of these
 */
export async function readTrust(
  authorityPaths: readonly string[],
  listPaths: readonly string[],
): Promise<Trusted> {
  return readTrustFiles(await collectTrust(authorityPaths, listPaths))
}

/** The same, unread. @throws TamgaError `too-large` */
export async function collectTrust(
  authorityPaths: readonly string[],
  listPaths: readonly string[],
): Promise<TrustFiles> {
  return {
    authorities: await contentsOf(authorityPaths, SIGNED_DATA_BYTES_MAX),
    revocations: await contentsOf(listPaths, REVOCATION_LIST_BYTES_MAX),
  }
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

async function contentsOf(paths: readonly string[], bytesMax: number): Promise<NamedBytes[]> {
  const found: NamedBytes[] = []
  for (const name of await filesIn(paths)) {
    found.push({ name, bytes: await readUpTo(name, bytesMax) })
  }
  return found
}
