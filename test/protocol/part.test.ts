import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { compareBytes, toHex } from '../../crypto/bytes.ts'
import { CANDIDATES_MAX, FINGERS_MAX, NODES_MAX, SHARDS_MAX } from '../../protocol/limits.ts'
import {
  decodePart,
  encodePart,
  mergeCandidates,
  PART_BYTES_MAX,
  partDigest,
  type Part,
  type PartCandidate,
} from '../../protocol/part.ts'
import { parts } from '../support/arbitraries.ts'
import { bitFlips, check, codeOf, promiseCodec } from './support/codec-promises.ts'

const promises = suite('a part')
const most = Number.MAX_SAFE_INTEGER

const EMPTY: Part = {
  queryId: new Uint8Array(16),
  node: 'astana',
  epoch: 1,
  at: 0,
  threshold: 0,
  matcher: '',
  frontier: [],
  shards: [],
  candidates: [],
}

promiseCodec<Part>(
  promises,
  { name: 'part', bytesMax: PART_BYTES_MAX, encode: encodePart, decode: decodePart },
  parts,
)

promises('that counts every shard, with the most candidates and the longest frontier, fits', () => {
  const longest = {
    ...EMPTY,
    frontier: Array.from({ length: NODES_MAX }, () => ({ node: 'n'.repeat(64), size: most })),
    shards: Array.from({ length: SHARDS_MAX }, (_, shard) => ({
      shard,
      searched: most,
      templates: new Uint8Array(32).fill(255),
      scores: new Uint8Array(32).fill(255),
    })),
    candidates: Array.from({ length: CANDIDATES_MAX }, () => longestCandidate()),
  }
  equal(decodePart(encodePart(longest)), longest)
  const more = { ...EMPTY, candidates: [...longest.candidates, longestCandidate()] }
  is(
    codeOf(() => decodePart(encodePart(more))),
    'malformed',
  )
})

promises('has another digest when any bit of it is another', () => {
  const [part] = fc.sample(parts, { numRuns: 1, seed: 6 })
  const encoded = encodePart(part!)
  for (const changed of bitFlips(encoded)) not.equal(partDigest(changed), partDigest(encoded))
})

promises('is merged with the others by score, and by handle where scores tie', () => {
  const merged = mergeCandidates([partOf([5, 'c'], [9, 'b']), partOf([9, 'a'], [7, 'd'])], 10)
  equal(merged.map(label), ['9a', '9b', '7d', '5c'])
})

promises('is merged to no more candidates than asked for, the best ones', () => {
  const all = [partOf([1, 'a'], [2, 'b']), partOf(), partOf([3, 'c'])]
  equal(mergeCandidates(all, 2).map(label), ['3c', '2b'])
  equal(mergeCandidates(all, 0), [])
  equal(mergeCandidates([], 5), [])
})

promises('is merged the same in whatever order the parts came, and is not changed by it', () => {
  check(fc.tuple(fc.array(parts, { maxLength: 4 }), fc.nat(12)), ([all, limit]) => {
    const found = all.flatMap(({ candidates }) => candidates)
    fc.pre(new Set(found.map(({ handle }) => toHex(handle))).size === found.length)
    const before = all.map(encodePart)
    const merged = mergeCandidates(all, limit)
    equal(mergeCandidates([...all].reverse(), limit), merged)
    equal(all.map(encodePart), before)
    is(merged.length, Math.min(limit, found.length))
    merged.slice(1).forEach((candidate, place) => ok(isBefore(merged[place]!, candidate)))
  })
})

promises.run()

function isBefore(a: PartCandidate, b: PartCandidate): boolean {
  return a.score > b.score || (a.score === b.score && compareBytes(a.handle, b.handle) <= 0)
}

function partOf(...found: readonly [score: number, handle: string][]): Part {
  const candidates = found.map(([score, digit]) => {
    const handle = new Uint8Array(16).fill(Number.parseInt(digit, 16))
    return { ...longestCandidate(), score, handle }
  })
  return { ...EMPTY, candidates }
}

function label({ score, handle }: PartCandidate): string {
  return `${score}${toHex(handle).slice(-1)}`
}

function longestCandidate(): PartCandidate {
  return {
    handle: new Uint8Array(16),
    shard: SHARDS_MAX - 1,
    score: 0xffff_ffff,
    fingers: Array.from({ length: FINGERS_MAX }, () => ({ position: 10, score: 0xffff_ffff })),
    log: 'n'.repeat(64),
    index: most,
  }
}
