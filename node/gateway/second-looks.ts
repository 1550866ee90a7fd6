/**
 * What auditors come for who want to see whether replicas do their work: queries that were drawn,
 * replays of them, and replicas that contradict each other. No probe leaves the node to them; what
 * they see stands in the logs, or is digests.
 */
import type { FastifyInstance } from 'fastify'
import { fromBase64, fromHex } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { QUERY_ID_BYTES } from '../../protocol/identifiers.ts'
import { SHARDS_MAX } from '../../protocol/limits.ts'
import { BLOCK_PEOPLE } from '../../protocol/score-tree.ts'
import type { Rooms } from './rooms.ts'
import { base64, binary, body, count, handle, hex, json, list } from './schemas.ts'
import { name, object, refusals } from './schemas.ts'

const queryId = hex(QUERY_ID_BYTES, 'A query.')
const shard = { ...count, maximum: SHARDS_MAX - 1 }
const disputeName = { type: 'string', pattern: '^[0-9a-f]{32}-(0|[1-9][0-9]{0,3})$' }
const tags = ['logs']

const samplesSchema = {
  tags,
  operationId: 'samples',
  summary: 'The queries of this node that were drawn to be looked at again, the oldest first.',
  response: { 200: json('Those that are kept.', list(queryId)), ...refusals },
}

const sampleSchema = {
  tags,
  operationId: 'sample',
  summary: 'The answer to a query that was drawn, and the digests that its parts were made of.',
  params: object({ query: queryId }),
  response: { 200: binary('A Tamga sample.'), ...refusals },
}

const replaySchema = {
  tags,
  operationId: 'replay',
  summary: 'Has a node compare a block of people again with the probe of a query that was drawn.',
  description: 'In the order of the template set. What the node says is signed by it.',
  body: body({
    query: queryId,
    node: name,
    shard,
    people: list(
      body({ handle, commitment: base64(32, 'Of the enrolment that names the person.') }),
      BLOCK_PEOPLE,
    ),
  }),
  response: { 200: binary('A signed Tamga replay.'), ...refusals },
}

const disputesSchema = {
  tags,
  operationId: 'disputes',
  summary: 'Replicas that contradicted each other: the query and shard of each.',
  response: { 200: json('Empty while all is well.', list(disputeName)), ...refusals },
}

const disputeSchema = {
  tags,
  operationId: 'dispute',
  summary: 'What proves it, as a file: checked with `tamga evidence verify` and the roster.',
  params: object({ dispute: disputeName }),
  response: { 200: binary('A Tamga dispute.'), ...refusals },
}

interface ReplayBody {
  readonly query: string
  readonly node: string
  readonly shard: number
  readonly people: readonly { readonly handle: string; readonly commitment: string }[]
}

const BINARY = 'application/octet-stream'

export function secondLookRoutes(app: FastifyInstance, node: Rooms): void {
  const { samples, replayer, disputes } = node

  app.get('/v1/samples', { schema: samplesSchema }, async () => samples.queries())

  app.get<{ Params: { query: string } }>(
    '/v1/samples/:query',
    { schema: sampleSchema },
    async ({ params: { query } }, reply) => {
      const sample = samples.encoded(query)
      if (!sample) throw new TamgaError('not-found', 'this query is not kept here')
      return reply.type(BINARY).send(Buffer.from(sample))
    },
  )

  app.post<{ Body: ReplayBody }>(
    '/v1/replays',
    { schema: replaySchema },
    async ({ body: { query, people, ...rest } }, reply) => {
      const named = people.map(({ handle: id, commitment }) => {
        return { handle: fromHex(id), commitment: fromBase64(commitment) }
      })
      const replay = await replayer.ask({ ...rest, queryId: query, people: named })
      return reply.type(BINARY).send(Buffer.from(replay))
    },
  )

  app.get('/v1/disputes', { schema: disputesSchema }, async () => disputes.names())

  app.get<{ Params: { dispute: string } }>(
    '/v1/disputes/:dispute',
    { schema: disputeSchema },
    async ({ params: { dispute } }, reply) => {
      const evidence = await disputes.evidence(dispute)
      if (!evidence) throw new TamgaError('not-found', 'there is no such dispute here')
      return reply.type(BINARY).send(Buffer.from(evidence))
    },
  )
}
