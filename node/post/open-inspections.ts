/**
 * Inspections that the officer has not decided yet: on disk before the officer sees what they came
 * to, so that none is forgotten. Outcomes and no more: the prints and the chip are not kept.
 */
import { INSPECTED, OUTCOMES, type InspectedOutcome } from '../../protocol/border/check.ts'
import { PROFILES, type ProfileName } from '../../protocol/border/profile.ts'
import { codec, list, oneOf, optional, record, text } from '../../protocol/codec.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { digestShape, handleShape, timeShape } from '../../protocol/identifiers.ts'
import { TEXT_BYTES_MAX } from '../../protocol/limits.ts'
import type { Store, StoreOp } from '../store/store.ts'
import { OPEN_MAX } from './limits.ts'

export interface OpenInspection {
  /** ms. */
  readonly at: number
  readonly profile: ProfileName
  readonly caseNumber: string
  readonly handle: Uint8Array | undefined
  /** As a crossing has it: absent where no node could be reached. */
  readonly inspection: Uint8Array | undefined
  readonly commitment: Uint8Array
  readonly checks: readonly InspectedOutcome[]
}

const rows = codec(
  'open inspection',
  4_096,
  record<OpenInspection>({
    at: timeShape,
    profile: oneOf(...PROFILES),
    caseNumber: text(TEXT_BYTES_MAX),
    handle: optional(handleShape),
    inspection: optional(digestShape),
    commitment: digestShape,
    checks: list(
      record<InspectedOutcome>({ name: oneOf(...INSPECTED), outcome: oneOf(...OUTCOMES) }),
      INSPECTED.length,
    ),
  }),
)

/** A short word for an officer to type. */
const ID = /^[0-9a-f]{8}$/

export class OpenInspections {
  readonly #store: Store

  constructor({ store }: { store: Store }) {
    this.#store = store
  }

  /** @throws TamgaError `overloaded`: too many wait for a decision; `storage` */
  async put(id: string, inspection: OpenInspection): Promise<void> {
    if ((await this.all()).length >= OPEN_MAX) {
      throw new TamgaError('overloaded', `${OPEN_MAX} inspections wait for a decision`)
    }
    const put: StoreOp = { type: 'put', key: keyOf(id), value: rows.encode(inspection) }
    await this.#store.batch([put], { durable: true })
  }

  /** @throws TamgaError `not-found` */
  async get(id: string): Promise<OpenInspection> {
    const row = ID.test(id) ? await this.#store.get(keyOf(id)) : undefined
    if (row) return rows.decode(row)
    throw new TamgaError('not-found', `no inspection ${id} waits for a decision`)
  }

  async all(): Promise<[id: string, inspection: OpenInspection][]> {
    const found = await this.#store.range('open/', 'open0', OPEN_MAX)
    return found.map(([key, row]) => [key.slice('open/'.length), rows.decode(row)])
  }

  /** To be done together with whatever takes its place. */
  removal(id: string): StoreOp {
    return { type: 'del', key: keyOf(id) }
  }
}

function keyOf(id: string): string {
  return `open/${id}`
}
