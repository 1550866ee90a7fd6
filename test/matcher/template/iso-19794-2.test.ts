import { suite } from 'uvu'
import { is } from 'uvu/assert'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
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

promises.run()
