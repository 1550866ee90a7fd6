/**
 * The right edge of a growing tree: all that is needed to append to it and to know its root.
 *
 * A tree of n leaves is a row of perfect trees, one for each bit of n, largest first (RFC 6962
 * §2.1). Appending merges the smallest ones, as adding one to n carries.
 */
import { EMPTY_ROOT, hashChildren, type Hash } from '../hash.ts'
import { checkedHash, TREE_SIZE_MAX } from './checked.ts'
import { InvalidProof } from './invalid-proof.ts'

/** Told of each node that an append completes: the leaf first, then its perfect ancestors. */
export type OnNode = (level: number, index: bigint, hash: Hash) => void

/** Owns size and hashes; append is the only thing that moves them, and it cannot fail half-way. */
export class RightEdge {
  readonly #hashes: Hash[]
  #size: bigint

  private constructor(size: bigint, hashes: Hash[]) {
    this.#size = size
    this.#hashes = hashes
  }

  static empty(): RightEdge {
    return new RightEdge(0n, [])
  }

  /**
   * The edge of a tree of `size` leaves from the roots of its perfect trees, largest first.
   *
   * Believes the hashes: the caller compares `root()` with a root it has reason to believe.
   *
   * @throws InvalidProof `size-out-of-range`, `path-length` where there are not as many hashes as
   * bits set in `size`, `hash-length`
   */
  static from(size: bigint, hashes: readonly Hash[]): RightEdge {
    if (size < 0n || size > TREE_SIZE_MAX) {
      throw new InvalidProof('size-out-of-range', `no tree has ${size} leaves`)
    }
    if (hashes.length !== perfectTrees(size)) {
      throw new InvalidProof('path-length', `${hashes.length} hashes for a tree of ${size}`)
    }
    return new RightEdge(
      size,
      hashes.map((hash) => checkedHash(hash)),
    )
  }

  /** Number of leaves. */
  get size(): bigint {
    return this.#size
  }

  /**
   * @throws InvalidProof `hash-length`, or `size-out-of-range` at 2^64 - 1 leaves; nothing is moved
   */
  append(leafHash: Hash, onNode?: OnNode): void {
    if (this.#size === TREE_SIZE_MAX) {
      throw new InvalidProof('size-out-of-range', 'the tree is full')
    }
    let hash = checkedHash(leafHash)
    let level = 0
    let index = this.#size
    onNode?.(level, index, hash)
    for (; (index & 1n) === 1n; index >>= 1n) {
      hash = hashChildren(this.#hashes.pop() ?? EMPTY_ROOT, hash)
      level += 1
      onNode?.(level, index >> 1n, hash)
    }
    this.#hashes.push(hash)
    this.#size += 1n
  }

  /** Roots of the perfect trees, largest first: what `from` takes. */
  hashes(): Hash[] {
    return [...this.#hashes]
  }

  /** Root of the whole tree. */
  root(): Hash {
    return foldRight(this.#hashes) ?? EMPTY_ROOT
  }
}

/** The root above adjacent perfect trees, largest first; undefined for none. */
export function foldRight(hashes: readonly Hash[]): Hash | undefined {
  let root = hashes.at(-1)
  for (let at = hashes.length - 2; at >= 0; at -= 1) {
    const left = hashes[at]
    if (left !== undefined && root !== undefined) root = hashChildren(left, root)
  }
  return root
}

function perfectTrees(size: bigint): number {
  let count = 0
  for (let rest = size; rest > 0n; rest &= rest - 1n) count += 1
  return count
}
