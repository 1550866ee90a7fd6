/** An entry that counts, joined with what it rests on, as the parts of the register hear of it. */
import type { Entry } from '../../protocol/entry/entry.ts'
import type { PartCandidate } from '../../protocol/part.ts'
import type { Logged } from '../../protocol/rules/touched.ts'

/** What one search has found. */
export interface FoundBySearch {
  /** Candidates below this score were not reported. */
  readonly threshold: number
  /** Everybody whom it named, the person themself too. */
  readonly candidates: readonly PartCandidate[]
}

export interface Folded<E extends Entry = Entry> extends Logged<E> {
  /** Of an outcome, a cross-check and an enrolment: what the search has found that it rests on. */
  readonly search: FoundBySearch | undefined
  /** Of an enrolment: whom its search for duplicates named, besides the person themself. */
  readonly duplicates: readonly PartCandidate[]
  /** Of a new epoch: nodes that it has and that the one before had not. */
  readonly joined?: readonly string[]
}
