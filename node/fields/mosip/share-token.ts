/** The token with which MOSIP lets this partner fetch data shares. Source: MOSIP ABIS API 0.9. */
import type { Clock } from '../../clock.ts'
import { MosipFailure } from './failure.ts'
import { SHARE_TIMEOUT_MS } from './limits.ts'

export interface ShareTokenOptions {
  /** Of MOSIP's `/v1/authmanager/authenticate/clientidsecretkey`. */
  readonly url: string
  readonly appId: string
  readonly clientId: string
  readonly secretKey: string
}

const COOKIE = /^authorization=([^;\s]{1,8192})/i

export class ShareToken {
  readonly #options: ShareTokenOptions
  readonly #clock: Clock
  #token: Promise<string> | undefined

  constructor(options: ShareTokenOptions, { clock }: { clock: Clock }) {
    this.#options = options
    this.#clock = clock
  }

  /** @throws MosipFailure `not-fetched` */
  current(): Promise<string> {
    this.#token ??= this.#ask()
    return this.#token
  }

  /** After the current one was refused. As `current`. */
  renewed(): Promise<string> {
    this.#token = undefined
    return this.current()
  }

  async #ask(): Promise<string> {
    const { url, ...request } = this.#options
    const requesttime = new Date(this.#clock.now()).toISOString()
    const body = JSON.stringify({ id: 'string', metadata: {}, request, requesttime, version: '1' })
    try {
      const headers = { 'content-type': 'application/json' }
      const signal = AbortSignal.timeout(SHARE_TIMEOUT_MS)
      const init = { method: 'POST', headers, body, signal, redirect: 'error' as const }
      const response = await fetch(url, init)
      await response.body?.cancel()
      const cookies = response.headers.getSetCookie()
      const [, token] = cookies.map((one) => COOKIE.exec(one)).find((found) => found) ?? []
      if (token !== undefined) return token
      throw new MosipFailure('not-fetched', `no token, status ${response.status}`)
    } catch (cause) {
      this.#token = undefined
      if (cause instanceof MosipFailure) throw cause
      throw new MosipFailure('not-fetched', 'nobody gives out tokens', { cause })
    }
  }
}
