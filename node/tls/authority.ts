/**
 * The registry's own certificate authority: it says which post or node a key is of, so that a node
 * knows who connects, and a post whom it has reached. It says nothing of officers, and no log,
 * roster or answer rests on it.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { toHex } from '../../crypto/bytes.ts'
import type { Certificate } from '../../crypto/x509/certificate.ts'
import { readCertificationRequest } from '../../crypto/x509/certification-request.ts'
import { issueCertificate, type Address } from '../../crypto/x509/issue-certificate.ts'
import { CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION } from '../../crypto/x509/oids.ts'
import type { SchemeSigner } from '../../crypto/x509/signature.ts'
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { holderName, nameOfAuthority, nameOfHolder } from './holder.ts'
import { ADDRESSES_MAX, AUTHORITY_DAYS, BACKDATED_MS, SERIAL_BYTES } from './limits.ts'

const DAY_MS = 86_400_000

/** What OpenSSL and Node take everywhere: NIST P-256, by its name there. */
const CURVE = 'prime256v1'
const SCHEME = { kind: 'ecdsa', hash: 'sha256', isPlain: false } as const

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/

export interface Authority {
  readonly certificate: Certificate
  readonly signer: SchemeSigner
}

/** Of whom a certificate is, and for what: of its request the key alone is believed. */
export interface Certified {
  readonly name: string
  readonly days: number
  /** Where a node is reached; a post has none, since it only asks. */
  readonly addresses?: readonly Address[]
}

interface Modules {
  readonly clock: Clock
  readonly random: Random
}

export function newTlsKey(): SchemeSigner {
  return tlsSigner(generateKeyPairSync('ec', { namedCurve: CURVE }).privateKey)
}

export function tlsSigner(key: SchemeSigner['key']): SchemeSigner {
  return { key, scheme: SCHEME }
}

export function newAuthority(network: string, { clock, random }: Modules): Authority {
  const signer = newTlsKey()
  const notBefore = wholeSeconds(clock.now() - BACKDATED_MS)
  const certificate = issueCertificate(
    {
      subject: nameOfAuthority(network),
      key: createPublicKey(signer.key),
      serial: newSerial(random),
      notBefore,
      notAfter: notBefore + AUTHORITY_DAYS * DAY_MS,
      isAuthority: true,
    },
    signer,
  )
  return { certificate, signer }
}

/**
 * Certifies the key of a request for a node, if it has addresses, or else for a post.
 *
 * @throws TamgaError `malformed`: no request; `conflict`: for another name; `unprocessable`: a key
 *   of another kind, or a time past the authority's own
 */
export function certify(
  request: Uint8Array,
  { name, days, addresses }: Certified,
  { certificate: issuer, signer }: Authority,
  { clock, random }: Modules,
): Certificate {
  const { subject, key } = requestIn(request)
  if (holderName(subject) !== name) {
    throw new TamgaError('conflict', `the request is for ${holderName(subject)}, not for ${name}`)
  }
  if (key.curve !== CURVE) throw new TamgaError('unprocessable', `a key that is not on ${CURVE}`)
  const now = clock.now()
  const notAfter = wholeSeconds(now + days * DAY_MS)
  if (notAfter > issuer.notAfter) {
    throw new TamgaError('unprocessable', 'the authority itself does not hold for so long')
  }
  const about = {
    subject: nameOfHolder(name),
    key: createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' }),
    serial: newSerial(random),
    notBefore: wholeSeconds(now - BACKDATED_MS),
    notAfter,
    isAuthority: false,
    purpose: addresses ? SERVER_AUTHENTICATION : CLIENT_AUTHENTICATION,
  }
  return issueCertificate({ ...about, ...(addresses && { addresses }) }, signer, issuer)
}

/** IPv4 addresses and names of hosts. @throws TamgaError `unprocessable`: none, or too many */
export function addressesOf(values: readonly string[]): Address[] {
  if (values.length === 0 || values.length > ADDRESSES_MAX) {
    throw new TamgaError('unprocessable', `a node has 1 to ${ADDRESSES_MAX} addresses`)
  }
  return values.map((value) => {
    if (isIPv4(value)) return { ip: Uint8Array.from(value.split('.').map(Number)) }
    if (HOST.test(value)) return { host: value }
    throw new TamgaError('unprocessable', `${value} is neither an IPv4 address nor a host`)
  })
}

function requestIn(der: Uint8Array) {
  try {
    return readCertificationRequest(der)
  } catch (cause) {
    if (!(cause instanceof InvalidAsn1)) throw cause
    throw new TamgaError('malformed', `no certification request: ${cause.message}`, { cause })
  }
}

/** Positive, and never the same twice. */
export function newSerial(random: Random): bigint {
  return BigInt(`0x1${toHex(random.bytes(SERIAL_BYTES))}`)
}

function wholeSeconds(ms: number): number {
  return 1_000 * Math.floor(ms / 1_000)
}
