/**
 * From the records of a data share to the fingers that an officer signs for. Images become
 * templates here, at the station: nothing else of them goes further, and nothing of them is kept.
 */
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { templateOf } from '../../../matcher/extract/prints.ts'
import { POSITION_MAX } from '../../../matcher/template/fields.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { FINGERS_MAX, TEMPLATE_BYTES_MAX } from '../../../protocol/limits.ts'
import { ATTEMPTS_MAX } from '../../../protocol/rules/application.ts'
import { readFinger } from '../../search/fingers.ts'
import { readPrints } from '../../search/prints.ts'
import { bestCaptures, type BestCapture, type Capture } from '../best-captures.ts'
import { readCbeff, type BiometricRecord } from './cbeff.ts'
import { MosipFailure } from './failure.ts'

/** A template of any edition begins with it. */
const TEMPLATE_MAGIC = 'FMR\0'

/**
 * At least one finger, at most ten, each position once. Other modalities are passed over: this
 * register compares fingers.
 *
 * @throws MosipFailure `invalid-cbeff`; `no-data`: no finger in it
 */
export async function readSharedFingers(
  bytes: Uint8Array,
  extractor: Extractor,
): Promise<BestCapture[]> {
  const records = readCbeff(bytes).filter(({ modality }) => modality === 'finger')
  if (records.length === 0) throw new MosipFailure('no-data', 'no record of a finger')
  if (records.length > FINGERS_MAX * ATTEMPTS_MAX) throw refusal(`${records.length} fingers`)
  const captures: Capture[] = []
  for (const record of records) captures.push(...(await capturesOf(record, extractor)))
  const fingers = bestCaptures(captures, refusal)
  if (fingers.length <= FINGERS_MAX) return fingers
  throw refusal(`${fingers.length} fingers of one person`)
}

async function capturesOf(record: BiometricRecord, extractor: Extractor): Promise<Capture[]> {
  const { position, data, quality } = record
  try {
    if (Buffer.from(data.subarray(0, 4)).toString('latin1') === TEMPLATE_MAGIC) {
      return [templateCapture(record)]
    }
    const said = position === 0 ? {} : { position }
    const prints = await readPrints({ bytes: data, ...said }, extractor)
    const fingers = prints.filter((print) => print.position <= POSITION_MAX)
    if (fingers.length === 0) throw refusal('the fingers of a slap do not stand apart')
    return fingers.map((print) => {
      return { position: print.position, template: templateOf(print), quality: print.view.quality }
    })
  } catch (cause) {
    const { code, message } = asTamgaError(cause)
    if (code !== 'unprocessable') throw cause
    const about = `finger ${position}, quality ${quality ?? 'unknown'}`
    throw new MosipFailure('invalid-cbeff', `${about}: ${message}`, { cause })
  }
}

/** Its quality is the file's word: a template's own figure is on its maker's scale. */
function templateCapture({ position, data, quality }: BiometricRecord): Capture {
  if (data.length > TEMPLATE_BYTES_MAX) throw refusal(`a template of ${data.length} bytes`)
  const view = readFinger({ position, template: data })
  const finger = position === 0 ? view.position : position
  return { position: finger, template: data, quality: quality ?? 0 }
}

function refusal(message: string): MosipFailure {
  return new MosipFailure('invalid-cbeff', message)
}
