import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import {
  CREDENTIAL_BYTES_MAX,
  openGrant,
  openRevocation,
  REVOCATION_CAUSES,
  ROLES,
  signGrant,
  signRevocation,
  type Grant,
  type Organisation,
  type Revocation,
} from '../../protocol/credential.ts'
import { grants, revocations } from '../support/arbitrary-deeds.ts'
import { bitFlips, codeOf, promiseCodec } from './support/codec-promises.ts'
import { HOSTILE } from './support/hostile.ts'
import { placesIn, readTree, replaced, writeFrame } from './support/message-pack.ts'
import { grantOf, NOW, signerOf } from './support/officials.ts'

const promises = suite('a credential')

const NETWORK = 'registry.kz'
const ALL = signerOf(1)
const SOME = signerOf(2)

const organisations: readonly Organisation[] = [
  { name: 'all', publicKey: ALL.publicKey, may: ROLES },
  { name: 'some', publicKey: SOME.publicKey, may: ['auditor', 'border-officer'] },
  { name: 'none', publicKey: signerOf(3).publicKey, may: [] },
]
const roster = { network: NETWORK, organisations }

const GRANT = grantOf('auditor', { network: NETWORK, organisation: 'some' })

const REVOCATION: Revocation = {
  network: NETWORK,
  organisation: 'some',
  publicKey: GRANT.publicKey,
  from: NOW,
  cause: 'left',
}

const ours = { network: NETWORK, organisation: 'all' }

promiseCodec<Grant>(
  promises,
  {
    name: 'grant',
    bytesMax: CREDENTIAL_BYTES_MAX,
    encode: (grant) => signGrant(grant, ALL),
    decode: (credential) => openGrant(credential, roster),
    alsoThrows: ['bad-signature', 'forbidden'],
  },
  grants.map((grant) => ({ ...grant, ...ours })),
)

promiseCodec<Revocation>(
  promises,
  {
    name: 'revocation',
    bytesMax: CREDENTIAL_BYTES_MAX,
    encode: (revocation) => signRevocation(revocation, ALL),
    decode: (revocation) => openRevocation(revocation, roster),
    alsoThrows: ['bad-signature', 'forbidden'],
  },
  revocations.map((revocation) => ({ ...revocation, ...ours })),
)

type Open = (signed: Uint8Array, known: typeof roster) => Grant | Revocation

/** Both kinds, each with its tag: what holds for one holds for the other. */
const KINDS: readonly [name: string, signed: Uint8Array, tag: string, open: Open][] = [
  ['grant', signGrant(GRANT, SOME), 'tamga/grant/v1\n', openGrant],
  ['revocation', signRevocation(REVOCATION, SOME), 'tamga/revocation/v1\n', openRevocation],
]

for (const [name, signed, tag, open] of KINDS) {
  promises(`${name}: opens no more when any bit of it is changed`, () => {
    for (const changed of bitFlips(signed)) {
      const code = codeOf(() => open(changed, roster))
      ok(['bad-signature', 'forbidden', 'malformed'].includes(code ?? 'opened'), code)
    }
  })

  promises(`${name}: is signed under its tag, and under no other`, () => {
    const said = saidIn(signed)
    equal(open(signedAs(tag, said), roster), open(signed, roster))
    const others = KINDS.map(([, , other]) => other).filter((other) => other !== tag)
    for (const other of ['', tag.replace('v1', 'v2'), ...others]) {
      is(
        codeOf(() => open(signedAs(other, said), roster)),
        'bad-signature',
      )
    }
  })

  promises(`${name}: however well signed, holds nothing of another format`, () => {
    const tree = readTree(saidIn(signed))
    for (const path of placesIn(tree)) {
      for (const [what, hostile] of HOSTILE) {
        const credential = signedAs(tag, writeFrame(replaced(tree, path, hostile)))
        const code = codeOf(() => open(credential, roster))
        ok(code === 'malformed' || code === 'too-large', `${what} at ${path.join('.')}: ${code}`)
      }
    }
  })

  promises(`${name}: says nothing in another network`, () => {
    is(
      codeOf(() => open(signed, { ...roster, network: 'test.kz' })),
      'forbidden',
    )
  })

  promises(`${name}: says nothing where its organisation is not, or has another key`, () => {
    const others = organisations.filter((organisation) => organisation.name !== 'some')
    is(
      codeOf(() => open(signed, { ...roster, organisations: others })),
      'forbidden',
    )
    const renewed = { name: 'some', publicKey: signerOf(4).publicKey, may: ROLES }
    is(
      codeOf(() => open(signed, { ...roster, organisations: [...others, renewed] })),
      'bad-signature',
    )
  })
}

promises('neither kind does for the other', () => {
  is(
    codeOf(() => openGrant(signRevocation(REVOCATION, SOME), roster)),
    'malformed',
  )
  is(
    codeOf(() => openRevocation(signGrant(GRANT, SOME), roster)),
    'malformed',
  )
})

for (const { name, may } of organisations) {
  promises(`${name} grants ${may.join(' and ') || 'nothing'}, and nothing else`, () => {
    const signer = signerOf(1 + organisations.findIndex((found) => found.name === name))
    for (const role of ROLES) {
      const credential = signGrant({ ...GRANT, organisation: name, role }, signer)
      is(
        codeOf(() => openGrant(credential, roster)),
        may.includes(role) ? undefined : 'forbidden',
        role,
      )
    }
  })
}

promises('no organisation speaks for another', () => {
  is(
    codeOf(() => openGrant(signGrant(GRANT, ALL), roster)),
    'bad-signature',
  )
  is(
    codeOf(() => openRevocation(signRevocation(REVOCATION, ALL), roster)),
    'bad-signature',
  )
})

promises('nobody grants a role to themselves', () => {
  const officer = signerOf(5)
  const own = signGrant({ ...GRANT, publicKey: officer.publicKey }, officer)
  is(
    codeOf(() => openGrant(own, roster)),
    'bad-signature',
  )
})

promises('may be as long as its texts may be', () => {
  const network = 'n'.repeat(256)
  const name = 'n'.repeat(64)
  const long = { network, organisations: [{ name, publicKey: ALL.publicKey, may: ROLES }] }
  const grant: Grant = {
    network,
    organisation: name,
    name,
    role: 'data-protection-officer',
    region: name,
    publicKey: new Uint8Array(32),
    handle: new Uint8Array(16),
    from: Number.MAX_SAFE_INTEGER,
    until: Number.MAX_SAFE_INTEGER,
    replaces: new Uint8Array(32),
  }
  equal(openGrant(signGrant(grant, ALL), long), grant)
})

const UNSOUND: readonly [why: string, changed: Partial<Grant>][] = [
  ['a name of 65 bytes', { name: 'n'.repeat(65) }],
  ['a region of 65 bytes', { region: 'n'.repeat(65) }],
  ['a line break in a name', { name: 'a\nb' }],
  ['a key of 31 bytes', { publicKey: new Uint8Array(31) }],
  ['a handle of 17 bytes', { handle: new Uint8Array(17) }],
  ['an earlier key of 33 bytes', { replaces: new Uint8Array(33) }],
  ['half a millisecond', { from: 0.5 }],
  ['an end before 1970', { until: -1 }],
]

for (const [why, changed] of UNSOUND) {
  promises(`with ${why} is malformed, however well signed`, () => {
    is(
      codeOf(() => openGrant(signGrant({ ...GRANT, ...changed }, SOME), roster)),
      'malformed',
    )
  })
}

promises('says the same roles and causes by the same numbers for ever', () => {
  equal(ROLES, [
    'enrolment-officer',
    'border-officer',
    'adjudicator',
    'forensic-examiner',
    'auditor',
    'data-protection-officer',
    'node-administrator',
  ])
  equal(REVOCATION_CAUSES, ['left', 'compromised', 'misused', 'rotated'])
})

promises.run()

/** The bytes that the organisation signed. */
function saidIn(signed: Uint8Array): Uint8Array {
  const [said] = readTree(signed) as readonly Uint8Array[]
  return new Uint8Array(said!)
}

function signedAs(tag: string, said: Uint8Array): Uint8Array {
  return writeFrame([said, SOME.sign(concatBytes(utf8(tag), said))])
}
