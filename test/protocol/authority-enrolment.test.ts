import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { authoriseEnrolment } from '../../protocol/authority.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import { signReceipt, type Deposited, type Receipt } from '../../protocol/receipt.ts'
import { shardOf } from '../../protocol/shards.ts'
import { signStatement, type OfficerKey, type Statement } from '../../protocol/statement.ts'
import type { Taken } from '../../protocol/taken.ts'
import {
  grantOf,
  HANDLE,
  nodeSigner,
  NOW,
  officerOf,
  refusalOf,
  roster,
  signedDeed,
  signerOf,
  statementOf,
  TERM_MS,
} from './support/officials.ts'

const promises = suite('authority over enrolments')

/** In whose log the enrolments stand. */
const HOME = 'shymkent'

const ENROLLER = officerOf('enrolment-officer')
const COMMITMENT = new Uint8Array(32)

const TAKEN: Taken = {
  policy: 'seed-2017',
  verdict: 'mandatory',
  citizenship: 'citizen',
  sex: 'female',
  ageBand: '30-44',
}

for (const action of ['enrol', 'update'] as const) {
  promises(`an enrolment counts for which its officer signed: ${action}`, () => {
    const statement = statementOf(action)
    equal(authoriseEnrolment(enrolment(statement), HOME, roster), {
      statement,
      grant: grantOf('enrolment-officer'),
    })
  })
}

const ENROL = statementOf('enrol')
const OWN_SHARD = shardOf(HANDLE, roster)

const REFUSED: readonly [why: string, entry: Enrolment, refusal: string][] = [
  ['of somebody else', enrolment(ENROL, { handle: new Uint8Array(16).fill(8) }), 'forbidden'],
  ['in another shard', enrolment(ENROL, { shard: (OWN_SHARD + 1) % roster.shards }), 'forbidden'],
  [
    'on the strength of a verification',
    enrolment(statementOf('verify', { purpose: 'document-issue' })),
    'forbidden',
  ],
  [
    'on the strength of an identification',
    enrolment(statementOf('identify'), {}, officerOf('border-officer')),
    'forbidden',
  ],
  [
    'on the strength of a deed',
    enrolment(
      ENROL,
      signedDeed({ type: 'confirmation' }, 'document-issue', [ENROLLER]).signatures[0],
    ),
    'forbidden',
  ],
  ['for a test network', enrolment({ ...ENROL, network: 'test.kz' }), 'forbidden'],
  [
    'by a role that may not',
    enrolment(ENROL, {}, officerOf('border-officer')),
    'forbidden: role-may-not',
  ],
  [
    'for a purpose that is none of enrolments',
    enrolment({ ...ENROL, purpose: 'criminal-investigation' }),
    'forbidden: purpose-not-allowed',
  ],
  [
    'under a credential that was over',
    enrolment({ ...ENROL, at: NOW + TERM_MS }),
    'forbidden: credential-expired',
  ],
  [
    'by a stranger',
    enrolment(ENROL, {}, officerOf('enrolment-officer', { organisation: 'nobody' })),
    'forbidden',
  ],
  ['with no signature', enrolment(ENROL, { signature: new Uint8Array(64) }), 'bad-signature'],
  ['with no statement', enrolment(ENROL, { statement: new Uint8Array() }), 'bad-signature'],
  ['without a case', enrolment({ ...ENROL, caseNumber: '' }), 'unprocessable'],
  ['without a receipt', enrolment(ENROL, { receipts: [] }), 'forbidden'],
  ['with a receipt too many', enrolment(ENROL, { receipts: [receipt(), receipt()] }), 'forbidden'],
  [
    'with a receipt of who keeps nothing of it',
    enrolment(ENROL, { receipts: [{ ...receipt(), replica: 'almaty' }] }),
    'forbidden',
  ],
  [
    'with a receipt that another node signed',
    enrolment(ENROL, { receipts: [receipt({}, signerOf(8))] }),
    'bad-signature',
  ],
  [
    'with a receipt for another home',
    enrolment(ENROL, { receipts: [receipt({ home: 'almaty' })] }),
    'bad-signature',
  ],
  [
    'with a receipt for another record',
    enrolment(ENROL, { commitment: new Uint8Array(32).fill(1) }),
    'bad-signature',
  ],
  [
    'with a receipt for another statement of the same officer',
    enrolment(ENROL, signStatement({ ...ENROL, caseNumber: '2026-2' }, ENROLLER)),
    'bad-signature',
  ],
  [
    'that says another law than the receipt',
    enrolment(ENROL, { taken: { ...TAKEN, policy: 'kz-2024' } }),
    'bad-signature',
  ],
  [
    'that says another age than the receipt',
    enrolment(ENROL, { taken: { ...TAKEN, ageBand: '12-15' } }),
    'bad-signature',
  ],
]

for (const [why, entry, refusal] of REFUSED) {
  promises(`an enrolment ${why} does not count: ${refusal}`, () => {
    is(
      refusalOf(() => authoriseEnrolment(entry, HOME, roster)),
      refusal,
    )
  })
}

promises('an enrolment counts in no log but its home’s', () => {
  is(
    refusalOf(() => authoriseEnrolment(enrolment(ENROL), 'almaty', roster)),
    'bad-signature',
  )
})

promises.run()

function enrolment(
  statement: Statement,
  changed: Partial<Enrolment> = {},
  officer: OfficerKey = ENROLLER,
): Enrolment {
  const signed = signStatement(statement, officer)
  return {
    type: 'enrolment',
    at: NOW,
    handle: HANDLE,
    shard: shardOf(HANDLE, roster),
    commitment: COMMITMENT,
    taken: TAKEN,
    after: undefined,
    ...signed,
    duplicateCheck: new Uint8Array(16),
    frontier: [],
    receipts: [receipt({ statement: signed.statement })],
    ...changed,
  }
}

/** What the one replica says of the enrolment under `ENROL`, but for what is changed. */
function receipt(changed: Partial<Deposited> = {}, by = nodeSigner): Receipt {
  const { statement } = signStatement(statementOf('enrol'), ENROLLER)
  const deposited = { home: HOME, handle: HANDLE, commitment: COMMITMENT, statement, taken: TAKEN }
  return { replica: 'astana', signature: signReceipt({ ...deposited, ...changed }, by) }
}
