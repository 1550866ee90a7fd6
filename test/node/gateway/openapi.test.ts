import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, startGateway } from './support/client.ts'

interface Media {
  readonly schema?: Tree
}

interface Operation {
  readonly summary?: string
  readonly operationId?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: Tree }[]
  readonly requestBody?: { required?: boolean; content: Record<string, Media> }
  readonly responses: Record<string, { description?: string; content?: Record<string, Media> }>
}

interface Document {
  readonly openapi: string
  readonly info: { title?: string; version?: string }
  readonly tags: readonly { name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, Tree> }
}

type Tree = { readonly [key: string]: unknown }

/** Where deeds are done. */
const DEEDS = [
  '/v1/border/crossings',
  '/v1/cases/file',
  '/v1/cases/opinions',
  '/v1/cases/queue',
  '/v1/oversight/alarms',
  '/v1/oversight/breaches',
  '/v1/oversight/certificate-revocations',
  '/v1/oversight/holds',
  '/v1/oversight/log-copies',
  '/v1/oversight/relatives',
  '/v1/persons/accesses',
  '/v1/persons/deeds',
  '/v1/persons/eligibility',
  '/v1/persons/handle',
  '/v1/persons/identity',
  '/v1/persons/status',
  '/v1/policies',
  '/v1/watch-list',
]

/** Every route there is, and the statuses at which it says something of its own. */
const ROUTES: Record<string, readonly string[]> = {
  'get /health': ['200', '503'],
  'get /openapi.json': ['200'],
  'get /v1/border/watch-list': ['200'],
  'get /v1/checkpoint/{log}': ['200'],
  'get /v1/checkpoints': ['200'],
  'get /v1/logs/{log}/checkpoint': ['200'],
  'get /v1/logs/{log}/checkpoints/cosigned': ['200'],
  'get /v1/logs/{log}/records/{index}': ['200'],
  'get /v1/logs/{log}/tile/{*}': ['200'],
  'get /v1/disputes': ['200'],
  'get /v1/disputes/{dispute}': ['200'],
  'get /v1/samples': ['200'],
  'get /v1/samples/{query}': ['200'],
  'post /v1/replays': ['200'],
  'get /v1/evidence': ['200'],
  'get /v1/evidence/{log}': ['200'],
  'get /v1/policies': ['200'],
  'get /v1/proof/{log}/{index}': ['200'],
  'get /v1/roster': ['200'],
  'get /v1/statistics': ['200'],
  'get /v1/status': ['200'],
  'post /v1/border/inspections': ['201'],
  'post /v1/credentials': ['201'],
  'post /v1/decisions': ['200'],
  'post /v1/enrol': ['200', '201', '202'],
  'post /v1/identify': ['200'],
  'post /v1/prints': ['200'],
  'post /v1/revocations': ['201'],
  'post /v1/roster': ['201'],
  'post /v1/verify': ['200'],
  ...Object.fromEntries(DEEDS.map((path) => [`post ${path}`, ['201']])),
}

const SIGNED = ['statement', 'officer', 'signature', 'credential']

/** What the body of each must hold; of every path of deeds a deed and its signatures. */
const REQUIRED: Record<string, readonly string[]> = {
  'post /v1/border/inspections': ['deed', 'signatures', 'nonce'],
  'post /v1/credentials': ['credential'],
  'post /v1/decisions': ['citizenship', 'consent'],
  'post /v1/enrol': [...SIGNED, 'payload', 'application'],
  'post /v1/identify': [...SIGNED, 'payload'],
  'post /v1/prints': ['image'],
  'post /v1/replays': ['query', 'node', 'shard', 'people'],
  'post /v1/revocations': ['revocation'],
  'post /v1/roster': ['roster'],
  'post /v1/verify': [...SIGNED, 'payload'],
  'post /v1/oversight/relatives': ['deed', 'signatures', 'relatives'],
  'post /v1/persons/handle': ['deed', 'signatures', 'iin'],
}

/** What some answer with that is not JSON. */
const TYPES: Record<string, string> = {
  'get /v1/checkpoint/{log}': 'text/plain',
  'get /v1/border/watch-list': 'application/octet-stream',
  'get /v1/disputes/{dispute}': 'application/octet-stream',
  'get /v1/evidence/{log}': 'application/octet-stream',
  'get /v1/samples/{query}': 'application/octet-stream',
  'post /v1/replays': 'application/octet-stream',
  'get /v1/logs/{log}/checkpoint': 'text/plain',
  'get /v1/logs/{log}/checkpoints/cosigned': 'text/plain',
  'get /v1/logs/{log}/records/{index}': 'application/octet-stream',
  'get /v1/logs/{log}/tile/{*}': 'application/octet-stream',
  'get /v1/roster': 'text/plain',
}

const documents = suite('the OpenAPI document')

let mesh: TestMesh
let gateway: Gateway
let document: Document

documents.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  const { body } = await new Client(gateway).get<Document>('/openapi.json')
  document = body
})

documents.after(async () => {
  await gateway.close()
  await mesh.close()
})

documents('is one of OpenAPI 3.1, with a title and a version', () => {
  match(document.openapi, /^3\.1\.\d+$/)
  ok(document.info.title)
  match(document.info.version ?? '', /^\d+\.\d+\.\d+$/)
})

documents('has every route that the gateway answers, and no other', () => {
  equal(
    operations()
      .map(([name]) => name)
      .sort(),
    Object.keys(ROUTES).sort(),
  )
})

documents('says of every route what it is for, under a name of its own', () => {
  const tags = new Set(document.tags.map(({ name }) => name))
  for (const [name, { summary, tags: own = [] }] of operations()) {
    ok(summary, name)
    is(own.length, 1, name)
    ok(tags.has(own[0] ?? ''), name)
  }
  const ids = operations().map(([, { operationId }]) => operationId)
  is(new Set(ids).size, ids.length)
  is(ids.includes(undefined), false)
})

documents('says what every route answers, in which shape', () => {
  for (const [name, { responses }] of operations()) {
    const own = Object.keys(responses).filter((status) => !status.endsWith('XX'))
    equal(own.sort(), ROUTES[name], name)
    const type = TYPES[name] ?? 'application/json'
    for (const status of own) ok(responses[status]?.content?.[type]?.schema, `${name} ${status}`)
    for (const { description } of Object.values(responses)) {
      ok(description && description !== 'Default Response', name)
    }
  }
})

documents('gives the same shape to every error', () => {
  for (const [name, { responses }] of operations()) {
    if (name === 'get /openapi.json') continue
    for (const status of ['4XX', '5XX']) {
      const schema = responses[status]?.content?.['application/json']?.schema
      equal(schema, { $ref: '#/components/schemas/Error' }, `${name} ${status}`)
    }
  }
})

documents('declares what stands in the path and what must be in the body', () => {
  for (const [name, { parameters = [], requestBody }] of operations()) {
    const inPath = [...name.matchAll(/\{([\w*]+)\}/g)].map(([, parameter]) => String(parameter))
    equal(parameters.map((parameter) => parameter.name).sort(), inPath.sort(), name)
    for (const parameter of parameters) {
      is(parameter.in, 'path')
      is(parameter.required, true)
      ok(parameter.schema)
    }
    is(requestBody !== undefined, name.startsWith('post '), name)
    if (!requestBody) continue
    const { schema } = requestBody.content['application/json'] ?? {}
    equal(schema?.['required'], REQUIRED[name] ?? ['deed', 'signatures'], name)
    is(schema?.['additionalProperties'], false)
    for (const inner of objectsIn(schema)) is(inner['additionalProperties'], false, name)
  }
})

documents('refers to nothing that it does not hold', () => {
  const references = referencesIn(document)
  ok(references.length > 20)
  for (const reference of references) ok(resolved(reference), reference)
})

documents.run()

function operations(): [name: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => {
      return [`${method} ${path}`, operation]
    }),
  )
}

/** Every object that a schema describes, itself included. */
function objectsIn(schema: unknown): Tree[] {
  if (typeof schema !== 'object' || schema === null) return []
  const inner = Object.values(schema).flatMap(objectsIn)
  return 'properties' in schema ? [schema, ...inner] : inner
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  )
}

function resolved(reference: string): unknown {
  const [root, ...path] = reference.split('/')
  if (root !== '#') return undefined
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value ? (value as Tree)[key] : undefined),
    document,
  )
}
