/** An inspection over HTTP, as JSON Schema: what is looked at, and what was found. */
import { DPI_MAX, DPI_MIN } from '../../matcher/image/image.ts'
import { POSITION_MAX } from '../../matcher/image/finger-image.ts'
import { INSPECTED, OUTCOMES } from '../../protocol/border/check.ts'
import { STEPS } from '../../protocol/border/decide.ts'
import { WEIGHTS } from '../../protocol/border/profile.ts'
import { CHIP_FILE_BYTES_MAX } from '../../protocol/document/limits.ts'
import { PAYLOAD_BYTES_MAX, PAYLOAD_NONCE_BYTES } from '../../protocol/payload.ts'
import { INSPECTION_NONCE_BYTES, ZONE_CHARACTERS_MAX } from '../border/limits.ts'
import { DEED_BODIES, signedBody } from './body-schemas.ts'
import { RESULTS } from './deed-schemas.ts'
import {
  CHIP_FILES_MAX,
  LIVE_IMAGE_BYTES_MAX,
  LIVE_IMAGES_MAX,
  QUESTION_TIMEOUT_MS_MAX,
  QUESTION_TIMEOUT_MS_MIN,
} from './limits.ts'
import {
  base64,
  base64UpTo,
  body,
  bytes,
  count,
  list,
  name,
  object,
  oneOf,
  proofText,
  text,
} from './schemas.ts'

const image = body(
  {
    image: base64UpTo(LIVE_IMAGE_BYTES_MAX, 'WSQ, PNG, BMP, TIFF, PGM, JPEG or JPEG 2000.'),
    dpi: { type: 'integer', minimum: DPI_MIN, maximum: DPI_MAX },
    position: { type: 'integer', minimum: 1, maximum: POSITION_MAX },
  },
  ['dpi'],
)

export const inspectionBody = body(
  {
    ...DEED_BODIES.deed.properties,
    nonce: base64(INSPECTION_NONCE_BYTES, 'What hides in the deed what is looked at.'),
    zone: {
      type: 'string',
      maxLength: ZONE_CHARACTERS_MAX,
      description: 'The machine-readable zone as read by eye.',
    },
    files: {
      ...list(base64UpTo(CHIP_FILE_BYTES_MAX, 'One file of the chip, whole.'), CHIP_FILES_MAX),
      description: 'EF.COM, EF.SOD and data groups, in any order; absent where none was read.',
    },
    payload: base64UpTo(PAYLOAD_BYTES_MAX, 'The live prints as templates.'),
    images: {
      ...body({
        nonce: base64(PAYLOAD_NONCE_BYTES, 'Of the payload that is made of them.'),
        fingers: { ...list(image, LIVE_IMAGES_MAX), minItems: 1 },
      }),
      description:
        'The live prints as images, instead: the node makes the templates that `/v1/prints` ' +
        'makes of them, and what the officer signed is their digest.',
    },
    verify: { ...signedBody, description: 'Whether it is the person of the deed.' },
    identify: { ...signedBody, description: 'Who it is among everybody, if a rule asks for it.' },
    timeoutMs: {
      type: 'integer',
      minimum: QUESTION_TIMEOUT_MS_MIN,
      maximum: QUESTION_TIMEOUT_MS_MAX,
      description: 'How long the register is waited for.',
    },
  },
  ['zone', 'files', 'payload', 'images', 'verify', 'identify', 'timeoutMs'],
)

const found = { outcome: oneOf(OUTCOMES), reason: text, detail: text }

export const inspected = object(
  {
    log: name,
    index: count,
    entry: bytes,
    proof: proofText,
    result: RESULTS.inspection,
    checks: list(object({ name: oneOf(INSPECTED), ...found, requirement: oneOf(WEIGHTS) })),
    verdict: oneOf(['successful', 'failed', 'undetermined']),
    because: { ...list(oneOf(INSPECTED)), description: 'What kept it from being successful.' },
    step: oneOf(STEPS, 'What comes next; to turn somebody away is for an officer to decide.'),
    chip: {
      ...list(object({ name: text, ...found })),
      description: 'Every check of the chip; absent where none was read.',
    },
    verified: { $ref: 'Answer#' },
    searched: { $ref: 'Answer#' },
  },
  ['chip', 'verified', 'searched'],
)
