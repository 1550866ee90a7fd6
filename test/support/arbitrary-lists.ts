/** Any page of the lists that a node makes of its logs. */
import fc from 'fast-check'
import { type Access, type AccessList } from '../../protocol/access-list.ts'
import { digestWatched, type WatchDigests } from '../../protocol/border/watch-digests.ts'
import type { BreachAct, BreachReport } from '../../protocol/breach-report.ts'
import { ROLES } from '../../protocol/credential.ts'
import { BATCH_RECORDS_MAX, SIGNATURES_MAX } from '../../protocol/limits.ts'
import { ACCESS_KINDS } from '../../protocol/rules/touched.ts'
import {
  digests,
  handles,
  maybe,
  recordProofs,
  nodes,
  objects,
  texts,
  times,
} from './arbitraries.ts'

const paths = fc.array(digests, { maxLength: 4 })
const frontiers = fc.array(objects({ node: nodes, size: times, checkpoint: texts() }), {
  maxLength: 3,
})

export const accesses: fc.Arbitrary<Access> = objects<Access>({
  log: nodes,
  index: times,
  record: maybe(fc.nat(BATCH_RECORDS_MAX - 1)),
  leaf: digests,
  path: paths,
  batch: maybe(recordProofs),
  at: times,
  kind: fc.constantFrom(...ACCESS_KINDS),
  by: fc.array(
    objects<Access['by'][number]>({
      organisation: nodes,
      role: fc.constantFrom(...ROLES),
      purpose: fc.constantFrom('border', 'justice', 'other'),
      legalBasis: texts(),
    }),
    { maxLength: SIGNATURES_MAX },
  ),
})

export const accessLists: fc.Arbitrary<AccessList> = objects<AccessList>({
  network: texts(),
  node: nodes,
  handle: handles,
  at: times,
  frontier: frontiers,
  unheard: fc.array(nodes, { maxLength: 2 }),
  offset: times,
  total: times,
  accesses: fc.array(accesses, { maxLength: 3 }),
})

const acts: fc.Arbitrary<BreachAct> = objects<BreachAct>({
  log: nodes,
  index: times,
  record: maybe(fc.nat(BATCH_RECORDS_MAX - 1)),
  leaf: digests,
  path: paths,
  batch: maybe(recordProofs),
  at: times,
  what: fc.constantFrom('enrol', 'outcome', 'refused', 'erasure', 'resolution'),
  handles: fc.array(handles, { maxLength: 4 }),
  case: maybe(digests),
  extent: fc.constantFrom('these', 'unknown'),
})

export const breachReports: fc.Arbitrary<BreachReport> = objects<BreachReport>({
  network: texts(),
  node: nodes,
  officer: digests,
  from: times,
  to: times,
  at: times,
  frontier: frontiers,
  unheard: fc.array(nodes, { maxLength: 2 }),
  offset: times,
  total: times,
  acts: fc.array(acts, { maxLength: 3 }),
})

export const watchCopies: fc.Arbitrary<WatchDigests> = fc
  .tuple(
    objects<Omit<WatchDigests, 'digests'>>({
      network: texts(),
      node: nodes,
      at: times,
      salt: digests,
    }),
    fc.array(handles, { maxLength: 4 }),
  )
  .map(([about, watched]) => digestWatched(watched, about))
