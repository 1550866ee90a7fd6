/** What a node says of itself: its numbers, and whether it can do its work. */
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../clock.ts'
import { healthOf } from './health.ts'
import type { Rooms } from './rooms.ts'
import { count, flag, json, list, name, object, refusals, text } from './schemas.ts'

const health = object({
  healthy: flag,
  checks: list(object({ name: text, passed: flag, detail: text })),
})

const healthSchema = {
  tags: ['status'],
  operationId: 'health',
  summary: 'Whether this node can log, search its own shards and reach all the others.',
  description:
    'A law that is lacking, and cases that wait too long, are shown: no restart cures them.',
  response: {
    ...refusals,
    200: json('It can.', health),
    503: json('It cannot; the checks say why.', health),
  },
}

const statusSchema = {
  tags: ['status'],
  operationId: 'status',
  summary: 'The node, its register and its peers in numbers.',
  response: {
    200: json(
      'As of now.',
      object({
        node: name,
        network: text,
        epoch: count,
        shards: { ...list(count), description: 'The shards of which this node is a replica.' },
        missing: { ...count, description: 'Persons whose sealed records should be here.' },
        erasuresDue: {
          ...count,
          description: 'Persons erased of whom not every replica has destroyed every record yet.',
        },
        people: count,
        entries: {
          type: 'object',
          additionalProperties: count,
          description: 'Entries of all logs by kind.',
        },
        logs: list(object({ log: name, size: count })),
        peers: list(object({ name, connected: flag })),
      }),
    ),
    ...refusals,
  },
}

export function statusRoutes(app: FastifyInstance, node: Rooms, clock: Clock): void {
  app.get('/health', { schema: healthSchema }, async (_request, reply) => {
    const found = healthOf(node, clock.now())
    return reply.code(found.healthy ? 200 : 503).send(found)
  })

  app.get('/v1/status', { schema: statusSchema }, async () => statusOf(node))
}

function statusOf({ name: self, roster, keeper, registry, ledger, mesh }: Rooms) {
  const connected = new Set(mesh.connected())
  return {
    node: self,
    network: roster.network,
    epoch: roster.epoch,
    shards: keeper.shards,
    missing: keeper.missing,
    erasuresDue: registry.erasures.peopleDue,
    people: registry.people,
    entries: Object.fromEntries(registry.entries),
    logs: ledger.frontier().map(({ node, size }) => ({ log: node, size })),
    peers: mesh.peers().map((peer) => ({ name: peer, connected: connected.has(peer) })),
  }
}
