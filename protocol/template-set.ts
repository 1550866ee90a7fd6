/**
 * Which templates a shard has to search: a root that whoever searches commits to, and that anybody
 * can make from the logs alone.
 *
 * There is a leaf for every enrolment by which a person of the shard is found, at its place in its
 * log. The logs' roots, with how many stand in each, are leaves of an RFC 6962 tree in the order of
 * the nodes' names.
 */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { EMPTY_ROOT, hashLeaf, type Hash } from '../crypto/hash.ts'
import { PlaceTree } from '../crypto/merkle/place-tree.ts'
import { RightEdge } from '../crypto/merkle/right-edge.ts'

/** An enrolment, where it stands, and what it commits to. */
export interface TemplateName {
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
  readonly log: string
  readonly index: number
}

/** Of one shard. The same set has the same root, in whatever order it came about. */
export class TemplateSet {
  readonly #logs = new Map<string, PlaceTree>()
  #root: Hash | undefined

  get size(): number {
    return [...this.#logs.values()].reduce((sum, { size }) => sum + size, 0)
  }

  add({ handle, commitment, log, index }: TemplateName): void {
    const tree = this.#logs.get(log) ?? new PlaceTree()
    this.#logs.set(log, tree)
    tree.set(index, hashLeaf(concatBytes(utf8('tamga/template/v1\n'), handle, commitment)))
    this.#root = undefined
  }

  /** Whether it was there. */
  remove({ log, index }: Pick<TemplateName, 'log' | 'index'>): boolean {
    const tree = this.#logs.get(log)
    if (!tree?.delete(index)) return false
    if (tree.size === 0) this.#logs.delete(log)
    this.#root = undefined
    return true
  }

  /** `EMPTY_ROOT` where it is empty. */
  root(): Hash {
    this.#root ??= this.#fold()
    return this.#root
  }

  #fold(): Hash {
    if (this.#logs.size === 0) return EMPTY_ROOT
    const edge = RightEdge.empty()
    // Names are ASCII: the language's order is that of their bytes.
    for (const name of [...this.#logs.keys()].sort()) {
      const tree = this.#logs.get(name)!
      edge.append(hashLeaf(concatBytes(utf8(`${name} ${tree.size}\n`), tree.root())))
    }
    return edge.root()
  }
}
