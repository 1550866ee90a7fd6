/** Templates of every edition, down to the record that a gallery searches. */
import { readdirSync, readFileSync } from 'node:fs'
import { checkPacked, InvalidPacked, pack } from '../../matcher/packed.ts'
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import { readTemplate } from '../../matcher/template/read.ts'
import { InvalidTemplate } from '../../matcher/template/template.ts'
import { vector } from '../../test/support/data.ts'
import { bytesDecoder, refusal, type Decoder } from './decoder.ts'

const templateRefusal = refusal(
  InvalidTemplate,
  'too-long',
  'truncated',
  'magic',
  'version',
  'length',
  'field-range',
  'trailing',
)

export const TEMPLATE_DECODERS: readonly Decoder[] = [
  bytesDecoder({
    name: 'template',
    covers: [
      'matcher/template/read.ts#readTemplate',
      'matcher/template/iso-19794-2.ts#readIso19794v2005',
      'matcher/template/iso-19794-2-2011.ts#readIso19794v2011',
      'matcher/template/ansi-378.ts#readAnsi378v2004',
      'matcher/template/ansi-378.ts#readAnsi378v2007',
      'matcher/template/ansi-378.ts#readAnsi378v2009',
      'matcher/template/fields.ts#readPackedSensor',
      'matcher/template/fields.ts#readMinutiae',
      'matcher/template/fields.ts#readQuality',
      'matcher/template/fields.ts#readResolution',
      'matcher/template/fields.ts#readPosition',
      'matcher/template/fields.ts#readExtensions',
      'matcher/template/byte-reader.ts#ByteReader',
    ],
    seeds: () => published(),
    decode: readTemplate,
    refuses: [templateRefusal],
  }),
  bytesDecoder({
    name: 'template-of-2005',
    covers: ['matcher/template/iso-19794-2.ts#readIso19794v2005'],
    seeds: () => published().filter((bytes) => isIso2005(bytes)),
    // Another edition is not for this writer, and stays as it was read.
    decode: (bytes) => {
      const template = readTemplate(bytes)
      const isIso = template.format === 'iso-19794-2:2005' && template.views.length > 0
      return isIso ? readTemplate(writeIso19794v2005(template)) : template
    },
    refuses: [templateRefusal],
  }),
  bytesDecoder({
    name: 'packed-template',
    covers: ['matcher/packed.ts#pack'],
    seeds: () => published(),
    decode: (bytes) =>
      readTemplate(bytes).views.map((view) => {
        const packed = pack(view)
        checkPacked(packed)
        return packed
      }),
    refuses: [templateRefusal],
  }),
  bytesDecoder({
    name: 'packed-record',
    covers: ['matcher/packed.ts#checkPacked'],
    seeds: () =>
      published().flatMap((bytes) => readTemplate(bytes).views.map((view) => pack(view))),
    decode: checkPacked,
    refuses: [refusal(InvalidPacked, 'length', 'version', 'counts', 'offsets')],
  }),
]

function published(): Uint8Array[] {
  return readdirSync(vector('minutiae-formats'))
    .filter((name) => name.endsWith('.dat') || name.startsWith('fmr.'))
    .map((name) => new Uint8Array(readFileSync(vector('minutiae-formats', name))))
}

function isIso2005(bytes: Uint8Array): boolean {
  return readTemplate(bytes).format === 'iso-19794-2:2005'
}
