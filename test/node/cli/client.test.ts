import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { Client } from '../../../node/cli/client.ts'
import { codeOf } from '../post/support/refusals.ts'

const MIB = new Uint8Array(1_048_576)

const promises = suite('a client')

promises('takes no more of an answer than a node would say', async () => {
  let sent = 0
  const endless: RequestListener = (_request, response) => {
    const more = (): void => {
      while (!response.destroyed) {
        sent += MIB.length
        if (!response.write(MIB)) break
      }
    }
    response.on('drain', more)
    more()
  }
  await answeredBy(endless, async (client) => {
    is(await codeOf(client.get('/v1/status')), 'unreachable')
    is(await codeOf(client.bytes('/v1/roster')), 'unreachable')
    is(await codeOf(client.roster()), 'unreachable')
  })
  ok(sent < 256 * MIB.length, `${sent} bytes were taken`)
})

for (const said of ['', 'null', '"no"', '{', '{"error":null}', '{"error":"x"}']) {
  promises(
    `is refused by whoever answers ${said || 'nothing'}, and does not fall over`,
    async () => {
      await answeredBy(
        (_request, response) => response.writeHead(500).end(said),
        async (client) => {
          const code = await codeOf(client.get('/v1/status'))
          ok(['unreachable', 'internal'].includes(code), code)
        },
      )
    },
  )
}

promises.run()

async function answeredBy(
  listener: RequestListener,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    await work(new Client({ url: `http://127.0.0.1:${port}` }))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
