/**
 * A codec promises that a value holds no more than was sent, and counts characters for it. Words of
 * ours are sent as one byte each, so they are set aside before it counts.
 */
import {
  AGE_BANDS,
  CITIZENSHIPS,
  CONSENTS,
  MISSING_CAUSES,
  SEXES,
} from '../../../../protocol/rules/application.ts'
import { DOCUMENTS, LIFE_STATUSES } from '../../../../protocol/rules/eligibility.ts'
import {
  DNA_CONSENTS,
  DNA_GROUNDS,
  DUTIES,
  OPEN_CASES,
  STANDINGS,
  TAKEN_AS,
} from '../../../../protocol/rules/policy.ts'
import type { Subject } from '../../support/codec-promises.ts'

const WORDS: ReadonlySet<unknown> = new Set<string>([
  ...[AGE_BANDS, CITIZENSHIPS, CONSENTS, MISSING_CAUSES, SEXES, DOCUMENTS, LIFE_STATUSES].flat(),
  ...[DNA_CONSENTS, DNA_GROUNDS, DUTIES, OPEN_CASES, STANDINGS, TAKEN_AS].flat(),
])

/** The value under the key that the promises do not count, and beside it what they do. */
export interface Aside<T> {
  readonly type: T
  readonly counted: unknown
}

export function aside<T>(value: T): Aside<T> {
  return { type: value, counted: withoutWords(value) }
}

export function subjectAside<T>(subject: Subject<T>): Subject<Aside<T>> {
  return {
    ...subject,
    encode: ({ type }) => subject.encode(type),
    decode: (encoded) => aside(subject.decode(encoded)),
  }
}

function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords)
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) {
    return WORDS.has(value) ? '' : value
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutWords(item)]))
}
