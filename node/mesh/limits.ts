/**
 * Limits of the wire itself, with unit and reason. What may be in a frame: `protocol/limits.ts`.
 */

/**
 * Calls that wait on one stream: a fan-out over all shards fits; more is a caller out of control.
 */
export const CALLS_MAX = 256

/** Handlers at work for one peer, over all protocols: bounds what one peer can make a node do. */
export const HANDLERS_MAX = 256

/** Bytes queued for writing on one stream: some fifteen full pages to a peer that reads slowly. */
export const QUEUE_BYTES_MAX = 16_777_216

/**
 * Room beyond the queue for short errors, bytes: a peer that fills this too does not read at all.
 */
export const QUEUE_RESERVE_BYTES = 65_536

/** Small frames that are sent as one, bytes: about what one Noise message holds. */
export const BATCH_BYTES_MAX = 61_440

/** How long dialling may take, ms: over ten round trips to the far end of the country. */
export const DIAL_MS_MAX = 4_000

/** How long a peer may take to admit a connection it was dialled for, ms. */
export const ADMIT_MS_MAX = 4_000

/** How long two nodes may take to agree on a stream's protocol, ms. */
export const NEGOTIATE_MS_MAX = 4_000

/** First wait after a dial that failed, ms; it doubles from one failure to the next. */
export const BACKOFF_MS_MIN = 250

/** Longest wait between two dials, ms: how late a node that is back may be noticed. */
export const BACKOFF_MS_MAX = 2_000

/**
 * How much later the second of two peers dials, ms: else every pair would have two connections.
 * More than twenty nodes on two cores need until they have all met.
 */
export const YIELD_MS = 3_000

/** Faults for which a peer is hung up on, where a single one does not suffice. */
export const MISTRUST_MAX = 8

/** How long a fault counts, ms. */
export const MISTRUST_MS = 600_000

/** How long a peer that was hung up on stays out, ms: a broken one cannot keep the others busy. */
export const BARRED_MS = 30_000

/** One announcement, bytes: evidence of two of the longest checkpoints, and the proof with them. */
export const ANNOUNCE_BYTES_MAX = 135_168

/** How often each peer is checked for a stream that carries announcements to it, ms. */
export const GOSSIP_CHECK_MS = 1_000

/** Checks in a row that may find none: right after connecting there is none yet. */
export const GOSSIP_CHECKS_MAX = 3

/** Inbound streams that one peer may hold for one protocol: one, and those about to replace it. */
export const PROTOCOL_STREAMS_MAX = 4

/**
 * Streams that one connection may have either way: a score of protocols, gossip, ping, identify.
 */
export const CONNECTION_STREAMS_MAX = 256

/** How long a connection may take to send what is on its way when the node stops, ms: as libp2p. */
export const CLOSE_TIMEOUT_MS = 1_000
