/**
 * One history of a log, written down from outside as it grew: which leaves it has, and which root
 * it had at each size at which it was looked at.
 */
import { toHex } from '../../crypto/bytes.ts'
import { hashLeaf, type Hash } from '../../crypto/hash.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'

export class History {
  readonly #leaves: Hash[] = []
  readonly #roots = new Map<number, string>()
  #edge = RightEdge.empty()

  get size(): number {
    return this.#leaves.length
  }

  /** The root at a size at which the history once ended; undefined elsewhere. */
  rootAt(size: number): string | undefined {
    return this.#roots.get(size)
  }

  leafAt(index: number): Hash | undefined {
    return this.#leaves[index]
  }

  /** Takes further entries; returns the root that the tree has then. */
  append(entries: readonly Uint8Array[]): string {
    for (const entry of entries) {
      const leaf = hashLeaf(entry)
      this.#leaves.push(leaf)
      this.#edge.append(leaf)
    }
    const root = toHex(this.#edge.root())
    this.#roots.set(this.size, root)
    return root
  }

  /** The same as far as `size`, to go on in another way. */
  branch(size: number): History {
    const branch = new History()
    for (const leaf of this.#leaves.slice(0, size)) {
      branch.#leaves.push(leaf)
      branch.#edge.append(leaf)
      const root = this.#roots.get(branch.size)
      if (root !== undefined) branch.#roots.set(branch.size, root)
    }
    branch.#roots.set(branch.size, toHex(branch.#edge.root()))
    return branch
  }
}
