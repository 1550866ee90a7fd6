/** Limits of what a node keeps waiting, keeps in memory or tries again, with unit and reason. */

/**
 * Entries waiting to be appended: a second's worth at full speed; past it a caller must hold back.
 */
export const APPEND_QUEUE_MAX = 16_384

/** And their bytes: the longest entries would fill memory long before they are so many. */
export const APPEND_QUEUE_BYTES_MAX = 67_108_864

/** Entries that one durable batch takes: past some 1,000 the cost of fsync no longer shows. */
export const APPEND_BATCH_MAX = 1_024

/** And their bytes: what is staged beside the anchor has to be small enough to be read at once. */
export const APPEND_BATCH_BYTES_MAX = 4_194_304

/** Tiles kept in memory for each log, 8 KiB each: the upper levels and the newest leaves. */
export const TILE_CACHE_MAX = 256

/**
 * How long a newer quorum may wait to be announced, ms: a checkpoint itself is shown to everybody
 * at once, and many share one announcement of who has cosigned.
 */
export const ANNOUNCE_DELAY_MS = 500

/** How often a node asks a peer what it has missed, ms: announcements may be lost. */
export const HEADS_POLL_MS = 500

/**
 * Notes of each log that are remembered as dealt with: every peer shows its own collection of
 * cosignatures, up to two of them, twice a second.
 */
export const HEARD_NOTES_MAX = 64

/** How long one question about a log may take, ms: a page is at most 1 MiB. */
export const PULL_TIMEOUT_MS = 10_000

/**
 * Pages asked for ahead of the one being verified: hides the round trip, bounds memory to 4 MiB.
 */
export const PULL_AHEAD = 4

/** Entries read at once when the logs are folded into the register. */
export const FOLD_ENTRIES = 256

/** How long a whole search may take by default, ms: a person is standing at the counter. */
export const SEARCH_TIMEOUT_MS = 10_000

/**
 * Share of its time after which a call is followed by one to the next replica though it is not in
 * the budget, if its node answers nobody: the other half is enough for an answer.
 */
export const FIRST_REPLICA_SHARE = 0.5

/**
 * Searches at a time, in each lane: those that a node runs for itself, and as many that it runs for
 * others. Workers take one after the other, so that more would only wait inside. Every officer at
 * a post of a region can be at work in the first, enrolments take turns, and the rest trickles.
 */
export const SEARCHES_RUNNING = { border: 64, enrolment: 16, bulk: 4 } as const

/** And that wait for a place, three for each: later ones would only learn later of a refusal. */
export const SEARCHES_WAITING = { border: 192, enrolment: 48, bulk: 12 } as const

/** Searches that wait for a gallery's workers: it refuses nothing that has been let in. */
export const GALLERY_WAITING_MAX =
  SEARCHES_RUNNING.border + SEARCHES_RUNNING.enrolment + SEARCHES_RUNNING.bulk

/**
 * Digests of blocks of scores that a node keeps, of the searches that it did last: 32 MiB, of a
 * hundred thousand people some 2,600 searches. Whoever wants to see them asks within seconds.
 */
export const SCORE_DIGESTS_KEPT_MAX = 1_048_576

/**
 * Share of queries that are asked of two replicas of every shard, and kept to be replayed: a
 * replica that leaves people out is contradicted after some hundred queries, for one search more in
 * a hundred.
 */
export const SECOND_LOOK_SHARE = 0.01

/** Looked at a second time at once: more are passed over, so that a rush is not made longer. */
export const SECOND_LOOKS_MAX = 4

/**
 * How long the probe of a query that was drawn is kept, ms: a week, in which an auditor who comes
 * every few days meets every sample.
 */
export const SAMPLE_KEPT_MS = 604_800_000

/** Drawn queries kept at once: some 16 MiB, and half a week of a post that asks twice a second. */
export const SAMPLES_MAX = 512

/** Contradictions of replicas whose evidence is kept: 1 MiB each at most. */
export const DISPUTES_MAX = 64

/** Share of its time that a search waits for a place at most: with less it would be cut short. */
export const WAITING_SHARE = 0.25

/**
 * Share of its time that the gallery may need for what comes before a search: with less left it is
 * hardly ever answered in full, and whoever is refused at once can ask again when there is room.
 */
export const BACKLOG_SHARE = 0.7

/**
 * The same for a search that a node is making already: more, for whoever asks has let it in by what
 * was known there, and refusing it undoes what was logged of it.
 */
export const BACKLOG_SHARE_HERE = 0.8

/** Newest answer times kept of each node: enough that five of a hundred are more than one. */
export const TIMES_KEPT = 64

/** Answer times by which one can tell what five of a hundred exceed. */
export const TIMES_TELLING = 20

/**
 * Soonest that an answer counts as late, ms: the log's disk and the turns of a busy event loop vary
 * by that.
 */
export const HEDGE_MS_MIN = 20

/** Latest, ms, also of a node that nobody knows: whoever stands at the counter notices it. */
export const HEDGE_MS_MAX = 2_000

/** Calls of a hundred that may be hedges: what all nodes can do besides, even when all are slow. */
export const HEDGES_SHARE = 0.05

/**
 * Hedges at once, after as many calls as earn them: when a node stalls it takes with it whatever
 * the border lane was just asking it.
 */
export const HEDGES_AT_ONCE = 64

/** A replica is preferred to one that stands before it if it takes this share of its time. */
export const SOONER_SHARE = 0.8

/** How often a node that was silent is asked all the same, ms: so late its return is seen. */
export const SILENT_RETRY_MS = 1_000

/**
 * How long one that others are only sooner than is not heard, ms, before it is asked again besides:
 * what it then searches is searched twice, and a node that has become faster can wait to show it.
 */
export const SLOWER_RETRY_MS = 30_000

/** Candidates that an answer names when the asker does not say. */
export const CANDIDATES_DEFAULT = 10

/** How long a replica may take to keep a sealed payload, ms. */
export const DEPOSIT_TIMEOUT_MS = 10_000

/** Enrolments that one node works on at a time. */
export const ENROLMENTS_MAX = 64

/** Fewest minutiae of a finger worth enrolling: fewer cannot tell two people apart. */
export const MINUTIAE_MIN = 12

/**
 * Refusals of one officer that a node logs within `REFUSALS_WINDOW_MS`: enough to show what they
 * are after, few enough that they cannot fill the log.
 */
export const REFUSALS_LOGGED_MAX = 20
export const REFUSALS_WINDOW_MS = 3_600_000

/** Deeds waiting for their turn: each takes one durable write, so that is a second's worth. */
export const ACTS_MAX = 256

/** Cases that an examiner is shown at a time: more than one works through in a day. */
export const CASES_SHOWN_MAX = 64

/** Alarms that are shown at a time, the newest. */
export const ALARMS_SHOWN_MAX = 256

/** Threads that extract prints from images; they start with the first image. */
export const EXTRACTORS = 2

/** How long another region may take to say whether it knows a number, ms: somebody is waiting. */
export const RESOLUTION_TIMEOUT_MS = 3_000

/** How often a node tries to tell homes of numbers what it claimed while they were silent, ms. */
export const CLAIMS_EVERY_MS = 5_000

/** How long an auditor may fetch logs upon one deed, ms: a large register over a slow line. */
export const LOG_COPY_MS = 21_600_000

/** How long a peer may take to cosign a checkpoint, ms: one signature, one write. */
export const WITNESS_TIMEOUT_MS = 5_000

/** How long a peer that did not cosign is left alone before it is asked again, ms. */
export const WITNESS_RETRY_MS = 1_000

/**
 * How often a log that does not grow has its newest checkpoint cosigned again, ms: who reads an
 * answer may demand that witnesses saw it a minute or two ago.
 */
export const WITNESS_REFRESH_MS = 60_000

/** Checkpoints of the own log whose cosignatures are still being gathered, the newest. */
export const GATHERED_MAX = 64

/** How long an answer waits for a quorum over its own entries, ms: usually a few are enough. */
export const WITNESSED_WAIT_MS = 250

/**
 * How long an enrolment waits until enough nodes hold it, ms: it is said if they do not by then.
 */
export const SAFE_WAIT_MS = 2_000

/** How often a node that does not know yet how far its own log goes asks for it, ms. */
export const STANDING_RETRY_MS = 500

/** How far a clock may be put back without the log showing it, ms: what NTP corrects in a step. */
export const CLOCK_BACK_MS_MAX = 60_000
/** Writes that wait for the key shelf: as many as entries for the log, each 256 bytes. */
export const KEY_QUEUE_MAX = 16_384

/** How long a node may take to hand over a sealed record, ms. */
export const RECORD_TIMEOUT_MS = 10_000

/** How soon a node asks for a sealed record that it has found missing, ms: others may be too. */
export const MEND_DELAY_MS = 200

/** How often it asks again for what nobody could give it, ms: replicas that were down come back. */
export const MEND_EVERY_MS = 5_000

/**
 * People that the gallery moves into gaps for each that is removed: they close as fast as they
 * open.
 */
export const COMPACTED_PER_REMOVAL = 4

/** Entries of epochs that have to wait for those before them: far more than ever come at once. */
export const EPOCHS_WAITING_MAX = 64

/** How often a node looks whether a shard has come or can go, ms. */
export const MOVES_EVERY_MS = 1_000

/** How long a node that collects signatures under the next roster waits for each other, ms. */
export const SUCCESSION_TIMEOUT_MS = 10_000

/** Sealed records opened at once while a gallery is filled: the disk reads ahead, others search. */
export const FILLED_AT_ONCE = 16

/** Records asked for in one round: some 5 MiB, and those that nobody has go to the end. */
export const MENDS_MAX = 64

/** How long a node may take to say that it has folded an erasure, ms. */
export const FOLDED_TIMEOUT_MS = 5_000

/** How often an erasure that waits for other nodes is looked at again, ms. */
export const ERASURE_RETRY_MS = 1_000

/**
 * How long an erasure waits for a node that cannot be asked, ms from when it was logged: a week, in
 * which a node that is to come back does, and which the person can be asked to wait.
 */
export const ERASURE_WAIT_MS = 604_800_000

/**
 * How often a node looks for enrolments that were not compared, ms: whoever was enrolled waits for
 * it at the counter, and a look costs less than a millisecond where there are few.
 */
export const CROSS_CHECK_EVERY_MS = 1_000

/**
 * How long the next replica waits for the one before it to make a cross-check, ms, and how long
 * after one in which a shard was silent it is made again: several searches' time.
 */
export const CROSS_CHECK_STEP_IN_MS = 60_000

/** Cross-checks that a node makes between two looks: the rest waits for the next. */
export const CROSS_CHECKS_MAX = 64

/**
 * How long a node that has nothing else to log waits before it says how far it has read, ms:
 * nobody is confirmed before. Each time is an entry in every copy of its log; but where people are
 * enrolled one after the other, the searches for them say it already.
 */
export const SEEN_AFTER_MS = 2_000

/** Access records that wait for their batch: as many as searches may be at work, many times. */
export const RECORDS_WAITING_MAX = 8_192

/** And their bytes: a statement has some hundred. */
export const RECORDS_WAITING_BYTES_MAX = 33_554_432

/** Batches whose records are to be had from others: a day of a busy log. */
export const PULLS_WAITING_MAX = 262_144

/** How long nodes may take to hand out records, ms: 64 batches are at most some MiB. */
export const RECORDS_TIMEOUT_MS = 10_000

/** How soon it is tried again when nobody had them, ms: whoever has them may be starting. */
export const RECORDS_RETRY_MS = 5_000

/** Batches asked for at once: most have one record, and four of the largest fit a frame. */
export const RECORDS_ASKED_AT_ONCE = 64

/** Batches noted by an officer's tag in the last day: twice what all rates let one officer ask. */
export const TAGGED_BATCHES_MAX = 2_048

/** Outcomes that wait for the records of their questions: they are handed on within seconds. */
export const OUTCOMES_PARKED_MAX = 65_536

/** How long a node asks others whose records are in their keeping, ms: somebody is at a counter. */
export const TOUCHED_TIMEOUT_MS = 5_000
