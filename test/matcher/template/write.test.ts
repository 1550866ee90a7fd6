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
import { equal, instance, is, ok, throws } from 'uvu/assert'
import { readTemplate } from '../../../matcher/template/read.ts'
import {
  InvalidTemplate,
  type FingerView,
  type Minutia,
  type Writable,
} from '../../../matcher/template/template.ts'
import {
  writeTemplate,
  WRITTEN_FORMATS,
  type WrittenFormat,
} from '../../../matcher/template/write.ts'
import { vector } from '../../support/data.ts'

/** A published sample of each edition, and where its own bytes are not as the standard has them. */
const SAMPLES: Record<WrittenFormat, { readonly name: string; readonly amiss: number[] }> = {
  'iso-19794-2:2005': { name: 'iso19794p2v2005-sample.dat', amiss: [] },
  'iso-19794-2:2011': { name: 'iso19794p2v2011-sample.dat', amiss: [] },
  // Another edition's version, a length that is two too little, two directions past 360°.
  'ansi-378:2004': { name: 'ansi378v2004-sample.dat', amiss: [4, 9, 322, 328] },
  // A length that is one too little.
  'ansi-378:2009': { name: 'ansi378v2009-sample.dat', amiss: [11] },
  'ansi-378:2009/am1': { name: 'ansi378v2009am1-sample.dat', amiss: [] },
}

const IMAGE = { width: 400, height: 500, resolutionX: 197, resolutionY: 197 }

const MINUTIA: Minutia = { x: 10, y: 20, angle: 128, type: 'ending', quality: 50 }
const VIEW: FingerView = {
  ...IMAGE,
  position: 1,
  view: 0,
  impression: 0,
  quality: 60,
  minutiae: [MINUTIA],
}

/** 2° and what a byte angle rounds to. */
const ANSI_ANGLE_MISS_MAX = 1

const promises = suite('a template written')

for (const format of WRITTEN_FORMATS) {
  const { name, amiss } = SAMPLES[format]

  promises(`${format}: the published sample comes back byte for byte`, () => {
    const bytes = readFileSync(vector('minutiae-formats', name))
    const template = readTemplate(bytes)
    is(template.format, format)
    const written = writeTemplate(template, format)
    is(written.length, bytes.length)
    equal(
      [...written.keys()].filter((at) => written[at] !== bytes[at]),
      amiss,
    )
  })

  promises(`${format}: what is written is read again`, () => {
    assert(
      property(array(viewOf(), { minLength: 1, maxLength: 3 }), (parts) => {
        const views = parts.map((part): FingerView => ({ ...part, ...IMAGE }))
        const back = readTemplate(writeTemplate({ views }, format))
        is(back.format, format)
        for (const [place, view] of views.entries()) isSameView(back.views[place]!, view, format)
      }),
      { numRuns: 200 },
    )
  })

  promises(`${format}: refuses what the edition cannot say`, () => {
    refuses({ views: [] }, format)
    refuses({ views: [{ ...VIEW, position: 11 }] }, format)
    refuses({ views: [{ ...VIEW, view: 256 }] }, format)
    refuses({ views: [{ ...VIEW, quality: 101 }] }, format)
    refuses({ views: [{ ...VIEW, width: 70_000 }] }, format)
    refuses({ views: [{ ...VIEW, resolutionY: 0 }] }, format)
    const crowd = Array.from({ length: 256 }, () => MINUTIA)
    refuses({ views: [{ ...VIEW, minutiae: crowd }] }, format)
    for (const wrong of [{ x: 0x4000 }, { angle: 1.5 }, { y: Number.NaN }, { quality: -1 }]) {
      refuses({ views: [{ ...VIEW, minutiae: [{ ...MINUTIA, ...wrong }] }] }, format)
    }
    const large = { type: 0x100, data: new Uint8Array(0x1_0000) }
    refuses({ views: [{ ...VIEW, extensions: [large] }] }, format)
  })
}

promises('one image for all views, where the edition has one', () => {
  const views = [VIEW, { ...VIEW, position: 2, resolutionX: 394 }]
  for (const format of ['iso-19794-2:2005', 'ansi-378:2004'] as const) refuses({ views }, format)
  for (const format of ['iso-19794-2:2011', 'ansi-378:2009'] as const) {
    is(readTemplate(writeTemplate({ views }, format)).views[1]?.resolutionX, 394)
  }
})

promises('a sensor and a product that do not fit are refused', () => {
  for (const format of ['iso-19794-2:2005', 'ansi-378:2004'] as const) {
    refuses({ views: [VIEW], sensor: { certified: true, id: 0x1000 } }, format)
  }
  refuses({ views: [VIEW], sensor: { certified: true, id: 0x1_0000 } }, 'ansi-378:2009')
  refuses({ views: [VIEW], product: { vendorId: 0x1_0000, subformat: 0 } }, 'ansi-378:2004')
})

promises('a record of 2004 that two bytes cannot count says its length in six', () => {
  const area = { type: 0x100, data: new Uint8Array(33_000).fill(7) }
  const views = [VIEW, { ...VIEW, position: 2 }].map((one) => ({ ...one, extensions: [area] }))
  const written = writeTemplate({ views }, 'ansi-378:2004')
  equal([...written.subarray(8, 10)], [0, 0])
  is(new DataView(written.buffer).getUint32(10), written.length)
})

promises.run()

function viewOf(): Arbitrary<Omit<FingerView, keyof typeof IMAGE>> {
  const minutia = plain<Minutia>({
    x: integer({ min: 0, max: 0x3fff }),
    y: integer({ min: 0, max: 0x3fff }),
    angle: integer({ min: 0, max: 255 }),
    type: constantFrom('ending', 'bifurcation', 'other'),
    quality: integer({ min: 0, max: 100 }),
  })
  const area = plain({
    type: integer({ min: 0, max: 0xffff }),
    data: uint8Array({ maxLength: 40 }),
  })
  return plain({
    position: integer({ min: 0, max: 10 }),
    view: integer({ min: 0, max: 15 }),
    impression: integer({ min: 0, max: 15 }),
    quality: integer({ min: 0, max: 100 }),
    minutiae: array(minutia, { maxLength: 255 }),
    extensions: array(area, { maxLength: 3 }),
  })
}

/** fast-check's records have no prototype, ours do. */
function plain<T>(model: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return record(model, { noNullPrototype: true })
}

function isSameView(back: FingerView, view: FingerView, format: WrittenFormat): void {
  for (const field of ['position', 'view', 'impression', 'quality'] as const) {
    is(back[field], view[field])
  }
  equal(back.extensions, view.extensions)
  is(back.minutiae.length, view.minutiae.length)
  for (const [place, { angle, ...minutia }] of view.minutiae.entries()) {
    const { angle: read, ...one } = back.minutiae[place]!
    equal(one, minutia)
    const miss = Math.min((read - angle) & 0xff, (angle - read) & 0xff)
    ok(miss <= (format.startsWith('ansi') ? ANSI_ANGLE_MISS_MAX : 0), `${angle} is ${read}`)
  }
}

function refuses(template: Writable, format: WrittenFormat): void {
  throws(
    () => writeTemplate(template, format),
    (error: unknown) => {
      instance(error, InvalidTemplate)
      return (error as InvalidTemplate).code === 'field-range'
    },
  )
}
