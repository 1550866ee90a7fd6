/**
 * One history of a log, written down from outside as it grew: which leaves it has, and so which
 * root it had at each size.
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

  /** Undefined beyond its end. */
  rootAt(size: number): string | undefined {
    if (size > this.size) return undefined
    const known = this.#roots.get(size)
    if (known !== undefined) return known
    const edge = RightEdge.empty()
    for (const leaf of this.#leaves.slice(0, size)) edge.append(leaf)
    const root = toHex(edge.root())
    this.#roots.set(size, root)
    return root
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
    }
    return branch
  }
}
