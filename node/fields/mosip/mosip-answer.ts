/** What MOSIP is answered. Source: MOSIP ABIS API 0.9, and the schemas of its testing kit. */
import { FAILURES, type Failure } from './failure.ts'
import type { Head } from './mosip-request.ts'

const SUCCESS = '1'
const FAILED = '2'

/** Whom a search has named, by the name that MOSIP has for them. */
export interface NamedCandidate {
  readonly referenceId: string
  readonly score: number
  /** The share of strangers who reach this score. */
  readonly falseMatchRate: number
}

export type Result =
  | { readonly type: 'done' }
  | { readonly type: 'candidates'; readonly candidates: readonly NamedCandidate[] }
  | { readonly type: 'count' | 'jobscount'; readonly count: number }
  | { readonly type: 'failure'; readonly failure: Failure }

export function renderAnswer({ id, requestId }: Head, result: Result, now: number): string {
  const responsetime = new Date(now).toISOString()
  const head = { id, requestId, responsetime }
  if (result.type === 'failure') {
    const failureReason = String(FAILURES[result.failure])
    return JSON.stringify({ ...head, returnValue: FAILED, failureReason })
  }
  return JSON.stringify({ ...head, returnValue: SUCCESS, ...renderResult(result) })
}

function renderResult(result: Exclude<Result, { type: 'failure' }>): object {
  if (result.type === 'done') return {}
  if (result.type !== 'candidates') return { [result.type]: String(result.count) }
  const candidates = result.candidates.map(renderCandidate)
  return { candidateList: { count: String(candidates.length), candidates } }
}

/** Only fingers are compared: what they say is what the whole says. */
function renderCandidate({ referenceId, score, falseMatchRate }: NamedCandidate): object {
  const analytics = { internalScore: String(score), falseMatchRate: String(falseMatchRate) }
  return { referenceId, analytics, modalities: [{ biometricType: 'FIR', analytics }] }
}
