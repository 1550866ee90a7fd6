import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import {
  ACTIONS,
  decodeStatement,
  openStatement,
  signStatement,
  STATEMENT_BYTES_MAX,
  type Action,
  type OfficerKey,
  type Statement,
} from '../../protocol/statement.ts'
import { statements } from '../support/arbitraries.ts'
import { bitFlips, check, codeOf, promiseCodec } from './support/codec-promises.ts'

const promises = suite('a statement')
const signer = signerFromSeed(new Uint8Array(32).fill(1))
const officer: OfficerKey = { signer, credential: Uint8Array.of(1, 2, 3) }
const other = signerFromSeed(new Uint8Array(32).fill(2))

const LONGEST: Statement = {
  network: 'n'.repeat(256),
  action: 'update',
  post: 'p'.repeat(64),
  purpose: 'ж'.repeat(128),
  caseNumber: 'c'.repeat(256),
  legalBasis: 'l'.repeat(256),
  at: Number.MAX_SAFE_INTEGER,
  handle: new Uint8Array(16),
  payloadDigest: new Uint8Array(32),
  deedDigest: new Uint8Array(32),
}

promiseCodec<Statement>(
  promises,
  {
    name: 'statement',
    bytesMax: STATEMENT_BYTES_MAX,
    encode: (value) => signStatement(value, officer).statement,
    decode: decodeStatement,
    alsoThrows: ['unprocessable'],
  },
  statements,
)

promises('opens for whom the officer signed it', () => {
  check(statements, (statement) => {
    const signed = signStatement(statement, officer)
    equal(openStatement(signed), statement)
    equal(signed.officer, signer.publicKey)
    equal(signed.credential, officer.credential)
  })
})

promises('opens no more when any bit of it is changed', () => {
  const [statement] = fc.sample(statements, { numRuns: 1, seed: 4 })
  const signed = signStatement(statement!, officer)
  for (const part of ['statement', 'officer', 'signature'] as const) {
    for (const changed of bitFlips(signed[part])) {
      is(
        codeOf(() => openStatement({ ...signed, [part]: changed })),
        'bad-signature',
        part,
      )
    }
  }
})

promises('opens under no other key, and with no signature of another length', () => {
  const signed = signStatement(LONGEST, officer)
  const lengths = [0, 31, 32, 33, 63, 65].map((length) => new Uint8Array(length))
  is(
    codeOf(() => openStatement({ ...signed, officer: other.publicKey })),
    'bad-signature',
  )
  for (const wrong of lengths) {
    is(
      codeOf(() => openStatement({ ...signed, signature: wrong })),
      'bad-signature',
    )
    is(
      codeOf(() => openStatement({ ...signed, officer: wrong })),
      'bad-signature',
    )
    is(
      codeOf(() => openStatement({ ...signed, statement: wrong })),
      'bad-signature',
    )
  }
})

promises('is signed under a tag of its own: the bare bytes signed are not enough', () => {
  const { statement } = signStatement(LONGEST, officer)
  const signature = signer.sign(statement)
  const signed = { ...officer, statement, officer: signer.publicKey, signature }
  is(
    codeOf(() => openStatement(signed)),
    'bad-signature',
  )
})

promises('may be as long as its texts may be', () => {
  const { statement } = signStatement(LONGEST, officer)
  ok(statement.length <= STATEMENT_BYTES_MAX)
  equal(decodeStatement(statement), LONGEST)
})

const HANDLE = LONGEST.handle
const DIGEST = LONGEST.payloadDigest

/** What a statement must have and must not have, by its action. */
const FITS: readonly [action: Action, given: Partial<Statement>][] = [
  ['enrol', { handle: HANDLE, payloadDigest: DIGEST, deedDigest: DIGEST }],
  ['update', { handle: HANDLE, payloadDigest: DIGEST, deedDigest: DIGEST }],
  ['identify', { handle: undefined, payloadDigest: DIGEST, deedDigest: undefined }],
  ['verify', { handle: HANDLE, payloadDigest: DIGEST, deedDigest: undefined }],
  ['record', { handle: HANDLE, payloadDigest: undefined, deedDigest: DIGEST }],
  ['record', { handle: undefined, payloadDigest: undefined, deedDigest: DIGEST }],
]

for (const [action, given] of FITS) {
  const about = given.handle ? 'about somebody' : 'about nobody'
  promises(`${action} ${about} has the fields that it needs, and none besides`, () => {
    for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const tried: Partial<Statement> = {
        handle: bits & 1 ? HANDLE : undefined,
        payloadDigest: bits & 2 ? DIGEST : undefined,
        deedDigest: bits & 4 ? DIGEST : undefined,
      }
      const fits = FITS.some(([named, fit]) => named === action && isDeepStrictEqual(fit, tried))
      const signed = signStatement({ ...LONGEST, action, ...tried }, officer)
      is(
        codeOf(() => openStatement(signed)),
        fits ? undefined : 'unprocessable',
      )
    }
  })
}

promises('says the same actions by the same numbers for ever', () => {
  equal(ACTIONS, ['enrol', 'identify', 'verify', 'update', 'record'])
})

const UNSOUND: readonly [why: string, change: Partial<Statement>, code: string][] = [
  ['no post', { post: '' }, 'unprocessable'],
  ['no purpose', { purpose: '' }, 'unprocessable'],
  ['no case number', { caseNumber: '' }, 'unprocessable'],
  ['no legal basis', { legalBasis: '' }, 'unprocessable'],
  ['a text of 257 bytes', { network: 'n'.repeat(257), legalBasis: 'l' }, 'malformed'],
  ['a text of 129 letters of two bytes', { purpose: 'ж'.repeat(129), network: '' }, 'malformed'],
  ['a post of 65 bytes', { post: 'p'.repeat(65) }, 'malformed'],
  ['a line break in a text', { caseNumber: '1\n2' }, 'malformed'],
  ['a handle of 15 bytes', { handle: new Uint8Array(15) }, 'malformed'],
  ['a payload digest of 33 bytes', { payloadDigest: new Uint8Array(33) }, 'malformed'],
  ['a deed digest of 31 bytes', { deedDigest: new Uint8Array(31) }, 'malformed'],
  ['a time before 1970', { at: -1 }, 'malformed'],
  ['half a millisecond', { at: 0.5 }, 'malformed'],
]

for (const [why, change, code] of UNSOUND) {
  promises(`with ${why} is ${code}, however well signed`, () => {
    const signed = signStatement({ ...LONGEST, ...change }, officer)
    is(
      codeOf(() => openStatement(signed)),
      code,
    )
  })
}

promises.run()
