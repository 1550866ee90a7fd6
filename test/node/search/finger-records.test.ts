import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { fingerImages, fingerRecords } from '../../../node/search/finger-records.ts'
import { writeChipFingers } from '../../../protocol/document/finger-record.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { isoRecord } from '../../matcher/support/image-records.ts'
import { ridges } from '../../matcher/support/images.ts'
import { finger } from '../../protocol/document/support/chips.ts'
import { outsideData } from '../../support/data.ts'

const { pixels } = ridges(40, 48)
const plain = { width: 40, height: 48, image: pixels }
const passport = writeChipFingers([finger(2, plain), finger(7, plain)])

const promises = suite('what holds records of fingers')

promises('a passport: gives every image with its finger and resolution', () => {
  equal(
    fingerImages(passport, {}).map(({ position, image }) => [position, image]),
    [2, 7].map((position) => [position, ridges(40, 48)]),
  )
})

promises('a passport that calls a finger two names is refused', () => {
  const lying = passport.slice()
  lying[Buffer.from(lying).indexOf(Uint8Array.of(0x82, 1, 0x09)) + 2] = 0x0d
  is(
    codeOf(() => fingerRecords(lying)),
    'unprocessable',
  )
})

promises('a passport is refused wherever it is cut off', () => {
  for (let length = 1; length < passport.length; length += 7) {
    is(
      codeOf(() => fingerRecords(passport.slice(0, length))),
      'unprocessable',
    )
  }
})

promises('anything else is a record itself', () => {
  const record = isoRecord([{ position: 2, width: 40, height: 48, data: pixels }], 0)
  equal(fingerRecords(record), [record])
  is(fingerImages(record, {})[0]?.position, 2)
})

for (const group of ['bsi2008/Datagroup3.bin', 'tsemrtd_dgs/EF_DG3.bin']) {
  promises(`${group}: the index fingers of a specimen passport`, () => {
    const file = outsideData('emrtd', group)
    if (!file) return
    equal(
      fingerImages(readFileSync(file), {}).map(({ position, quality, impression, image }) => {
        return [position, quality, impression, image.width, image.height, image.dpi]
      }),
      [
        [2, 100, 0, 620, 620, 500],
        [7, 100, 0, 620, 620, 500],
      ],
    )
  })
}

promises.run()

function codeOf(act: () => unknown): string {
  try {
    act()
    return 'nothing'
  } catch (error) {
    if (error instanceof TamgaError) return error.code
    throw error
  }
}
