import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../../crypto/bytes.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { systemClock } from '../../../../node/clock.ts'
import { DataShare } from '../../../../node/fields/mosip/data-share.ts'
import { MosipFailure } from '../../../../node/fields/mosip/failure.ts'
import { SHARE_BYTES_MAX } from '../../../../node/fields/mosip/limits.ts'
import { ShareToken } from '../../../../node/fields/mosip/share-token.ts'
import { envelopeKey, sealEnvelope } from './support/envelope.ts'

const FILE = '<BIR><BIRInfo/></BIR>'.padEnd(80)

const promises = suite('a data share')

let server: Server
let answer: (request: IncomingMessage, response: ServerResponse) => void

promises.before(async () => {
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
})

promises.after(() => {
  server.close()
  server.closeAllConnections()
})

for (const release of ['1.2.0', '1.1.5.5'] as const) {
  promises(`is opened as MOSIP ${release} has encrypted it`, async () => {
    answer = (_, response) => response.end(sealEnvelope(utf8(FILE), release))
    is(await fetched({ key: envelopeKey }), FILE)
    is(await fetched({}), 'invalid-cbeff', 'not without the key')
    const other = { ...envelopeKey, thumbprint: sha256(utf8('another certificate')) }
    is(await fetched({ key: other }), 'invalid-cbeff', 'nor for another certificate')
  })

  promises(`of MOSIP ${release} is refused when a byte of it is changed`, async () => {
    const sealed = Buffer.from(Buffer.from(sealEnvelope(utf8(FILE), release)).toString(), 'base64')
    for (const place of [3, 40, 200, 320, sealed.length - 40]) {
      const changed = Buffer.from(sealed)
      changed[place]! ^= 1
      answer = (_, response) => response.end(changed.toString('base64'))
      is(await fetched({ key: envelopeKey }), 'invalid-cbeff', `byte ${place}`)
    }
  })
}

promises('is fetched with a token, and with another one when that is over', async () => {
  const given: string[] = []
  const shown: (string | undefined)[] = []
  answer = ({ url, headers }, response) => {
    if (url === '/token') {
      given.push(`token-${given.length}`)
      response.setHeader('set-cookie', `Authorization=${given.at(-1)}; HttpOnly`).end('{}')
      return
    }
    shown.push(headers.cookie)
    const isOver = headers.cookie !== 'Authorization=token-1'
    response.end(isOver ? '{"errors":[{"errorCode":"KER-ATH-401"}]}' : FILE)
  }
  const about = { url: `http://${host()}/token`, appId: 'regproc', clientId: 'abis' }
  const token = new ShareToken({ ...about, secretKey: 'abc123' }, { clock: systemClock })
  is(await fetched({ token }), FILE)
  is(await fetched({ token }), FILE)
  equal(given, ['token-0', 'token-1'])
  const [first, later] = ['Authorization=token-0', 'Authorization=token-1']
  equal(shown, [first, later, later])
})

promises('that is longer than any is not read to its end', async () => {
  const chunk = Buffer.alloc(1_048_576, 'x')
  let sent = 0
  answer = (_, response) => {
    const write = (): void => {
      while (!response.destroyed && sent < 4 * SHARE_BYTES_MAX) {
        sent += chunk.length
        if (!response.write(chunk)) return
      }
      response.end()
    }
    response.on('drain', write)
    write()
  }
  is(await fetched({}), 'not-fetched')
  is(sent < 4 * SHARE_BYTES_MAX, true)
})

promises('leads nowhere else', async () => {
  answer = ({ url }, response) => {
    if (url === '/moved') response.end(FILE)
    else response.writeHead(302, { location: '/moved' }).end()
  }
  is(await fetched({}), 'not-fetched')
})

promises.run()

/** What is fetched, or the code with which it fails. */
async function fetched(options: Omit<ConstructorParameters<typeof DataShare>[0], 'hosts'>) {
  try {
    const share = new DataShare({ hosts: [host()], ...options })
    return Buffer.from(await share.fetch(`http://${host()}/share`)).toString()
  } catch (error) {
    if (error instanceof MosipFailure) return error.code
    throw error
  }
}

function host(): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
