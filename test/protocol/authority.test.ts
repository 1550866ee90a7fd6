import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { ROLES, type Role } from '../../protocol/credential.ts'
import { authorise, checkFresh, openSigned } from '../../protocol/authority.ts'
import {
  signStatement,
  STATEMENT_AGE_MS_MAX,
  STATEMENT_AHEAD_MS_MAX,
  type OfficerKey,
  type SignedStatement,
  type Statement,
} from '../../protocol/statement.ts'
import { bitFlips, codeOf } from './support/codec-promises.ts'
import {
  grantOf,
  NOW,
  officerOf,
  refusalOf,
  roster,
  signedDeed,
  signerOf,
  statementOf,
  TERM_MS,
} from './support/officials.ts'

const promises = suite('authority')

const GUARD = officerOf('border-officer')
const ENROLLER = officerOf('enrolment-officer')

const ALLOWED: readonly [role: Role, action: 'enrol' | 'identify' | 'verify' | 'update'][] = [
  ['enrolment-officer', 'enrol'],
  ['enrolment-officer', 'update'],
  ['border-officer', 'verify'],
  ['border-officer', 'identify'],
]

for (const [role, action] of ALLOWED) {
  promises(`${role} may ${action}, and is told apart by the credential`, () => {
    const statement = statementOf(action)
    const authorised = authorise(signStatement(statement, officerOf(role)), roster)
    equal(authorised, { statement, grant: grantOf(role) })
  })
}

/** Who signs what, and the refusal. */
const REFUSED: readonly [why: string, Statement, OfficerKey, refusal: string][] = [
  ['by a role that may not', statementOf('identify'), ENROLLER, 'forbidden: role-may-not'],
  [
    'for a purpose of somebody else',
    statementOf('identify', { purpose: 'criminal-investigation' }),
    GUARD,
    'forbidden: purpose-not-allowed',
  ],
  [
    'for a purpose that nobody knows',
    statementOf('verify', { purpose: 'curiosity' }),
    GUARD,
    'forbidden: purpose-not-allowed',
  ],
  [
    'signed a moment before the credential begins',
    statementOf('verify', { at: NOW - TERM_MS - 1 }),
    GUARD,
    'forbidden: credential-expired',
  ],
  [
    'signed at the moment when the credential ends',
    statementOf('verify', { at: NOW + TERM_MS }),
    GUARD,
    'forbidden: credential-expired',
  ],
  ['for a test network', statementOf('verify', { network: 'test.kz' }), GUARD, 'forbidden'],
  ['for no network', statementOf('verify', { network: '' }), GUARD, 'forbidden'],
  [
    'for a network that is spelt otherwise',
    statementOf('verify', { network: 'Registry.kz' }),
    GUARD,
    'forbidden',
  ],
  [
    'under a credential of a test network',
    statementOf('verify'),
    officerOf('border-officer', { network: 'test.kz' }),
    'forbidden',
  ],
  [
    'under a credential of an organisation that is not in the roster',
    statementOf('verify'),
    officerOf('border-officer', { organisation: 'nobody' }),
    'forbidden',
  ],
  [
    'under a role that the organisation has not',
    statementOf('verify'),
    officerOf('border-officer', { organisation: 'migration-service' }),
    'forbidden',
  ],
  [
    'under the credential of another officer',
    statementOf('verify'),
    { signer: signerOf(50), credential: GUARD.credential },
    'forbidden',
  ],
  [
    'under no credential',
    statementOf('verify'),
    { ...GUARD, credential: new Uint8Array() },
    'malformed',
  ],
  ['without a case', statementOf('verify', { caseNumber: '' }), GUARD, 'unprocessable'],
]

for (const [why, statement, officer, refusal] of REFUSED) {
  promises(`a question ${why} is refused: ${refusal}`, () => {
    const signed = signStatement(statement, officer)
    is(
      refusalOf(() => authorise(signed, roster)),
      refusal,
    )
  })
}

promises('a statement counts from the first moment of its credential to the last', () => {
  for (const at of [NOW - TERM_MS, NOW + TERM_MS - 1]) {
    equal(authorise(signStatement(statementOf('verify', { at }), GUARD), roster).statement.at, at)
  }
})

promises('a deed is no question, whoever signs it', () => {
  for (const role of ROLES) {
    const { signatures } = signedDeed({ type: 'status' }, 'audit', [officerOf(role)])
    is(
      refusalOf(() => authorise(signatures[0]!, roster)),
      'forbidden',
    )
  }
})

promises('a statement of which any bit is changed is nobody’s', () => {
  const signed = signStatement(statementOf('verify'), GUARD)
  for (const part of ['statement', 'signature'] as const) {
    for (const changed of bitFlips(signed[part])) {
      is(codeOfChanged(signed, { [part]: changed }), 'bad-signature')
    }
  }
  for (const part of ['officer', 'credential'] as const) {
    for (const changed of bitFlips(signed[part])) {
      const code = codeOfChanged(signed, { [part]: changed })
      is(['bad-signature', 'forbidden', 'malformed'].includes(code ?? 'accepted'), true, code)
    }
  }
})

promises('what is refused to an officer is still theirs', () => {
  const refused: readonly [Statement, OfficerKey][] = [
    [statementOf('identify'), ENROLLER],
    [statementOf('verify', { purpose: 'curiosity' }), GUARD],
    [statementOf('verify', { at: NOW + TERM_MS }), GUARD],
  ]
  for (const [statement, officer] of refused) {
    const opened = openSigned(signStatement(statement, officer), roster)
    equal(opened.statement, statement)
    equal(opened.grant.publicKey, officer.signer.publicKey)
  }
  const strange = { signer: signerOf(50), credential: GUARD.credential }
  for (const officer of [strange, officerOf('border-officer', { organisation: 'nobody' })]) {
    const signed = signStatement(statementOf('verify'), officer)
    is(
      codeOf(() => openSigned(signed, roster)),
      'forbidden',
    )
  }
})

const MOMENTS: readonly [age: number, isFresh: boolean][] = [
  [0, true],
  [STATEMENT_AGE_MS_MAX, true],
  [STATEMENT_AGE_MS_MAX + 1, false],
  [-STATEMENT_AHEAD_MS_MAX, true],
  [-STATEMENT_AHEAD_MS_MAX - 1, false],
  [NOW, false],
  [NOW - Number.MAX_SAFE_INTEGER, false],
]

for (const [age, isFresh] of MOMENTS) {
  promises(`a statement ${age} ms old is ${isFresh ? 'fresh' : 'stale'}`, () => {
    const statement = statementOf('verify', { at: NOW - age })
    is(
      refusalOf(() => checkFresh(statement, NOW)),
      isFresh ? undefined : 'forbidden: statement-stale',
    )
  })
}

promises.run()

function codeOfChanged(signed: SignedStatement, changed: Partial<SignedStatement>) {
  return codeOf(() => authorise({ ...signed, ...changed }, roster))
}
