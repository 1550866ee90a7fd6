/**
 * The law, for anybody to read: which policies the register knows, what they decide about somebody,
 * and how often its searches have erred. Nothing here is logged or kept.
 */
import type { FastifyInstance } from 'fastify'
import { civilDateAt } from '../../protocol/rules/civil-date.ts'
import type { ErrorRates } from '../../protocol/rules/error-rates.ts'
import type { Clock } from '../clock.ts'
import { decideAbout, type Facts } from './decision.ts'
import { decision, factsBody } from './law-schemas.ts'
import type { Rooms } from './rooms.ts'
import { date, json, list, object, refusals, text, type Schema } from './schemas.ts'

const policiesSchema = {
  tags: ['law'],
  operationId: 'policies',
  summary: 'Every policy that the register knows, and which is in force today.',
  response: {
    200: json(
      'By the date from which they are in force.',
      object(
        {
          today: date,
          inForce: { ...text, description: 'Id of the policy; absent where none is.' },
          policies: list({ $ref: 'Policy#' }),
        },
        ['inForce'],
      ),
    ),
    ...refusals,
  },
}

const decisionsSchema = {
  tags: ['law'],
  operationId: 'decide',
  summary: 'What the law says about somebody: a calculator, which enrols and keeps nothing.',
  body: factsBody,
  response: { 200: json('The decision, with its reasons.', decision), ...refusals },
}

const byName: Schema = { type: 'object', additionalProperties: { $ref: 'ErrorRates#' } }

const statisticsSchema = {
  tags: ['law'],
  operationId: 'statistics',
  summary: 'How often searches for duplicates have erred, as far as cases are decided.',
  response: {
    200: json(
      'In all, and by region, sex and age band.',
      object({
        all: { $ref: 'ErrorRates#' },
        byRegion: byName,
        bySex: byName,
        byAgeBand: byName,
      }),
    ),
    ...refusals,
  },
}

export function lawRoutes(app: FastifyInstance, { registry }: Rooms, clock: Clock): void {
  app.get('/v1/policies', { schema: policiesSchema }, async () => {
    const now = clock.now()
    const { policies } = registry.laws
    return { today: civilDateAt(now), inForce: registry.laws.current(now)?.id, policies }
  })

  app.post<{ Body: Facts }>('/v1/decisions', { schema: decisionsSchema }, async ({ body }) =>
    decideAbout(body, registry.laws.policies, civilDateAt(clock.now())),
  )

  app.get('/v1/statistics', { schema: statisticsSchema }, async () => {
    const { all, byRegion, bySex, byAgeBand } = registry.cases.statistics()
    return {
      all,
      byRegion: rendered(byRegion),
      bySex: rendered(bySex),
      byAgeBand: rendered(byAgeBand),
    }
  })
}

function rendered(rates: ReadonlyMap<string, ErrorRates>): Record<string, ErrorRates> {
  return Object.fromEntries(rates)
}
