/** What is needed to check what the nodes say: checkpoints and proofs. */
import type { FastifyInstance } from 'fastify'
import { toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Rooms } from './rooms.ts'
import {
  count,
  index,
  json,
  leaf,
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
  summary: 'The proof that an entry stands in its log.',
  description:
    'Whoever has the entry can check it by this. What stands in it is not told: a log is read ' +
    'whole, by auditors, from a copy.',
  params: object({ log: name, index }),
  response: {
    200: json('The proof.', object({ log: name, index: count, leaf, proof: proofText })),
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

const checkpoints = object(
  {
    log: name,
    size: count,
    checkpoint: text,
    cosigned: { ...text, description: 'The newest that a quorum of witnesses has cosigned.' },
  },
  ['cosigned'],
)

const checkpointsSchema = {
  tags: ['logs'],
  operationId: 'checkpoints',
  summary: 'The newest checkpoint of every log that has one here.',
  response: {
    200: json('By log.', list(checkpoints)),
    ...refusals,
  },
}

export function logRoutes(app: FastifyInstance, { ledger }: Rooms): void {
  app.get<{ Params: { log: string; index: string } }>(
    '/v1/proof/:log/:index',
    { schema: proofSchema },
    async ({ params }) => {
      const place = Number(params.index)
      const { log, entry, proof } = await ledger.prove(params.log, place)
      return { log, index: place, leaf: toHex(hashLeaf(entry)), proof }
    },
  )

  app.get<{ Params: { log: string } }>(
    '/v1/checkpoint/:log',
    { schema: checkpointSchema },
    async ({ params }, reply) => {
      const head = ledger.checkpoints().find(({ log }) => log === params.log)
      if (!head) throw new TamgaError('not-found', `there is no checkpoint of ${params.log} here`)
      return reply.type(PLAIN_TEXT).send(head.checkpoint)
    },
  )

  app.get('/v1/checkpoints', { schema: checkpointsSchema }, async () => ledger.checkpoints())
}
