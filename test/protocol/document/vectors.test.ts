import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { DOCUMENT_VECTORS, inspectVector } from './support/vectors.ts'

const promises = suite('a specimen passport')

for (const vector of DOCUMENT_VECTORS) {
  const what = vector.failed.length > 0 ? vector.failed.join(', ') : 'nothing is wrong'
  promises(`${vector.name}: ${what}`, () => {
    const found = inspectVector(vector)
    if (!found) return
    const { verdict, holds, failed } = vector
    equal(found, { verdict, holds, failed })
  })
}

promises.run()
