/** Which logs were caught signing two histories, with the evidence for anybody to check. */
import type { FastifyInstance } from 'fastify'
import { TamgaError } from '../../protocol/errors.ts'
import { EVIDENCE_KINDS } from '../../protocol/evidence.ts'
import type { Rooms } from './rooms.ts'
import { binary, json, list, name, object, oneOf, refusals, text } from './schemas.ts'

const listSchema = {
  tags: ['logs'],
  operationId: 'evidences',
  summary: 'The logs whose keys were caught signing two histories.',
  response: {
    200: json(
      'In the order of the roster; empty while all is well.',
      list(
        object(
          {
            log: name,
            kind: oneOf(EVIDENCE_KINDS, 'Absent, as the notes, where the evidence is damaged.'),
            first: { ...text, description: 'A signed note.' },
            second: { ...text, description: 'A signed note that contradicts it.' },
          },
          ['kind', 'first', 'second'],
        ),
      ),
    ),
    ...refusals,
  },
}

const evidenceSchema = {
  tags: ['logs'],
  operationId: 'evidence',
  summary: 'The evidence against a log, as a file that convicts by itself.',
  description: 'To be checked with `tamga evidence verify`, which needs the roster and no node.',
  params: object({ log: name }),
  response: { 200: binary('Tamga evidence.'), ...refusals },
}

export function evidenceRoutes(app: FastifyInstance, { ledger }: Rooms): void {
  const { quarantine } = ledger

  app.get('/v1/evidence', { schema: listSchema }, async () =>
    quarantine.logs().map((log) => {
      const { kind, first, second } = quarantine.conviction(log) ?? {}
      return { log, kind, first: first?.note, second: second?.note }
    }),
  )

  app.get<{ Params: { log: string } }>(
    '/v1/evidence/:log',
    { schema: evidenceSchema },
    async ({ params: { log } }, reply) => {
      const evidence = quarantine.evidence(log)
      if (!evidence) throw new TamgaError('not-found', `there is no evidence against ${log} here`)
      return reply.type('application/octet-stream').send(Buffer.from(evidence))
    },
  )
}
