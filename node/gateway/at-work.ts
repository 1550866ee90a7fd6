/** So many large requests at a time: past them one is refused before its body is read. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TamgaError } from '../../protocol/errors.ts'

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** For `onRequest` of a route; the body is what takes memory. `what` is for people: `images`. */
export function atWork(most: number, what: string): Hook {
  let count = 0
  return async (_request, reply) => {
    if (count >= most) throw new TamgaError('overloaded', `too many ${what} at once`)
    count += 1
    reply.raw.once('close', () => {
      count -= 1
    })
  }
}
