/** When nodes are done with what they have been told. */
import { systemClock } from '../../../node/clock.ts'
import type { Node } from '../../../node/node.ts'

const POLL_MS = 20

/** Until every node has folded what all have written, and has the records that it keeps. */
export async function settled(nodes: readonly Node[]): Promise<void> {
  const isSettled = (): boolean => {
    const sizes = new Map(nodes.map(({ name, ledger }) => [name, ledger.own.size]))
    return nodes.every(({ mesh, registry }) => {
      const isWhole = mesh.connected().length === nodes.length - 1
      return (
        isWhole &&
        registry.frontier().every(({ node, size }) => {
          return size >= sizes.get(node)! && registry.records.isWhole(node, size)
        })
      )
    })
  }
  while (!isSettled()) await systemClock.sleep(POLL_MS)
}
