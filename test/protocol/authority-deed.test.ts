import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { equalBytes } from '../../crypto/bytes.ts'
import { authoriseDeed } from '../../protocol/authority.ts'
import { deedDigest, encodeDeed, type Deed } from '../../protocol/deed.ts'
import { signStatement, type OfficerKey, type Statement } from '../../protocol/statement.ts'
import { deeds } from '../support/arbitrary-deeds.ts'
import { check } from './support/codec-promises.ts'
import {
  grantOf,
  HANDLE,
  NOW,
  officerOf,
  refusalOf,
  roster,
  signedDeed,
  signerOf,
  statementOf,
  TERM_MS,
} from './support/officials.ts'

const promises = suite('authority over deeds')

const GUARD = officerOf('border-officer')
const ENROLLER = officerOf('enrolment-officer')
const ADJUDICATOR = officerOf('adjudicator')
const PROTECTOR = officerOf('data-protection-officer')

const STATUS: Deed = { type: 'status' }
const ERASURE: Deed = { type: 'erasure', ground: 'request' }
const OTHER_HANDLE = new Uint8Array(16).fill(8)

promises('a deed of one counts with the signature of one', () => {
  const { deed, by } = authoriseDeed(signedDeed(STATUS, 'adjudication', [ADJUDICATOR]), roster)
  equal(deed, STATUS)
  equal(
    by.map(({ grant }) => grant),
    [grantOf('adjudicator')],
  )
  equal(by[0]?.statement.handle, HANDLE)
})

promises('a deed of two counts with the signatures of two, in their order', () => {
  for (const officers of [
    [ADJUDICATOR, PROTECTOR],
    [PROTECTOR, ADJUDICATOR],
  ]) {
    const { deed, by } = authoriseDeed(signedDeed(ERASURE, 'subject-access', officers), roster)
    equal(deed, ERASURE)
    equal(
      by.map(({ grant }) => grant.publicKey),
      officers.map(({ signer }) => signer.publicKey),
    )
  }
})

promises('two of one name in two organisations are two', () => {
  const name = 'smith'
  const two = [officerOf('adjudicator', { name }), officerOf('data-protection-officer', { name })]
  is(authoriseDeed(signedDeed(ERASURE, 'subject-access', two), roster).by.length, 2)
})

promises('two may have their own purposes, posts and cases', () => {
  const one = erasure([ADJUDICATOR], { purpose: 'audit', post: 'a', caseNumber: '1' })
  const other = erasure([PROTECTOR], { purpose: 'court-order', post: 'b', caseNumber: '2' })
  const { by } = authoriseDeed(joined(one, other), roster)
  equal(
    by.map(({ statement }) => statement.purpose),
    ['audit', 'court-order'],
  )
})

/** What is done with which signatures, and the refusal. */
const REFUSED_DEEDS: readonly [why: string, ReturnType<typeof signedDeed>, refusal: string][] = [
  ['that nobody signed', signedDeed(STATUS, 'audit', []), 'forbidden: second-person-needed'],
  [
    'by a role that may not',
    signedDeed(STATUS, 'adjudication', [officerOf('node-administrator')]),
    'forbidden: role-may-not',
  ],
  [
    'for a purpose of somebody else',
    signedDeed(STATUS, 'audit', [ADJUDICATOR]),
    'forbidden: purpose-not-allowed',
  ],
  [
    'signed before the credential began',
    signedDeed(STATUS, 'adjudication', [ADJUDICATOR], { at: NOW - TERM_MS - 1 }),
    'forbidden: credential-expired',
  ],
  [
    'signed when the credential had ended',
    signedDeed(STATUS, 'adjudication', [ADJUDICATOR], { at: NOW + TERM_MS }),
    'forbidden: credential-expired',
  ],
  [
    'for another network',
    signedDeed(STATUS, 'adjudication', [ADJUDICATOR], { network: 'test.kz' }),
    'forbidden',
  ],
  [
    'by a stranger',
    signedDeed(STATUS, 'adjudication', [officerOf('adjudicator', { organisation: 'nobody' })]),
    'forbidden',
  ],
  [
    'of one, signed by two',
    joined(
      signedDeed(STATUS, 'adjudication', [ADJUDICATOR]),
      signedDeed(STATUS, 'data-protection', [PROTECTOR]),
    ),
    'forbidden: second-person-needed',
  ],
  ['of two, signed by one', erasure([ADJUDICATOR]), 'forbidden: second-person-needed'],
  [
    'of two, signed by three',
    erasure([ADJUDICATOR, PROTECTOR, ADJUDICATOR]),
    'forbidden: second-person-needed',
  ],
  [
    'of two, signed twice with one key',
    erasure([PROTECTOR, PROTECTOR]),
    'forbidden: same-person-twice',
  ],
  [
    'of two, signed with one key under two roles',
    erasure([PROTECTOR, officerOf('adjudicator', {}, PROTECTOR.signer)]),
    'forbidden: same-person-twice',
  ],
  [
    'of two, signed by one person with two keys',
    erasure([ADJUDICATOR, officerOf('adjudicator', {}, signerOf(50))]),
    'forbidden: same-person-twice',
  ],
  [
    'of two, signed by two of one role',
    erasure([ADJUDICATOR, officerOf('adjudicator', { name: 'other' }, signerOf(50))]),
    'forbidden: same-role-twice',
  ],
  [
    'of two, one of whom may not',
    erasure([ADJUDICATOR, officerOf('auditor')]),
    'forbidden: role-may-not',
  ],
  [
    'of two, one of them for a wrong purpose',
    joined(erasure([ADJUDICATOR]), erasure([PROTECTOR], { purpose: 'border-control' })),
    'forbidden: purpose-not-allowed',
  ],
  [
    'of two, one of them with a credential that is over',
    erasure([ADJUDICATOR, officerOf('data-protection-officer', { until: NOW })]),
    'forbidden: credential-expired',
  ],
  [
    'of two who mean two persons',
    joined(erasure([ADJUDICATOR]), erasure([PROTECTOR], { handle: OTHER_HANDLE })),
    'unprocessable',
  ],
  [
    'of two, one of whom names nobody',
    joined(erasure([ADJUDICATOR]), erasure([PROTECTOR], { handle: undefined })),
    'unprocessable',
  ],
  [
    'of which a statement is about another',
    { ...signedDeed({ type: 'death' }, 'adjudication', [ADJUDICATOR]), deed: encodeDeed(STATUS) },
    'unprocessable',
  ],
  [
    'of two, one of whom signed another',
    joined(erasure([ADJUDICATOR]), signedDeed(STATUS, 'data-protection', [PROTECTOR])),
    'unprocessable',
  ],
  [
    'for which an enrolment was signed',
    {
      deed: encodeDeed(STATUS),
      signatures: [
        signStatement(
          statementOf('enrol', { deedDigest: deedDigest(encodeDeed(STATUS)) }),
          ENROLLER,
        ),
      ],
    },
    'unprocessable',
  ],
  [
    'for which a question was signed',
    { deed: encodeDeed(STATUS), signatures: [signStatement(statementOf('verify'), GUARD)] },
    'unprocessable',
  ],
  ['that is none', { ...erasure([ADJUDICATOR, PROTECTOR]), deed: Uint8Array.of(1) }, 'malformed'],
]

for (const [why, act, refusal] of REFUSED_DEEDS) {
  promises(`a deed ${why} is refused: ${refusal}`, () => {
    is(
      refusalOf(() => authoriseDeed(act, roster)),
      refusal,
    )
  })
}

promises('what was signed for one deed does for no other', () => {
  check(fc.tuple(deeds, deeds), ([signedFor, done]) => {
    const { signatures } = signedDeed(signedFor, 'adjudication', [ADJUDICATOR])
    const deed = encodeDeed(done)
    fc.pre(!equalBytes(deed, encodeDeed(signedFor)))
    is(
      refusalOf(() => authoriseDeed({ deed, signatures }, roster)),
      'unprocessable',
    )
  })
})

promises.run()

function erasure(officers: readonly OfficerKey[], changed: Partial<Statement> = {}) {
  return signedDeed(ERASURE, 'subject-access', officers, changed)
}

/** The first deed with everybody's signatures. */
function joined(...acts: readonly ReturnType<typeof signedDeed>[]) {
  return { deed: acts[0]!.deed, signatures: acts.flatMap(({ signatures }) => signatures) }
}
