/**
 * Fetches what a referenceURL stands for. Only hosts that the operator has named are asked: whoever
 * may write into the queue shall not have this station ask anybody else.
 */
import { concatBytes } from '../../../crypto/bytes.ts'
import { MosipFailure } from './failure.ts'
import { SHARE_BYTES_MAX, SHARE_TIMEOUT_MS } from './limits.ts'
import { isEnvelope, openEnvelope, type EnvelopeKey } from './share-envelope.ts'
import type { ShareToken } from './share-token.ts'

export interface DataShareOptions {
  /** `host` or `host:port`, as in the address. */
  readonly hosts: readonly string[]
  /** Opens what MOSIP has encrypted for this partner. */
  readonly key?: EnvelopeKey | undefined
  readonly token?: ShareToken | undefined
}

/** MOSIP's own refusals come with status 200. */
interface Refusals {
  readonly errors: readonly { readonly errorCode?: unknown; readonly message?: unknown }[]
}

const UNAUTHENTICATED = 'KER-ATH-401'
const UNAUTHENTICATED_STATUS = 401
const OPENING_BRACE = 0x7b

export class DataShare {
  readonly #options: DataShareOptions

  constructor(options: DataShareOptions) {
    this.#options = options
  }

  /**
   * The CBEFF file, opened if it is encrypted.
   *
   * @throws MosipFailure `not-fetched`, `share-expired`, `invalid-cbeff`: it cannot be opened
   */
  async fetch(address: string): Promise<Uint8Array> {
    const url = this.#allowed(address)
    const { token, key } = this.#options
    let bytes = await this.#get(url, await token?.current())
    let errors = errorsIn(bytes)
    if (token && errors?.some(({ errorCode }) => errorCode === UNAUTHENTICATED)) {
      bytes = await this.#get(url, await token.renewed())
      errors = errorsIn(bytes)
    }
    if (errors) throw refusalOf(errors)
    if (bytes.length === 0) throw notFetched('nothing in it')
    if (!isEnvelope(bytes)) return bytes
    if (key) return openEnvelope(bytes, key)
    throw new MosipFailure('invalid-cbeff', 'it is encrypted, and there is no key to open it')
  }

  #allowed(address: string): URL {
    let url: URL
    try {
      url = new URL(address)
    } catch (cause) {
      throw new MosipFailure('not-fetched', 'a referenceURL that is no address', { cause })
    }
    const isHttp = url.protocol === 'https:' || url.protocol === 'http:'
    const isPlain = url.username === '' && url.password === ''
    if (isHttp && isPlain && this.#options.hosts.includes(url.host)) return url
    throw notFetched(`${url.host} is not a host of data shares`)
  }

  async #get(url: URL, cookie: string | undefined): Promise<Uint8Array> {
    try {
      const signal = AbortSignal.timeout(SHARE_TIMEOUT_MS)
      const headers = new Headers()
      if (cookie !== undefined) headers.set('cookie', `Authorization=${cookie}`)
      const response = await fetch(url, { redirect: 'error', signal, headers })
      if (response.status === UNAUTHENTICATED_STATUS) {
        await response.body?.cancel()
        return new TextEncoder().encode(JSON.stringify(UNAUTHENTICATED_BODY))
      }
      if (response.ok) return await readUpTo(response, SHARE_BYTES_MAX)
      await response.body?.cancel()
      throw notFetched(`status ${response.status}`)
    } catch (cause) {
      if (cause instanceof MosipFailure) throw cause
      throw new MosipFailure('not-fetched', 'the data share does not answer', { cause })
    }
  }
}

const UNAUTHENTICATED_BODY: Refusals = { errors: [{ errorCode: UNAUTHENTICATED }] }

/** @throws MosipFailure `not-fetched`: it is longer */
export async function readUpTo({ body }: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > bytesMax) throw notFetched(`more than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return concatBytes(...chunks)
}

/** Undefined where it is no refusal. */
function errorsIn(bytes: Uint8Array): Refusals['errors'] | undefined {
  if (bytes[0] !== OPENING_BRACE) return undefined
  try {
    const { errors } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Refusals>
    return Array.isArray(errors) ? (errors as Refusals['errors']).map((one) => ({ ...one })) : []
  } catch {
    return []
  }
}

function refusalOf(errors: Refusals['errors']): MosipFailure {
  const isExpired = errors.some(({ message }) => /expired/i.test(String(message)))
  if (isExpired) return new MosipFailure('share-expired', 'the data share has expired')
  return notFetched(errors.map(({ errorCode }) => String(errorCode).slice(0, 64)).join(', '))
}

function notFetched(why: string): MosipFailure {
  return new MosipFailure('not-fetched', why)
}
