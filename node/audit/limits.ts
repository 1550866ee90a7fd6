/** Limits of what an auditor reads and keeps, with unit and reason. */

/** One full bundle, bytes: 256 of the longest entries with their lengths. */
export const BUNDLE_BYTES_MAX = 256 * (2 + 65_535)

/** Bundles that are read ahead of the one at work: hides the disk, or the way to a node. */
export const READ_AHEAD = 8

/** Checkpoints of one log besides its newest: one for each minute of two months. */
export const CHECKPOINTS_MAX = 100_000

/** Checkpoints whose cosignatures are weighed, the newest: most are cosigned within a second. */
export const COVERS_TRIED_MAX = 256

/** Remarks of one kind that are kept to be shown: past it they are only counted. */
export const SHOWN_MAX = 1_000

/** The text of a report, bytes: a signed note ends at 64 KiB. What does not fit is in the JSON. */
export const REPORT_BYTES_MAX = 49_152

/** One remark in it, characters. */
export const LINE_CHARACTERS_MAX = 240

/** Checkpoints that one auditor keeps of one log, bytes: some hundred thousand. */
export const KEPT_BYTES_MAX = 67_108_864

/**
 * How far the times in one log may go back, ms: entries are written by many hands at once, and the
 * time is read before the entry has its place. More than that and the clock was set back.
 */
export const CLOCK_BACK_MS_MAX = 10_000

/** How far the clocks of two nodes may be apart, ms: as far as an officer's and a node's. */
export const CLOCKS_APART_MS_MAX = 300_000

/** What a node tells of the logs that were caught, bytes: two of the longest notes for each. */
export const EVIDENCE_LIST_BYTES_MAX = 33_554_432

/**
 * How long after an erasure was logged a replica that is at work may still have its record, ms:
 * nodes wait a week for one that cannot be asked, and then a day for good measure.
 */
export const ERASURE_MS_MAX = 691_200_000

/**
 * How long two who were enrolled at the same time may stay uncompared before that is a finding, ms:
 * a day, by the newest time in any log.
 */
export const COMPARED_MS_MAX = 86_400_000

/** Pairs that were not compared and are counted: a list of more helps nobody. */
export const PAIRS_COUNTED_MAX = 1_000_000

/** How long a node may take to hand out one file, ms: a bundle is at most 16 MiB. */
export const FETCH_TIMEOUT_MS = 60_000
