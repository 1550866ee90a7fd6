/** What every part of a search had taken in, at least: the lower of the parts' frontiers. */
import type { LogSize } from '../../protocol/identifiers.ts'
import type { Part } from '../../protocol/part.ts'

export function coveredBy(parts: readonly Part[]): LogSize[] {
  const [first, ...rest] = parts.map(({ frontier }) => frontier)
  return (first ?? []).map(({ node, size }, place) => {
    return { node, size: Math.min(size, ...rest.map((frontier) => frontier[place]?.size ?? 0)) }
  })
}
