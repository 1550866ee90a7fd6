import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Hash } from '../../../crypto/hash.ts'
import { verifyConsistency, type ConsistencyProof } from '../../../crypto/merkle/consistency.ts'
import { InvalidProof } from '../../../crypto/merkle/invalid-proof.ts'
import { proveConsistency } from '../../../crypto/merkle/prove.ts'
import { decodeHash, decodeProof, probes } from '../support/ledger-vectors.ts'
import { codeOf, numbered, storedTree, withFlippedBit } from '../support/stored-tree.ts'

interface Probe {
  size1: bigint
  size2: bigint
  root1: string | null
  root2: string | null
  proof: string[] | null
  wantErr: boolean
}

const promises = suite('a consistency proof')

for (const [name, probe] of probes<Probe>('consistency')) {
  promises(`${name}: ${probe.wantErr ? 'is refused' : 'is accepted'}`, () => {
    const { size1, size2, root1, root2, proof } = probe
    const claim = {
      size1,
      size2,
      root1: decodeHash(root1),
      root2: decodeHash(root2),
      proof: decodeProof(proof),
    }
    is(accepts(claim), !probe.wantErr)
  })
}

promises('leads from every size to every later one, up to 40 leaves', async () => {
  const tree = storedTree(numbered('leaf', 40))
  for (let size2 = 1; size2 <= 40; size2 += 1) {
    for (let size1 = 1; size1 <= size2; size1 += 1) {
      const proof = await proveConsistency(BigInt(size1), BigInt(size2), tree.readNodes)
      is(accepts(claimOf(tree.roots, size1, size2, proof)), true)
    }
  }
})

promises('for a tree of 100 leaves is refused whichever of its hashes is changed', async () => {
  const tree = storedTree(numbered('leaf', 100))
  for (let size1 = 1; size1 < 100; size1 += 1) {
    const proof = await proveConsistency(BigInt(size1), 100n, tree.readNodes)
    is(accepts(claimOf(tree.roots, size1, 100, proof)), true)
    for (const position of proof.keys()) {
      is(accepts(claimOf(tree.roots, size1, 100, withFlippedBit(proof, position))), false)
    }
  }
})

promises('does not lead from one history to another of the same lengths', async () => {
  const ours = storedTree(numbered('leaf', 20))
  const theirs = storedTree(numbered('other', 20))
  for (let size1 = 1; size1 < 20; size1 += 1) {
    const proof = await proveConsistency(BigInt(size1), 20n, theirs.readNodes)
    const claim = claimOf(theirs.roots, size1, 20, proof)
    is(accepts({ ...claim, root1: ours.roots[size1]! }), false)
  }
})

promises('says what is wrong with it', () => {
  const root = new Uint8Array(32)
  const codes = [
    { size1: 0n, size2: 4n, root1: root, root2: root, proof: [] },
    { size1: 5n, size2: 4n, root1: root, root2: root, proof: [] },
    { size1: 2n, size2: 4n, root1: root, root2: root, proof: [] },
    { size1: 3n, size2: 4n, root1: root, root2: root, proof: [] },
    { size1: 2n, size2: 4n, root1: root, root2: root, proof: [root.subarray(1)] },
    { size1: 4n, size2: 4n, root1: root, root2: new Uint8Array(32).fill(1), proof: [] },
  ].map((claim) => codeOf(() => verifyConsistency(claim)))
  equal(codes, [
    'size-out-of-range',
    'size-out-of-range',
    'path-length',
    'path-length',
    'hash-length',
    'root-mismatch',
  ])
})

function claimOf(
  roots: readonly Hash[],
  size1: number,
  size2: number,
  proof: readonly Hash[],
): ConsistencyProof {
  const [root1, root2] = [roots[size1]!, roots[size2]!]
  return { size1: BigInt(size1), size2: BigInt(size2), root1, root2, proof }
}

function accepts(claim: ConsistencyProof): boolean {
  try {
    verifyConsistency(claim)
    return true
  } catch (error) {
    if (error instanceof InvalidProof) return false
    throw error
  }
}

promises.run()
