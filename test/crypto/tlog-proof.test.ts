import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { fromBase64, utf8 } from '../../crypto/bytes.ts'
import { InvalidCheckpoint, signCheckpoint } from '../../crypto/checkpoint.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { InvalidProof } from '../../crypto/merkle/invalid-proof.ts'
import { proveInclusion } from '../../crypto/merkle/prove.ts'
import { formatVkey, InvalidNote, noteSigner, noteVerifier } from '../../crypto/note.ts'
import {
  formatTlogProof,
  InvalidTlogProof,
  parseTlogProof,
  verifyTlogProof,
} from '../../crypto/tlog-proof.ts'
import { ledgerText } from './support/ledger-vectors.ts'
import { numbered, storedTree } from './support/stored-tree.ts'

interface Vectors {
  marshal: {
    index: number
    hashes: string[]
    checkpoint: string
    extra: string | null
    want: string
  }[]
  reject: { why: string; proof: string }[]
}

const vectors: Vectors = JSON.parse(ledgerText('inline', 'tlog-proof.json'))
const promises = suite('a tlog-proof')

for (const { index, hashes, checkpoint, extra, want } of vectors.marshal) {
  promises(`of entry ${index} with ${hashes.length} hashes has the published bytes`, () => {
    const proof = {
      index: BigInt(index),
      path: hashes.map((hash) => fromBase64(hash)),
      checkpoint,
      ...(extra === null ? {} : { extra: fromBase64(extra) }),
    }
    is(formatTlogProof(proof), want)
    equal(parseTlogProof(want), proof)
  })
}

for (const { why, proof } of vectors.reject) {
  promises(`is refused: ${why}`, () => {
    throws(() => parseTlogProof(proof), isInvalid())
  })
}

for (const [why, code, text] of [
  ['nothing', 'checkpoint', ''],
  ['no checkpoint', 'checkpoint', 'c2sp.org/tlog-proof@v1\nindex 0\n\n'],
  ['no empty line', 'checkpoint', 'c2sp.org/tlog-proof@v1\nindex 0\nlog\n'],
  ['a leading zero', 'index', 'c2sp.org/tlog-proof@v1\nindex 00\n\nlog\n'],
  ['an index of 2^64', 'index', 'c2sp.org/tlog-proof@v1\nindex 18446744073709551616\n\nlog\n'],
  ['extra twice', 'index', 'c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0\n\nlog\n'],
  ['extra behind index', 'path', 'c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\nlog\n'],
  [
    '64 hashes',
    'path',
    `c2sp.org/tlog-proof@v1\nindex 0\n${'A'.repeat(43)}=\n`.replace(/A+=\n$/, (line) =>
      line.repeat(64),
    ) + '\nlog\n',
  ],
  ['too much', 'too-long', 'x'.repeat(300_000)],
] as const) {
  promises(`with ${why} is refused`, () => {
    throws(() => parseTlogProof(text), isInvalid(code))
  })
}

const entries = numbered('entry', 70)
const tree = storedTree(entries)
const signer = signerFromSeed(new Uint8Array(32).fill(1))
const verifier = noteVerifier(formatVkey('log', signer.publicKey))
const checkpoint = signCheckpoint(
  { origin: 'log', size: 70n, root: tree.edge.root(), extensions: [] },
  noteSigner('log', signer),
)

promises(
  'proves every entry of a log offline, and returns where it is and what was signed',
  async () => {
    for (const [at, entry] of entries.entries()) {
      const text = await proofOf(BigInt(at))
      const proven = verifyTlogProof(entry, text, 'log', verifier)
      equal(
        [proven.index, proven.checkpoint.size, proven.checkpoint.note],
        [BigInt(at), 70n, checkpoint],
      )
    }
  },
)

promises('passes extra data on', async () => {
  const path = await proveInclusion(5n, 70n, tree.readNodes)
  const text = formatTlogProof({ index: 5n, path, checkpoint, extra: utf8('more') })
  equal(verifyTlogProof(entries[5]!, text, 'log', verifier).extra, utf8('more'))
})

promises('proves no other entry, index, log or key', async () => {
  const text = await proofOf(5n)
  const other = noteVerifier(formatVkey('log', signerFromSeed(new Uint8Array(32)).publicKey))
  throws(
    () => verifyTlogProof(entries[6]!, text, 'log', verifier),
    hasCode(InvalidProof, 'root-mismatch'),
  )
  const moved = text.replace('index 5', 'index 6')
  throws(
    () => verifyTlogProof(entries[5]!, moved, 'log', verifier),
    hasCode(InvalidProof, 'root-mismatch'),
  )
  const outside = text.replace('index 5', 'index 70')
  throws(
    () => verifyTlogProof(entries[5]!, outside, 'log', verifier),
    hasCode(InvalidProof, 'index-out-of-range'),
  )
  throws(
    () => verifyTlogProof(entries[5]!, text, 'log2', verifier),
    hasCode(InvalidCheckpoint, 'origin'),
  )
  throws(() => verifyTlogProof(entries[5]!, text, 'log', other), hasCode(InvalidNote, 'not-signed'))
})

async function proofOf(index: bigint): Promise<string> {
  return formatTlogProof({
    index,
    path: await proveInclusion(index, 70n, tree.readNodes),
    checkpoint,
  })
}

function hasCode(
  kind: new (...parts: never[]) => Error,
  code: string,
): (error: unknown) => boolean {
  return (error) => error instanceof kind && 'code' in error && error.code === code
}

function isInvalid(code?: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidTlogProof && (code === undefined || error.code === code)
}

promises.run()
