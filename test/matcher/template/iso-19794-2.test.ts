import { readFileSync } from 'node:fs'
import {
  array,
  assert,
  constantFrom,
  integer,
  property,
  record,
  uint8Array,
  type Arbitrary,
} from 'fast-check'
import { suite } from 'uvu'
import { equal, instance, is, throws } from 'uvu/assert'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'
import { vector } from '../../support/data.ts'
import { FVC_SETS, fvcTemplate } from '../support/templates.ts'

const promises = suite('ISO/IEC 19794-2:2005')

for (const set of FVC_SETS) {
  promises(`${set}: every real template is written back byte for byte`, () => {
    for (const extractor of ['mindtct', 'fingerjet', 'secugen'] as const) {
      for (let finger = 101; finger <= 110; finger += 1) {
        for (let impression = 1; impression <= 8; impression += 1) {
          const bytes = fvcTemplate(set, extractor, finger, impression)
          if (!bytes) return
          const same = Buffer.compare(writeIso19794v2005(readTemplate(bytes)), bytes) === 0
          is(same, true, `${extractor} ${finger}_${impression}`)
        }
      }
    }
  })
}

promises('the published sample is written back byte for byte, vendor data included', () => {
  const bytes = readFileSync(vector('minutiae-formats', 'iso19794p2v2005-sample.dat'))
  equal(Buffer.from(writeIso19794v2005(readTemplate(bytes))), bytes)
})

promises('what is written is read again', () => {
  const minutia = plain({
    x: integer({ min: 0, max: 0x3fff }),
    y: integer({ min: 0, max: 0x3fff }),
    angle: integer({ min: 0, max: 255 }),
    type: constantFrom('ending' as const, 'bifurcation' as const, 'other' as const),
    quality: integer({ min: 0, max: 100 }),
  })
  const view = plain({
    position: integer({ min: 0, max: 10 }),
    view: integer({ min: 0, max: 15 }),
    impression: integer({ min: 0, max: 15 }),
    quality: integer({ min: 0, max: 100 }),
    minutiae: array(minutia, { maxLength: 255 }),
    extensions: array(
      plain({ type: integer({ min: 0, max: 0xffff }), data: uint8Array({ maxLength: 40 }) }),
      { maxLength: 3 },
    ),
  })
  const image = { width: 400, height: 500, resolutionX: 197, resolutionY: 197 }
  assert(
    property(array(view, { minLength: 1, maxLength: 3 }), (parts) => {
      const views = parts.map((part): FingerView => ({ ...part, ...image }))
      equal(readTemplate(writeIso19794v2005({ views })).views, views)
    }),
    { numRuns: 200 },
  )
})

promises('refuses what the edition cannot say', () => {
  const { views } = readTemplate(
    readFileSync(vector('minutiae-formats', 'iso19794p2v2005-sample.dat')),
  )
  const view = views[0]!
  refuses([])
  refuses([{ ...view, position: 11 }])
  refuses([{ ...view, quality: 101 }])
  refuses([{ ...view, width: 70_000 }])
  refuses([view, { ...view, resolutionX: 394 }])
  refuses([{ ...view, minutiae: Array.from({ length: 256 }, () => view.minutiae[0]!) }])
  refuses([{ ...view, minutiae: [{ ...view.minutiae[0]!, x: 0x4000 }] }])
  refuses([{ ...view, minutiae: [{ ...view.minutiae[0]!, angle: 1.5 }] }])
  refuses([{ ...view, minutiae: [{ ...view.minutiae[0]!, y: Number.NaN }] }])
})

promises.run()

/** fast-check's records have no prototype, ours do. */
function plain<T>(model: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return record(model, { noNullPrototype: true })
}

function refuses(views: readonly FingerView[]): void {
  throws(
    () => writeIso19794v2005({ views }),
    (error: unknown) => {
      instance(error, InvalidTemplate)
      return (error as InvalidTemplate).code === 'field-range'
    },
  )
}
