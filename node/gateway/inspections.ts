/** A traveller over HTTP: the document, the live prints, and what the register says of them. */
import type { FastifyInstance } from 'fastify'
import type { Extractor } from '../../matcher/extract/extractor.ts'
import { templateOf } from '../../matcher/extract/prints.ts'
import { PROFILE } from '../../protocol/border/profile.ts'
import { chipFileOf, type ChipFile, type ChipFiles } from '../../protocol/document/chip-file.ts'
import type { Trust } from '../../protocol/document/trust.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { encodePayload } from '../../protocol/payload.ts'
import { Border, type Inspection } from '../border/border.ts'
import { CHIP_BYTES_MAX } from '../border/limits.ts'
import type { Clock } from '../clock.ts'
import { readPrints } from '../search/prints.ts'
import { atWork } from './at-work.ts'
import { hungUp } from './hung-up.ts'
import { inspected, inspectionBody } from './inspection-schemas.ts'
import { INSPECTION_BODY_BYTES_MAX, INSPECTIONS_AT_ONCE_MAX, PRINTS_TIMEOUT_MS } from './limits.ts'
import { renderRecorded } from './render-deed.ts'
import { renderFound } from './render.ts'
import type { Rooms } from './rooms.ts'
import { json, refusals } from './schemas.ts'
import { bytesOf, readDeed, readSigned, type DeedBody, type SignedBody } from './signed-request.ts'

interface ImagesBody {
  readonly nonce: string
  readonly fingers: readonly {
    readonly image: string
    readonly dpi?: number
    readonly position: number
  }[]
}

interface InspectionBody extends DeedBody {
  readonly nonce: string
  readonly zone?: string
  readonly files?: readonly string[]
  readonly payload?: string
  readonly images?: ImagesBody
  readonly verify?: SignedBody
  readonly identify?: SignedBody
  readonly timeoutMs?: number
}

export interface InspectionModules {
  readonly extractor: Extractor
  readonly clock: Clock
  /** Who signs documents, as this node was told. */
  readonly trust: Trust
}

const schema = {
  tags: ['border'],
  operationId: 'inspect',
  summary: 'What a document and live prints are worth, and what the register says of them.',
  description:
    'That it is asked is logged before anything is looked at. What could not be asked is ' +
    'undetermined, and no error. 429 says that too many are at work.',
  body: inspectionBody,
  response: { 201: json('Every check once, and what comes of them.', inspected), ...refusals },
}

export function inspectionRoutes(
  app: FastifyInstance,
  node: Rooms,
  { extractor, clock, trust }: InspectionModules,
): void {
  const { acts, search, roster } = node
  const border = new Border({ acts, search, extractor, trust, clock })
  const options = {
    schema,
    bodyLimit: INSPECTION_BODY_BYTES_MAX,
    onRequest: atWork(INSPECTIONS_AT_ONCE_MAX, 'inspections'),
  }
  app.post<{ Body: InspectionBody }>('/v1/border/inspections', options, async (request, reply) => {
    const { body, station } = request
    const signal = hungUp(reply)
    const { verify, identify, timeoutMs } = body
    const done = await border.inspect({
      ...readDeed(request, ['inspection']),
      nonce: bytesOf('nonce', body.nonce),
      zone: body.zone,
      files: readFiles(body.files ?? []),
      payload: await readLive(body, signal, extractor),
      verify: verify && readSigned(verify, station),
      identify: identify && readSigned(identify, station),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      signal,
    })
    return reply.code(201).send({ ...renderRecorded(done.recorded, roster), ...rendered(done) })
  })
}

function rendered({ profile, checks, chip, verified, searched, ...decided }: Inspection) {
  const { verdict, because, step } = decided
  return {
    checks: checks.map((line) => ({ ...line, requirement: PROFILE[profile][line.name] })),
    verdict,
    because,
    step,
    ...(chip && { chip: chip.checks }),
    ...(verified && { verified: renderFound(verified) }),
    ...(searched && { searched: renderFound(searched) }),
  }
}

/** @throws TamgaError `malformed`, `too-large`; `unprocessable`: no file of a chip, or one twice */
function readFiles(encoded: readonly string[]): ChipFiles {
  const files = new Map<ChipFile, Uint8Array>()
  let bytes = 0
  for (const one of encoded) {
    const content = bytesOf('files', one)
    bytes += content.length
    if (bytes > CHIP_BYTES_MAX) throw new TamgaError('too-large', `a chip of ${bytes} bytes`)
    const file = chipFileOf(content)
    if (file === undefined || files.has(file)) {
      const what = file === undefined ? 'no file of a chip' : 'a file of the chip twice'
      throw new TamgaError('unprocessable', what)
    }
    files.set(file, content)
  }
  return files
}

/** @throws TamgaError `unprocessable`: both, or no image of its finger; `overloaded` */
async function readLive(
  { payload, images }: InspectionBody,
  signal: AbortSignal,
  extractor: Extractor,
): Promise<Uint8Array | undefined> {
  if (payload !== undefined && images) {
    throw new TamgaError('unprocessable', 'prints come as templates or as images, not as both')
  }
  if (!images) return payload === undefined ? undefined : bytesOf('payload', payload)
  const asked = images.fingers.map(async ({ image, ...about }) => {
    const bytes = bytesOf('image', image)
    return readPrints({ bytes, ...about, signal, timeoutMs: PRINTS_TIMEOUT_MS }, extractor)
  })
  const fingers = (await Promise.all(asked)).flat().map((print) => {
    return { position: print.position, template: templateOf(print) }
  })
  return encodePayload({ nonce: bytesOf('nonce', images.nonce), fingers })
}
