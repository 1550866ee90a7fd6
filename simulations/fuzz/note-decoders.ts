/** Signed notes and what is written in them or beside them: all of `crypto/` that is text. */
import { fromBase64, fromHex, InvalidEncoding, toBase64, toHex, utf8 } from '../../crypto/bytes.ts'
import {
  formatCheckpoint,
  InvalidCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  parseDecimal,
  signCheckpoint,
  type Checkpoint,
} from '../../crypto/checkpoint.ts'
import {
  cosignatureTime,
  cosignatureVerifier,
  cosignCheckpoint,
  cosigner,
  parseCosigner,
} from '../../crypto/cosignature.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { EMPTY_ROOT, sha256 } from '../../crypto/hash.ts'
import {
  formatSignatureLine,
  formatSkey,
  formatVkey,
  InvalidNote,
  noteSigner,
  noteVerifier,
  openNote,
  parseNote,
  parseSignatureLines,
  parseSkey,
  parseVkey,
  signNote,
} from '../../crypto/note.ts'
import {
  ALGORITHM_COSIGNATURE_V1,
  ALGORITHM_ML_DSA_44,
  InvalidNoteKey,
} from '../../crypto/note-key.ts'
import { checkWitnesses, witnessGroup } from '../../crypto/witness-policy.ts'
import { ledgerText } from '../../test/crypto/support/ledger-vectors.ts'
import { refusal, textDecoder, type Decoder } from './decoder.ts'

const ORIGIN = 'registry.kz/astana/log/0'
const signer = signerFromSeed(new Uint8Array(32).fill(1))
const own = noteSigner(ORIGIN, signer)
const verifier = noteVerifier(formatVkey(ORIGIN, signer.publicKey))
const witnesses = ['almaty', 'shymkent', 'aktau'].map((name, place) => {
  const key = signerFromSeed(new Uint8Array(32).fill(10 + place))
  return { cosigner: cosigner(name, key), verifier: cosignatureVerifier(name, key.publicKey) }
})
const policy = witnessGroup(
  2,
  witnesses.map((witness) => witness.verifier),
)

const checkpoints: readonly Checkpoint[] = [
  { origin: ORIGIN, size: 0n, root: EMPTY_ROOT, extensions: [] },
  { origin: ORIGIN, size: 70_000n, root: sha256(utf8('root')), extensions: [] },
  { origin: ORIGIN, size: (1n << 64n) - 1n, root: sha256(), extensions: ['more', 'Алматы — 1'] },
].map((checkpoint) => ({
  ...checkpoint,
  root: checkpoint.size === 0n ? EMPTY_ROOT : checkpoint.root,
}))

const texts = checkpoints.map(formatCheckpoint)
const lines = texts.flatMap((text) =>
  witnesses.map((witness, place) =>
    cosignCheckpoint(text, witness.cosigner, 1_800_000_000 + place),
  ),
)
const signed = checkpoints.map((checkpoint) => signCheckpoint(checkpoint, own))
const cosigned = signed.map((note, at) => note + lines.slice(3 * at, 3 * at + 3).join(''))
const published = ['', '.0', '.7'].map((suffix) => ledgerText('tessera', `checkpoint${suffix}`))
const notes = [
  ...signed,
  ...cosigned,
  ...published,
  ledgerText('sunlight', 'witness', 'checkpoint'),
].filter((note) => note.includes('\n\n'))

const noteRefusal = refusal(
  InvalidNote,
  'too-long',
  'malformed',
  'too-many-signatures',
  'ambiguous-key',
  'bad-signature',
  'not-signed',
)
const checkpointRefusal = refusal(
  InvalidCheckpoint,
  'malformed',
  'origin',
  'size',
  'root',
  'extension',
)
const keyRefusal = refusal(InvalidNoteKey, 'malformed', 'name', 'algorithm', 'key-length', 'key-id')

const noteFormats: readonly Decoder[] = [
  textDecoder({
    name: 'note',
    covers: ['crypto/note.ts#parseNote'],
    seeds: () => notes,
    decode: parseNote,
    encode: ({ text, signatures }) => `${text}\n${signatures.map(formatSignatureLine).join('')}`,
    isCanonical: true,
    refuses: [noteRefusal],
  }),
  textDecoder({
    name: 'opened-note',
    covers: ['crypto/note.ts#openNote'],
    seeds: () => [...signed, ...cosigned],
    decode: (note) => openNote(note, [verifier, ...witnesses.map((witness) => witness.verifier)]),
    refuses: [noteRefusal],
  }),
  textDecoder({
    name: 'properly-signed-checkpoint',
    covers: ['crypto/checkpoint.ts#openCheckpoint'],
    seeds: () => texts,
    decode: (text) => openCheckpoint(signNote(text, [own]), ORIGIN, verifier),
    refuses: [noteRefusal, checkpointRefusal],
  }),
  textDecoder({
    name: 'cosigned-note',
    covers: ['crypto/cosignature.ts#cosignatureTime', 'crypto/witness-policy.ts#checkWitnesses'],
    seeds: () => cosigned,
    decode: (note) => {
      const { satisfied, cosignatures } = checkWitnesses(note, policy)
      return { satisfied, times: cosignatures.map(cosignatureTime) }
    },
    refuses: [noteRefusal],
  }),
  textDecoder({
    name: 'signature-lines',
    covers: ['crypto/note.ts#parseSignatureLines'],
    seeds: () => [...lines, lines.join('')],
    decode: parseSignatureLines,
    encode: (found) => found.map(formatSignatureLine).join(''),
    isCanonical: true,
    refuses: [noteRefusal],
  }),
  textDecoder({
    name: 'checkpoint',
    covers: ['crypto/checkpoint.ts#parseCheckpoint'],
    seeds: () => texts,
    decode: parseCheckpoint,
    encode: formatCheckpoint,
    isCanonical: true,
    refuses: [checkpointRefusal],
  }),
  textDecoder({
    name: 'decimal',
    covers: ['crypto/checkpoint.ts#parseDecimal'],
    seeds: () => ['0', '1', '70000', '18446744073709551615'],
    decode: parseDecimal,
    encode: (number) => String(number ?? 'none'),
    refuses: [],
  }),
]

const seedBytes = new Uint8Array(32).fill(3)
const vkeys = [
  formatVkey(ORIGIN, signer.publicKey),
  formatVkey('астана', signer.publicKey, ALGORITHM_COSIGNATURE_V1),
  formatVkey('later', new Uint8Array(1_312).fill(7), ALGORITHM_ML_DSA_44),
  ...cosignerVectors(),
]

const keyFormats: readonly Decoder[] = [
  textDecoder({
    name: 'vkey',
    covers: ['crypto/note-key.ts#parseVkey'],
    seeds: () => vkeys,
    decode: (vkey) => parseVkey(vkey),
    encode: ({ name, publicKey, algorithm }) => formatVkey(name, publicKey, algorithm),
    isCanonical: true,
    refuses: [keyRefusal],
  }),
  textDecoder({
    name: 'cosigner-vkey',
    covers: ['crypto/cosignature.ts#parseCosigner'],
    seeds: () => vkeys,
    // Verifiers are functions, which no two decodings share.
    decode: (vkey) => {
      const { verifier: found, ...rest } = parseCosigner(vkey)
      return { ...rest, isVerifier: found !== undefined }
    },
    refuses: [keyRefusal],
  }),
  textDecoder({
    name: 'skey',
    covers: ['crypto/note-key.ts#parseSkey'],
    seeds: () => [formatSkey(ORIGIN, seedBytes), formatSkey('астана', seedBytes)],
    decode: parseSkey,
    encode: ({ name, seed }) => formatSkey(name, seed),
    isCanonical: true,
    refuses: [keyRefusal],
  }),
  textDecoder({
    name: 'hex',
    covers: ['crypto/bytes.ts#fromHex'],
    seeds: () => ['', '00', toHex(seedBytes)],
    decode: fromHex,
    encode: toHex,
    isCanonical: true,
    refuses: [refusal(InvalidEncoding, 'hex')],
  }),
  textDecoder({
    name: 'base64',
    covers: ['crypto/bytes.ts#fromBase64'],
    seeds: () => ['', 'AA==', 'AAA=', toBase64(seedBytes)],
    decode: fromBase64,
    encode: toBase64,
    isCanonical: true,
    refuses: [refusal(InvalidEncoding, 'base64')],
  }),
]

export const NOTE_DECODERS: readonly Decoder[] = [...noteFormats, ...keyFormats]

/** The short ones: the published ML-DSA-44 key is mistyped, see the tests of cosignatures. */
function cosignerVectors(): string[] {
  const vectors: { cases: { vkey: string; wantErr: boolean }[] } = JSON.parse(
    ledgerText('inline', 'cosigner-vkeys.json'),
  )
  return vectors.cases
    .filter(({ vkey, wantErr }) => !wantErr && vkey.length < 200)
    .map(({ vkey }) => vkey)
}
