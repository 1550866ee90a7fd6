/** Real templates: those in the repository, and FVC's where they are at hand. */
import { readFileSync } from 'node:fs'
import { readTemplate } from '../../../matcher/template/read.ts'
import type { FingerView } from '../../../matcher/template/template.ts'
import { outsideData, vector } from '../../support/data.ts'

export const FVC_SETS = [
  'fvc2002/DB1_B',
  'fvc2002/DB2_B',
  'fvc2002/DB3_B',
  'fvc2002/DB4_B',
  'fvc2004/DB1_B',
  'fvc2004/DB3_B',
] as const

export function sampleView(name: 'probe' | 'matching' | 'nonmatching'): FingerView {
  return firstView(vector('sourceafis-samples', `iso-${name}.dat`))
}

/** Bytes of one FVC impression's template, undefined where the data is not at hand. */
export function fvcTemplate(
  set: (typeof FVC_SETS)[number],
  extractor: 'mindtct' | 'fingerjet' | 'secugen',
  finger: number,
  impression: number,
): Uint8Array | undefined {
  const file = outsideData('fingerprints', set, extractor, `${finger}_${impression}.iso`)
  return file === undefined ? undefined : readFileSync(file)
}

export function firstView(file: string): FingerView {
  const [view] = readTemplate(readFileSync(file)).views
  if (!view) throw new Error(`${file} has no view`)
  return view
}
