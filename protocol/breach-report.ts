/**
 * What an officer's key did in a period, and which records it touched: for whoever must tell the
 * persons concerned that it was in the wrong hands.
 *
 * Source: handbook, domain §4.3. The period is that of the statements, which whoever holds the key
 * may date back by `STATEMENT_AGE_MS_MAX`: a period begins that much before the key was lost. A
 * search whose outcome never came into the log may have touched anybody, and is named as such.
 */
import { equalBytes } from '../crypto/bytes.ts'
import { codec, list, oneOf, optional, record } from './codec.ts'
import {
  placedLeafFields,
  provenLeafFields,
  recordPlaceShape,
  type PlacedLeaf,
  type ProvenLeaf,
} from './covered-log.ts'
import { digestShape, handleShape, publicKeyShape, timeShape } from './identifiers.ts'
import { CANDIDATES_MAX } from './limits.ts'
import { doneIn, touchedBy, type Logged, type LoggedDoing } from './rules/touched.ts'
import {
  LIST_BYTES_MAX,
  LIST_ROWS_MAX,
  listPageFields,
  signedLists,
  type ListPage,
} from './signed-list.ts'

/** What crosses the wire is the place in this list: new ones go to the end. */
const DOINGS = [
  'enrol',
  'identify',
  'verify',
  'update',
  'outcome',
  'refused',
  'refusal',
  'postponement',
  'exemption',
  'confirmation',
  'document',
  'suspension',
  'reinstatement',
  'death',
  'expiry',
  'erasure',
  'opinion',
  'second-examiner',
  'policy',
  'watch',
  'release',
  'hold',
  'status',
  'eligibility',
  'accesses',
  'case-file',
  'case-queue',
  'breach',
  'alarms',
  'resolution',
  'relatives',
  'log-copy',
  'inspection',
  'crossing',
  'certificate-revocation',
] as const satisfies readonly LoggedDoing[]

/**
 * `unknown`: a search without an outcome up to the frontier, whom it named, no log says; or a copy
 * of whole logs.
 */
const EXTENTS = ['these', 'unknown'] as const

/** What is said of an act, and follows from the log up to the frontier. */
export interface BreachFacts extends PlacedLeaf {
  /** When the officer signed, by the clock of their station, ms. */
  readonly at: number
  readonly what: LoggedDoing
  /** The persons whose records it touched. */
  readonly handles: readonly Uint8Array[]
  /** Leaf hash of what opened the case that it was about: who is named there was touched, too. */
  readonly case: Uint8Array | undefined
  readonly extent: (typeof EXTENTS)[number]
}

export interface BreachAct extends BreachFacts, ProvenLeaf {}

export interface BreachReport extends ListPage {
  /** The key. */
  readonly officer: Uint8Array
  /** Statements signed from `from`, and before `to`, ms. */
  readonly from: number
  readonly to: number
  /** By their places. */
  readonly acts: readonly BreachAct[]
}

/** The facts of one act, bytes: as many handles as an answer has candidates. */
const FACTS_BYTES_MAX = 2_048

const factFields = {
  ...placedLeafFields,
  record: recordPlaceShape,
  at: timeShape,
  what: oneOf(...DOINGS),
  handles: list(handleShape, CANDIDATES_MAX),
  case: optional(digestShape),
  extent: oneOf(...EXTENTS),
}

const breachFacts = codec('breach facts', FACTS_BYTES_MAX, record<BreachFacts>(factFields))

/** All that is said of an act beside its proof, to be compared as bytes. */
export const encodeBreachFacts = breachFacts.encode

const breachReports = codec(
  'breach report',
  LIST_BYTES_MAX,
  record<BreachReport>({
    ...listPageFields,
    officer: publicKeyShape,
    from: timeShape,
    to: timeShape,
    acts: list(record<BreachAct>({ ...factFields, ...provenLeafFields }), LIST_ROWS_MAX),
  }),
)

export const { sign: signBreachReport, open: openBreachReport } = signedLists(
  'breach report',
  breachReports,
)

/**
 * What the officer of this key did in an entry; undefined where they did nothing. `isOpen` says of
 * a query that no outcome of it has come.
 */
export function breachFactsOf(
  logged: Logged,
  officer: Uint8Array,
  isOpen: boolean,
): BreachFacts | undefined {
  const { log, index, record: place, leaf, entry, by, deed } = logged
  const what = doneIn(logged)
  const own = by.find(({ grant }) => equalBytes(grant.publicKey, officer))
  if (!what || !own) return undefined
  // A verification names nobody but whom its statement names; in a copied log stands anybody.
  const isSearch = entry.type === 'query' && isOpen && what !== 'verify'
  const isUnknown = isSearch || what === 'log-copy'
  return {
    log,
    index,
    record: place,
    leaf,
    at: own.statement.at,
    what,
    handles: touchedBy(logged),
    case: deed && 'case' in deed ? deed.case : undefined,
    extent: isUnknown ? 'unknown' : 'these',
  }
}
