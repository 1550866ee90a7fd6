/** Stands between a station and a node, and keeps what the station posts. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export class Wire {
  /** Bodies, parsed, in their order. */
  readonly posted: unknown[] = []
  /** What happens once the node has answered, before the station hears of it. */
  onAnswer: (path: string) => Promise<void> = async () => undefined
  readonly url: string
  readonly #server: Server

  private constructor(server: Server) {
    const { port } = server.address() as AddressInfo
    this.url = `http://127.0.0.1:${port}`
    this.#server = server
  }

  /** Hands every request on to `node`. */
  static async to(node: string): Promise<Wire> {
    const server = createServer((request, response) => {
      // A node that is gone hangs up.
      wire.#pass(node, request, response).catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const wire = new Wire(server)
    return wire
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  async #pass(node: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (body !== '') this.posted.push(JSON.parse(body))
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${node}${url}`, body === '' ? {} : { method, headers, body })
    await this.onAnswer(url)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
}
