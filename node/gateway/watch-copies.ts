/** The watch list in digests, for posts to keep for when they are cut off. */
import type { FastifyInstance } from 'fastify'
import type { Rooms } from './rooms.ts'
import { binary, refusals } from './schemas.ts'

const schema = {
  tags: ['border'],
  operationId: 'watchCopy',
  summary: 'The watch list as salted digests of handles, signed by the node.',
  description: 'Who has a handle can tell whether that person is on it; it names nobody.',
  response: { 200: binary('Signed digests: protocol/border/watch-digests.ts.'), ...refusals },
}

export function watchCopyRoutes(app: FastifyInstance, { watchCopies }: Rooms): void {
  app.get('/v1/border/watch-list', { schema }, async (_request, reply) => {
    return reply.type('application/octet-stream').send(Buffer.from(watchCopies.current()))
  })
}
