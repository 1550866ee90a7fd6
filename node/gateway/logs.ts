/** What an auditor needs: checkpoints, entries with their proofs, the roster. */
import type { FastifyInstance } from 'fastify'
import { decodeEntry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { renderProven } from './render.ts'
import type { Rooms } from './rooms.ts'
import {
  bytes,
  count,
  index,
  json,
  list,
  name,
  object,
  plainText,
  proofText,
  refusals,
  text,
} from './schemas.ts'

const PLAIN_TEXT = 'text/plain; charset=utf-8'

const proofSchema = {
  tags: ['logs'],
  operationId: 'proof',
  summary: 'An entry, with the proof that it stands in its log.',
  params: object({ log: name, index }),
  response: {
    200: json(
      'Entry and proof.',
      object({
        log: name,
        index: count,
        entry: bytes,
        kind: { ...text, description: '`unknown`: an entry that nobody can read.' },
        proof: proofText,
      }),
    ),
    ...refusals,
  },
}

const checkpointSchema = {
  tags: ['logs'],
  operationId: 'checkpoint',
  summary: 'The newest checkpoint of a log that this node has verified.',
  params: object({ log: name }),
  response: { 200: plainText('C2SP tlog-checkpoint, a signed note.'), ...refusals },
}

const checkpointsSchema = {
  tags: ['logs'],
  operationId: 'checkpoints',
  summary: 'The newest checkpoint of every log that has one here.',
  response: {
    200: json('By log.', list(object({ log: name, size: count, checkpoint: text }))),
    ...refusals,
  },
}

const rosterSchema = {
  tags: ['logs'],
  operationId: 'roster',
  summary: 'The roster: who runs nodes and which organisations there are, signed by the authority.',
  response: { 200: plainText('A signed note.'), ...refusals },
}

export function logRoutes(app: FastifyInstance, { ledger, rosterNote }: Rooms): void {
  app.get<{ Params: { log: string; index: string } }>(
    '/v1/proof/:log/:index',
    { schema: proofSchema },
    async ({ params }) => {
      const place = Number(params.index)
      const proven = await ledger.prove(params.log, place)
      return { index: place, kind: kindOf(proven.entry), ...renderProven(proven) }
    },
  )

  app.get<{ Params: { log: string } }>(
    '/v1/checkpoint/:log',
    { schema: checkpointSchema },
    async ({ params }, reply) => {
      const head = ledger.heads().find(({ log }) => log === params.log)
      if (!head) throw new TamgaError('not-found', `there is no checkpoint of ${params.log} here`)
      return reply.type(PLAIN_TEXT).send(head.checkpoint)
    },
  )

  app.get('/v1/checkpoints', { schema: checkpointsSchema }, async () =>
    ledger.heads().map(({ log, checkpoint }) => ({ log, size: ledger.size(log), checkpoint })),
  )

  app.get('/v1/roster', { schema: rosterSchema }, async (_request, reply) =>
    reply.type(PLAIN_TEXT).send(rosterNote),
  )
}

/** Whatever a node signed stands in its log, also what makes no sense. */
function kindOf(entry: Uint8Array): string {
  try {
    return decodeEntry(entry).type
  } catch {
    return 'unknown'
  }
}
