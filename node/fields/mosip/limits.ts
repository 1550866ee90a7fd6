/** Limits of the MOSIP adaptor, with unit and reason. */

/** One message of the queue, bytes: an identify with the largest gallery. */
export const MESSAGE_BYTES_MAX = 2_097_152

/** References in a gallery: many times the candidates that MOSIP asks about again. */
export const GALLERY_MAX = 16_384

/** A requestId or referenceId, characters: MOSIP's are UUIDs, or names with a UUID in them. */
export const ID_CHARACTERS_MAX = 128

/** An address of a data share, characters. */
export const URL_CHARACTERS_MAX = 2_048

/** One data share as it is fetched, bytes: ten images of a MiB, a face and two irises in base64. */
export const SHARE_BYTES_MAX = 33_554_432

/** How long fetching one may take, ms: MOSIP's own clients wait as long. */
export const SHARE_TIMEOUT_MS = 30_000

/** Biometric records in one CBEFF file: fingers, irises, a face, and each of them thrice. */
export const BIRS_MAX = 64

/** Elements of one XML file: 64 records of some 30 elements. */
export const ELEMENTS_MAX = 4_096

/** How deep they may be in one another: a record's quality is six deep. */
export const DEPTH_MAX = 16

/** Requests that are taken from the queue and not answered yet. */
export const TAKEN_MAX = 32

/** Of those, how many are at work at once: as many images as a small station has cores for. */
export const AT_WORK_MAX = 4

/** Answers that are kept for requests that come again: a broker redelivers within hours. */
export const ANSWERS_MAX = 65_536

/** One answer, bytes: as many candidates as there may be. */
export const ANSWER_BYTES_MAX = 1_048_576

/** Candidates of one reference. */
export const CANDIDATES_MAX = 1_024

/** Between two questions to a node that is not there or too busy, ms. */
export const RETRY_MS_MIN = 250
export const RETRY_MS_MAX = 15_000

/** Questions that a node fails at by its own fault before the request is given up. */
export const FAULTS_MAX = 5

/** How long a node may take over one question, ms: longer than its own search does. */
export const QUESTION_MS_MAX = 30_000

/** How long a ping waits for the node, ms. */
export const PING_MS_MAX = 5_000

/** How long the requests at work are waited for when the adaptor stops, ms. */
export const STOP_MS_MAX = 10_000

/** How long before a statement gets too old for a node it is signed anew, ms. */
export const SIGN_ANEW_MS = 3_600_000

/** Between two attempts to reach a broker that is gone, ms at most: it costs nobody anything. */
export const RECONNECT_MS_MAX = 2_000
