import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { authorise, authoriseEnrolment, checkFresh } from '../../protocol/authority.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import type { Roster } from '../../protocol/roster.ts'
import { signReceipt, type Receipt } from '../../protocol/receipt.ts'
import { shardOf } from '../../protocol/shards.ts'
import {
  ACTIONS,
  signStatement,
  STATEMENT_AGE_MS_MAX,
  STATEMENT_AHEAD_MS_MAX,
  type Action,
  type Statement,
} from '../../protocol/statement.ts'
import { bitFlips, codeOf } from './support/codec-promises.ts'

const promises = suite('authority')

/** In whose log the enrolments stand. */
const HOME = 'shymkent'

const NOW = 1_800_000_000_000
const HANDLE = new Uint8Array(16).fill(7)

const OFFICERS = {
  enroller: { signer: signer(1), may: ['enrol'] },
  guard: { signer: signer(2), may: ['identify', 'verify'] },
  chief: { signer: signer(3), may: ['enrol', 'identify', 'verify'] },
} satisfies Record<string, { signer: ReturnType<typeof signer>; may: Action[] }>

const NODE = signer(9)
const OTHER_NODE = signer(8)

const roster: Roster = {
  network: 'registry.kz',
  epoch: 1,
  shards: 16,
  replicas: 1,
  nodes: [
    {
      name: 'astana',
      publicKey: NODE.publicKey,
      boxKey: NODE.publicKey,
      address: '/ip4/10.0.0.1',
    },
  ],
  officers: Object.entries(OFFICERS).map(
    ([
      name,
      {
        signer: { publicKey },
        may,
      },
    ]) => {
      return { name, publicKey, may }
    },
  ),
}

for (const [name, { signer: officer, may }] of Object.entries(OFFICERS)) {
  for (const action of ACTIONS) {
    const isAllowed = (may as readonly Action[]).includes(action)
    promises(`${name} ${isAllowed ? 'may' : 'may not'} ${action}`, () => {
      const statement = about(action)
      const signed = signStatement(statement, officer)
      if (isAllowed) equal(authorise(signed, roster), statement)
      else
        is(
          codeOf(() => authorise(signed, roster)),
          'forbidden',
        )
    })
  }
}

promises('a stranger may nothing, and neither may a node', () => {
  for (const action of ACTIONS) {
    for (const stranger of [signer(4), signer(9)]) {
      is(
        codeOf(() => authorise(signStatement(about(action), stranger), roster)),
        'forbidden',
      )
    }
  }
})

promises('a statement for another network says nothing here', () => {
  for (const network of ['test.kz', '', 'registry.kz.', 'Registry.kz']) {
    const signed = signStatement({ ...about('verify'), network }, OFFICERS.chief.signer)
    is(
      codeOf(() => authorise(signed, roster)),
      'forbidden',
    )
  }
})

promises('a statement under another officer’s name is nobody’s', () => {
  const signed = signStatement(about('enrol'), OFFICERS.guard.signer)
  const { publicKey } = OFFICERS.chief.signer
  is(
    codeOf(() => authorise({ ...signed, officer: publicKey }, roster)),
    'bad-signature',
  )
})

promises('a changed statement or signature is not the officer’s', () => {
  const signed = signStatement(about('enrol'), OFFICERS.chief.signer)
  for (const part of ['statement', 'signature'] as const) {
    for (const changed of bitFlips(signed[part])) {
      is(
        codeOf(() => authorise({ ...signed, [part]: changed }, roster)),
        'bad-signature',
      )
    }
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
  promises(`a statement ${age} ms old is ${isFresh ? 'fresh' : 'refused'}`, () => {
    const statement = { ...about('verify'), at: NOW - age }
    is(
      codeOf(() => checkFresh(statement, NOW)),
      isFresh ? undefined : 'forbidden',
    )
  })
}

promises('an enrolment that its officer signed counts', () => {
  const { statement: _, ...signed } = enrolment(about('enrol'))
  equal(signed.handle, HANDLE)
  equal(authoriseEnrolment(enrolment(about('enrol')), HOME, roster), about('enrol'))
})

const FORGED: readonly [why: string, entry: Enrolment, code: string][] = [
  ['of somebody else', enrolment(about('enrol'), { handle: handleOf(8) }), 'forbidden'],
  ['in another shard', enrolment(about('enrol'), { shard: (own() + 1) % 16 }), 'forbidden'],
  ['on the strength of a verification', enrolment(about('verify')), 'forbidden'],
  ['on the strength of an identification', enrolment(about('identify')), 'forbidden'],
  ['from another network', enrolment({ ...about('enrol'), network: 'test.kz' }), 'forbidden'],
  ['by who may not enrol', enrolment(about('enrol'), {}, OFFICERS.guard.signer), 'forbidden'],
  ['by a stranger', enrolment(about('enrol'), {}, signer(4)), 'forbidden'],
  [
    'with no signature',
    enrolment(about('enrol'), { signature: new Uint8Array(64) }),
    'bad-signature',
  ],
  [
    'with no statement',
    enrolment(about('enrol'), { statement: new Uint8Array() }),
    'bad-signature',
  ],
  ['without a receipt', enrolment(about('enrol'), { receipts: [] }), 'forbidden'],
  [
    'with a receipt too many',
    enrolment(about('enrol'), { receipts: [receipt(about('enrol')), receipt(about('enrol'))] }),
    'forbidden',
  ],
  [
    "with another node's receipt",
    enrolment(about('enrol'), { receipts: [receipt(about('enrol'), { by: OTHER_NODE })] }),
    'bad-signature',
  ],
  [
    'with a receipt for another home',
    enrolment(about('enrol'), { receipts: [receipt(about('enrol'), { home: 'almaty' })] }),
    'bad-signature',
  ],
  [
    'with a receipt for another record',
    enrolment(about('enrol'), { commitment: new Uint8Array(32).fill(1) }),
    'bad-signature',
  ],
  ['without a case', enrolment({ ...about('enrol'), caseNumber: '' }), 'unprocessable'],
]

for (const [why, entry, code] of FORGED) {
  promises(`an enrolment ${why} does not count`, () => {
    is(
      codeOf(() => authoriseEnrolment(entry, HOME, roster)),
      code,
    )
  })
}

promises.run()

function signer(number: number) {
  return signerFromSeed(new Uint8Array(32).fill(number))
}

function handleOf(number: number): Uint8Array {
  return new Uint8Array(16).fill(number)
}

function own(): number {
  return shardOf(HANDLE, roster)
}

function about(action: Action): Statement {
  return {
    network: 'registry.kz',
    action,
    purpose: 'border',
    caseNumber: '2026-1',
    legalBasis: '',
    at: NOW,
    handle: action === 'identify' ? undefined : HANDLE,
    payloadDigest: new Uint8Array(32),
  }
}

function enrolment(
  statement: Statement,
  change: Partial<Enrolment> = {},
  officer = OFFICERS.chief.signer,
): Enrolment {
  return {
    type: 'enrolment',
    at: NOW,
    handle: HANDLE,
    shard: own(),
    commitment: new Uint8Array(32),
    policy: 'v1',
    ...signStatement(statement, officer),
    duplicateCheck: new Uint8Array(16),
    frontier: [],
    receipts: [receipt(statement)],
    ...change,
  }
}

/** What the one replica says of a record with the commitment of `enrolment`. */
function receipt(
  { payloadDigest }: Statement,
  { home = HOME, by = NODE }: { home?: string; by?: typeof NODE } = {},
): Receipt {
  const deposited = { home, handle: HANDLE, commitment: new Uint8Array(32), payloadDigest }
  return { replica: 'astana', signature: signReceipt(deposited, by) }
}
