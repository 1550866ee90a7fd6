import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { coreDelta, coreDeltaArea, type CoreDelta } from '../../../matcher/template/core-delta.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'

/** Of the second view of `fmr.iso2005`, as its bytes have them. */
const PUBLISHED: CoreDelta = {
  cores: [
    { x: 150, y: 250, angles: [90] },
    { x: 100, y: 150, angles: [45] },
  ],
  deltas: [
    { x: 143, y: 232, angles: [100, 110, 120] },
    { x: 103, y: 104, angles: [] },
    { x: 136, y: 214, angles: [33, 43, 53] },
    { x: 130, y: 319, angles: [57, 67, 77] },
  ],
}

const file = new URL('../../../../test/vectors/minutiae-formats/fmr.iso2005', import.meta.url)
const [plain, pointed] = readTemplate(readFileSync(file)).views as [FingerView, FingerView]

const promises = suite('cores and deltas in a template')

promises('are read as the published record has them', () => {
  equal(coreDelta(pointed), PUBLISHED)
  is(coreDelta(plain), undefined)
})

promises('are written back byte for byte', () => {
  equal(coreDeltaArea(PUBLISHED), pointed.extensions?.[0])
})

promises('stay as they were read, whatever becomes of the file', () => {
  const bytes = readFileSync(file)
  const [, view] = readTemplate(bytes).views
  bytes.fill(0)
  equal(coreDelta(view!), PUBLISHED)
})

promises('are refused where the area is not as long as it says', () => {
  const area = coreDeltaArea(PUBLISHED)
  for (let length = 0; length < area.data.length; length += 1) {
    const cut = { ...pointed, extensions: [{ ...area, data: area.data.subarray(0, length) }] }
    throws(() => coreDelta(cut), isInvalid('truncated'))
  }
  const longer = { ...area, data: Uint8Array.of(...area.data, 0) }
  throws(() => coreDelta({ ...pointed, extensions: [longer] }), isInvalid('trailing'))
})

promises('cannot be written where no coordinate of the format is', () => {
  for (const x of [-1, 0.5, 0x4000]) {
    const cores = [{ x, y: 0, angles: [] }]
    throws(() => coreDeltaArea({ cores, deltas: [] }), isInvalid('field-range'))
  }
  const many = Array.from({ length: 256 }, () => ({ x: 0, y: 0, angles: [] }))
  throws(() => coreDeltaArea({ cores: [], deltas: many }), isInvalid('field-range'))
})

promises.run()

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidTemplate && error.code === code
}
