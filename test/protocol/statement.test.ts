import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import {
  decodeStatement,
  openStatement,
  signStatement,
  STATEMENT_BYTES_MAX,
  type Statement,
} from '../../protocol/statement.ts'
import { statements } from '../support/arbitraries.ts'
import { bitFlips, check, codeOf, promiseCodec } from './support/codec-promises.ts'

const promises = suite('a statement')
const officer = signerFromSeed(new Uint8Array(32).fill(1))
const other = signerFromSeed(new Uint8Array(32).fill(2))

const LONGEST: Statement = {
  network: 'n'.repeat(256),
  action: 'verify',
  purpose: 'ж'.repeat(128),
  caseNumber: 'c'.repeat(256),
  legalBasis: 'l'.repeat(256),
  at: Number.MAX_SAFE_INTEGER,
  handle: new Uint8Array(16),
  payloadDigest: new Uint8Array(32),
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
    equal(signed.officer, officer.publicKey)
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
  const signature = officer.sign(statement)
  const signed = { statement, officer: officer.publicKey, signature }
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

const UNSOUND: readonly [why: string, change: Partial<Statement>, code: string][] = [
  ['no purpose', { purpose: '' }, 'unprocessable'],
  ['no case number', { caseNumber: '' }, 'unprocessable'],
  ['a question who it is, about somebody', { action: 'identify' }, 'unprocessable'],
  ['an enrolment of nobody', { action: 'enrol', handle: undefined }, 'unprocessable'],
  ['a verification of nobody', { handle: undefined }, 'unprocessable'],
  ['a text of 257 bytes', { network: 'n'.repeat(257), legalBasis: '' }, 'malformed'],
  ['a text of 129 letters of two bytes', { purpose: 'ж'.repeat(129), network: '' }, 'malformed'],
  ['a line break in a text', { caseNumber: '1\n2' }, 'malformed'],
  ['a handle of 15 bytes', { handle: new Uint8Array(15) }, 'malformed'],
  ['a digest of 33 bytes', { payloadDigest: new Uint8Array(33) }, 'malformed'],
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
