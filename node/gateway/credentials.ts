/**
 * Credentials of officers and their ends. Whoever connects may hand one in: what counts is the
 * signature of an organisation of the roster.
 */
import type { FastifyInstance } from 'fastify'
import { CREDENTIAL_BYTES_MAX } from '../../protocol/credential.ts'
import type { Rooms } from './rooms.ts'
import { base64UpTo, body, count, json, name, object, refusals } from './schemas.ts'
import { bytesOf } from './signed-request.ts'

const logged = { 201: json('Logged here.', object({ log: name, index: count })), ...refusals }

const grantSchema = {
  tags: ['credentials'],
  operationId: 'grant',
  summary: "Makes an officer's credential known to the register.",
  body: body({
    credential: base64UpTo(CREDENTIAL_BYTES_MAX, 'As an organisation of the roster signed it.'),
  }),
  response: logged,
}

const revokeSchema = {
  tags: ['credentials'],
  operationId: 'revoke',
  summary: 'Makes known that a credential has ended.',
  body: body({
    revocation: base64UpTo(CREDENTIAL_BYTES_MAX, 'As an organisation of the roster signed it.'),
  }),
  response: logged,
}

export function credentialRoutes(app: FastifyInstance, node: Rooms): void {
  const { acts, name: log } = node

  app.post<{ Body: { credential: string } }>(
    '/v1/credentials',
    { schema: grantSchema },
    async (request, reply) => {
      const credential = bytesOf('credential', request.body.credential)
      return reply.code(201).send({ log, index: await acts.grant(credential) })
    },
  )

  app.post<{ Body: { revocation: string } }>(
    '/v1/revocations',
    { schema: revokeSchema },
    async (request, reply) => {
      const revocation = bytesOf('revocation', request.body.revocation)
      return reply.code(201).send({ log, index: await acts.revoke(revocation) })
    },
  )
}
