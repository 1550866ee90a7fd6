/**
 * Logs as nodes serve them over HTTP, file by file. A node is believed no more than a folder: what
 * it sends is hashed and held against its checkpoints all the same.
 */
import { CHECKPOINT_BYTES_MAX, NAME_BYTES_MAX } from '../../protocol/limits.ts'
import { EVIDENCE_LIST_BYTES_MAX, FETCH_TIMEOUT_MS } from './limits.ts'
import { Unreadable, type LogSource } from './log-source.ts'

const NAME = new RegExp(`^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$`)

export interface HttpSourceOptions {
  /** Where the node serves. */
  readonly url: string
  /** What it hands out entries upon, in hexadecimal. */
  readonly token: string
  /** Where it takes nobody without a certificate: what has one. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

export class HttpSource implements LogSource {
  readonly name: string
  readonly #token: string
  readonly #fetch: NonNullable<HttpSourceOptions['fetch']>

  constructor({ url, token, fetch: send = fetch }: HttpSourceOptions) {
    this.name = url.replace(/\/$/, '')
    this.#token = token
    this.#fetch = send
  }

  async read(path: string, bytesMax: number): Promise<Uint8Array> {
    try {
      const response = await this.#fetch(`${this.name}/v1/${path}`, {
        headers: /\/tile\/entries\/|\/records\//.test(path)
          ? { authorization: `Bearer ${this.#token}` }
          : {},
        redirect: 'error',
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      })
      if (response.ok) return await wholeOf(response, path, bytesMax)
      await response.body?.cancel()
      const code = response.status === 404 ? 'missing' : 'unreadable'
      throw new Unreadable(code, `${path}: ${this.name} answers ${response.status}`)
    } catch (cause) {
      if (cause instanceof Unreadable) throw cause
      throw new Unreadable('unreadable', `${path}: ${this.name} does not answer`, { cause })
    }
  }

  /** A node serves, of each log, the newest checkpoint that is witnessed beside the newest one. */
  async list(folder: string): Promise<readonly string[]> {
    if (folder === 'evidence') return namesIn(await this.read(folder, EVIDENCE_LIST_BYTES_MAX))
    try {
      await this.read(`${folder}/cosigned`, CHECKPOINT_BYTES_MAX)
      return ['cosigned']
    } catch (error) {
      if (error instanceof Unreadable && error.code === 'missing') return []
      throw error
    }
  }
}

/** Names of logs in what `/v1/evidence` answers; whatever else stands there is not looked at. */
function namesIn(bytes: Uint8Array): string[] {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (!Array.isArray(parsed)) throw new TypeError('not a list')
    return parsed.map((row: unknown) => {
      const name = row instanceof Object && 'log' in row ? row.log : undefined
      if (typeof name === 'string' && NAME.test(name)) return name
      throw new TypeError('a row without a log')
    })
  } catch (cause) {
    throw new Unreadable('unreadable', 'what the node calls evidence is no list of logs', { cause })
  }
}

/** Stops reading as soon as there is more than there can be. */
async function wholeOf(response: Response, path: string, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > bytesMax)
      throw new Unreadable('oversize', `${path} has more than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
