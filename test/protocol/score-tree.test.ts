import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { toHex } from '../../crypto/bytes.ts'
import { EMPTY_ROOT, sha256 } from '../../crypto/hash.ts'
import { blocksOf, isInTree, proveBlock, scoresRoot } from '../../protocol/score-tree.ts'

const promises = suite('a tree of scores')

const digests = Array.from({ length: 21 }, (_, block) => sha256(Uint8Array.of(block)))

promises('shows every block to be in it, alone', async () => {
  for (const size of [1, 2, 3, 8, 21]) {
    const some = digests.slice(0, size)
    const root = scoresRoot(some)
    for (let block = 0; block < size; block += 1) {
      const proven = await proveBlock(some, block)
      ok(isInTree(proven, root), `${block} of ${size}`)
      is(isInTree({ ...proven, digest: sha256(proven.digest) }, root), false)
      if (size < 2) continue
      is(isInTree({ ...proven, block: (block + 1) % size }, root), false)
    }
  }
})

promises('has another root when a block is left out, exchanged or another', () => {
  const [first, second, ...rest] = digests
  const roots = [digests, [second!, first!, ...rest], [first!, ...rest], [first!, first!, ...rest]]
  is(new Set(roots.map((some) => toHex(scoresRoot(some)))).size, roots.length)
  equal(scoresRoot([]), EMPTY_ROOT)
  not.equal(scoresRoot([first!]), first)
})

promises('has a block for every 256 people', () => {
  equal(
    [0, 1, 256, 257, 25_600].map((people) => blocksOf(people)),
    [0, 1, 1, 2, 100],
  )
})

promises.run()
