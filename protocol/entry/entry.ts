/**
 * Everything that can stand in a log. A new kind of entry is a file beside this one and a line
 * here; a number once given is never given again.
 */
import { codec, variants } from '../codec.ts'
import { TamgaError } from '../errors.ts'
import { ENTRY_BYTES_MAX } from '../limits.ts'
import { actShape, type Act } from './act.ts'
import { batchShape, type Batch } from './batch.ts'
import { grantShape, revocationShape, type GrantEntry, type RevocationEntry } from './credential.ts'
import { claimShape, type Claim } from './claim.ts'
import {
  crossCheckShape,
  crossQueryShape,
  type CrossCheck,
  type CrossQuery,
} from './cross-check.ts'
import { destroyedShape, type Destroyed } from './destroyed.ts'
import { disputeShape, type DisputeEntry } from './dispute.ts'
import { enrolmentShape, type Enrolment } from './enrolment.ts'
import { epochShape, type Epoch } from './epoch.ts'
import { genesisShape, type Genesis } from './genesis.ts'
import { holdingShape, type Holding } from './holding.ts'
import { outcomeShape, type Outcome } from './outcome.ts'
import { queryShape, type Query } from './query.ts'
import { refusedShape, type Refused } from './refused.ts'
import { searchShape, type Search } from './search.ts'
import { seenShape, type Seen } from './seen.ts'

export type Entry =
  | Genesis
  | Enrolment
  | Query
  | Search
  | Act
  | GrantEntry
  | RevocationEntry
  | Outcome
  | Refused
  | Destroyed
  | Seen
  | CrossQuery
  | CrossCheck
  | DisputeEntry
  | Claim
  | Epoch
  | Holding
  | Batch

const entries = codec<Entry>(
  'entry',
  ENTRY_BYTES_MAX,
  variants<Entry>({
    genesis: { number: 0, shape: genesisShape },
    enrolment: { number: 1, shape: enrolmentShape },
    query: { number: 2, shape: queryShape },
    search: { number: 3, shape: searchShape },
    act: { number: 4, shape: actShape },
    grant: { number: 5, shape: grantShape },
    revocation: { number: 6, shape: revocationShape },
    outcome: { number: 7, shape: outcomeShape },
    refused: { number: 8, shape: refusedShape },
    destroyed: { number: 9, shape: destroyedShape },
    seen: { number: 10, shape: seenShape },
    'cross-query': { number: 11, shape: crossQueryShape },
    'cross-check': { number: 12, shape: crossCheckShape },
    dispute: { number: 13, shape: disputeShape },
    claim: { number: 14, shape: claimShape },
    epoch: { number: 15, shape: epochShape },
    holding: { number: 16, shape: holdingShape },
    batch: { number: 17, shape: batchShape },
  }),
)

export const encodeEntry = entries.encode
export const decodeEntry = entries.decode

/** @throws TamgaError `malformed` also when it is an entry of another kind */
export function decodeEntryOf<T extends Entry['type']>(type: T, encoded: Uint8Array) {
  const entry = decodeEntry(encoded)
  if (entry.type === type) return entry as Extract<Entry, { type: T }>
  throw new TamgaError('malformed', `an entry of kind ${entry.type}, not ${type}`)
}
