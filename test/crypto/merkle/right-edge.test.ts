import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { assert, integer, property } from 'fast-check'
import { fromHex, toHex } from '../../../crypto/bytes.ts'
import { EMPTY_ROOT, hashChildren, hashLeaf, type Hash } from '../../../crypto/hash.ts'
import { InvalidProof } from '../../../crypto/merkle/invalid-proof.ts'
import { rightEdgeNodes } from '../../../crypto/merkle/prove.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import { ledgerText } from '../support/ledger-vectors.ts'
import { numbered, storedTree } from '../support/stored-tree.ts'

interface Reference {
  emptyRoot: string
  leavesHex: string[]
  rootsHex: string[]
}

const reference: Reference = JSON.parse(ledgerText('inline', 'rfc6962-roots.json'))
const promises = suite('the right edge')

promises('of nothing has the root of the empty tree', () => {
  is(toHex(RightEdge.empty().root()), reference.emptyRoot)
  is(toHex(EMPTY_ROOT), reference.emptyRoot)
})

for (const [at, root] of reference.rootsHex.entries()) {
  promises(`after ${at + 1} leaves of the reference tree has its root`, () => {
    const edge = RightEdge.empty()
    for (const leaf of reference.leavesHex.slice(0, at + 1)) edge.append(hashLeaf(fromHex(leaf)))
    is(edge.size, BigInt(at + 1))
    is(toHex(edge.root()), root)
  })
}

promises('has the root that the recursive definition of RFC 6962 gives', () => {
  const { leaves, roots } = storedTree(numbered('leaf', 130))
  for (let size = 1; size <= 130; size += 1) equal(roots[size], treeHash(leaves.slice(0, size)))
})

promises('can be laid down at any size and taken up again', () => {
  const { leaves, roots } = storedTree(numbered('leaf', 200))
  const sizes = integer({ min: 0, max: 200 })
  assert(
    property(sizes, sizes, (a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)]
      const first = RightEdge.empty()
      for (const leaf of leaves.slice(0, early)) first.append(leaf)
      const second = RightEdge.from(BigInt(early), first.hashes())
      for (const leaf of leaves.slice(early, late)) second.append(leaf)
      equal(second.root(), roots[late])
      equal(first.root(), roots[early])
    }),
  )
})

promises(
  'is stored node by node: what it tells of is all that rightEdgeNodes asks for',
  async () => {
    const { edge, readNodes } = storedTree(numbered('leaf', 77))
    equal(await readNodes(rightEdgeNodes(77n)), edge.hashes())
  },
)

promises('takes nothing that is not a hash, and stands where it stood', () => {
  const edge = RightEdge.empty()
  edge.append(hashLeaf(new Uint8Array()))
  const root = edge.root()
  throws(() => edge.append(new Uint8Array(31)), isInvalid('hash-length'))
  equal([edge.size, edge.root()], [1n, root])
})

promises('is laid down only with a hash for every perfect tree', () => {
  const hash = new Uint8Array(32)
  throws(() => RightEdge.from(3n, [hash]), isInvalid('path-length'))
  throws(() => RightEdge.from(-1n, []), isInvalid('size-out-of-range'))
  throws(() => RightEdge.from(1n << 64n, [hash]), isInvalid('size-out-of-range'))
  throws(() => RightEdge.from(1n, [hash.subarray(1)]), isInvalid('hash-length'))
})

promises('stops growing at 2^64 - 1 leaves', () => {
  const hashes = Array.from({ length: 64 }, () => new Uint8Array(32))
  const edge = RightEdge.from((1n << 64n) - 1n, hashes)
  throws(() => edge.append(new Uint8Array(32)), isInvalid('size-out-of-range'))
})

/** RFC 6962 §2.1, as it is written there. */
function treeHash(leaves: readonly Hash[]): Hash {
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return hashChildren(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)))
}

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidProof && error.code === code
}

promises.run()
