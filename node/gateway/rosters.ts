/**
 * The roster that is in force, and the next one. Whoever connects may hand the next one in: what
 * counts is the signature of the authority, and after it those of the nodes.
 */
import type { FastifyInstance } from 'fastify'
import { TamgaError } from '../../protocol/errors.ts'
import { ROSTER_BYTES_MAX } from '../../protocol/limits.ts'
import type { Rooms } from './rooms.ts'
import { base64UpTo, body, count, json, object, plainText, refusals, text } from './schemas.ts'
import { bytesOf } from './signed-request.ts'

const PLAIN_TEXT = 'text/plain; charset=utf-8'

const rosterSchema = {
  tags: ['logs'],
  operationId: 'roster',
  summary: 'The roster: who runs nodes and which organisations there are, signed by the authority.',
  response: { 200: plainText('A signed note.'), ...refusals },
}

const succeedSchema = {
  tags: ['logs'],
  operationId: 'succeed',
  summary: 'Opens the epoch of the next roster, once a quorum of the nodes has signed it.',
  description: 'Done again with the same roster it answers the same.',
  body: body({
    roster: base64UpTo(ROSTER_BYTES_MAX, 'A note that the authority has signed.'),
  }),
  response: {
    201: json('Logged here.', object({ epoch: count, roster: text })),
    ...refusals,
  },
}

export function rosterRoutes(app: FastifyInstance, node: Rooms): void {
  app.get('/v1/roster', { schema: rosterSchema }, async (_request, reply) =>
    reply.type(PLAIN_TEXT).send(node.rosterNote),
  )

  app.post<{ Body: { roster: string } }>(
    '/v1/roster',
    { schema: succeedSchema },
    async (request, reply) => {
      const note = noteOf(bytesOf('roster', request.body.roster))
      const roster = await node.succession.open(note)
      return reply.code(201).send({ epoch: node.roster.epoch, roster })
    },
  )
}

function noteOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new TamgaError('malformed', 'the roster is not UTF-8', { cause })
  }
}
