import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { equalBytes } from '../../../crypto/bytes.ts'
import { rootFromInclusion } from '../../../crypto/merkle/inclusion.ts'
import { InvalidProof } from '../../../crypto/merkle/invalid-proof.ts'
import { proveInclusion } from '../../../crypto/merkle/prove.ts'
import { decodeHash, decodeProof, probes } from '../support/ledger-vectors.ts'
import { codeOf, numbered, storedTree, withFlippedBit } from '../support/stored-tree.ts'

interface Probe {
  leafIdx: bigint
  treeSize: bigint
  root: string | null
  leafHash: string | null
  proof: string[] | null
  wantErr: boolean
}

const promises = suite('an inclusion proof')

for (const [name, probe] of probes<Probe>('inclusion')) {
  promises(`${name}: ${probe.wantErr ? 'is refused' : 'gives the root'}`, () => {
    is(accepts(probe), !probe.wantErr)
  })
}

promises('of every leaf of every tree up to 40 leaves leads to the root of that tree', async () => {
  const tree = storedTree(numbered('leaf', 40))
  for (let size = 1; size <= 40; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const path = await proveInclusion(BigInt(index), BigInt(size), tree.readNodes)
      const proof = { index: BigInt(index), size: BigInt(size), path }
      equal(rootFromInclusion(tree.leaves[index]!, proof), tree.roots[size])
    }
  }
})

promises('for a tree of 100 leaves fails whichever of its hashes is changed', async () => {
  const tree = storedTree(numbered('leaf', 100))
  for (let index = 0n; index < 100n; index += 1n) {
    const path = await proveInclusion(index, 100n, tree.readNodes)
    const leaf = tree.leaves[Number(index)]!
    equal(rootFromInclusion(leaf, { index, size: 100n, path }), tree.roots[100])
    for (const position of path.keys()) {
      const changed = { index, size: 100n, path: withFlippedBit(path, position) }
      ok(!equalBytes(rootFromInclusion(leaf, changed), tree.roots[100]!))
    }
  }
})

promises('says what is wrong with it', () => {
  const leaf = new Uint8Array(32)
  const codes = [
    { index: -1n, size: 4n, path: [] },
    { index: 4n, size: 4n, path: [leaf, leaf] },
    { index: 1n, size: 4n, path: [leaf] },
    { index: 0n, size: 1n << 64n, path: Array.from({ length: 64 }, () => leaf) },
    { index: 0n, size: 4n, path: Array.from({ length: 65 }, () => leaf) },
    { index: 1n, size: 2n, path: [new Uint8Array(31)] },
  ].map((proof) => codeOf(() => rootFromInclusion(leaf, proof)))
  equal(codes, [
    'index-out-of-range',
    'index-out-of-range',
    'path-length',
    'index-out-of-range',
    'path-length',
    'hash-length',
  ])
})

function accepts(probe: Probe): boolean {
  try {
    const proof = { index: probe.leafIdx, size: probe.treeSize, path: decodeProof(probe.proof) }
    return equalBytes(rootFromInclusion(decodeHash(probe.leafHash), proof), decodeHash(probe.root))
  } catch (error) {
    if (error instanceof InvalidProof) return false
    throw error
  }
}

promises.run()
