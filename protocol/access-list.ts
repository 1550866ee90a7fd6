/**
 * What a person gets who asks who looked at their record: every access, when, by which body, for
 * which class of purpose, on what basis in law. Each is proven by the leaf hash of its entry, never
 * by the entry itself, which may tell of other people, of a case, and of an officer by name. A
 * signature is in every such entry, so that its hash cannot be guessed at.
 *
 * Source: handbook, domain §4.3, after Estonia's data tracker. An access under hold is left out
 * until its date, and then appears by itself.
 */
import { codec, list, oneOf, record, text } from './codec.ts'
import {
  comparePlaces,
  placedLeafFields,
  provenLeafFields,
  recordPlaceShape,
  type PlacedLeaf,
  type ProvenLeaf,
} from './covered-log.ts'
import { ROLES, type Role } from './credential.ts'
import { handleShape, nodeShape, timeShape } from './identifiers.ts'
import { SIGNATURES_MAX, TEXT_BYTES_MAX } from './limits.ts'
import { isPurpose, PURPOSES, type PurposeClass } from './purpose.ts'
import { ACCESS_KINDS, accessKindOf, type AccessKind, type Logged } from './rules/touched.ts'
import {
  LIST_BYTES_MAX,
  LIST_ROWS_MAX,
  listPageFields,
  signedLists,
  type ListPage,
} from './signed-list.ts'

/** `other`: a purpose that the register does not know, in a request that was refused. */
const PURPOSE_CLASSES = [
  'identity-documents',
  'border',
  'law-enforcement',
  'humanitarian',
  'justice',
  'civil-status',
  'register-upkeep',
  'own-request',
  'oversight',
  'other',
] as const satisfies readonly (PurposeClass | 'other')[]

/** One of those who signed: the body, never the officer. */
export interface Accessor {
  readonly organisation: string
  readonly role: Role
  readonly purpose: PurposeClass | 'other'
  readonly legalBasis: string
}

/** What is said of an access, and follows from its entry alone. */
export interface AccessFacts extends PlacedLeaf {
  /** When it came into the log, by the clock of the log's node, ms. */
  readonly at: number
  readonly kind: AccessKind
  /** One, or two where the law wants two persons. */
  readonly by: readonly Accessor[]
}

export interface Access extends AccessFacts, ProvenLeaf {}

/** Holds that are over by `at` hide nothing. */
export interface AccessList extends ListPage {
  readonly handle: Uint8Array
  /** The oldest first; at one time, by their places. */
  readonly accesses: readonly Access[]
}

/** The facts of one access, bytes: two bodies with their legal bases. */
const FACTS_BYTES_MAX = 1_024

const factFields = {
  ...placedLeafFields,
  record: recordPlaceShape,
  at: timeShape,
  kind: oneOf(...ACCESS_KINDS),
  by: list(
    record<Accessor>({
      organisation: nodeShape,
      role: oneOf(...ROLES),
      purpose: oneOf(...PURPOSE_CLASSES),
      legalBasis: text(TEXT_BYTES_MAX),
    }),
    SIGNATURES_MAX,
  ),
}

const accessFacts = codec('access facts', FACTS_BYTES_MAX, record<AccessFacts>(factFields))

/** All that is said of an access beside its proof, to be compared as bytes. */
export const encodeAccessFacts = accessFacts.encode

const accessLists = codec(
  'access list',
  LIST_BYTES_MAX,
  record<AccessList>({
    ...listPageFields,
    handle: handleShape,
    accesses: list(record<Access>({ ...factFields, ...provenLeafFields }), LIST_ROWS_MAX),
  }),
)

export const { sign: signAccessList, open: openAccessList } = signedLists(
  'access list',
  accessLists,
)

/** What a person is told of an entry that touched them; undefined where it touches no record. */
export function accessFactsOf(logged: Logged): AccessFacts | undefined {
  const kind = accessKindOf(logged)
  const { log, index, record: place, leaf, entry, by } = logged
  return kind && { log, index, record: place, leaf, at: entry.at, kind, by: by.map(accessorOf) }
}

/** The order of a list. */
export function compareAccesses(
  a: Pick<AccessFacts, 'at' | 'log' | 'index' | 'record'>,
  b: Pick<AccessFacts, 'at' | 'log' | 'index' | 'record'>,
): number {
  return a.at - b.at || comparePlaces(a, b)
}

function accessorOf({ statement, grant }: Logged['by'][number]): Accessor {
  const { purpose: word, legalBasis } = statement
  const { organisation, role } = grant
  const purpose = isPurpose(word) ? PURPOSES[word] : 'other'
  return { organisation, role, purpose, legalBasis }
}
