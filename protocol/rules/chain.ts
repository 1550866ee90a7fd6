/**
 * Chains: entries about one subject, written at many nodes, each naming the one before it that its
 * node knew of.
 *
 * The order is a function of the set of entries, and entries that arrive later never change the
 * order of those that were there: they are put in between. What names the last in the order that
 * its node knew comes after everything that this node knew.
 */
import { compareBytes, toHex } from '../../crypto/bytes.ts'

interface Link {
  readonly leaf: Uint8Array
  /** Leaf of the one before it; undefined at the beginning. */
  readonly after: Uint8Array | undefined
  /** As its node dated it: nobody need believe it, it only breaks ties. */
  readonly at: number
}

/**
 * By time, and by leaf within a millisecond; only that nothing comes before what it follows: what
 * is dated too early comes right behind it. Left out are entries whose predecessor is not there,
 * with all that follow them, and copies.
 */
export function inOrder<T extends Link>(events: readonly T[]): T[] {
  const ordered: T[] = []
  const placed = new Set<string>()
  const waiting = new Map<string, T[]>()
  for (const event of events.toSorted(byTime)) {
    const after = event.after && toHex(event.after)
    if (after !== undefined && !placed.has(after)) {
      const others = waiting.get(after)
      if (others) others.push(event)
      else waiting.set(after, [event])
      continue
    }
    const ready = [event]
    for (let next = ready.pop(); next; next = ready.pop()) {
      const leaf = toHex(next.leaf)
      if (placed.has(leaf)) continue
      placed.add(leaf)
      ordered.push(next)
      ready.push(...(waiting.get(leaf) ?? []).toReversed())
      waiting.delete(leaf)
    }
  }
  return ordered
}

function byTime(a: Link, b: Link): number {
  return a.at - b.at || compareBytes(a.leaf, b.leaf)
}
