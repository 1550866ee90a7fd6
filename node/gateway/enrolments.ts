/** Enrolling people, and taking the prints of somebody enrolled anew. */
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../clock.ts'
import { enrolmentBody } from './body-schemas.ts'
import { renderEnrolled } from './render.ts'
import type { Rooms } from './rooms.ts'
import { json, refusals } from './schemas.ts'
import { bytesOf, readSignedRequest, type CapturedBody } from './signed-request.ts'

interface EnrolmentBody extends CapturedBody {
  readonly application: string
}

const schema = {
  tags: ['enrolments'],
  operationId: 'enrol',
  summary: 'Enrols a person, or takes the prints of one anew, as the statement says.',
  description:
    'Everybody is first searched for. That somebody with such fingers is here already decides ' +
    'nothing: the enrolment is held until an examiner has said whether it is one person or two.',
  body: enrolmentBody,
  response: {
    200: json('Enrolled before, with this payload.', { $ref: 'Enrolled#' }),
    201: json('Enrolled.', { $ref: 'Enrolled#' }),
    202: json('Enrolled and held: the search named somebody.', { $ref: 'Enrolled#' }),
    ...refusals,
  },
}

export function enrolmentRoutes(app: FastifyInstance, { enrolment }: Rooms, clock: Clock): void {
  app.post<{ Body: EnrolmentBody }>('/v1/enrol', { schema }, async (sent, reply) => {
    const request = readSignedRequest(sent, ['enrol', 'update'])
    const application = bytesOf('application', sent.body.application)
    const enrolled = await enrolment.enrol({ ...request, application })
    const isNew = enrolled.duplicateCheck !== undefined
    const status = !isNew ? 200 : enrolled.status === 'suspended' ? 202 : 201
    return reply.code(status).send(renderEnrolled(enrolled, clock.now()))
  })
}
