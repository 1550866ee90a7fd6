/**
 * What somebody signed who may be malicious: the mutated bytes are signed afterwards, so that what
 * stands behind the signature is reached; and once as they come, with whatever signature is left.
 */
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { signerFromSeed, verifySignature } from '../../crypto/ed25519.ts'
import { openAccessList, signAccessList } from '../../protocol/access-list.ts'
import { authorise, authoriseDeed, openSigned } from '../../protocol/authority.ts'
import { openWatchDigests, signWatchDigests } from '../../protocol/border/watch-digests.ts'
import { openBreachReport, signBreachReport } from '../../protocol/breach-report.ts'
import { codec, record } from '../../protocol/codec.ts'
import {
  openGrant,
  openRevocation,
  ROLES,
  signGrant,
  signRevocation,
} from '../../protocol/credential.ts'
import { deedDigest } from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import {
  decodeStatement,
  openStatement,
  signedStatementFields,
  signStatement,
  type SignedStatement,
} from '../../protocol/statement.ts'
import { readTree, writeFrame } from '../../test/protocol/support/message-pack.ts'
import {
  grantOf,
  nodeSigner,
  NOW,
  officerOf,
  organisationSigner,
  roster,
  statementOf,
} from '../../test/protocol/support/officials.ts'
import { deeds, grants, revocations } from '../../test/support/arbitrary-deeds.ts'
import { accessLists, breachReports, watchCopies } from '../../test/support/arbitrary-lists.ts'
import { statements } from '../../test/support/arbitraries.ts'
import { encodeDeed } from '../../protocol/deed.ts'
import { bytesDecoder, messageDecoder, refusal, type Decoder } from './decoder.ts'
import { sampled } from './sampled.ts'

const plain = [refusal(TamgaError, 'malformed', 'too-large')]
const judged = [refusal(TamgaError, 'malformed', 'too-large', 'unprocessable')]
const signedRefusal = [
  refusal(TamgaError, 'malformed', 'too-large', 'unprocessable', 'bad-signature', 'forbidden'),
]

const OFFICER = officerOf('enrolment-officer')
const OFFICERS = new Map(ROLES.map((role) => [role, officerOf(role)]))
const organisation = organisationSigner(grantOf('enrolment-officer').organisation)
const ownGrants = ROLES.map((role) =>
  signGrant(grantOf(role), organisationSigner(grantOf(role).organisation)),
)
const ownRevocation = signRevocation(
  {
    network: roster.network,
    organisation: grantOf('enrolment-officer').organisation,
    publicKey: OFFICER.signer.publicKey,
    from: NOW,
    cause: 'misused',
  },
  organisation,
)

const credentials: readonly Decoder[] = [
  messageDecoder({
    name: 'credential',
    covers: [
      'protocol/credential.ts#signed',
      'protocol/credential.ts#grants',
      'protocol/credential.ts#openGrant',
    ],
    seeds: () => ownGrants,
    decode: (bytes) => openGrant(bytes, roster),
    refuses: signedRefusal,
  }),
  messageDecoder({
    name: 'properly-signed-grant',
    covers: ['protocol/credential.ts#openGrant'],
    seeds: () => ownGrants.filter((grant) => signsFor(grant)).map(saidIn),
    decode: (said) => openGrant(signedBy('tamga/grant/v1\n', said), roster),
    refuses: signedRefusal,
  }),
  messageDecoder({
    name: 'properly-signed-revocation',
    covers: ['protocol/credential.ts#revocations', 'protocol/credential.ts#openRevocation'],
    seeds: () => [saidIn(ownRevocation)],
    decode: (said) => openRevocation(signedBy('tamga/revocation/v1\n', said), roster),
    refuses: signedRefusal,
  }),
  messageDecoder({
    name: 'grant-of-anybody',
    covers: ['protocol/credential.ts#openGrant'],
    seeds: sampled(grants, (grant) => saidIn(signGrant(grant, organisation))),
    decode: (said) => verdictOf(() => openGrant(signedBy('tamga/grant/v1\n', said), roster)),
    refuses: [],
  }),
  messageDecoder({
    name: 'revocation-of-anybody',
    covers: ['protocol/credential.ts#openRevocation'],
    seeds: sampled(revocations, (found) => saidIn(signRevocation(found, organisation))),
    decode: (said) =>
      verdictOf(() => openRevocation(signedBy('tamga/revocation/v1\n', said), roster)),
    refuses: [],
  }),
]

/** A signed statement as one message, as messages and entries have it among their fields. */
const signedStatements = codec(
  'signed statement',
  8_192,
  record<SignedStatement>(signedStatementFields),
)

const statementValues = (['enrol', 'update', 'identify', 'verify'] as const).map((action) =>
  signStatement(statementOf(action), OFFICER),
)

const questions: readonly Decoder[] = [
  messageDecoder({
    name: 'statement',
    covers: ['protocol/statement.ts#statements', 'protocol/statement.ts#decodeStatement'],
    seeds: sampled(statements, (value) => signStatement(value, OFFICER).statement),
    decode: decodeStatement,
    encode: (value) => signStatement(value, OFFICER).statement,
    refuses: judged,
  }),
  messageDecoder({
    name: 'signed-statement',
    covers: ['protocol/authority.ts#openSigned', 'protocol/authority.ts#authorise'],
    seeds: () => statementValues.map(signedStatements.encode),
    decode: (bytes) => {
      const signed = signedStatements.decode(bytes)
      return [openSigned(signed, roster), verdictOf(() => authorise(signed, roster))]
    },
    refuses: signedRefusal,
  }),
  messageDecoder({
    name: 'properly-signed-statement',
    covers: ['protocol/statement.ts#openStatement', 'protocol/authority.ts#authorise'],
    seeds: () => statementValues.map(({ statement }) => statement),
    decode: (statement) => {
      const { signer, credential } = OFFICER
      const signature = signer.sign(concatBytes(utf8('tamga/statement/v1\n'), statement))
      const signed = { statement, officer: signer.publicKey, signature, credential }
      return [openStatement(signed), verdictOf(() => authorise(signed, roster))]
    },
    refuses: signedRefusal,
  }),
  messageDecoder({
    name: 'properly-signed-deed',
    covers: ['protocol/authority.ts#authoriseDeed'],
    seeds: sampled(deeds, encodeDeed),
    // Who signs hangs on the deed's length, so that all roles come to sign all deeds.
    decode: (deed) => {
      const statement = {
        ...statementOf('verify', { purpose: 'document-issue' }),
        action: 'record' as const,
        payloadDigest: undefined,
        deedDigest: deedDigest(deed),
      }
      const roles = [deed.length, deed.length + 1 + (deed[2] ?? 0)].map((place) => {
        return ROLES[place % ROLES.length]!
      })
      const signatures = roles.map((role) => signStatement(statement, OFFICERS.get(role)!))
      return verdictOf(() => authoriseDeed({ deed, signatures }, roster))
    },
    refuses: [],
  }),
]

const lists: readonly Decoder[] = [
  messageDecoder({
    name: 'access-list',
    covers: ['protocol/signed-list.ts#signed', 'protocol/access-list.ts#openAccessList'],
    seeds: sampled(accessLists, (list) => signAccessList(list, nodeSigner)),
    decode: (bytes) => openAccessList(bytes, () => nodeSigner.publicKey),
    encode: (list) => signAccessList(list, nodeSigner),
    refuses: signedRefusal,
  }),
  messageDecoder({
    name: 'properly-signed-access-list',
    covers: ['protocol/access-list.ts#accessLists', 'protocol/access-list.ts#accessFacts'],
    seeds: sampled(accessLists, (list) => saidIn(signAccessList(list, nodeSigner))),
    decode: (list) => openAccessList(signedByNode('tamga/access list/v1\n', list), ownKey),
    refuses: plain,
  }),
  messageDecoder({
    name: 'properly-signed-breach-report',
    covers: [
      'protocol/breach-report.ts#breachReports',
      'protocol/breach-report.ts#breachFacts',
      'protocol/breach-report.ts#openBreachReport',
    ],
    seeds: sampled(breachReports, (report) => saidIn(signBreachReport(report, nodeSigner))),
    decode: (list) => openBreachReport(signedByNode('tamga/breach report/v1\n', list), ownKey),
    refuses: plain,
  }),
  messageDecoder({
    name: 'properly-signed-watch-digests',
    covers: [
      'protocol/border/watch-digests.ts#watchDigests',
      'protocol/border/watch-digests.ts#openWatchDigests',
    ],
    seeds: sampled(watchCopies, (copy) => saidIn(signWatchDigests(copy, nodeSigner))),
    decode: (list) => openWatchDigests(signedByNode('tamga/watch digests/v1\n', list), ownKey),
    refuses: plain,
  }),
]

const KEY_BYTES = 32
const SIGNATURE_BYTES = 64

const signatures: readonly Decoder[] = [
  bytesDecoder({
    name: 'signature',
    covers: ['crypto/ed25519.ts#verifySignature'],
    seeds: () => [1, 2, 3].map((number) => signatureOf(number)),
    decode: (bytes) =>
      verifySignature(
        bytes.subarray(0, KEY_BYTES),
        bytes.subarray(KEY_BYTES + SIGNATURE_BYTES),
        bytes.subarray(KEY_BYTES, KEY_BYTES + SIGNATURE_BYTES),
      ),
    refuses: [],
  }),
]

export const SIGNED_DECODERS: readonly Decoder[] = [
  ...credentials,
  ...questions,
  ...lists,
  ...signatures,
]

/** What was signed, out of `[bytes, signature]`. */
function saidIn(signed: Uint8Array): Uint8Array {
  const tree = readTree(signed)
  const said: unknown = Array.isArray(tree) ? tree[0] : undefined
  if (said instanceof Uint8Array) return new Uint8Array(said)
  throw new Error('not signed bytes')
}

function signedBy(tag: string, said: Uint8Array): Uint8Array {
  return writeFrame([said, organisation.sign(concatBytes(utf8(tag), said))])
}

function signedByNode(tag: string, list: Uint8Array): Uint8Array {
  return writeFrame([list, nodeSigner.sign(concatBytes(utf8(tag), list))])
}

/** Whether the one organisation whose key signs here is who granted it. */
function signsFor(grant: Uint8Array): boolean {
  return openGrant(grant, roster).organisation === grantOf('enrolment-officer').organisation
}

function ownKey(): Uint8Array {
  return nodeSigner.publicKey
}

/** What was decided, or the code of the refusal; any other error is nobody's decision. */
function verdictOf(decide: () => unknown): unknown {
  try {
    return decide()
  } catch (thrown) {
    if (thrown instanceof TamgaError) return thrown.code
    throw thrown
  }
}

/** Key, signature and message side by side. */
function signatureOf(number: number): Uint8Array {
  const signer = signerFromSeed(new Uint8Array(32).fill(number))
  const message = utf8(`message ${number}`)
  return concatBytes(signer.publicKey, signer.sign(message), message)
}
