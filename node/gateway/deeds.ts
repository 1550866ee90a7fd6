/**
 * Deeds over HTTP: a path for each thing that officers come for, and one handler behind them all.
 * The table is the whole of it.
 */
import type { FastifyInstance } from 'fastify'
import { LIFE_DEEDS, type DeedType } from '../../protocol/deed.ts'
import { DEED_BODIES } from './body-schemas.ts'
import { RESULTS } from './deed-schemas.ts'
import type { LogCopies } from './log-copies.ts'
import { renderRecorded } from './render-deed.ts'
import type { Rooms } from './rooms.ts'
import { bytes, count, json, name, object, proofText, refusals } from './schemas.ts'
import { readDeed, type DeedBody } from './signed-request.ts'

interface DeedRoute {
  readonly operationId: string
  readonly tag: 'persons' | 'border' | 'cases' | 'oversight' | 'law'
  readonly deeds: readonly DeedType[]
  readonly summary: string
  readonly result: keyof typeof RESULTS
  readonly body?: keyof typeof DEED_BODIES
}

const ROUTES: Readonly<Record<string, DeedRoute>> = {
  '/v1/persons/deeds': {
    operationId: 'changeLife',
    tag: 'persons',
    deeds: LIFE_DEEDS,
    summary: 'What changes how a person stands: a refusal, a document, an erasure and the like.',
    result: 'done',
  },
  '/v1/persons/status': {
    operationId: 'personStatus',
    tag: 'persons',
    deeds: ['status'],
    summary: 'How a person stands, and how it came to that.',
    result: 'status',
  },
  '/v1/persons/eligibility': {
    operationId: 'eligibility',
    tag: 'persons',
    deeds: ['eligibility'],
    summary: 'Whether a document may be issued to a person today, and if not, why.',
    result: 'eligibility',
  },
  '/v1/persons/accesses': {
    operationId: 'accesses',
    tag: 'persons',
    deeds: ['accesses'],
    summary: 'Who has looked at the record of a person.',
    result: 'accesses',
    body: 'deed-and-offset',
  },
  '/v1/persons/handle': {
    operationId: 'handle',
    tag: 'persons',
    deeds: ['resolution'],
    summary: 'Under which handle a person is known who shows an identification number.',
    result: 'resolution',
    body: 'deed-and-iin',
  },
  '/v1/persons/identity': {
    operationId: 'identity',
    tag: 'persons',
    deeds: ['release'],
    summary: 'Whose number a handle is, after an examiner has confirmed a hit: takes two.',
    result: 'release',
  },
  '/v1/border/crossings': {
    operationId: 'cross',
    tag: 'border',
    deeds: ['crossing'],
    summary:
      'What an inspection found and what the officer decided; against its step, with a reason.',
    result: 'done',
  },
  '/v1/cases/queue': {
    operationId: 'caseQueue',
    tag: 'cases',
    deeds: ['case-queue'],
    summary: 'The cases that wait for this examiner, the most overdue first.',
    result: 'case-queue',
  },
  '/v1/cases/file': {
    operationId: 'caseFile',
    tag: 'cases',
    deeds: ['case-file'],
    summary: 'A case: whom the search named, with the score of every finger.',
    result: 'case-file',
  },
  '/v1/cases/opinions': {
    operationId: 'opine',
    tag: 'cases',
    deeds: ['opinion', 'second-examiner'],
    summary: 'An opinion on a case, or the demand for a second, blind one.',
    result: 'done',
  },
  '/v1/oversight/breaches': {
    operationId: 'breach',
    tag: 'oversight',
    deeds: ['breach'],
    summary: "Which records an officer's key touched in a period.",
    result: 'breach',
    body: 'deed-and-offset',
  },
  '/v1/oversight/alarms': {
    operationId: 'alarms',
    tag: 'oversight',
    deeds: ['alarms'],
    summary: 'What is striking in how officers ask, the newest first.',
    result: 'alarms',
  },
  '/v1/oversight/log-copies': {
    operationId: 'copyLogs',
    tag: 'oversight',
    deeds: ['log-copy'],
    summary: 'Lets an auditor fetch the entries of all logs for some hours, by a token.',
    result: 'log-copy',
  },
  '/v1/oversight/holds': {
    operationId: 'hold',
    tag: 'oversight',
    deeds: ['hold'],
    summary: 'Keeps one access from the person concerned, until a day on which it is released.',
    result: 'done',
  },
  '/v1/oversight/relatives': {
    operationId: 'relatives',
    tag: 'oversight',
    deeds: ['relatives'],
    summary: 'Declares whose records an officer must not look at: it alarms when they do.',
    result: 'done',
    body: 'deed-and-relatives',
  },
  '/v1/oversight/certificate-revocations': {
    operationId: 'revokeCertificate',
    tag: 'oversight',
    deeds: ['certificate-revocation'],
    summary: 'Has no node take the TLS certificate of a post or a station any more.',
    result: 'done',
  },
  '/v1/watch-list': {
    operationId: 'watch',
    tag: 'oversight',
    deeds: ['watch'],
    summary: 'Puts a person on the watch list, or takes one off: takes two.',
    result: 'done',
  },
  '/v1/policies': {
    operationId: 'adopt',
    tag: 'law',
    deeds: ['policy'],
    summary: 'Brings a policy into force from its date on: takes two.',
    result: 'done',
  },
}

export function deedRoutes(
  app: FastifyInstance,
  { acts, roster }: Rooms,
  { copies }: { copies: LogCopies },
): void {
  for (const [path, { operationId, tag, deeds, summary, ...route }] of Object.entries(ROUTES)) {
    const { result, body = 'deed' } = route
    const recorded = object({
      log: name,
      index: count,
      entry: bytes,
      proof: proofText,
      result: RESULTS[result],
    })
    const schema = {
      tags: [tag],
      operationId,
      summary,
      description: `It is logged before anything is told. Deeds: ${deeds.join(', ')}.`,
      body: DEED_BODIES[body],
      response: { 201: json('Done and logged, with proof.', recorded), ...refusals },
    }
    app.post<{ Body: DeedBody }>(path, { schema }, async (request, reply) => {
      const done = await acts.record(readDeed(request, deeds))
      if (done.reading.of === 'log-copy') copies.allow(done.reading)
      return reply.code(201).send(renderRecorded(done, roster))
    })
  }
}
