/**
 * From OSIA's biometric data to the fingers that an officer signs for. Images become templates
 * here, at the station: nothing else of them goes further, and nothing of them is kept.
 */
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { templateOf } from '../../../matcher/extract/prints.ts'
import { DPI_MAX, DPI_MIN } from '../../../matcher/image/image.ts'
import { POSITION_MAX } from '../../../matcher/template/fields.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { FINGERS_MAX, TEMPLATE_BYTES_MAX } from '../../../protocol/limits.ts'
import { QUALITY_MAX, type MissingCause } from '../../../protocol/rules/application.ts'
import { readFinger } from '../../search/fingers.ts'
import { readPrints } from '../../search/prints.ts'
import { ITEMS_MAX } from './limits.ts'
import { bestCaptures, type BestCapture, type Capture } from '../best-captures.ts'
import { badRequest } from './osia-error.ts'

/** As the interface has it, as far as it is read here. */
export interface BiometricItem {
  readonly biometricType: string
  readonly biometricSubType?: string
  readonly image?: string
  readonly imageRef?: string
  readonly resolution?: number
  readonly template?: string
  readonly templateRef?: string
  readonly templateFormat?: string
  readonly quality?: number
  readonly missing?: readonly MissingItem[]
  readonly encryption?: object
  readonly integrity?: readonly object[]
}

interface MissingItem {
  readonly biometricSubType?: string
  readonly presence?: string
}

export interface OsiaFingers {
  readonly fingers: readonly BestCapture[]
  readonly missing: ReadonlyMap<number, MissingCause>
}

/** In the order of ISO's positions from 1 on; slaps have theirs beside. */
const FINGERS = ['THUMB', 'INDEX', 'MIDDLE', 'RING', 'LITTLE']
const NAMES = ['RIGHT', 'LEFT'].flatMap((side) => FINGERS.map((finger) => `${side}_${finger}`))

const POSITIONS: ReadonlyMap<string, number> = new Map([
  ['UNKNOWN', 0],
  ...NAMES.map((name, place): [string, number] => [name, place + 1]),
  ['PLAIN_RIGHT_FOUR_FINGERS', 13],
  ['PLAIN_LEFT_FOUR_FINGERS', 14],
  ['PLAIN_THUMBS', 15],
])

/** Editions and finger views that the reader of templates knows. */
const TEMPLATE_FORMATS: ReadonlySet<string> = new Set([
  'ISO_19794_2',
  'ISO_19794_2_2011',
  'ANSI_378',
  'ANSI_378_2009',
])

const CAUSES: Readonly<Record<string, MissingCause>> = {
  BANDAGED: 'bandaged',
  AMPUTATED: 'amputated',
  DAMAGED: 'injured',
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** OSIA's name of a finger. @param position ISO's, 0 unknown */
export function subTypeOf(position: number): string {
  return NAMES[position - 1] ?? 'UNKNOWN'
}

/**
 * At least one finger, at most ten. Faces, irises and signatures are passed over: this register
 * compares fingers.
 *
 * @throws OsiaError 400: no finger, or what cannot be read; TamgaError `overloaded`, `deadline`
 */
export async function readFingers(
  items: readonly BiometricItem[],
  extractor: Extractor,
): Promise<OsiaFingers> {
  if (items.length > ITEMS_MAX) throw badRequest(`${items.length} biometric items`)
  const captures: Capture[] = []
  const missing = new Map<number, MissingCause>()
  for (const item of items) {
    if (item.biometricType !== 'FINGER') continue
    for (const one of item.missing ?? []) missing.set(...missingOf(one))
    const isOnlyMissing = item.missing !== undefined && !item.image && !item.template
    if (!isOnlyMissing) captures.push(...(await capturesOf(item, extractor)))
  }
  const fingers = bestCaptures(captures, badRequest)
  if (fingers.length === 0) throw badRequest('there is no finger in it')
  if (fingers.length > FINGERS_MAX) throw badRequest(`${fingers.length} fingers of one person`)
  for (const { position } of fingers) missing.delete(position)
  return { fingers, missing }
}

async function capturesOf(item: BiometricItem, extractor: Extractor): Promise<Capture[]> {
  const { biometricSubType = 'UNKNOWN', encryption, integrity } = item
  const position = POSITIONS.get(biometricSubType)
  if (position === undefined) throw badRequest(`${biometricSubType} is no finger that is read here`)
  // To pass over what protects the data would be to say that it holds.
  if (encryption || integrity) throw badRequest('encrypted or signed data are not opened here')
  try {
    if (item.image !== undefined) return await imageCaptures(item, position, extractor)
    if (item.template !== undefined) return [templateCapture(item, position)]
  } catch (cause) {
    const { code, message } = asTamgaError(cause)
    if (code !== 'unprocessable') throw cause
    throw badRequest(`${biometricSubType}: ${message}`, cause)
  }
  throw badRequest('a finger without image and template; nothing is fetched by reference')
}

async function imageCaptures(
  { image = '', resolution }: BiometricItem,
  position: number,
  extractor: Extractor,
): Promise<Capture[]> {
  const dpi = resolution
  if (dpi !== undefined && (dpi < DPI_MIN || dpi > DPI_MAX)) throw badRequest(`${dpi} dpi`)
  const said = { ...(position === 0 ? {} : { position }), ...(dpi === undefined ? {} : { dpi }) }
  const prints = await readPrints({ bytes: decoded(image), ...said }, extractor)
  const apart = prints.filter((print) => print.position <= POSITION_MAX)
  if (apart.length === 0) throw badRequest('the fingers of a slap do not stand apart')
  return apart.map((print) => {
    return { position: print.position, template: templateOf(print), quality: print.view.quality }
  })
}

function templateCapture(
  { template = '', templateFormat = 'ISO_19794_2', quality }: BiometricItem,
  position: number,
): Capture {
  if (!TEMPLATE_FORMATS.has(templateFormat)) throw badRequest(`templates of ${templateFormat}`)
  const bytes = decoded(template)
  if (bytes.length > TEMPLATE_BYTES_MAX) throw badRequest(`a template of ${bytes.length} bytes`)
  const view = readFinger({ position, template: bytes })
  const said = quality === undefined || quality < 0 ? view.quality : quality
  return {
    position: position === 0 ? view.position : position,
    template: bytes,
    quality: Math.min(QUALITY_MAX, said),
  }
}

function missingOf({ biometricSubType = '', presence = '' }: MissingItem): [number, MissingCause] {
  const [position, cause] = [POSITIONS.get(biometricSubType) ?? 0, CAUSES[presence]]
  if (position > 0 && position <= POSITION_MAX && cause) return [position, cause]
  throw badRequest('a finger that is missing has a name, and a cause')
}

function decoded(text: string): Uint8Array {
  if (text.length > 0 && BASE64.test(text)) return new Uint8Array(Buffer.from(text, 'base64'))
  throw badRequest('an image or template that is not base64')
}
