/** Who is it, and is it this one: the routes of a search. */
import type { FastifyInstance } from 'fastify'
import { questionBody } from './body-schemas.ts'
import { hungUp } from './hung-up.ts'
import { renderFound } from './render.ts'
import type { Rooms } from './rooms.ts'
import { json, refusals } from './schemas.ts'
import { readSignedRequest, type CapturedBody } from './signed-request.ts'

interface QuestionBody extends CapturedBody {
  readonly limit: number
  readonly timeoutMs: number
}

const SUMMARIES = {
  identify: 'Who is it: searches every shard.',
  verify: 'Is it this person: searches the shard of the handle in the statement.',
} as const

export function questionRoutes(app: FastifyInstance, node: Rooms): void {
  for (const action of ['identify', 'verify'] as const) {
    const schema = {
      tags: ['questions'],
      operationId: action,
      summary: SUMMARIES[action],
      description:
        'The question is logged before a shard is asked. Silent shards are named in the answer; ' +
        'they are no error.',
      body: questionBody,
      response: { 200: json('The answer, with its proof.', { $ref: 'Answer#' }), ...refusals },
    }
    app.post<{ Body: QuestionBody }>(`/v1/${action}`, { schema }, async (sent, reply) => {
      const { limit, timeoutMs } = sent.body
      const request = readSignedRequest(sent, [action])
      const signal = hungUp(reply)
      return renderFound(await node.search.ask({ ...request, limit, timeoutMs, signal }))
    })
  }
}
