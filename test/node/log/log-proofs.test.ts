import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { hashLeaf, type Hash } from '../../../crypto/hash.ts'
import { verifyConsistency } from '../../../crypto/merkle/consistency.ts'
import { rootFromInclusion } from '../../../crypto/merkle/inclusion.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import { verifySubtreeConsistency } from '../../../crypto/merkle/subtree.ts'
import { APPEND_QUEUE_MAX } from '../../../node/limits.ts'
import type { StoredLog } from '../../../node/log/stored-log.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { openLog } from './support/logs.ts'
import { TestDisk } from './support/test-disk.ts'

/** Past the first tile of the third level. */
const SIZE = 65_536 + 300

/** Around the borders of tiles of all three levels. */
const SIZES = [
  1,
  2,
  3,
  255,
  256,
  257,
  511,
  512,
  513,
  1_000,
  4_096,
  32_767,
  65_535,
  65_536,
  65_537,
  65_791,
  65_792,
  65_793,
  SIZE,
]

const RANDOM_PAIRS = 300

const promises = suite('the proofs of a log')

let disk: TestDisk
let log: StoredLog
const leaves: Hash[] = []
const roots = new Map<number, Hash>()

promises.before(async () => {
  disk = await TestDisk.create()
  const written = await openLog(disk)
  for (let from = 1; from < SIZE; from += APPEND_QUEUE_MAX) {
    const length = Math.min(APPEND_QUEUE_MAX, SIZE - from)
    await Promise.all(Array.from({ length }, (_, i) => written.append(utf8(`${from + i}`))))
  }
  // Opened again, so that every tile comes from the disk.
  log = (await openLog(disk)).stored
  const edge = RightEdge.empty()
  for (const bytes of await log.entries(0, SIZE)) {
    leaves.push(hashLeaf(bytes))
    edge.append(leaves.at(-1)!)
    roots.set(leaves.length, edge.root())
  }
})

promises.after(async () => {
  await disk.remove()
})

promises('are of the tree that its entries make', async () => {
  equal(log.root, roots.get(SIZE))
  for (const size of SIZES) equal(await log.rootAt(size), roots.get(size))
})

promises('show every entry around the borders of tiles in every tree around them', async () => {
  for (const size of SIZES) {
    const indexes = SIZES.flatMap((border) => [border - 1, border]).filter((index) => index < size)
    for (const index of new Set([0, ...indexes])) await isIncluded(index, size)
  }
})

promises('show that each tree is the beginning of each later one', async () => {
  for (const from of SIZES) {
    for (const to of SIZES.filter((size) => size >= from)) await isConsistent(from, to)
  }
})

promises('hold for entries and trees taken at random', async () => {
  const random = new SeededRandom('proofs')
  for (let i = 0; i < RANDOM_PAIRS; i += 1) {
    const size = 1 + random.integer(SIZE)
    await isIncluded(random.integer(size), size)
    await isConsistent(1 + random.integer(size), size)
    await isSubtree(256 * random.integer(Math.ceil(size / 256)), size, random)
  }
})

promises('fail for another entry, another place and another tree', async () => {
  for (const index of [0, 255, 256, 65_536]) {
    const path = await log.inclusion(index, SIZE)
    const proof = { index: BigInt(index), size: BigInt(SIZE), path }
    const root = roots.get(SIZE)
    equal(rootFromInclusion(leaves[index]!, proof), root)
    ok(!Buffer.from(rootFromInclusion(leaves[index + 1]!, proof)).equals(root!))
    const moved = { ...proof, index: proof.index ^ 1n }
    ok(!Buffer.from(rootFromInclusion(leaves[index]!, moved)).equals(root!))
  }
})

promises('are read from the right edge while the log grows', async () => {
  const grown = await openLog(disk)
  const edge = RightEdge.empty()
  for (const leaf of leaves) edge.append(leaf)
  for (let round = 0; round < 5; round += 1) {
    const entries = Array.from({ length: 100 }, (_, i) => utf8(`more ${round} ${i}`))
    const growth = entries.map((bytes) => grown.append(bytes))
    for (const bytes of entries) edge.append(hashLeaf(bytes))
    const size = SIZES[round + 3]!
    const proof = { index: 0n, size: BigInt(size), path: await grown.stored.inclusion(0, size) }
    equal(rootFromInclusion(leaves[0]!, proof), roots.get(size))
    await Promise.all(growth)
    equal(grown.stored.root, edge.root())
    await isConsistentWith(grown.stored, SIZE, grown.size, edge.root())
  }
  is(grown.size, SIZE + 500)
})

promises.run()

async function isIncluded(index: number, size: number): Promise<void> {
  const path = await log.inclusion(index, size)
  const root = rootFromInclusion(leaves[index]!, { index: BigInt(index), size: BigInt(size), path })
  equal(root, roots.get(size), `entry ${index} of ${size}`)
}

async function isConsistent(from: number, to: number): Promise<void> {
  await isConsistentWith(log, from, to, roots.get(to)!)
}

async function isConsistentWith(
  stored: StoredLog,
  from: number,
  to: number,
  root2: Hash,
): Promise<void> {
  const proof = await stored.consistency(from, to)
  const sizes = { size1: BigInt(from), size2: BigInt(to) }
  verifyConsistency({ ...sizes, root1: roots.get(from)!, root2, proof })
}

/** A package, or its first entries. */
async function isSubtree(start: number, size: number, random: SeededRandom): Promise<void> {
  const end = start + 1 + random.integer(Math.min(256, size - start))
  const edge = RightEdge.empty()
  for (const leaf of leaves.slice(start, end)) edge.append(leaf)
  const range = { start: BigInt(start), end: BigInt(end), size: BigInt(size) }
  const proof = await log.subtree(start, end, size)
  verifySubtreeConsistency({ ...range, root1: edge.root(), root2: roots.get(size)!, proof })
}
