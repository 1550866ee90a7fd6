/** A client of OSIA's interface, with tokens of an identity provider, and a place to be told at. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import type { FingerArgument } from '../../../../../node/cli/arguments.ts'
import { subTypeOf } from '../../../../../node/fields/osia/osia-fingers.ts'

export const SCOPES = [
  'abis.encounter.write',
  'abis.encounter.read',
  'abis.identify',
  'abis.verify',
  'abis.gallery.read',
  'abis.task.read',
  'abis.task.update',
]

export interface Reply<T = unknown> {
  readonly status: number
  readonly body: T
  readonly headers: Headers
}

export interface Told {
  readonly taskId: string
  readonly transactionId: string
  readonly type: string
  readonly body: unknown
}

const pair = generateKeyPairSync('ed25519')

/** As the operator has it, in PEM. */
export const PROVIDER = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

export interface TokenOptions {
  readonly scopes?: readonly string[]
  readonly claims?: object
  readonly key?: KeyObject
  readonly alg?: string
}

const HOUR_S = 3_600

export function token({
  scopes = SCOPES,
  claims,
  key = pair.privateKey,
  alg = 'EdDSA',
}: TokenOptions = {}) {
  const exp = Math.floor(Date.now() / 1_000) + HOUR_S
  const parts = [
    { alg, typ: 'JWT' },
    { aud: 'abis', exp, scope: scopes.join(' '), ...claims },
  ]
  const signed = parts
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}

export class OsiaClient {
  url = ''
  /** What was told, in the order in which it came; none is taken while it is `isDeaf`. */
  readonly told: Told[] = []
  isDeaf = false
  readonly #server: Server
  #transactions = 0

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        response.statusCode = this.isDeaf ? 500 : 204
        response.end()
        if (this.isDeaf) return
        const { searchParams } = new URL(request.url!, this.origin)
        this.told.push({
          taskId: searchParams.get('taskId')!,
          transactionId: searchParams.get('transactionId')!,
          type: request.headers['content-type']!,
          body: JSON.parse(Buffer.concat(chunks).toString()) as unknown,
        })
      })()
    })
  }

  static async start(): Promise<OsiaClient> {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return new OsiaClient(server)
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async ask<T = unknown>(
    method: string,
    path: string,
    options: {
      readonly body?: unknown
      readonly query?: Readonly<Record<string, string>>
      readonly bearer?: string
      readonly isLater?: boolean
    } = {},
  ): Promise<Reply<T>> {
    this.#transactions += 1
    const transactionId = `transaction-${this.#transactions}`
    const query = new URLSearchParams({ transactionId, ...options.query })
    if (options.isLater) query.set('callback', `${this.origin}/told`)
    const { body, bearer = token() } = options
    const response = await fetch(`${this.url}${path}?${query.toString()}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const { status, headers } = response
    const text = await response.text()
    return { status, headers, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }
}

/** Images of fingers, as the interface has them. */
export async function biometricData(fingers: readonly FingerArgument[]): Promise<object[]> {
  return Promise.all(
    fingers.map(async ({ position = 0, file }) => ({
      biometricType: 'FINGER',
      biometricSubType: subTypeOf(position),
      image: (await readFile(file)).toString('base64'),
    })),
  )
}

/** All fingers but these are gone. */
export function missingBut(fingers: readonly FingerArgument[]): object {
  const there = new Set(fingers.map(({ position }) => position))
  const all = Array.from({ length: 10 }, (_, i) => i + 1)
  const missing = all
    .filter((position) => !there.has(position))
    .map((position) => ({ biometricSubType: subTypeOf(position), presence: 'AMPUTATED' }))
  return { biometricType: 'FINGER', missing }
}

export function encounter(data: readonly object[], rest: object = {}): object {
  const about = { status: 'ACTIVE', encounterType: 'enrolment', galleries: ['ALL'] }
  const biographicData = { dateOfBirth: '1990-05-04', gender: 'F', nationality: 'KAZ' }
  return { ...about, biographicData, biometricData: data, ...rest }
}
