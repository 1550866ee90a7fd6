/** The specimen passports with what is expected and what was found: `npm run documents`. */
import {
  DOCUMENT_VECTORS,
  inspectVector,
  type InspectedVector,
} from '../../test/protocol/document/support/vectors.ts'
import { table } from '../bench/report.ts'

const rows = [['document', 'files', 'expected', 'got', '']]
for (const vector of DOCUMENT_VECTORS) {
  const found = inspectVector(vector)
  if (!found) continue
  const expected = told(vector)
  const got = told(found)
  const isRight = expected === got
  if (!isRight) process.exitCode = 1
  rows.push([vector.name, String(vector.files.length), expected, got, isRight ? 'ok' : 'WRONG'])
}
console.log(table(rows))
if (rows.length === 1) process.exitCode = 1

function told({ verdict, holds, failed }: InspectedVector): string {
  return [verdict, failed.join(', '), holds && `holds: ${holds}`].filter(Boolean).join('; ')
}
