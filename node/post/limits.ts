/** Limits of a border post, with unit and reason. */

/**
 * How long the nearest node may be silent before the next is asked as well, ms, also where nobody
 * knows how fast it is: with what the next one takes, somebody has answered within 500 ms.
 */
export const FAILOVER_MS_MAX = 300

/** How long all nodes together may take, ms: past it the post goes on as if there were none. */
export const ANSWER_MS_MAX = 5_000

/** The same of the small things that a post fetches to see who is there, ms. */
export const MEET_MS_MAX = 1_500

/** A list of watched people is fetched anew after so long, ms: it is half a megabyte at most. */
export const WATCH_REFRESH_MS = 300_000

/** From how many nodes: one alone could leave somebody out. */
export const WATCH_COPIES = 2

/**
 * Oldest watch list that a post relies on, ms. X-Road stops after as long without a time stamp; a
 * person who is wanted since then passes a post that is cut off.
 */
export const WATCH_AGE_MS_MAX = 14_400_000

/**
 * Oldest list of states' certificates and revocations, ms. States announce certificates months
 * ahead, and issue revocation lists every 90 days at the latest, most of them every few weeks.
 */
export const TRUST_AGE_MS_MAX = 2_592_000_000

/**
 * Oldest roster, ms since a node has last shown it to be the newest: an epoch ends when a node
 * leaves, which nobody hears who is away for longer.
 */
export const ROSTER_AGE_MS_MAX = 2_592_000_000

/** How far clocks may be apart, ms: what seems fetched later than that from now has no age. */
export const CLOCKS_APART_MS = 300_000

/** Files of one list of states, and their bytes together: some hundred states in two lists. */
export const TRUST_FILES_MAX = 4_096
export const TRUST_BYTES_MAX = 33_554_432

/** Crossings that wait for a node: two days of a busy post, though a node takes those of one. */
export const QUEUE_MAX = 4_096

/** One of them with its signatures, bytes. */
export const QUEUED_BYTES_MAX = 16_384

/** Inspections without a decision: an officer decides while the traveller stands there. */
export const OPEN_MAX = 64

/**
 * For how long a crossing goes only to the node that may have it already, ms: by then the others
 * have read that node's log and refuse what stands in it.
 */
export const HANDED_MS = 600_000

/** Crossings that are handed in before others have their turn at the store. */
export const DELIVERED_AT_ONCE = 64

/** How often a post looks whether nodes are back, ms: an idle post costs each one request. */
export const ROUND_MS = 15_000
