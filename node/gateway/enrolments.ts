/** Enrolling people, and where their enrolments stand. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { fromHex } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { DuplicateFound } from '../enrol/enrol.ts'
import { renderEnrolled, renderError, renderFound } from './render.ts'
import type { Rooms } from './rooms.ts'
import { count, handle, json, list, name, object, refusals, signedBody, time } from './schemas.ts'
import { readSignedRequest, type SignedBody } from './signed-request.ts'

const enrolSchema = {
  tags: ['enrolments'],
  operationId: 'enrol',
  summary: 'Enrols a person, unless somebody with these fingers is enrolled already.',
  body: signedBody,
  response: {
    200: json('Enrolled before, with this payload.', { $ref: 'Enrolled#' }),
    201: json('Enrolled.', { $ref: 'Enrolled#' }),
    409: json(
      'A duplicate, with the answer that shows whose, or a conflict with another enrolment.',
      object({ error: { $ref: 'Error#/properties/error' }, answer: { $ref: 'Answer#' } }, [
        'answer',
      ]),
    ),
    ...refusals,
  },
}

const enrolmentSchema = {
  tags: ['enrolments'],
  operationId: 'enrolment',
  summary: 'Where the enrolment of a person stands.',
  params: object({ handle }),
  response: {
    200: json(
      'The enrolment that counts.',
      object({ handle, shard: count, replicas: list(name), log: name, index: count, at: time }),
    ),
    ...refusals,
  },
}

export function enrolmentRoutes(app: FastifyInstance, node: Rooms): void {
  app.post<{ Body: SignedBody }>('/v1/enrol', { schema: enrolSchema }, async ({ body }, reply) => {
    const request = readSignedRequest(body, 'enrol', node.roster)
    try {
      const enrolled = await node.enrolment.enrol(request)
      return reply.code(enrolled.duplicateCheck ? 201 : 200).send(renderEnrolled(enrolled))
    } catch (error) {
      if (error instanceof DuplicateFound) return sendDuplicate(reply, error)
      throw error
    }
  })

  app.get<{ Params: { handle: string } }>(
    '/v1/enrolments/:handle',
    { schema: enrolmentSchema },
    async ({ params }) => {
      const enrolled = node.registry.person(fromHex(params.handle))
      if (!enrolled) throw new TamgaError('not-found', 'nobody is enrolled under this handle')
      const { shard, log, index, at } = enrolled
      const replicas = replicasOf(shard, node.roster)
      return { handle: params.handle, shard, replicas, log, index, at }
    },
  )
}

function sendDuplicate(reply: FastifyReply, duplicate: DuplicateFound): FastifyReply {
  const { httpStatus } = duplicate.consequence
  const answer = renderFound(duplicate.found)
  return reply.code(httpStatus).send({ ...renderError(duplicate), answer })
}
