import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { gunzipSync } from 'node:zlib'
import { concatBytes, equalBytes, toHex, utf8 } from '../../crypto/bytes.ts'
import { openCheckpoint, parseCheckpoint } from '../../crypto/checkpoint.ts'
import { parseCosigner } from '../../crypto/cosignature.ts'
import { hashLeaf, sha256 } from '../../crypto/hash.ts'
import { verifyConsistency } from '../../crypto/merkle/consistency.ts'
import { decodeBundle, encodeBundle } from '../../crypto/merkle/entry-bundle.ts'
import { proveConsistency, type NodeId } from '../../crypto/merkle/prove.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import {
  entriesPath,
  hashFromTile,
  InvalidTile,
  nodeInTile,
  tilePath,
  tilesOf,
  tileWidth,
} from '../../crypto/merkle/tile.ts'
import { noteVerifier, openNote } from '../../crypto/note.ts'
import { ledgerBytes, ledgerText } from './support/ledger-vectors.ts'
import { numbered, storedTree } from './support/stored-tree.ts'

const promises = suite('a published log')

const WORDS = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'
const TESSERA_VKEY =
  'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'
const MIRROR = 'witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706'

const words = WORDS.split(' ').map((word) => utf8(word))
const tessera = storedTree(words)
const tesseraVerifier = noteVerifier(TESSERA_VKEY)

for (let size = 0; size <= words.length; size += 1) {
  promises(`of Tessera at ${size} leaves: checkpoint, tile and bundle are ours`, () => {
    const note = ledgerText('tessera', `checkpoint.${size}`)
    const checkpoint = openCheckpoint(note, 'example.com/log/testdata', tesseraVerifier)
    equal([checkpoint.size, checkpoint.root], [BigInt(size), tessera.roots[size]])
    if (size === 0) return
    const tile = ledgerBytes('tessera', tilePath({ level: 0, index: 0n, width: size }))
    equal(tile, concatBytes(...tessera.leaves.slice(0, size)))
    const bundle = ledgerBytes('tessera', entriesPath({ index: 0n, width: size }))
    equal(bundle, encodeBundle(words.slice(0, size)))
    equal(decodeBundle(bundle, size), words.slice(0, size))
  })
}

promises('of Tessera: every pair of its checkpoints is consistent', async () => {
  for (let size2 = 1; size2 <= words.length; size2 += 1) {
    for (let size1 = 1; size1 <= size2; size1 += 1) {
      const [sizes, roots] = [
        [BigInt(size1), BigInt(size2)] as const,
        [rootAt(size1), rootAt(size2)] as const,
      ]
      const proof = await proveConsistency(...sizes, tessera.readNodes)
      verifyConsistency({
        size1: sizes[0],
        size2: sizes[1],
        root1: roots[0],
        root2: roots[1],
        proof,
      })
    }
  }
})

promises('of a sunlight mirror lies in the folder named after its origin', () => {
  const { origin } = parseCheckpoint(openMirror().text)
  is(MIRROR.endsWith(`/${toHex(sha256(utf8(origin)))}`), true)
})

promises('of a sunlight mirror has the root of its 300 records, cosigned', () => {
  const { size, root } = parseCheckpoint(openMirror().text)
  equal([size, root], [300n, storedTree(numbered('record', 300)).edge.root()])
})

promises('of a sunlight mirror has the tiles that we would write, and no others', () => {
  const { leaves } = storedTree(numbered('record', 300))
  const paths = [...tilesOf(300n)].map((tile) => tilePath(tile))
  equal(paths, ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1'])
  equal(mirrorFile('tile/0/000'), concatBytes(...leaves.slice(0, 256)))
  equal(mirrorFile('tile/0/001.p/44'), concatBytes(...leaves.slice(256)))
  equal(mirrorFile('tile/1/000.p/1'), rootOfFirst256())
})

promises('of a sunlight mirror proves its growth from nothing but its tiles', async () => {
  const { root } = parseCheckpoint(openMirror().text)
  const { roots } = storedTree(numbered('record', 300))
  for (const size1 of [1, 43, 255, 256, 257, 299, 300]) {
    const proof = await proveConsistency(BigInt(size1), 300n, async (ids) =>
      ids.map((id) => fromTiles(id)),
    )
    verifyConsistency({
      size1: BigInt(size1),
      size2: 300n,
      root1: roots[size1]!,
      root2: root,
      proof,
    })
  }
})

for (const [path, width] of [
  ['tile/entries/000', 256],
  ['tile/entries/001.p/44', 44],
] as const) {
  promises(`of a sunlight mirror: the forged bundle ${path} is refused`, () => {
    const forged = mirrorFile(path)
    const unpacked = new Uint8Array(gunzipSync(forged))
    for (const bundle of [forged, unpacked]) is(isBundleOf(bundle, width, path), false)
    throws(
      () => decodeBundle(forged, width),
      (error: unknown) => error instanceof InvalidTile,
    )
  })
}

function rootAt(size: number) {
  return parseCheckpoint(
    openNote(ledgerText('tessera', `checkpoint.${size}`), [tesseraVerifier]).text,
  ).root
}

function openMirror() {
  const { verifier_keys: keys }: { verifier_keys: string[] } = JSON.parse(
    ledgerText('sunlight', 'witness/mirror/mirror.v0.json'),
  )
  return openNote(ledgerText('sunlight', MIRROR, 'checkpoint'), [
    parseCosigner(keys[0] ?? '').verifier!,
  ])
}

function mirrorFile(path: string): Uint8Array {
  return ledgerBytes('sunlight', MIRROR, path)
}

function fromTiles(id: NodeId) {
  const { tile } = nodeInTile(id)
  return hashFromTile(mirrorFile(tilePath({ ...tile, width: tileWidth(tile, 300n) })), id)
}

function rootOfFirst256() {
  const edge = RightEdge.empty()
  for (const entry of numbered('record', 256)) edge.append(hashLeaf(entry))
  return edge.root()
}

/** What an auditor does: decode, hash, compare with the tile of hashes beside it. */
function isBundleOf(bundle: Uint8Array, width: number, path: string): boolean {
  try {
    const hashes = decodeBundle(bundle, width).map((entry) => hashLeaf(entry))
    return equalBytes(concatBytes(...hashes), mirrorFile(path.replace('entries', '0')))
  } catch (error) {
    if (error instanceof InvalidTile) return false
    throw error
  }
}

promises.run()
