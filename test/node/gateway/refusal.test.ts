import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { suite } from 'uvu'
import { is, match } from 'uvu/assert'
import { refuseConnection } from '../../../node/gateway/refusal.ts'

const promises = suite('a connection that is refused')

promises('is told why over plain HTTP, and hung up', async () => {
  match(await saidTo((socket) => socket), /^HTTP\/1\.1 400 /)
})

promises('is hung up without a word where no handshake came through', async () => {
  is(await saidTo((socket) => new TLSSocket(socket, { isServer: true })), '')
})

promises.run()

/** What the other end hears before it is over. */
async function saidTo(wrapped: (socket: Socket) => Socket): Promise<string> {
  const server = createServer((socket) => refuseConnection(wrapped(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  let said = ''
  client.on('data', (chunk: Buffer) => (said += chunk.toString()))
  client.on('error', () => undefined)
  await once(client, 'close')
  server.close()
  return said
}
