import { suite } from 'uvu'
import { equal, is, throws, unreachable } from 'uvu/assert'
import { assert, bigInt, property } from 'fast-check'
import { InvalidProof } from '../../../crypto/merkle/invalid-proof.ts'
import {
  compactRange,
  proveConsistency,
  proveInclusion,
  proveSubtreeConsistency,
} from '../../../crypto/merkle/prove.ts'
import { ledgerText } from '../support/ledger-vectors.ts'
import { numbered, storedTree } from '../support/stored-tree.ts'

const promises = suite('proving')

const fuzzed: Record<string, [string, string]> = JSON.parse(
  ledgerText('merkle', 'compact-range.json'),
)

for (const [name, pair] of Object.entries(fuzzed)) {
  const [begin, end] = ordered(BigInt(pair[0]), BigInt(pair[1]))
  promises(`${name}: the compact range tiles [${begin}, ${end}) exactly`, () => {
    expectTiling(begin, end)
  })
}

promises('any range of 64-bit positions is tiled exactly', () => {
  const positions = bigInt({ min: 0n, max: (1n << 64n) - 1n })
  assert(property(positions, positions, (a, b) => expectTiling(...ordered(a, b))))
})

promises('a range that is none is refused', () => {
  for (const [begin, end] of [
    [-1n, 2n],
    [3n, 2n],
    [0n, 1n << 64n],
  ] as const) {
    throws(() => compactRange(begin, end), isInvalid('size-out-of-range'))
  }
})

promises('each proof costs one read, and none where there is nothing to read', async () => {
  const tree = storedTree(numbered('leaf', 300))
  await proveInclusion(17n, 299n, tree.readNodes)
  is(tree.reads(), 1)
  await proveConsistency(100n, 299n, tree.readNodes)
  is(tree.reads(), 2)
  await proveSubtreeConsistency(256n, 290n, 300n, tree.readNodes)
  is(tree.reads(), 3)
  equal(await proveInclusion(0n, 1n, tree.readNodes), [])
  equal(await proveConsistency(300n, 300n, tree.readNodes), [])
  is(tree.reads(), 3)
})

promises('what is not in the tree is not proven', async () => {
  const { readNodes } = storedTree(numbered('leaf', 4))
  await rejects(proveInclusion(4n, 4n, readNodes), 'index-out-of-range')
  await rejects(proveInclusion(-1n, 4n, readNodes), 'index-out-of-range')
  await rejects(proveConsistency(0n, 4n, readNodes), 'size-out-of-range')
  await rejects(proveConsistency(5n, 4n, readNodes), 'size-out-of-range')
  await rejects(proveSubtreeConsistency(1n, 3n, 4n, readNodes), 'subtree-out-of-range')
  await rejects(proveSubtreeConsistency(0n, 5n, 4n, readNodes), 'subtree-out-of-range')
})

promises('a store that returns too little, or what is no hash, is noticed', async () => {
  await rejects(
    proveInclusion(0n, 4n, async () => [new Uint8Array(32)]),
    'path-length',
  )
  await rejects(
    proveInclusion(0n, 4n, async (ids) => ids.map(() => new Uint8Array(3))),
    'hash-length',
  )
})

/** Side by side, left to right, no two of them joinable: as many as the range needs and no more. */
function expectTiling(begin: bigint, end: bigint): void {
  const nodes = compactRange(begin, end)
  let at = begin
  for (const { level, index } of nodes) {
    is(index << BigInt(level), at)
    at = (index + 1n) << BigInt(level)
  }
  is(at, end)
  is(nodes.length <= 126, true)
  for (const [position, { level, index }] of nodes.entries()) {
    const next = nodes[position + 1]
    if (next !== undefined) is(next.level === level && (index & 1n) === 0n, false)
  }
}

function ordered(a: bigint, b: bigint): [bigint, bigint] {
  return a < b ? [a, b] : [b, a]
}

async function rejects(proof: Promise<unknown>, code: string): Promise<void> {
  try {
    await proof
  } catch (error) {
    is(isInvalid(code)(error), true)
    return
  }
  unreachable('was proven')
}

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidProof && error.code === code
}

promises.run()
