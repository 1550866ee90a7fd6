/** The lines of an inspection as a post has them: what its caches allow, whoever else was asked. */
import {
  found,
  INSPECTED,
  passed,
  REGISTER_CHECKS,
  type Inspected,
  type InspectedName,
} from '../../protocol/border/check.ts'
import { isOnWatchDigests, type WatchDigests } from '../../protocol/border/watch-digests.ts'
import type { Cached } from './post-caches.ts'

/** What rests on the certificates and revocation lists of states. */
const OF_TRUST: ReadonlySet<InspectedName> = new Set<InspectedName>([
  'passive-authentication',
  'signer-revocation',
])

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Every check once, in the order of `INSPECTED`. */
export function inOrder(lines: readonly Inspected[]): readonly Inspected[] {
  return INSPECTED.map((name) => lines.find((line) => line.name === name)!)
}

/** What is older than it may be lets nothing pass; what it shows to be wrong is wrong still. */
export function byTrust(
  lines: readonly Inspected[],
  trust: Cached<unknown> | undefined,
): readonly Inspected[] {
  if (!trust?.isOutdated) return lines
  return lines.map((line) => {
    if (!OF_TRUST.has(line.name) || line.outcome !== 'successful') return line
    return found(line.name, 'undetermined', 'cache-outdated', `of ${ageOf(trust)} ago`)
  })
}

/**
 * The watch list as the node has said it, or else as it is kept. Whoever is on the kept one is
 * watched whatever the node says: two nodes have signed it, and nobody its word.
 */
export function watchLine(
  handle: Uint8Array | undefined,
  said: Inspected | undefined,
  kept: Cached<readonly WatchDigests[]> | undefined,
): Inspected {
  const name = 'watch-list'
  if (!handle) return found(name, 'undetermined', 'nobody-named')
  const isKept = kept?.value.some((copy) => isOnWatchDigests(handle, copy)) ?? false
  const since = kept ? `kept since ${ageOf(kept)} ago` : ''
  if (kept && !kept.isOutdated && isKept && said?.outcome !== 'failed') {
    return found(name, 'failed', 'watched', since)
  }
  if (said) return said
  if (!kept) return found(name, 'undetermined', 'no-answer', 'no list is kept')
  return kept.isOutdated
    ? found(name, 'undetermined', 'cache-outdated', since)
    : passed(name, since)
}

/** Lines of the register where nothing that a node says could be checked. */
export function withoutRoster(age: Cached<unknown>): readonly Inspected[] {
  return [...REGISTER_CHECKS].map((name) => {
    return found(name, 'undetermined', 'cache-outdated', `the roster is of ${ageOf(age)} ago`)
  })
}

/** `3 h 12 min`: for people. */
export function ageOf({ ageMs }: Pick<Cached<unknown>, 'ageMs'>): string {
  const ms = Math.max(0, ageMs)
  const days = Math.floor(ms / DAY_MS)
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS)
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
  if (days > 0) return `${days} d ${hours} h`
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`
}
