/** The first entry of every log: whose it is, and which roster it began under. */
import { record, text, type Shape } from '../codec.ts'
import { digestShape, nodeShape, timeShape } from '../identifiers.ts'
import { TEXT_BYTES_MAX } from '../limits.ts'

export interface Genesis {
  readonly type: 'genesis'
  readonly at: number
  readonly network: string
  readonly node: string
  /** SHA-256 of the roster's note text. */
  readonly rosterDigest: Uint8Array
}

export const genesisShape: Shape<Omit<Genesis, 'type'>> = record<Omit<Genesis, 'type'>>({
  at: timeShape,
  network: text(TEXT_BYTES_MAX),
  node: nodeShape,
  rosterDigest: digestShape,
})
