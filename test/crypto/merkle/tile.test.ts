import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { assert, bigInt, integer, property } from 'fast-check'
import { concatBytes, toBase64, utf8 } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { parseSumdbTilePath, sumdbTilePath } from '../../../crypto/merkle/sumdb-tile-path.ts'
import {
  entriesPath,
  hashFromTile,
  indexPath,
  InvalidTile,
  newTiles,
  nodeInTile,
  parseEntriesPath,
  parseTilePath,
  tilePath,
  tilesOf,
  tileWidth,
} from '../../../crypto/merkle/tile.ts'
import { ledgerText } from '../support/ledger-vectors.ts'
import { numbered, storedTree } from '../support/stored-tree.ts'

interface Vectors {
  sumdbPaths: [path: string, tile: [number, number, number, number] | null][]
  newTilesCountHeight10: [oldSize: number, newSize: number, count: number][]
  c2spIndexPath: [index: number, path: string][]
  c2spSizeTiles: ({ size: number } & Record<string, { full: number; partial: number }>)[]
  recordHash: { data: string; b64: string }
}

const vectors: Vectors = JSON.parse(ledgerText('inline', 'tiles.json'))
const promises = suite('a tile')

for (const [path, parts] of vectors.sumdbPaths) {
  promises(
    `${path} is ${parts === null ? 'no path' : parts.join(', ')} of a checksum database`,
    () => {
      if (parts === null) {
        throws(() => parseSumdbTilePath(path), isInvalid('path'))
        return
      }
      const [height, level, index, width] = parts
      const tile = { height, level, index: BigInt(index), width }
      equal(parseSumdbTilePath(path), tile)
      is(sumdbTilePath(tile), path)
    },
  )
}

for (const [oldSize, newSize, count] of vectors.newTilesCountHeight10) {
  promises(
    `growing from ${oldSize} to ${newSize} leaves writes ${count} tiles of height 10`,
    () => {
      is([...newTiles(BigInt(oldSize), BigInt(newSize), 10)].length, count)
    },
  )
}

for (const [index, path] of vectors.c2spIndexPath) {
  promises(`number ${index} is at ${path}`, () => {
    is(indexPath(BigInt(index)), path)
    equal(parseTilePath(`tile/3/${path}`), { level: 3, index: BigInt(index), width: 256 })
  })
}

for (const { size, ...levels } of vectors.c2spSizeTiles) {
  promises(`a tree of ${size} leaves is cut as C2SP says`, () => {
    const tiles = [...tilesOf(BigInt(size))]
    for (const [name, { full, partial }] of Object.entries(levels)) {
      const ofLevel = tiles.filter(({ level }) => `level${level}` === name)
      is(ofLevel.filter(({ width }) => width === 256).length, full, name)
      equal(
        ofLevel.filter(({ width }) => width < 256).map(({ width }) => width),
        partial === 0 ? [] : [partial],
        name,
      )
    }
    is(
      tiles.length,
      Object.values(levels).reduce(
        (sum, { full, partial }) => sum + full + Math.min(partial, 1),
        0,
      ),
    )
    for (const tile of tiles) is(tileWidth(tile, BigInt(size)), tile.width)
  })
}

promises('of a checksum database hashes its records as ours', () => {
  is(toBase64(hashLeaf(utf8(vectors.recordHash.data))), vectors.recordHash.b64)
})

promises('has one path, and the path one tile', () => {
  const indexes = bigInt({ min: 0n, max: (1n << 64n) - 1n })
  const levels = integer({ min: 0, max: 7 })
  const widths = integer({ min: 1, max: 256 })
  assert(
    property(levels, indexes, widths, (level, index, width) => {
      equal(parseTilePath(tilePath({ level, index, width })), { level, index, width })
      equal(parseEntriesPath(entriesPath({ index, width })), { index, width })
    }),
  )
})

for (const path of [
  '',
  'tile/0',
  'tile/0/',
  'tile/0/00',
  'tile/0/0000',
  'tile/0/x000/001',
  'tile/0/001/002',
  'tile/0/x001/x002',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/01',
  'tile/0/000.p/',
  'tile/8/000',
  'tile/00/000',
  'tile/-1/000',
  'tile/0/000\n',
  'tile/0/../000',
  '/tile/0/000',
  'tile/entries/000',
  `tile/0/${'x001/'.repeat(9)}000`,
]) {
  promises(`${JSON.stringify(path)} is no path of a tile of hashes`, () => {
    throws(() => parseTilePath(path), isInvalid('path'))
  })
}

promises('gives every node below it, and no node it does not hold', async () => {
  const { leaves, readNodes } = storedTree(numbered('leaf', 300))
  const tiles = [leaves.slice(0, 256), leaves.slice(256)].map((hashes) => concatBytes(...hashes))
  for (let level = 0; level < 8; level += 1) {
    for (let index = 0n; (index + 1n) << BigInt(level) <= 300n; index += 1n) {
      const { tile } = nodeInTile({ level, index })
      is(tile.level, 0)
      const bytes = tiles[Number(tile.index)]!
      equal([hashFromTile(bytes, { level, index })], await readNodes([{ level, index }]))
    }
  }
  throws(() => hashFromTile(tiles[1]!, { level: 5, index: 9n }), isInvalid('not-in-tile'))
  throws(() => hashFromTile(new Uint8Array(33), { level: 0, index: 0n }), isInvalid('length'))
  throws(() => hashFromTile(new Uint8Array(8224), { level: 0, index: 0n }), isInvalid('length'))
})

promises('at level 1 begins where tree level 8 does', () => {
  equal(nodeInTile({ level: 8, index: 300n }), {
    tile: { level: 1, index: 1n },
    first: 44,
    count: 1,
  })
  equal(nodeInTile({ level: 15, index: 1n }), {
    tile: { level: 1, index: 0n },
    first: 128,
    count: 128,
  })
})

promises('that the tree has not reached has no width', () => {
  is(tileWidth({ level: 0, index: 2n }, 512n), 0)
  is(tileWidth({ level: 0, index: 1n }, 512n), 256)
  is(tileWidth({ level: 1, index: 0n }, 512n), 2)
})

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidTile && error.code === code
}

promises.run()
