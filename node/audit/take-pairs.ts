/** Tells the coverage of pairs of an entry that counts: of a log in its order. */
import type { PairCoverage } from '../../protocol/pairs/pair-coverage.ts'
import type { Folded } from './folded.ts'

export function takePairs(pairs: PairCoverage, folded: Folded): void {
  const { entry, search } = folded
  if ('frontier' in entry) pairs.see(folded, entry.frontier)
  if (entry.type === 'epoch') {
    for (const name of folded.joined ?? []) pairs.join(name, entry.frontier)
  }
  const threshold = search?.threshold ?? 0
  if (entry.type === 'cross-check') pairs.crossCheck({ ...entry, threshold })
  if (entry.type !== 'enrolment') return
  const { log, index, leaf } = folded
  const { handle, shard, frontier } = entry
  pairs.enrol({ log, index, leaf, handle, shard, frontier, named: search?.candidates ?? [] })
}
