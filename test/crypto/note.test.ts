import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { fromBase64, utf8 } from '../../crypto/bytes.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import {
  addSignatures,
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
  type NoteSigner,
} from '../../crypto/note.ts'
import { InvalidNoteKey } from '../../crypto/note-key.ts'
import { ledgerText } from './support/ledger-vectors.ts'
import { succeeds } from './support/stored-tree.ts'

interface Vectors {
  sign: { skey: string; text: string; want: string }
  goodVkey: string
  badVkeys: string[]
  badSign: { text: string; why: string }[]
  open: {
    name: string
    msgB64: string
    vkeys: string[]
    ok: boolean
    verified: string[] | null
    unverified: string[] | null
    err: string | null
  }[]
}

const vectors: Vectors = JSON.parse(ledgerText('inline', 'signed-note.json'))
const promises = suite('a note')

/** Which of our codes stand for an upstream message. */
const CODES: [message: RegExp, codes: string[]][] = [
  [/^malformed note/, ['malformed', 'too-many-signatures']],
  [/^note has no verifiable/, ['not-signed']],
  [/^ambiguous key/, ['ambiguous-key']],
  [/^invalid signature/, ['bad-signature']],
]

for (const { name, msgB64, vkeys, ok: opens, verified, unverified, err } of vectors.open) {
  promises(`${name}: ${opens ? 'opens' : 'is refused'}`, () => {
    const bytes = fromBase64(msgB64)
    const verifiers = vkeys.map((vkey) => noteVerifier(vkey))
    if (opens) {
      const note = openNote(bytes, verifiers)
      equal(note, openNote(new TextDecoder().decode(bytes), verifiers))
      equal(
        note.verified.map((line) => line.name),
        verified,
      )
      equal(
        note.unverified.map((line) => line.name),
        unverified,
      )
      return
    }
    const codes = CODES.find(([message]) => message.test(err ?? ''))?.[1] ?? []
    throws(
      () => openNote(bytes, verifiers),
      (error: unknown) => {
        return error instanceof InvalidNote && codes.includes(error.code)
      },
    )
  })
}

promises('is signed with exactly the published bytes', () => {
  const { skey, text, want } = vectors.sign
  const { name, seed } = parseSkey(skey)
  is(signNote(text, [noteSigner(name, signerFromSeed(seed))]), want)
  is(formatSkey(name, seed), skey)
})

promises('is opened with exactly the published key', () => {
  const { name, publicKey } = parseVkey(vectors.goodVkey)
  is(formatVkey(name, publicKey), vectors.goodVkey)
  is(openNote(vectors.sign.want, [noteVerifier(vectors.goodVkey)]).text, vectors.sign.text)
})

for (const vkey of vectors.badVkeys) {
  promises(`is not opened with ${vkey.slice(0, 24)}…`, () => {
    throws(() => noteVerifier(vkey), isInvalidKey)
  })
}

for (const { text, why } of vectors.badSign) {
  promises(`is not made of a text with ${why}`, () => {
    throws(() => signNote(text, [signer('a', 1)]), isInvalid('malformed'))
  })
}

for (const [kind, key, parse] of [
  ['verifier', vectors.goodVkey, parseVkey],
  ['signer', vectors.sign.skey, parseSkey],
] as const) {
  promises(`key of a ${kind} is refused as every proper substring of itself`, () => {
    for (let start = 0; start <= key.length; start += 1) {
      for (let end = start; end <= key.length; end += 1) {
        if (start > 0 || end < key.length) throws(() => parse(key.slice(start, end)), isInvalidKey)
      }
    }
  })

  promises(`key of a ${kind} is refused with any of its bytes one higher`, () => {
    for (let at = 0; at < key.length; at += 1) {
      const higher = String.fromCharCode(key.charCodeAt(at) + 1)
      throws(() => parse(key.slice(0, at) + higher + key.slice(at + 1)), isInvalidKey)
    }
  })
}

promises('cut or with any of its bytes one higher never shows another text', () => {
  const note = utf8(vectors.sign.want)
  const verifiers = [noteVerifier(vectors.goodVkey)]
  const opened = (bytes: Uint8Array) => succeeds(() => openNote(bytes, verifiers))
  ok(opened(note))
  for (let length = 0; length < note.length; length += 1) {
    is(opened(note.subarray(0, length)), false)
    is(opened(note.subarray(length + 1)), false)
  }
  for (let at = 0; at < note.length; at += 1) {
    is(opened(note.map((byte, position) => (position === at ? byte + 1 : byte))), false)
  }
})

promises('is split at its last empty line', () => {
  const text = 'one\n\n— a AAAAAAAA\n\nthree\n'
  const note = signNote(text, [signer('a', 1)])
  is(openNote(note, [verifier('a', 1)]).text, text)
})

promises(
  'keeps the lines of others when it is signed again, and replaces one of the same key',
  () => {
    const text = 'text\n'
    const first = signNote(text, [signer('a', 1), signer('b', 2)])
    const second = signNote(text, [signer('c', 3), signer('a', 1)], first)
    const names = parseNote(second).signatures.map(({ name }) => name)
    equal(names, ['b', 'c', 'a'])
    const verifiers = [verifier('a', 1), verifier('b', 2), verifier('c', 3)]
    is(openNote(second, verifiers).verified.length, 3)
    throws(() => signNote('other\n', [signer('c', 3)], first), isInvalid('other-text'))
  },
)

promises('takes further lines, each once', () => {
  const note = signNote('text\n', [signer('a', 1)])
  const lines = parseNote(signNote('text\n', [signer('b', 2)])).signatures
  const more = addSignatures(note, lines)
  is(more, note + lines.map((line) => formatSignatureLine(line)).join(''))
  is(addSignatures(more, lines), more)
})

promises('with a bad line by a known key is refused whole, by an unknown one is not', () => {
  const note = signNote('text\n', [signer('a', 1)])
  const [forged] = parseNote(signNote('other\n', [signer('b', 2)])).signatures
  const more = addSignatures(note, [forged!])
  is(openNote(more, [verifier('a', 1)]).unverified.length, 1)
  throws(() => openNote(more, [verifier('a', 1), verifier('b', 2)]), isInvalid('bad-signature'))
})

promises("takes a line of a known name and another key id for a stranger's", () => {
  const note = signNote('text\n', [signer('a', 1), signer('a', 2)])
  const opened = openNote(note, [verifier('a', 1)])
  is(opened.verified.length, 1)
  is(opened.unverified.length, 1)
})

promises('may have 100 signatures and no more', () => {
  const signers = Array.from({ length: 101 }, (_, at) => signer(`witness${at}`, at))
  const note = signNote('text\n', signers.slice(0, 100))
  is(openNote(note, [verifier('witness99', 99)]).unverified.length, 99)
  throws(() => signNote('text\n', signers), isInvalid('too-many-signatures'))
})

promises('may have 65,536 bytes and no more, counted in UTF-8', () => {
  const line = signNote('\n', [signer('a', 1)]).slice(2)
  const room = 65_536 - line.length - 4
  is(
    openNote(signNote(`${'x'.repeat(room)}\n`, [signer('a', 1)]), [verifier('a', 1)]).verified
      .length,
    1,
  )
  throws(() => signNote(`${'x'.repeat(room + 1)}\n`, [signer('a', 1)]), isInvalid('too-long'))
  throws(() => openNote('é'.repeat(40_000), []), isInvalid('too-long'))
  throws(() => openNote(new Uint8Array(65_537), []), isInvalid('too-long'))
})

for (const [why, note] of [
  ['a carriage return', 'text\r\n\n— a AAAAAAAAAA==\n'],
  ['a lone surrogate', 'te\ud800xt\n\n— a AAAAAAAAAA==\n'],
  ['a hyphen for the dash', 'text\n\n- a AAAAAAAAAA==\n'],
  ['a plus in a name', 'text\n\n— a+b AAAAAAAAAA==\n'],
  ['a no-break space in a name', 'text\n\n— a\u00a0b AAAAAAAAAA==\n'],
  ['no name', 'text\n\n—  AAAAAAAAAA==\n'],
  ['a key id and no signature', 'text\n\n— a AAAAAA==\n'],
  ['base64 that is not canonical', 'text\n\n— a AAAAAAAAAB==\n'],
  ['something behind a signature', 'text\n\n— a AAAAAAAAAA== x\n'],
  ['no text', '\n— a AAAAAAAAAA==\n'],
] as const) {
  promises(`with ${why} is malformed`, () => {
    throws(() => openNote(note, []), isInvalid('malformed'))
  })
}

promises('in bytes keeps a byte order mark as part of its text', () => {
  const note = signNote('\ufefftext\n', [signer('a', 1)])
  is(openNote(utf8(note), [verifier('a', 1)]).text, '\ufefftext\n')
})

promises('line stands alone in the answer of a witness', () => {
  const { signatures } = parseNote(signNote('text\n', [signer('a', 1), signer('b', 2)]))
  equal(
    parseSignatureLines(signatures.map((line) => formatSignatureLine(line)).join('')),
    signatures,
  )
  for (const lines of ['', '\n', 'text\n', '— a AAAAAAAAAA==']) {
    throws(() => parseSignatureLines(lines), isInvalid('malformed'))
  }
})

promises('is signed under no name that could be misread', () => {
  for (const name of ['', 'a b', 'a+b', 'a\u2003b', 'a\nb']) {
    throws(() => noteSigner(name, signerFromSeed(new Uint8Array(32))), isInvalidKey)
  }
})

function signer(name: string, seed: number): NoteSigner {
  return noteSigner(name, signerFromSeed(new Uint8Array(32).fill(seed)))
}

function verifier(name: string, seed: number) {
  return noteVerifier(formatVkey(name, signerFromSeed(new Uint8Array(32).fill(seed)).publicKey))
}

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidNote && error.code === code
}

function isInvalidKey(error: unknown): boolean {
  return error instanceof InvalidNoteKey
}

promises.run()
