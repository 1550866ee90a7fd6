/** Any credential that an organisation can sign, and any deed that an officer can do. */
import fc from 'fast-check'
import { INSPECTED, OUTCOMES } from '../../protocol/border/check.ts'
import { LIVENESS } from '../../protocol/border/crossing.ts'
import { DECISIONS } from '../../protocol/border/decide.ts'
import { PROFILES } from '../../protocol/border/profile.ts'
import { REVOCATION_CAUSES, ROLES, type Grant, type Revocation } from '../../protocol/credential.ts'
import {
  ERASURE_GROUNDS,
  EXEMPTION_CAUSES,
  FINDINGS,
  POSTPONEMENT_CAUSES,
  REFERENCE_BYTES,
  REINSTATEMENT_CAUSES,
  SUSPENSION_CAUSES,
  WATCH_CAUSES,
  type Deed,
  type DeedType,
} from '../../protocol/deed.ts'
import { BATCH_RECORDS_MAX } from '../../protocol/limits.ts'
import { DOCUMENTS } from '../../protocol/rules/eligibility.ts'
import {
  bytesOf,
  bytesUpTo,
  digests,
  handles,
  maybe,
  nodes,
  objects,
  texts,
  times,
} from './arbitraries.ts'

type DeedOf<K extends DeedType> = Extract<Deed, { type: K }>

export const grants: fc.Arbitrary<Grant> = objects({
  network: texts(),
  organisation: nodes,
  name: nodes,
  role: fc.constantFrom(...ROLES),
  region: nodes,
  publicKey: digests,
  handle: maybe(handles),
  from: times,
  until: times,
  replaces: maybe(digests),
})

export const revocations: fc.Arbitrary<Revocation> = objects({
  network: texts(),
  organisation: nodes,
  publicKey: digests,
  from: times,
  cause: fc.constantFrom(...REVOCATION_CAUSES),
})

/** Days of the calendar, as the rules write them. */
const dates = fc
  .date({
    min: new Date('1800-01-01'),
    max: new Date('2999-12-31'),
    noInvalidDate: true,
  })
  .map((found) => found.toISOString().slice(0, 10))

const deedFields: {
  [K in DeedType]: { [F in keyof Omit<DeedOf<K>, 'type'>]: fc.Arbitrary<DeedOf<K>[F]> }
} = {
  refusal: { fine: times },
  postponement: { cause: fc.constantFrom(...POSTPONEMENT_CAUSES), until: dates },
  exemption: { cause: fc.constantFrom(...EXEMPTION_CAUSES), until: maybe(dates) },
  confirmation: {},
  document: { document: fc.constantFrom(...DOCUMENTS), reference: bytesOf(REFERENCE_BYTES) },
  suspension: { cause: fc.constantFrom(...SUSPENSION_CAUSES) },
  reinstatement: { cause: fc.constantFrom(...REINSTATEMENT_CAUSES) },
  death: {},
  expiry: {},
  erasure: { ground: fc.constantFrom(...ERASURE_GROUNDS) },
  opinion: {
    case: digests,
    candidate: handles,
    finding: fc.constantFrom(...FINDINGS),
    reason: texts(),
  },
  'second-examiner': { case: digests },
  policy: { policy: bytesUpTo(80) },
  watch: {
    listed: fc.constantFrom('added', 'removed'),
    cause: fc.constantFrom(...WATCH_CAUSES),
  },
  release: { case: digests },
  hold: { log: nodes, index: times, record: maybe(fc.nat(BATCH_RECORDS_MAX - 1)), until: times },
  status: {},
  eligibility: { document: fc.constantFrom(...DOCUMENTS) },
  accesses: {},
  'case-file': { case: digests },
  'case-queue': {},
  breach: { officer: digests, from: times, to: times },
  alarms: {},
  resolution: { commitment: digests },
  relatives: { officer: digests, commitment: digests },
  'log-copy': { commitment: digests },
  inspection: {
    profile: fc.constantFrom(...PROFILES),
    liveness: fc.constantFrom(...LIVENESS),
    commitment: digests,
  },
  crossing: {
    profile: fc.constantFrom(...PROFILES),
    inspection: maybe(digests),
    commitment: digests,
    checks: fc.array(
      objects({ name: fc.constantFrom(...INSPECTED), outcome: fc.constantFrom(...OUTCOMES) }),
      { maxLength: INSPECTED.length },
    ),
    decision: fc.constantFrom(...DECISIONS),
    reason: texts(),
  },
  'certificate-revocation': { certificate: digests },
}

/** Deeds of one kind. */
export function deedsOf(type: DeedType): fc.Arbitrary<Deed> {
  return objects({ type: fc.constant(type), ...deedFields[type] } as never)
}

export const deedTypes = Object.keys(deedFields) as DeedType[]

export const deeds: fc.Arbitrary<Deed> = fc.constantFrom(...deedTypes).chain(deedsOf)
