import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { assert, bigInt, property, uint8Array } from 'fast-check'
import { fromHex, toBase64 } from '../../crypto/bytes.ts'
import {
  formatCheckpoint,
  InvalidCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type Checkpoint,
} from '../../crypto/checkpoint.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { EMPTY_ROOT } from '../../crypto/hash.ts'
import { formatVkey, InvalidNote, noteSigner, noteVerifier } from '../../crypto/note.ts'
import { ledgerText } from './support/ledger-vectors.ts'

interface Vectors {
  cases: { body: string; ok: boolean; rest: string | null }[]
}

interface Sigsum {
  checkpoint: {
    privSeedHex: string
    size: number
    rootHex: string
    want: string
    asFoundInStoredCopy: string
  }
}

const vectors: Vectors = JSON.parse(ledgerText('inline', 'checkpoint-parse.json'))
const sigsum: Sigsum['checkpoint'] = JSON.parse(ledgerText('inline', 'sigsum.json')).checkpoint
const tiles: { treeText: string } = JSON.parse(ledgerText('inline', 'tiles.json'))
const promises = suite('a checkpoint')

// Upstream takes roots of any length, and none of its cases has one of 32 bytes. Ours are SHA-256:
// a good case is refused for nothing but its root, and every case is judged again with a proper
// one, so that the bad ones are refused for what is bad about them.
for (const { body, ok, rest } of vectors.cases) {
  promises(`${JSON.stringify(body)} with a proper root ${ok ? 'is read' : 'is refused'}`, () => {
    throws(() => parseCheckpoint(body), ok ? isInvalid('root') : isInvalid())
    const proper = withProperRoot(body)
    if (!ok) return throws(() => parseCheckpoint(proper), isInvalid())
    const { extensions } = parseCheckpoint(proper)
    is(extensions.map((line) => `${line}\n`).join(''), rest)
    is(formatCheckpoint(parseCheckpoint(proper)), proper)
  })
}

promises('of a checksum database is read as ours', () => {
  const { origin, size, extensions } = parseCheckpoint(tiles.treeText)
  equal([origin, size, extensions], ['go.sum database tree', 123_456_789_012n, []])
})

promises('of sigsum is signed with exactly the published bytes', () => {
  is(signCheckpoint(sigsumCheckpoint(), sigsumSigner()), sigsum.want)
  const opened = openCheckpoint(sigsum.want, sigsumOrigin(), sigsumVerifier())
  equal(opened, { ...sigsumCheckpoint(), note: sigsum.want })
})

promises('of sigsum is refused in the copy with two characters of its signature exchanged', () => {
  throws(
    () => openCheckpoint(sigsum.asFoundInStoredCopy, sigsumOrigin(), sigsumVerifier()),
    (error: unknown) => error instanceof InvalidNote && error.code === 'bad-signature',
  )
})

promises('of another log is refused, however well it is signed', () => {
  throws(() => openCheckpoint(sigsum.want, 'elsewhere', sigsumVerifier()), isInvalid('origin'))
})

promises('has one spelling', () => {
  const sizes = bigInt({ min: 1n, max: (1n << 64n) - 1n })
  assert(
    property(sizes, uint8Array({ minLength: 32, maxLength: 32 }), (size, root) => {
      const checkpoint = { origin: 'registry.kz/abai/log/1', size, root, extensions: [] }
      const text = formatCheckpoint(checkpoint)
      equal(parseCheckpoint(text), checkpoint)
    }),
  )
})

const root = toBase64(new Uint8Array(32))

for (const [why, code, text] of [
  ['a leading zero', 'size', `log\n01\n${root}\n`],
  ['a plus sign', 'size', `log\n+1\n${root}\n`],
  ['a space before the size', 'size', `log\n 1\n${root}\n`],
  ['a hexadecimal size', 'size', `log\n0x10\n${root}\n`],
  ['a size of 2^64', 'size', `log\n18446744073709551616\n${root}\n`],
  ['no size', 'size', `log\n\n${root}\n`],
  ['a root without padding', 'root', `log\n1\n${root.slice(0, -1)}\n`],
  ['a root with spare bits set', 'root', `log\n1\n${root.slice(0, -2)}B=\n`],
  ['another root for no leaves', 'root', `log\n0\n${root}\n`],
  ['an empty extension line', 'extension', `log\n1\n${root}\n\n`],
  ['an empty line among extensions', 'extension', `log\n1\n${root}\na\n\nb\n`],
  ['two lines', 'malformed', 'log\n1\n'],
  ['nothing', 'malformed', ''],
] as const) {
  promises(`with ${why} is refused`, () => {
    throws(() => parseCheckpoint(text), isInvalid(code))
  })
}

promises('of the largest tree and of the empty one are read', () => {
  is(parseCheckpoint(`log\n18446744073709551615\n${root}\n`).size, (1n << 64n) - 1n)
  is(parseCheckpoint(`log\n0\n${toBase64(EMPTY_ROOT)}\n`).size, 0n)
})

promises('is not written if it would be read as another', () => {
  const good = { origin: 'log', size: 1n, root: EMPTY_ROOT, extensions: [] }
  const bad: Checkpoint[] = [
    { ...good, origin: '' },
    { ...good, origin: 'log\n2' },
    { ...good, size: -1n },
    { ...good, size: 1n << 64n },
    { ...good, root: EMPTY_ROOT.subarray(1) },
    { ...good, extensions: [''] },
    { ...good, extensions: ['a\nb'] },
  ]
  for (const checkpoint of bad) throws(() => formatCheckpoint(checkpoint), isInvalid())
})

function sigsumSigner() {
  return noteSigner(sigsumOrigin(), signerFromSeed(fromHex(sigsum.privSeedHex)))
}

function sigsumVerifier() {
  const { publicKey } = signerFromSeed(fromHex(sigsum.privSeedHex))
  return noteVerifier(formatVkey(sigsumOrigin(), publicKey))
}

function sigsumOrigin(): string {
  return sigsum.want.split('\n')[0] ?? ''
}

function sigsumCheckpoint(): Checkpoint {
  const { size, rootHex } = sigsum
  return { origin: sigsumOrigin(), size: BigInt(size), root: fromHex(rootHex), extensions: [] }
}

/** `body` with 32 bytes for a root, if it has a root at all. */
function withProperRoot(body: string): string {
  return body.replace(/YmFuYW5hcw==|dGhlIHZpZXc[A-Za-z0-9]+==/, root)
}

function isInvalid(code?: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof InvalidCheckpoint && (code === undefined || error.code === code)
}

promises.run()
