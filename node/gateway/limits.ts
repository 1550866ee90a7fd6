/** Limits of what a node takes over HTTP, with unit and reason. */
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../../crypto/ed25519.ts'
import { CREDENTIAL_BYTES_MAX } from '../../protocol/credential.ts'
import { PAYLOAD_BYTES_MAX } from '../../protocol/payload.ts'
import { APPLICATION_BYTES_MAX } from '../../protocol/rules/application.ts'
import { STATEMENT_BYTES_MAX } from '../../protocol/statement.ts'
import { CHIP_BYTES_MAX } from '../border/limits.ts'

/** Field names, quotes, two numbers and generous white space around the strings of a body. */
const FRAME_BYTES = 1_024

/** Some JSON writers put a backslash before every slash, of which base64 has one in 64. */
const ESCAPES_SHARE = 1 / 8

/**
 * One request body, bytes: the longest enrolment in base64, as the longest writer spells it. Only
 * an image may be longer.
 */
export const BODY_BYTES_MAX =
  FRAME_BYTES +
  Math.ceil(
    (1 + ESCAPES_SHARE) *
      (base64Length(PAYLOAD_BYTES_MAX) +
        base64Length(APPLICATION_BYTES_MAX) +
        base64Length(STATEMENT_BYTES_MAX) +
        base64Length(CREDENTIAL_BYTES_MAX) +
        base64Length(PUBLIC_KEY_BYTES) +
        base64Length(SIGNATURE_BYTES)),
  )

/**
 * One image, bytes: a finger at 1,200 dpi without compression, or a whole record of ten fingers and
 * slaps in WSQ.
 */
export const PRINT_IMAGE_BYTES_MAX = 4_194_304

/** The body around it. */
export const IMAGE_BODY_BYTES_MAX =
  FRAME_BYTES + Math.ceil((1 + ESCAPES_SHARE) * base64Length(PRINT_IMAGE_BYTES_MAX))

/** Images received or extracted at a time: with their bodies they hold some 300 MiB at most. */
export const PRINTS_AT_ONCE_MAX = 16

/** How long the prints of an image may take, ms: a fraction of a second; a record a few of them. */
export const PRINTS_TIMEOUT_MS = 10_000

/** One live print, bytes: a finger at 1,200 dpi without compression. */
export const LIVE_IMAGE_BYTES_MAX = 1_048_576

/** Live prints of one traveller: two fingers, each as often again where one is poor. */
export const LIVE_IMAGES_MAX = 4

/** Files of a chip: sixteen data groups, EF.COM and EF.SOD. */
export const CHIP_FILES_MAX = 18

/** The body of an inspection, bytes: one of a deed, a whole chip, and images beside it. */
export const INSPECTION_BODY_BYTES_MAX =
  BODY_BYTES_MAX +
  Math.ceil(
    (1 + ESCAPES_SHARE) *
      (base64Length(CHIP_BYTES_MAX) + LIVE_IMAGES_MAX * base64Length(LIVE_IMAGE_BYTES_MAX)),
  )

/** Inspections at work at a time: every post of a region; with their bodies 120 MiB at most. */
export const INSPECTIONS_AT_ONCE_MAX = 16

/** Random bytes that hide a number or handles in a deed: nobody can try them all. */
export const HIDING_NONCE_BYTES = 32

/** Shortest time that a caller may give a search, ms: less is over before a shard has answered. */
export const QUESTION_TIMEOUT_MS_MIN = 100

/** Longest time that a caller may give a search, ms: past it nobody stands at the counter. */
export const QUESTION_TIMEOUT_MS_MAX = 60_000

/** How long a client may take to send a request, ms: over 64 kbit/s a full body takes 16 s. */
export const REQUEST_TIMEOUT_MS = 30_000

/** How long a client may take over the headers alone, ms. */
export const HEADERS_TIMEOUT_MS = 10_000

/** How long a connection may be silent, ms: the longest search passes without a byte either way. */
export const CONNECTION_TIMEOUT_MS = 90_000

/** How long an idle connection is kept, ms: longer than a minute, when proxies drop theirs. */
export const KEEP_ALIVE_MS = 65_000

/** Connections at a time: with a full body each they hold some 70 MiB. */
export const CONNECTIONS_MAX = 512

/** Requests on one connection before it is renewed, so that load finds its way to a new node. */
export const REQUESTS_PER_CONNECTION_MAX = 10_000

/** How long requests at work are waited for when the gateway closes, ms. */
export const CLOSE_MS_MAX = 10_000

/** What a client is told to wait before it asks again, s. */
export const RETRY_AFTER_S = 1

/** Characters of a piece of a path: a name, a handle or an index fits. */
export const PARAMETER_CHARACTERS_MAX = 100

/** Auditors who fetch logs at a time: more than any register has. */
export const LOG_COPIES_MAX = 64

/** Characters of base64 for so many bytes. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3)
}
