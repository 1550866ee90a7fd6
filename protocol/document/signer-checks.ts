/**
 * Checks of who signed a document, and whether that counts.
 *
 * Source: ICAO Doc 9303 part 11 §5.1 and part 12 §7; BSI TR-03135-1 §5.1 for their order.
 */
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import {
  isInUseAt,
  isValidAt,
  readCertificate,
  type Certificate,
} from '../../crypto/x509/certificate.ts'
import { nameText } from '../../crypto/x509/name.ts'
import { isListOf, type RevocationList } from '../../crypto/x509/revocation-list.ts'
import { isSignerOf, signatureFault, type SignedData } from '../../crypto/x509/signed-data.ts'
import { aborted, failed, successful, undetermined, type Check } from './check.ts'
import { CERTIFICATES_MAX } from './limits.ts'
import type { SecurityObject } from './security-object.ts'
import { findPath, type SignerPath } from './signer-path.ts'
import type { Trust } from './trust.ts'

export interface SignerFindings {
  readonly checks: readonly Check[]
  /**
   * Whose certificate it is that the signature was held against; nothing says yet that it counts.
   */
  readonly signer: Certificate | undefined
  readonly path: SignerPath | undefined
}

/** Of an EF.SOD that can be read; undefined stands for one that cannot. */
export function checkSigner(
  object: SecurityObject | undefined,
  { trust, at }: { trust: Trust; at: number },
): SignerFindings {
  if (!object) {
    const names = ['signature', 'path', 'validity', 'revocation'] as const
    return { checks: names.map(aborted), signer: undefined, path: undefined }
  }
  const { signedData } = object
  const found = signerOf(signedData, trust)
  if (!('serial' in found)) {
    const rest = (['path', 'validity', 'revocation'] as const).map(aborted)
    return { checks: [found, ...rest], signer: undefined, path: undefined }
  }
  const path = findPath(found, trust.authorities, at)
  const checks = [
    checkSignature(signedData, found),
    checkPath(found, path, trust),
    checkValidity(path, { at, signedAt: signedData.signer.attributes?.signingTime }),
    checkRevocation(path, { at, lists: trust.revocations }),
  ]
  return { checks, signer: found, path }
}

/** The certificate that the document carries, or one that was handed over. */
function signerOf(signedData: SignedData, { signers }: Trust): Certificate | Check {
  let unread: Check | undefined
  for (const carried of signedData.certificates.slice(0, CERTIFICATES_MAX)) {
    const read = certificateIn(carried)
    if (!('serial' in read)) unread ??= read
    else if (isSignerOf(signedData, read)) return read
  }
  const known = signers.find((one) => isSignerOf(signedData, one))
  if (known) return known
  if (unread) return unread
  const isCarried = signedData.certificates.length > 0
  return isCarried
    ? failed('signature', 'no-certificate', 'none that it carries is the signer’s')
    : undetermined('signature', 'no-certificate', 'the document carries none')
}

function certificateIn(bytes: Uint8Array): Certificate | Check {
  try {
    return readCertificate(bytes)
  } catch (error) {
    if (!(error instanceof InvalidAsn1)) throw error
    const { code, message: detail } = error
    if (code !== 'unsupported') return failed('signature', 'malformed', detail)
    return { name: 'signature', outcome: 'not-supported', reason: 'not-supported', detail }
  }
}

function checkSignature(signedData: SignedData, signer: Certificate): Check {
  const { scheme } = signedData.signer
  const fault = signatureFault(signedData, signer)
  const key = signer.key.curve ?? `RSA ${signer.key.bits}`
  const detail = `${scheme.kind} over ${scheme.hash}, ${key}`
  return fault ? failed('signature', fault, detail) : successful('signature', detail)
}

function checkPath(signer: Certificate, path: SignerPath | undefined, trust: Trust): Check {
  const isFit = !signer.isAuthority && signer.maySign.data && signer.unknownCritical.length === 0
  if (!isFit) return failed('path', 'not-a-signer', nameText(signer.subject))
  const issuer = nameText(signer.issuer)
  if (trust.authorities.length === 0) return undetermined('path', 'no-authorities', issuer)
  if (!path) return undetermined('path', 'authority-unknown', issuer)
  return successful('path', path.map(({ subject }) => nameText(subject)).join(' ← '))
}

function checkValidity(
  path: SignerPath | undefined,
  { at, signedAt }: { at: number; signedAt: number | undefined },
): Check {
  if (!path) return aborted('validity')
  const [signer] = path
  const outside = path.find((one) => !isValidAt(one, at))
  if (outside) {
    const reason = at < outside.notBefore ? 'not-yet-valid' : 'no-longer-valid'
    return failed('validity', reason, `${nameText(outside.subject)}: ${validityOf(outside)}`)
  }
  if (signedAt !== undefined && !isInUseAt(signer, signedAt)) {
    return failed('validity', 'signed-outside-validity', `signed ${dayOf(signedAt)}`)
  }
  return successful('validity', validityOf(signer))
}

/** Everybody but the last one, who is believed: a list cannot take that back. */
function checkRevocation(
  path: SignerPath | undefined,
  { at, lists }: { at: number; lists: readonly RevocationList[] },
): Check {
  if (!path) return aborted('revocation')
  let oldest: Check | undefined
  for (const [step, authority] of path.slice(1).entries()) {
    const certificate = path[step] ?? path[0]
    const theirs = lists.filter((list) => isListOf(list, authority))
    const since = theirs.flatMap(({ revoked }) => revoked.get(certificate.serial) ?? [])
    const who = nameText(certificate.subject)
    if (since[0] !== undefined) {
      return failed('revocation', 'revoked', `${who}, since ${dayOf(Math.min(...since))}`)
    }
    const isCurrent = theirs.some((list) => isCurrentAt(list, at))
    if (isCurrent) continue
    oldest ??= undetermined('revocation', theirs.length > 0 ? 'list-outdated' : 'no-list', who)
  }
  return oldest ?? successful('revocation')
}

/** A list that does not say when the next one comes is never known to be the last. */
function isCurrentAt({ thisUpdate, nextUpdate }: RevocationList, at: number): boolean {
  return thisUpdate <= at && nextUpdate !== undefined && at <= nextUpdate
}

function validityOf({ notBefore, notAfter }: Certificate): string {
  return `${dayOf(notBefore)} to ${dayOf(notAfter)}`
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
