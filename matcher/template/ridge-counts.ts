/** Ridge counts between minutiae: extended data area 1 of ISO/IEC 19794-2 and ANSI 378. */
import type { FingerView } from './template.ts'

const RIDGE_COUNT_AREA = 1
const EDGE_BYTES = 3
const METHODS = ['custom', 'quadrants', 'octants'] as const

export interface RidgeCounts {
  /** How the neighbours were chosen. */
  method: (typeof METHODS)[number]
  /** Minutiae by their index in the view, and the ridges crossed between them; none is checked. */
  edges: readonly { from: number; to: number; count: number }[]
}

/** The view's ridge counts, undefined where it has none. A last, incomplete edge is left out. */
export function ridgeCounts({ extensions = [] }: FingerView): RidgeCounts | undefined {
  const area = extensions.find(({ type }) => type === RIDGE_COUNT_AREA)
  if (!area) return undefined
  const [method = 0, ...rest] = area.data
  const edges: { from: number; to: number; count: number }[] = []
  for (let offset = 0; offset + EDGE_BYTES <= rest.length; offset += EDGE_BYTES) {
    const [from = 0, to = 0, count = 0] = rest.slice(offset, offset + EDGE_BYTES)
    edges.push({ from, to, count })
  }
  return { method: METHODS[method] ?? 'custom', edges }
}
