/**
 * Who may ask what: a JSON Web Token (RFC 7519) that the operator's own identity provider has
 * signed, with OSIA's names of rights as its scopes. It lets a client in; what the register then
 * allows is decided by the officer as whom the adaptor asks.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { TOKEN_CHARACTERS_MAX, TOKEN_SKEW_MS } from './limits.ts'
import { notAllowed, unauthorised } from './osia-error.ts'

export interface BearerOptions {
  /** Of the identity provider, in PEM: P-256, Ed25519 or RSA. */
  readonly publicKey: string
  /** Whom tokens are for: what their `aud` must name; not asked for if undefined. */
  readonly audience: string | undefined
  readonly issuer: string | undefined
}

interface Claims {
  readonly iss?: unknown
  readonly aud?: unknown
  readonly exp?: unknown
  readonly nbf?: unknown
  readonly scope?: unknown
}

const BEARER = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/
const RSA_BITS_MIN = 2_048

export class Bearer {
  readonly #options: BearerOptions
  readonly #clock: Clock
  readonly #key: KeyObject
  /** The one algorithm that the key is for: a token does not choose it. */
  readonly #algorithm: string

  /** @throws TypeError: a key that no token is signed with here */
  constructor(options: BearerOptions, { clock }: { clock: Clock }) {
    this.#options = options
    this.#clock = clock
    this.#key = createPublicKey(options.publicKey)
    this.#algorithm = algorithmOf(this.#key)
  }

  /**
   * @param authorization the header's value
   * @throws OsiaError 401: no token that holds now; 403: one that allows something else
   */
  check(authorization: string | undefined, scopes: readonly string[]): void {
    const claims = this.#open(authorization)
    const granted = typeof claims.scope === 'string' ? claims.scope.split(' ') : []
    const lacking = scopes.filter((scope) => !granted.includes(scope))
    if (lacking.length > 0) throw notAllowed(`the token does not allow ${lacking.join(', ')}`)
  }

  #open(authorization = ''): Claims {
    const isShort = authorization.length <= TOKEN_CHARACTERS_MAX
    const [, head, body, signature] = (isShort && BEARER.exec(authorization)) || []
    if (head === undefined || body === undefined || signature === undefined) {
      throw unauthorised('a bearer token is needed')
    }
    const isSigned = parsed(head)['alg'] === this.#algorithm
    if (!isSigned || !this.#verifies(`${head}.${body}`, signature)) {
      throw unauthorised('the token is not signed as it has to be')
    }
    const claims = parsed(body) as Claims
    this.#checkClaims(claims)
    return claims
  }

  #verifies(signed: string, signature: string): boolean {
    const key = { key: this.#key, dsaEncoding: 'ieee-p1363' as const }
    const hash = this.#algorithm === 'EdDSA' ? null : 'sha256'
    return verify(hash, Buffer.from(signed), key, Buffer.from(signature, 'base64url'))
  }

  #checkClaims({ iss, aud, exp, nbf }: Claims): void {
    const { audience, issuer } = this.#options
    const now = this.#clock.now()
    if (typeof exp !== 'number' || now > exp * 1_000 + TOKEN_SKEW_MS) {
      throw unauthorised('the token is over')
    }
    if (nbf !== undefined && !(typeof nbf === 'number' && now >= nbf * 1_000 - TOKEN_SKEW_MS)) {
      throw unauthorised('the token has not begun')
    }
    const isFor = audience === undefined || [aud].flat().includes(audience)
    if (!isFor) throw unauthorised('the token is for somebody else')
    if (issuer !== undefined && iss !== issuer) throw unauthorised('the token is somebody else’s')
  }
}

function algorithmOf(key: KeyObject): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'ed25519') return 'EdDSA'
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256'
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= RSA_BITS_MIN) return 'RS256'
  throw new TypeError('tokens are signed with P-256, Ed25519 or RSA of 2048 bits or more')
}

function parsed(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Said below in the same words.
  }
  throw unauthorised('the token cannot be read')
}
