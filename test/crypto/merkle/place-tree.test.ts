import { array, assert, integer, property, record, shuffledSubarray, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, throws } from 'uvu/assert'
import { concatBytes } from '../../../crypto/bytes.ts'
import { EMPTY_ROOT, hashLeaf, sha256, type Hash } from '../../../crypto/hash.ts'
import { PLACES_MAX, PlaceTree } from '../../../crypto/merkle/place-tree.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'

interface Stands {
  readonly place: number
  readonly hash: Hash
}

/** Near each other and far apart, so that they share digits and do not. */
const places = integer({ min: 0, max: 3 * 256 + 2 }).chain((low) =>
  integer({ min: 0, max: 2 }).map((high) => low + high * 2 ** 24),
)
const stands = record({ place: places, hash: uint8Array({ minLength: 32, maxLength: 32 }) })
const sets = array(stands, { maxLength: 40 }).map(distinct)

const promises = suite('a tree over places')

promises('has the root that its definition gives', () => {
  assert(property(sets, (set) => equal(treeOf(set).root(), defined(set, 3))))
})

promises('does not show in what order it came about, nor what has been there before', () => {
  const histories = sets.chain((set) =>
    record({
      set: shuffledSubarray(set, { minLength: set.length }),
      gone: array(stands, { maxLength: 20 }),
    }),
  )
  assert(
    property(histories, ({ set, gone }) => {
      const tree = treeOf(gone)
      tree.root()
      for (const { place } of gone) tree.delete(place)
      equal(tree.root(), EMPTY_ROOT)
      for (const { place, hash } of set) tree.set(place, hash)
      equal(tree.root(), defined(set, 3))
      is(tree.size, set.length)
    }),
  )
})

promises('changes with anything that is changed, and says whether something was removed', () => {
  const tree = treeOf([
    { place: 5, hash: sha256() },
    { place: 700, hash: sha256() },
  ])
  const before = tree.root()
  tree.set(5, hashLeaf(new Uint8Array()))
  not.equal(tree.root(), before)
  tree.set(5, sha256())
  equal(tree.root(), before)
  is(tree.delete(6), false)
  is(tree.delete(700 + 65_536), false)
  equal(tree.root(), before)
  is(tree.delete(700), true)
  is(tree.delete(700), false)
  is(tree.size, 1)
})

promises('has as many places as it says', () => {
  const tree = new PlaceTree()
  for (const place of [-1, 0.5, PLACES_MAX, Number.NaN]) {
    throws(() => tree.set(place, sha256()), RangeError)
    throws(() => tree.delete(place), RangeError)
  }
  throws(() => tree.set(0, new Uint8Array(31)))
  is(tree.size, 0)
  tree.set(PLACES_MAX - 1, sha256())
  equal(tree.root(), defined([{ place: PLACES_MAX - 1, hash: sha256() }], 3))
})

promises.run()

function treeOf(set: readonly Stands[]): PlaceTree {
  const tree = new PlaceTree()
  for (const { place, hash } of set) tree.set(place, hash)
  return tree
}

/** Of what shares all digits above `digit`. */
function defined(set: readonly Stands[], digit: number): Hash {
  const edge = RightEdge.empty()
  for (let value = 0; value < 256; value += 1) {
    const below = set.filter(({ place }) => Math.floor(place / 256 ** digit) % 256 === value)
    if (below.length === 0) continue
    const hash = digit === 0 ? below[0]!.hash : defined(below, digit - 1)
    edge.append(hashLeaf(concatBytes(Uint8Array.of(value), hash)))
  }
  return edge.root()
}

function distinct(all: readonly Stands[]): Stands[] {
  return [...new Map(all.map((one) => [one.place, one])).values()]
}
