/** What a node found, as JSON: what names something in hexadecimal, what is kept in base64. */
import { toBase64, toHex } from '../../crypto/bytes.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import type { TamgaError } from '../../protocol/errors.ts'
import type { PartCandidate } from '../../protocol/part.ts'
import type { Enrolled } from '../enrol/enrol.ts'
import type { Found } from '../search/search.ts'

/** An answer for reading, and `proof`: the same, signed and with everything that proves it. */
export function renderFound({ answer, parts, encoded }: Found) {
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
    proof: toBase64(encoded),
  }
}

export function renderEnrolled({
  handle,
  shard,
  replicas,
  entry,
  index,
  duplicateCheck,
}: Enrolled) {
  return {
    handle: toHex(handle),
    shard,
    replicas,
    index,
    ...renderProven(entry),
    ...(duplicateCheck ? { duplicateCheck: renderFound(duplicateCheck) } : {}),
  }
}

export function renderProven({ log, entry, proof }: ProvenEntry) {
  return { log, entry: toBase64(entry), proof }
}

/** What went wrong inside is for the node's own log; a client learns that something did. */
export function renderError({ code, message }: TamgaError) {
  const shown = code === 'internal' ? 'the node failed at this; its log says why' : message
  return { error: { code, message: shown } }
}

function renderCandidate({ handle, ...candidate }: PartCandidate) {
  return { handle: toHex(handle), ...candidate }
}
