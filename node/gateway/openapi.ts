/** The gateway's own description, made from the schemas by which it works. */
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { TamgaError } from '../../protocol/errors.ts'
import { json } from './schemas.ts'

/** Of the interface, not of the programme: the first number is the one in the paths. */
const API_VERSION = '1.0.0'

const schema = {
  tags: ['status'],
  operationId: 'openapi',
  summary: 'This document.',
  response: { 200: json('OpenAPI 3.1.', { type: 'object', additionalProperties: true }) },
}

/** To be called before any route is declared. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tamga node',
        version: API_VERSION,
        description:
          'One node of a fingerprint register without a centre. Whatever is asked about a person ' +
          'is signed by an officer and logged, and every answer comes with its proof. Fingers ' +
          'come as templates: that is what is signed and searched. Of images they are made before.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'enrolments', description: 'Who is in the register.' },
        { name: 'questions', description: 'Searching it.' },
        { name: 'prints', description: 'From images to what is signed.' },
        { name: 'persons', description: 'How somebody stands, and what changes it.' },
        { name: 'border', description: 'Who crossed it, and how that was decided.' },
        { name: 'cases', description: 'What examiners decide after a hit.' },
        { name: 'oversight', description: 'Who watches those who ask.' },
        { name: 'credentials', description: 'Who may ask.' },
        { name: 'law', description: 'The rules that the register goes by.' },
        { name: 'logs', description: 'What is needed to check what the nodes say.' },
        { name: 'status', description: 'This node.' },
      ],
    },
    refResolver: { buildLocalReference },
  })
  app.get('/openapi.json', { schema }, async () => app.swagger())
}

/** Every schema that is shared has a name, by which it stands in the document. */
function buildLocalReference({ $id }: { $id?: unknown }): string {
  if (typeof $id === 'string') return $id
  throw new TamgaError('internal', 'a shared schema without a name')
}
