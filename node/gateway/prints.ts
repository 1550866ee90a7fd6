/**
 * From an image to templates, for a station that has no extractor of its own: it asks this before
 * an officer signs, since what is signed and searched is the template.
 *
 * As with the law, whoever may connect may ask: the answer says nothing of anybody in the register.
 * The image goes to a worker of this node and no further; nothing of it is logged or kept.
 */
import type { FastifyInstance } from 'fastify'
import { toBase64 } from '../../crypto/bytes.ts'
import type { Extractor } from '../../matcher/extract/extractor.ts'
import { templateOf, type Print } from '../../matcher/extract/prints.ts'
import { POSITION_MAX } from '../../matcher/image/finger-image.ts'
import { DPI_MAX, DPI_MIN } from '../../matcher/image/image.ts'
import { FEEDBACK } from '../../matcher/quality/feedback.ts'
import { QUALITY_MAX } from '../../protocol/rules/application.ts'
import { readPrints } from '../search/prints.ts'
import { atWork } from './at-work.ts'
import { hungUp } from './hung-up.ts'
import {
  IMAGE_BODY_BYTES_MAX,
  PRINT_IMAGE_BYTES_MAX,
  PRINTS_AT_ONCE_MAX,
  PRINTS_TIMEOUT_MS,
} from './limits.ts'
import {
  base64UpTo,
  body,
  bytes,
  count,
  json,
  list,
  object,
  oneOf,
  refusals,
  type Schema,
} from './schemas.ts'
import { bytesOf } from './signed-request.ts'

interface PrintsBody {
  readonly image: string
  readonly dpi?: number
  readonly position?: number
}

const position = { type: 'integer', minimum: 0, maximum: POSITION_MAX }

const print = object(
  {
    position: {
      ...position,
      description:
        'ISO finger position, 0 unknown; a slap whose fingers do not stand apart: 13 to 15.',
    },
    slap: { ...position, description: 'Position of the slap that it was cut from, if it was.' },
    quality: { type: 'integer', minimum: 0, maximum: QUALITY_MAX },
    minutiae: { ...count, description: 'How many were found.' },
    feedback: {
      ...list(oneOf(FEEDBACK)),
      description: 'What to do better; empty for a good print.',
    },
    template: { ...bytes, description: 'ISO/IEC 19794-2:2005, of this finger alone.' },
  },
  ['slap'],
)

const printsBody: Schema = body(
  {
    image: base64UpTo(
      PRINT_IMAGE_BYTES_MAX,
      'WSQ, PNG, TIFF, BMP, PGM, JPEG or JPEG 2000; or a record of several images.',
    ),
    dpi: {
      type: 'integer',
      minimum: DPI_MIN,
      maximum: DPI_MAX,
      description: 'Where the image does not say it. Goes over what the image says.',
    },
    position: {
      ...position,
      description: 'Which finger or slap it is; of a record, which one is wanted.',
    },
  },
  ['dpi', 'position'],
)

const schema = {
  tags: ['prints'],
  operationId: 'prints',
  summary: 'What is to be signed of an image: a template for each finger in it.',
  description:
    'For anybody who may connect; nothing is logged or kept. 422 names what is wrong with the ' +
    'image, 429 says that too many images are at work.',
  body: printsBody,
  response: {
    200: json('In the order of the record.', object({ prints: list(print) })),
    ...refusals,
  },
}

export function printRoutes(app: FastifyInstance, extractor: Extractor): void {
  const options = {
    schema,
    bodyLimit: IMAGE_BODY_BYTES_MAX,
    onRequest: atWork(PRINTS_AT_ONCE_MAX, 'images'),
  }
  app.post<{ Body: PrintsBody }>('/v1/prints', options, async (request, reply) => {
    const { image, ...about } = request.body
    const limits = { signal: hungUp(reply), timeoutMs: PRINTS_TIMEOUT_MS }
    const asked = { bytes: bytesOf('image', image), ...about, ...limits }
    return { prints: (await readPrints(asked, extractor)).map(renderPrint) }
  })
}

function renderPrint(found: Print) {
  const { position: finger, slap, view, feedback } = found
  const { quality, minutiae } = view
  const template = toBase64(templateOf(found))
  return { position: finger, slap, quality, minutiae: minutiae.length, feedback, template }
}
