/**
 * The small values that stand everywhere: handles, query ids, names, frontiers. Their sizes and
 * shapes are said here once.
 */
import { bytes, list, record, text, uint, type Shape } from './codec.ts'
import { NAME_BYTES_MAX, NODES_MAX } from './limits.ts'

/** A person in the register: 128 random bits that mean nothing outside it. */
export const HANDLE_BYTES = 16

/** A question: 128 random bits chosen by the node that is asked. */
export const QUERY_ID_BYTES = 16

export const handleShape = bytes(HANDLE_BYTES)
export const queryIdShape = bytes(QUERY_ID_BYTES)
export const digestShape = bytes(32)
export const publicKeyShape = bytes(32)
export const signatureShape = bytes(64)
export const nodeShape = text(NAME_BYTES_MAX)

/** Milliseconds since the Unix epoch, by the clock of whoever wrote it. */
export const timeShape = uint()

/** How much of one node's log somebody had verified when they said so. */
export interface LogSize {
  readonly node: string
  readonly size: number
}

/** A frontier: one size for every log known, in the roster's order. */
export const frontierShape: Shape<readonly LogSize[]> = list(
  record<LogSize>({ node: nodeShape, size: uint() }),
  NODES_MAX,
)
