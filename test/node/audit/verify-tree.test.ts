import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { concatBytes, toHex, utf8 } from '../../../crypto/bytes.ts'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { encodeBundle } from '../../../crypto/merkle/entry-bundle.ts'
import { entriesPath, tilePath, tilesOf } from '../../../crypto/merkle/tile.ts'
import { noteVerifier } from '../../../crypto/note.ts'
import { FolderSource } from '../../../node/audit/folder-source.ts'
import { Unreadable, type LogSource } from '../../../node/audit/log-source.ts'
import { Remarks } from '../../../node/audit/remarks.ts'
import { TreeRebuild } from '../../../node/audit/tree-rebuild.ts'
import { rebuildTree } from '../../../node/audit/verify-tree.ts'
import { ledgerBytes, ledgerText } from '../../crypto/support/ledger-vectors.ts'
import { numbered, storedTree } from '../../crypto/support/stored-tree.ts'
import { vector } from '../../support/data.ts'

const TESSERA_VKEY =
  'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'
const MIRROR = 'witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706'

const promises = suite('a tree that is rebuilt')

promises('has the root that it had at every size, and the tiles of tlog-tiles', () => {
  const count = 3 * 256 + 40
  const all = numbered('record', count)
  const stored = storedTree(all)
  const tree = new TreeRebuild()
  const tiles = new Map<string, string>()
  for (let from = 0; from < count; from += 256) {
    const entries = all.slice(from, from + 256)
    tree.add(entries)
    for (let width = 0; width <= entries.length; width += 1) {
      // A whole bundle is part of the tree only once it is closed.
      if (width === 256) continue
      equal(tree.rootWith(width), stored.roots[from + width])
    }
    for (const { id, bytes } of tree.close()) tiles.set(tilePath(id), toHex(bytes))
  }
  for (const { id, bytes } of tree.partial()) tiles.set(tilePath(id), toHex(bytes))
  equal([...tiles.keys()].sort(), [...tilesOf(BigInt(count))].map(tilePath).sort())
  is(tiles.get('tile/0/002'), toHex(concatBytes(...stored.leaves.slice(512, 768))))
})

promises('reaches up three levels of tiles', () => {
  const tree = new TreeRebuild()
  const bundle = numbered('same', 256)
  const full: string[] = []
  for (let at = 0; at < 257; at += 1) {
    tree.add(bundle)
    full.push(...tree.close().map(({ id }) => tilePath(id)))
  }
  is(full.at(-2), 'tile/1/000')
  equal(
    tree.partial().map(({ id }) => tilePath(id)),
    ['tile/1/001.p/1', 'tile/2/000.p/1'],
  )
})

const published = suite('a published log, read as an auditor reads it')

for (let size = 1; size <= 15; size += 1) {
  published(`of Tessera has the tree of its checkpoint at ${size}`, async () => {
    const note = ledgerText('tessera', `checkpoint.${size}`)
    const checkpoint = openCheckpoint(note, 'example.com/log/testdata', noteVerifier(TESSERA_VKEY))
    const { remarks, tree } = await rebuilt('tessera', size)
    is(remarks.verdict, 'good')
    equal([tree.root, tree.tiles], [checkpoint.root, 1])
  })
}

published('of a sunlight mirror has forged bundles, and both are refused', async () => {
  const { remarks, tree } = await rebuilt(`sunlight/${MIRROR}`, 300)
  equal(
    remarks.shown.map(({ code, index }) => [code, index]),
    [['bundle', 0]],
  )
  is(tree.size, 0)
  for (const [index, width] of [
    [0n, 256],
    [1n, 44],
  ] as const) {
    const forged = ledgerBytes('sunlight', MIRROR, entriesPath({ index, width }))
    const unpacked = new Uint8Array(gunzipSync(forged))
    for (const bundle of [forged, unpacked]) {
      const found = await mirrorWith(new Map([[entriesPath({ index, width }), bundle]]))
      is(found.verdict, 'finding')
    }
  }
})

published('of a sunlight mirror has the tiles of its records', async () => {
  is((await mirrorWith(new Map())).verdict, 'good')
})

/** The mirror's own tiles, and bundles of its records, but for those that are given. */
async function mirrorWith(bundles: ReadonlyMap<string, Uint8Array>): Promise<Remarks> {
  const records = numbered('record', 300)
  const folder = await FolderSource.open(vector('ledger/sunlight', MIRROR))
  const good = new Map([
    ['tile/entries/000', encodeBundle(records.slice(0, 256))],
    ['tile/entries/001.p/44', encodeBundle(records.slice(256))],
  ])
  const source: LogSource = {
    name: 'a mirror',
    read: async (path, max) => {
      const name = path.replace(/^\//, '')
      return bundles.get(name) ?? good.get(name) ?? folder.read(path, max)
    },
    list: async () => [],
  }
  return (await rebuiltFrom(source, 300)).remarks
}

async function rebuilt(path: string, size: number) {
  return rebuiltFrom(await FolderSource.open(vector('ledger', path)), size)
}

async function rebuiltFrom(source: LogSource, size: number) {
  const remarks = new Remarks()
  const files = { log: 'published', source, folder: '' }
  const noted = { remarks, visit: async () => undefined }
  return { remarks, tree: await rebuildTree(files, { size, sizes: [] }, noted) }
}

const folders = suite('a folder that is read')

folders('has nothing outside it', async () => {
  const base = await mkdtemp(join(tmpdir(), 'tamga-folder-'))
  try {
    const source = await FolderSource.open(base)
    equal(await source.list('logs'), [])
    is(await codeOf(source.read('logs/x/checkpoint', 10)), 'missing')
    is(await codeOf(FolderSource.open(join(base, 'nowhere'))), 'missing')
  } finally {
    await rm(base, { recursive: true, force: true })
  }
})

folders('has files no longer than they can be', async () => {
  const source = await FolderSource.open(vector('ledger/tessera'))
  is(await codeOf(source.read('tile/entries/000.p/15', 10)), 'oversize')
  equal((await source.read('tile/entries/000.p/1', 5)).subarray(2), utf8('one'))
})

async function codeOf(reading: Promise<unknown>): Promise<unknown> {
  const error = await reading.catch((thrown: unknown) => thrown)
  return error instanceof Unreadable ? error.code : undefined
}

promises.run()
published.run()
folders.run()
