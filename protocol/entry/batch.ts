/**
 * What was asked, searched for and answered in one moment at a node, in one entry: for every post
 * the root over its access records (`access-record.ts`). The records themselves do not travel with
 * the log.
 *
 * Source: handbook, domain §6: accesses are fifteen times as many as enrolments.
 */
import { list, record, uint, type Shape } from '../codec.ts'
import { digestShape, nodeShape, timeShape } from '../identifiers.ts'
import { BATCH_RECORDS_MAX } from '../limits.ts'

/** Officers' tags are below it: `officerTag`. */
export const OFFICER_TAGS = 65_536

export interface BatchGroup {
  /** Where it was asked; of searches the name of the node that asked. */
  readonly post: string
  /** Records of this post in the batch. */
  readonly count: number
  /** RFC 6962 root over them, in their order. */
  readonly root: Uint8Array
  /**
   * `officerTag` of whoever asked, ascending, each once: by it a node that has to do with an
   * officer knows which records it needs.
   */
  readonly officers: readonly number[]
}

export interface Batch {
  readonly type: 'batch'
  readonly at: number
  /** Each post once. */
  readonly groups: readonly BatchGroup[]
}

export const batchShape: Shape<Omit<Batch, 'type'>> = record<Omit<Batch, 'type'>>({
  groups: list(
    record<BatchGroup>({
      post: nodeShape,
      count: uint(BATCH_RECORDS_MAX),
      root: digestShape,
      officers: list(uint(OFFICER_TAGS - 1), BATCH_RECORDS_MAX),
    }),
    BATCH_RECORDS_MAX,
  ),
  at: timeShape,
})
