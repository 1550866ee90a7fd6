/** Proofs, tiles and bundles: what a log shows of its tree, with any sizes, indexes and hashes. */
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { InvalidCheckpoint, signCheckpoint } from '../../crypto/checkpoint.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { decodeBundle, encodeBundle } from '../../crypto/merkle/entry-bundle.ts'
import { verifyConsistency } from '../../crypto/merkle/consistency.ts'
import { rootFromInclusion } from '../../crypto/merkle/inclusion.ts'
import { InvalidProof } from '../../crypto/merkle/invalid-proof.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { rootFromSubtreeInclusion, verifySubtreeConsistency } from '../../crypto/merkle/subtree.ts'
import { parseSumdbTilePath, sumdbTilePath } from '../../crypto/merkle/sumdb-tile-path.ts'
import {
  entriesPath,
  hashFromTile,
  indexPath,
  InvalidTile,
  parseEntriesPath,
  parseIndexPath,
  parseTilePath,
  tilePath,
} from '../../crypto/merkle/tile.ts'
import { formatVkey, InvalidNote, noteSigner, noteVerifier } from '../../crypto/note.ts'
import {
  formatTlogProof,
  InvalidTlogProof,
  parseTlogProof,
  verifyTlogProof,
} from '../../crypto/tlog-proof.ts'
import {
  decodeHash,
  decodeProof,
  ledgerText,
  probes,
} from '../../test/crypto/support/ledger-vectors.ts'
import { bytesDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'
import { bytesField, Fields, listField, numberField } from './fields.ts'

interface Probe {
  readonly leafIdx: bigint
  readonly treeSize: bigint
  readonly size: bigint
  readonly size1: bigint
  readonly size2: bigint
  readonly start: bigint
  readonly end: bigint
  readonly root1: string | null
  readonly root2: string | null
  readonly leafHash: string | null
  readonly proof: string[] | null
  readonly wantErr: boolean
}

const proofRefusal = refusal(
  InvalidProof,
  'index-out-of-range',
  'size-out-of-range',
  'subtree-out-of-range',
  'path-length',
  'hash-length',
  'root-mismatch',
)

const proofs: readonly Decoder[] = [
  bytesDecoder({
    name: 'inclusion-proof',
    covers: ['crypto/merkle/inclusion.ts#rootFromInclusion'],
    seeds: () =>
      good('inclusion').map(({ leafIdx, treeSize, leafHash, proof }) =>
        fields([leafIdx, treeSize], [leafHash], proof),
      ),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const [index, size, leaf] = [read.number(), read.number(), read.bytes()]
      return rootFromInclusion(leaf, { index, size, path: read.list() })
    },
    refuses: [proofRefusal],
  }),
  bytesDecoder({
    name: 'consistency-proof',
    covers: ['crypto/merkle/consistency.ts#verifyConsistency'],
    seeds: () =>
      good('consistency')
        .filter(({ size1 }) => size1 > 0n)
        .map(({ size1, size2, root1, root2, proof }) =>
          fields([size1, size2], [root1, root2], proof),
        ),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const [size1, size2] = [read.number(), read.number()]
      const [root1, root2] = [read.bytes(), read.bytes()]
      return verifyConsistency({ size1, size2, root1, root2, proof: read.list() })
    },
    refuses: [proofRefusal],
  }),
  bytesDecoder({
    name: 'subtree-inclusion-proof',
    covers: ['crypto/merkle/subtree.ts#rootFromSubtreeInclusion'],
    seeds: () =>
      good('subtreeinclusion').map(({ leafIdx, start, end, leafHash, proof }) =>
        fields([leafIdx, start, end], [leafHash], proof),
      ),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const [index, start, end, leaf] = [read.number(), read.number(), read.number(), read.bytes()]
      return rootFromSubtreeInclusion(leaf, { index, start, end, path: read.list() })
    },
    refuses: [proofRefusal],
  }),
  bytesDecoder({
    name: 'subtree-consistency-proof',
    covers: ['crypto/merkle/subtree.ts#verifySubtreeConsistency'],
    seeds: () =>
      good('subtreeconsistency').map(({ start, end, size, root1, root2, proof }) =>
        fields([start, end, size], [root1, root2], proof),
      ),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const [start, end, size] = [read.number(), read.number(), read.number()]
      const [root1, root2] = [read.bytes(), read.bytes()]
      return verifySubtreeConsistency({ start, end, size, root1, root2, proof: read.list() })
    },
    refuses: [proofRefusal],
  }),
  bytesDecoder({
    name: 'right-edge',
    covers: ['crypto/merkle/right-edge.ts#RightEdge'],
    seeds: () => [0n, 1n, 5n, 255n].map((size) => edgeFields(size)),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const [size, leaf] = [read.number(), read.bytes()]
      const edge = RightEdge.from(size, read.list())
      edge.append(leaf)
      return { size: edge.size, root: edge.root() }
    },
    refuses: [proofRefusal],
  }),
]

const tileRefusal = refusal(InvalidTile, 'path', 'length', 'not-in-tile', 'bundle')
const bundled = [
  [utf8('one')],
  [utf8(''), utf8('two')],
  Array.from({ length: 256 }, () => utf8('x')),
]

const tiles: readonly Decoder[] = [
  bytesDecoder({
    name: 'tile',
    covers: ['crypto/merkle/tile.ts#hashFromTile'],
    seeds: () => [0, 3, 7].map((level) => concatBytes(Uint8Array.of(level), numberField(0), TILE)),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const [level, index] = [read.byte() % 64, BigInt.asUintN(64, read.number())]
      return hashFromTile(read.rest(), { level, index })
    },
    refuses: [tileRefusal],
  }),
  bytesDecoder({
    name: 'entry-bundle',
    covers: ['crypto/merkle/entry-bundle.ts#decodeBundle'],
    seeds: () =>
      bundled.map((entries) => concatBytes(numberField(entries.length), encodeBundle(entries))),
    decode: (bytes) => {
      const read = new Fields(bytes)
      const count = Number(read.number())
      return decodeBundle(read.rest(), count)
    },
    refuses: [tileRefusal],
  }),
  textDecoder({
    name: 'tile-path',
    covers: ['crypto/merkle/tile.ts#parseTilePath'],
    seeds: () => ['tile/0/000', 'tile/7/x001/x234/067.p/255', 'tile/1/x018/446.p/1'],
    decode: parseTilePath,
    encode: tilePath,
    isCanonical: true,
    refuses: [tileRefusal],
  }),
  textDecoder({
    name: 'entries-path',
    covers: ['crypto/merkle/tile.ts#parseEntriesPath'],
    seeds: () => ['tile/entries/000', 'tile/entries/x001/x234/067.p/255'],
    decode: parseEntriesPath,
    encode: entriesPath,
    isCanonical: true,
    refuses: [tileRefusal],
  }),
  textDecoder({
    name: 'index-path',
    covers: ['crypto/merkle/tile.ts#parseIndexPath'],
    seeds: () => ['000', 'x001/234', 'x018/x446/x744/x073/x709/x551/615.p/1'],
    decode: parseIndexPath,
    encode: ({ index, partial }) =>
      indexPath(index) + (partial === undefined ? '' : `.p/${partial}`),
    refuses: [tileRefusal],
  }),
  textDecoder({
    name: 'sumdb-tile-path',
    covers: ['crypto/merkle/sumdb-tile-path.ts#parseSumdbTilePath'],
    seeds: () => ['tile/4/0/001', 'tile/3/5/x123/x456/078.p/2', 'tile/1/data/x003/x057/500'],
    decode: parseSumdbTilePath,
    encode: sumdbTilePath,
    isCanonical: true,
    refuses: [tileRefusal],
  }),
]

const signer = signerFromSeed(new Uint8Array(32).fill(1))
const verifier = noteVerifier(formatVkey('log', signer.publicKey))
const ENTRY = utf8('entry')

const proofRefusals = [
  refusal(InvalidTlogProof, 'too-long', 'header', 'extra', 'index', 'path', 'checkpoint'),
  refusal(
    InvalidNote,
    'too-long',
    'malformed',
    'too-many-signatures',
    'bad-signature',
    'not-signed',
  ),
  refusal(InvalidCheckpoint, 'malformed', 'origin', 'size', 'root', 'extension'),
  proofRefusal,
]

const portable: readonly Decoder[] = [
  textDecoder({
    name: 'tlog-proof',
    covers: ['crypto/tlog-proof.ts#parseTlogProof'],
    seeds: () => publishedProofs(),
    decode: parseTlogProof,
    encode: formatTlogProof,
    isCanonical: true,
    refuses: proofRefusals,
  }),
  textDecoder({
    name: 'verified-tlog-proof',
    covers: ['crypto/tlog-proof.ts#verifyTlogProof'],
    seeds: () => [ownProof(undefined), ownProof(utf8('more'))],
    decode: (text) => verifyTlogProof(ENTRY, text, 'log', verifier),
    refuses: proofRefusals,
  }),
]

export const PROOF_DECODERS: readonly Decoder[] = [...proofs, ...tiles, ...portable]

/** A full tile of numbered hashes. */
const TILE = Uint8Array.from({ length: 256 * 32 }, (_, at) => at >> 5)

function good(set: string): Probe[] {
  return probes<Probe>(set).flatMap(([, probe]) => (probe.wantErr ? [] : [probe]))
}

function fields(
  numbers: readonly bigint[],
  hashes: readonly (string | null)[],
  proof: readonly string[] | null,
): Uint8Array {
  return concatBytes(
    ...numbers.map(numberField),
    ...hashes.map((hash) => bytesField(decodeHash(hash))),
    listField(decodeProof(proof)),
  )
}

function edgeFields(size: bigint): Uint8Array {
  const edge = RightEdge.empty()
  while (edge.size < size) edge.append(new Uint8Array(32).fill(Number(edge.size)))
  return concatBytes(numberField(size), bytesField(new Uint8Array(32)), listField(edge.hashes()))
}

function publishedProofs(): string[] {
  const vectors: { marshal: { want: string }[] } = JSON.parse(
    ledgerText('inline', 'tlog-proof.json'),
  )
  return [...vectors.marshal.map(({ want }) => want), ownProof(utf8('more'))]
}

/** Of the second of three entries, in a tree that the log has signed. */
function ownProof(extra: Uint8Array | undefined): string {
  const edge = RightEdge.empty()
  for (const leaf of [utf8('first'), ENTRY, utf8('third')]) edge.append(hashLeaf(leaf))
  const path = [hashLeaf(utf8('first')), hashLeaf(utf8('third'))]
  const tree = { origin: 'log', size: 3n, root: edge.root(), extensions: [] }
  const checkpoint = signCheckpoint(tree, noteSigner('log', signer))
  return formatTlogProof({ index: 1n, path, checkpoint, ...(extra ? { extra } : {}) })
}
