/** Limits of the OSIA adaptor, with unit and reason. */

/** One request, bytes: ten images of a MiB, a face and two irises in base64. */
export const BODY_BYTES_MAX = 33_554_432

/** Requests with such a body at once: each is held in memory while its images are read. */
export const REQUESTS_AT_ONCE_MAX = 8

/** Biometric items of one request: fingers, slaps, a face and irises, and each of them thrice. */
export const ITEMS_MAX = 64

/** A transactionId, an address of a callback, a JWT: characters. */
export const ID_CHARACTERS_MAX = 128
export const CALLBACK_CHARACTERS_MAX = 2_048
export const TOKEN_CHARACTERS_MAX = 8_192

/** How long a client may be ahead of this clock, or behind it, when a token begins or ends, ms. */
export const TOKEN_SKEW_MS = 60_000

/** Tasks that are not answered yet: more would wait for longer than anybody does. */
export const PENDING_MAX = 1_024

/** Tasks that are kept, the answered included: a client may ask for one again for days. */
export const TASKS_MAX = 65_536

/** Tasks that a node is asked for at once. */
export const TASKS_AT_WORK_MAX = 4

/** One task as it is kept, bytes: ten templates, or candidates. */
export const TASK_BYTES_MAX = 2_097_152

/** Between two tries, ms: of a node that is not there or too busy, and of a client's callback. */
export const RETRY_MS_MIN = 500
export const RETRY_MS_MAX = 60_000

/** Tries of one callback: some ten minutes. After that the client has to ask for it again. */
export const CALLBACK_TRIES_MAX = 14

/** How long a callback may take, ms. */
export const CALLBACK_TIMEOUT_MS = 10_000

/** Callbacks at once: a client that is slow does not keep the others' answers back for long. */
export const CALLBACKS_AT_ONCE_MAX = 8

/** How long a node may take over one question, ms: longer than its own search does. */
export const QUESTION_MS_MAX = 30_000

/** Questions that a node fails at by its own fault before a task is given up. */
export const FAULTS_MAX = 5
