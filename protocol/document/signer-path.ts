/**
 * The path from a document's signer to an authority that is believed.
 *
 * Source: ICAO Doc 9303 part 12 §5.3 and §7.1: a signer is certified by its state's authority; when
 * the authority takes a new key, its old one signs a link certificate to it.
 */
import {
  isIssuedBy,
  isNamedIssuer,
  isValidAt,
  mayCertify,
  type Certificate,
} from '../../crypto/x509/certificate.ts'
import { PATH_STEPS_MAX, PATH_TRIES_MAX } from './limits.ts'

/** The signer, links, and at last an authority that signed itself. */
export type SignerPath = readonly [signer: Certificate, ...authorities: Certificate[]]

/**
 * A path whose every signature was verified: of several one that is valid throughout at `at`, else
 * the first. Undefined where none leads to an authority that is believed.
 */
export function findPath(
  signer: Certificate,
  authorities: readonly Certificate[],
  at: number,
): SignerPath | undefined {
  const search = new PathSearch(authorities)
  const paths = search.from([signer])
  return paths.find((path) => path.every((one) => isValidAt(one, at))) ?? paths[0]
}

class PathSearch {
  readonly #authorities: readonly Certificate[]
  #tries = 0

  constructor(authorities: readonly Certificate[]) {
    this.#authorities = authorities
  }

  from(path: SignerPath): SignerPath[] {
    const last = path.at(-1) ?? path[0]
    if (path.length > 1 && this.#isIssuedBy(last, last)) return [path]
    if (path.length > PATH_STEPS_MAX) return []
    return this.#authorities
      .filter((next) => !path.includes(next) && mayCertify(next) && this.#isIssuedBy(last, next))
      .flatMap((next) => this.from([...path, next]))
  }

  /** No more than so many signatures: names that look alike cost nothing to make. */
  #isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
    if (!isNamedIssuer(certificate, issuer)) return false
    this.#tries += 1
    return this.#tries <= PATH_TRIES_MAX && isIssuedBy(certificate, issuer)
  }
}
