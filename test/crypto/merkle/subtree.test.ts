import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { equalBytes } from '../../../crypto/bytes.ts'
import type { Hash } from '../../../crypto/hash.ts'
import { InvalidProof } from '../../../crypto/merkle/invalid-proof.ts'
import { proveSubtreeConsistency } from '../../../crypto/merkle/prove.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import {
  isSubtree,
  rootFromSubtreeInclusion,
  verifySubtreeConsistency,
  type SubtreeConsistencyProof,
} from '../../../crypto/merkle/subtree.ts'
import { decodeHash, decodeProof, probes } from '../support/ledger-vectors.ts'
import { numbered, storedTree, withFlippedBit } from '../support/stored-tree.ts'

interface InclusionProbe {
  leafIdx: bigint
  start: bigint
  end: bigint
  root: string | null
  leafHash: string | null
  proof: string[] | null
  wantErr: boolean
}

interface ConsistencyProbe {
  start: bigint
  end: bigint
  size: bigint
  root1: string | null
  root2: string | null
  proof: string[] | null
  wantErr: boolean
}

const promises = suite('a subtree')

for (const [name, probe] of probes<InclusionProbe>('subtreeinclusion')) {
  promises(`inclusion ${name}: ${probe.wantErr ? 'is refused' : 'gives the root'}`, () => {
    const { leafIdx: index, start, end } = probe
    const proof = { index, start, end, path: decodeProof(probe.proof) }
    const leads = accepts(() =>
      equalBytes(
        rootFromSubtreeInclusion(decodeHash(probe.leafHash), proof),
        decodeHash(probe.root),
      ),
    )
    is(leads, !probe.wantErr)
  })
}

for (const [name, probe] of probes<ConsistencyProbe>('subtreeconsistency')) {
  promises(`consistency ${name}: ${probe.wantErr ? 'is refused' : 'is accepted'}`, () => {
    const [root1, root2] = [decodeHash(probe.root1), decodeHash(probe.root2)]
    const { start, end, size } = probe
    is(belongs({ start, end, size, root1, root2, proof: decodeProof(probe.proof) }), !probe.wantErr)
  })
}

promises(
  'of every shape is proven to belong to every tree up to 36 leaves, and only as it is',
  async () => {
    const tree = storedTree(numbered('leaf', 36))
    let shapes = 0
    for (const [start, end] of subtreesWithin(36)) {
      const root1 = rootOf(tree.leaves.slice(start, end))
      for (let size = end; size <= 36; size += 1) {
        const range = { start: BigInt(start), end: BigInt(end), size: BigInt(size) }
        const proof = await proveSubtreeConsistency(
          range.start,
          range.end,
          range.size,
          tree.readNodes,
        )
        const claim = { ...range, root1, root2: tree.roots[size]!, proof }
        is(belongs(claim), true)
        is(belongs({ ...claim, root1: claim.root2 }), equalBytes(root1, claim.root2))
        for (const position of proof.keys()) {
          is(belongs({ ...claim, proof: withFlippedBit(proof, position) }), false)
        }
        shapes += 1
      }
    }
    is(shapes > 1000, true)
  },
)

promises('starts at a multiple of its width rounded up to a power of two', () => {
  const shapes: [bigint, bigint][] = [
    [0n, 300n],
    [256n, 512n],
    [256n, 300n],
    [256n, 513n],
    [8n, 8n],
    [4n, 12n],
  ]
  equal(
    shapes.map(([start, end]) => isSubtree(start, end)),
    [true, true, true, false, false, false],
  )
})

function* subtreesWithin(size: number): Generator<[start: number, end: number]> {
  for (let start = 0; start < size; start += 1) {
    for (let end = start + 1; end <= size; end += 1) {
      if (isSubtree(BigInt(start), BigInt(end))) yield [start, end]
    }
  }
}

function rootOf(leaves: readonly Hash[]): Hash {
  const edge = RightEdge.empty()
  for (const leaf of leaves) edge.append(leaf)
  return edge.root()
}

function belongs(claim: SubtreeConsistencyProof): boolean {
  return accepts(() => {
    verifySubtreeConsistency(claim)
    return true
  })
}

function accepts(prove: () => boolean): boolean {
  try {
    return prove()
  } catch (error) {
    if (error instanceof InvalidProof) return false
    throw error
  }
}

promises.run()
