/** What a node found, as JSON: what names something in hexadecimal, what is kept in base64. */
import { toBase64, toHex } from '../../crypto/bytes.ts'
import { falseMatchRate } from '../../matcher/threshold.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import type { TamgaError } from '../../protocol/errors.ts'
import type { Witnessed } from '../../protocol/quorum.ts'
import type { PartCandidate } from '../../protocol/part.ts'
import { sentenceOf, type ReasonCode } from '../../protocol/rules/reasons/reason.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import type { Enrolled } from '../enrol/enrol.ts'
import type { Found } from '../search/search.ts'

/** An answer for reading, and `proof`: the same, signed and with everything that proves it. */
export function renderFound({ answer, parts, witnessed, encoded }: Found) {
  const { verdict, queryId, node, at, threshold, action, shards, candidates } = answer
  const silent = shards.filter(({ answeredBy }) => answeredBy === undefined)
  const counts = parts.flatMap((part) => part.shards)
  return {
    verdict,
    queryId: toHex(queryId),
    node,
    at,
    threshold,
    action,
    shards: {
      total: shards.length,
      answered: shards.length - silent.length,
      silent: silent.map(({ shard }) => shard),
      outcomes: shards,
    },
    candidates: candidates.map(renderCandidate),
    searched: counts.reduce((sum, { searched }) => sum + searched, 0),
    witnessed: renderWitnessed(witnessed, at),
    proof: toBase64(encoded),
  }
}

/** Who has cosigned, by name; `ageMs` is how long before `now` the quorum was complete. */
export function renderWitnessed(
  { isWitnessed, isSafe, witnesses, mirrors, at }: Witnessed,
  now: number,
) {
  return {
    quorum: isWitnessed,
    cosignatures: witnesses.length,
    witnesses: witnesses.map(({ node }) => node),
    mirrors: mirrors.map(({ node }) => node),
    safe: isSafe,
    ...(at === undefined ? {} : { at, ageMs: Math.max(0, now - at) }),
  }
}

export function renderEnrolled(
  {
    handle,
    status,
    case: about,
    shard,
    replicas,
    entry,
    index,
    witnessed,
    duplicateCheck,
  }: Enrolled,
  now: number,
) {
  return {
    handle: toHex(handle),
    status,
    ...(status === 'suspended' && about ? { case: toHex(about) } : {}),
    shard,
    replicas,
    index,
    ...renderProven(entry),
    witnessed: renderWitnessed(witnessed, now),
    ...(duplicateCheck ? { duplicateCheck: renderFound(duplicateCheck) } : {}),
  }
}

export function renderProven({ log, entry, proof }: ProvenEntry) {
  return { log, entry: toBase64(entry), proof }
}

/** What went wrong inside is for the node's own log; a client learns that something did. */
export function renderError(error: TamgaError) {
  const { code, message } = error
  const shown = code === 'internal' ? 'the node failed at this; its log says why' : message
  const reasons = error instanceof RuleRefusal ? { reasons: renderReasons(error.reasons) } : {}
  return { error: { code, message: shown, ...reasons } }
}

/** Codes for machines, and the sentences for whoever stands at the counter. */
export function renderReasons(codes: readonly ReasonCode[]) {
  return codes.map((code) => {
    const [en, kk, ru] = [sentenceOf(code, 'en'), sentenceOf(code, 'kk'), sentenceOf(code, 'ru')]
    return { code, en, kk, ru }
  })
}

export function renderCandidate({ handle, ...candidate }: PartCandidate) {
  const { score, fingers } = candidate
  const rate = falseMatchRate(score, fingers.length)
  return { handle: toHex(handle), ...candidate, falseMatchRate: rate }
}
