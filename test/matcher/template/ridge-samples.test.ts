import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import {
  NO_RIDGE,
  RIDGE_SAMPLE_AREA,
  SAMPLED_MAX,
  SITES,
  ridgeSampleArea,
  ridgeSamples,
} from '../../../matcher/template/ridge-samples.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'
import { PLAIN, drawn } from '../support/drawn-print.ts'

const PLANTED = [
  { x: -30, y: -20, isAlong: true },
  { x: 40, y: 25, isAlong: false },
]

const promises = suite('ridge samples')

promises('hold the ridges’ distance and orientation around each minutia', () => {
  for (const turn of [0, 37, 200]) {
    for (const sample of sampled(turn)) {
      ok(Math.abs(sample.period - 2 * PLAIN.period) <= 1, `period ${sample.period}`)
      is(sample.orientations.length, SITES)
      // A drawn print's ridges are parallel; one minutia bends those beside it a little.
      for (const orientation of sample.orientations) {
        ok(orientation <= 8 || orientation >= 120, `orientation ${orientation}`)
      }
    }
  }
})

promises('say where there is no print', () => {
  const small = extract(drawn({ ...PLAIN, planted: [{ x: 0, y: 0, isAlong: true }], radius: 42 }))
  const [sample] = ridgeSamples(small.view)!
  ok(sample)
  equal(
    sample.orientations.map((orientation) => orientation === NO_RIDGE),
    [...Array(6).fill(false), ...Array(6).fill(true)],
  )
})

promises('stand in a template, and come back from it', () => {
  const { view } = extract(drawn({ ...PLAIN, planted: PLANTED }))
  const [back] = readTemplate(writeIso19794v2005({ views: [view] })).views
  equal(back?.extensions, view.extensions)
  equal(ridgeSamples(back!), ridgeSamples(view))
})

promises('are refused where they cannot be what they say', () => {
  const { view } = extract(drawn({ ...PLAIN, planted: PLANTED }))
  const { data } = view.extensions!.find(({ type }) => type === RIDGE_SAMPLE_AREA)!
  const changed = (at: number, value: number): FingerView => {
    const copy = data.slice()
    copy[at] = value
    return withArea(view, copy)
  }
  throws(() => ridgeSamples(withArea(view, data.subarray(0, 0))), isInvalid('version'))
  throws(() => ridgeSamples(changed(0, 2)), isInvalid('version'))
  throws(() => ridgeSamples(changed(1, 1)), isInvalid('length'))
  throws(() => ridgeSamples(changed(3, 128)), isInvalid('field-range'))
  throws(() => ridgeSamples({ ...view, minutiae: [] }), isInvalid('field-range'))
  throws(() => ridgeSamples(withArea(view, data.subarray(0, -1))), isInvalid('length'))
})

promises('cannot be written where they do not fit', () => {
  const sample = { period: 18, orientations: Array<number>(SITES).fill(0) }
  const many = Array.from({ length: SAMPLED_MAX + 1 }, () => sample)
  throws(() => ridgeSampleArea(many), isInvalid('field-range'))
  throws(() => ridgeSampleArea([{ period: 18, orientations: [0] }]), isInvalid('field-range'))
})

promises.run()

function sampled(turn: number) {
  const { view } = extract(drawn({ ...PLAIN, planted: PLANTED, turn }))
  const samples = ridgeSamples(view)!
  is(samples.length, view.minutiae.length)
  return samples
}

function withArea(view: FingerView, data: Uint8Array): FingerView {
  return { ...view, extensions: [{ type: RIDGE_SAMPLE_AREA, data }] }
}

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidTemplate && error.code === code
}
