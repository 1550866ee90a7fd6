/** A node's HTTP interface, and what may become of it on the way. */
import { Client } from '../../../../node/cli/client.ts'
import type { Link } from '../../../../node/post/link.ts'
import { TamgaError } from '../../../../protocol/errors.ts'

type Reply = Record<string, unknown>

export class FaultyLink implements Link {
  /** `loses-answers`: the node does what it is asked, and nobody hears of it. */
  state: 'good' | 'dead' | 'silent' | 'loses-answers' = 'good'
  /** What a lying node makes of its answer. */
  alter: (reply: Reply) => Reply = (reply) => reply
  /** Paths that were posted to. */
  readonly posted: string[] = []
  /** The last answer to an inspection, before it was altered. */
  last: Reply = {}
  readonly #client: Client

  constructor(url: string) {
    this.#client = new Client({ url })
  }

  async bytes(path: string, signal: AbortSignal): Promise<Uint8Array> {
    await this.#pass()
    return this.#client.bytes(path, signal)
  }

  async post(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    await this.#pass()
    this.posted.push(path)
    const reply = await this.#answer(path, body, signal).finally(() => {
      if (this.state === 'loses-answers') throw new TamgaError('unreachable', 'the line is cut')
    })
    if (path.endsWith('/inspections')) this.last = reply
    return this.alter(reply)
  }

  async #answer(path: string, body: object, signal: AbortSignal): Promise<Reply> {
    return (await this.#client.post(path, body, signal)) as Reply
  }

  async #pass(): Promise<void> {
    if (this.state === 'dead') throw new TamgaError('unreachable', 'nobody is there')
    if (this.state === 'silent') await new Promise(() => undefined)
  }
}
