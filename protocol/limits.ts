/**
 * Every limit of what may cross the wire or enter a log, with its unit and its reason. Whoever
 * reads bytes from outside checks them against these before it buffers or decodes.
 */

/** One frame on a mesh stream, bytes: a page of entries (1 MiB), its proof and its header. */
export const FRAME_BYTES_MAX = 1_179_648

/** One log entry, bytes. C2SP tlog-tiles prefixes an entry with a uint16 length. */
export const ENTRY_BYTES_MAX = 65_535

/** Entries in one page, bytes: fits a yamux stream's window, so that pulling never stalls on it. */
export const PAGE_BYTES_MAX = 1_048_576

/** Entries in one page: the width of a tile, so that one subtree proof is always enough. */
export const PAGE_ENTRIES_MAX = 256

/** One checkpoint with its signatures, bytes: 16 cosignatures of the longest kind fit. */
export const CHECKPOINT_BYTES_MAX = 65_536

/** One finger's template, bytes: 255 minutiae are 1,562; the rest is room for extended data. */
export const TEMPLATE_BYTES_MAX = 8_192

/** Fingers in one request: a person has ten. */
export const FINGERS_MAX = 10

/** A name of a node, bytes of ASCII: it stands in keys, origins and logs. */
export const NAME_BYTES_MAX = 64

/** Purpose, case number and the like, bytes of UTF-8. */
export const TEXT_BYTES_MAX = 256

/** Nodes in a roster: Kazakhstan has 20 regions; a mesh where all know all works up to here. */
export const NODES_MAX = 128

/** Organisations in a roster: with the nodes they fit a signed note, which ends at 64 KiB. */
export const ORGANISATIONS_MAX = 64

/** Statements under one deed: the rules never ask for more than two persons. */
export const SIGNATURES_MAX = 2

/** Shards in a roster: more than nodes, so that load evens out; few enough to name in an answer. */
export const SHARDS_MAX = 1_024

/** Replicas of a shard. */
export const REPLICAS_MAX = 8

/** Epochs before that of a roster: decades of regions that split. */
export const EPOCHS_MAX = 128

/** A signed roster, bytes: with a frontier of 128 logs it fits an entry. */
export const ROSTER_BYTES_MAX = 49_152

/** Candidates in an answer: more than a person can compare. */
export const CANDIDATES_MAX = 64

/** A signed answer with all its proofs, bytes: 128 parts of some 4 KiB, 64 candidates of 2 KiB. */
export const ANSWER_BYTES_MAX = 1_048_576

/**
 * Queries of one log whose outcome or enrolment may still be to come: many times what a node works
 * on at once, so that only those that died with a crash are ever dropped. Whoever reads a log must
 * drop the same ones.
 */
export const QUERIES_OPEN_MAX = 4_096

/** Witness groups in a roster: ministries, regions and a few levels above them. */
export const GROUPS_MAX = 64

/** Hashes in one proof: a tree of 2^63 leaves needs no more, and C2SP tlog-witness takes none. */
export const PROOF_HASHES_MAX = 63

/** Cosignatures kept with one checkpoint, of each kind: with the log's own line they fit a note. */
export const COSIGNATURES_MAX = 48

/**
 * Access records in one batch: as many posts as its entry has room for, if each record were of
 * another one. A node's second at full load is half of that.
 */
export const BATCH_RECORDS_MAX = 512

/** And their bytes, but for the last one of them: four batches fit a frame. */
export const BATCH_BYTES_MAX = 196_608

/** All records of a batch as they are handed on, bytes: those, one more, and their lengths. */
export const RECORDS_BYTES_MAX = 270_336
