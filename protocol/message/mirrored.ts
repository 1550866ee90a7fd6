/**
 * A mirror tells a log that it holds all entries of a checkpoint durably: its cosignature, as C2SP
 * tlog-mirror has it at the end of an upload. Here the mirror pulls, so it says so by itself.
 */
import { codec, lines, record } from '../codec.ts'
import { CHECKPOINT_BYTES_MAX } from '../limits.ts'
import { SIGNATURE_LINE_BYTES_MAX } from './witness.ts'

export const MIRRORED = '/tamga/mirrored/1'

export interface Mirrored {
  /** The checkpoint's text, which is what the log has signed. */
  readonly text: string
  /** The mirror's signature line, with its newline. */
  readonly line: string
}

export const mirroreds = codec(
  'mirrored',
  CHECKPOINT_BYTES_MAX + SIGNATURE_LINE_BYTES_MAX + 64,
  record<Mirrored>({
    text: lines(CHECKPOINT_BYTES_MAX),
    line: lines(SIGNATURE_LINE_BYTES_MAX),
  }),
)
