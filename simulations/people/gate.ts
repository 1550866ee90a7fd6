/**
 * Command: whether synthetic people still score as real ones do, `npm run people:gate -- <folder>`.
 *
 * `<folder>` holds FVC sets with templates. FingerJet's are the reference: of the extractors whose
 * templates are there it makes the matcher err least, so that it hides least of what differs
 * between fingers; `--templates mindtct` compares with that one instead, which the generator is not
 * fitted to. Options: `--fingers <n>`, `--impostors <n>`, `--seed <text>`, `--json <file>`.
 *
 * Ends with 1 where a line fails, with 2 where nothing can be compared. Run it after every change
 * of the matcher or of the generator; `people:fit` proposes other constants where it fails.
 */
import { writeFileSync } from 'node:fs'
import { optionOf, table } from '../bench/report.ts'
import { readPrints } from './gate/prints.ts'
import { realSample, syntheticSample } from './gate/sample.ts'
import { compareSamples, type Line } from './gate/verdict.ts'

const [folder] = process.argv.slice(2)
const option = (name: string, otherwise: string): string =>
  optionOf(process.argv, `--${name}`) ?? otherwise
const extractor = option('templates', 'fingerjet')
const sets = folder === undefined ? [] : readPrints(folder, extractor)

if (sets.length === 0) {
  console.error(`people:gate: name a folder that holds FVC sets with ${extractor} templates`)
  process.exitCode = 2
} else {
  const seed = option('seed', 'gate')
  const fingers = Number(option('fingers', '500'))
  const impostors = Number(option('impostors', '60000'))
  const real = realSample(sets)
  const lines = compareSamples(real, syntheticSample({ seed, fingers, impostors }))
  console.log(
    `${extractor}: ${real.genuine.length} fingers, ${real.impostor.length} impostor pairs`,
  )
  console.log(`synthetic: ${fingers} fingers, ${impostors} impostor pairs, seed "${seed}"\n`)
  console.log(table([['', 'real', 'synthetic', 'ratio', 'allowed', ''], ...lines.map(cells)]))
  const failed = lines.filter(({ passes }) => !passes).length
  console.log(failed === 0 ? '\nall pass' : `\n${failed} of ${lines.length} fail`)
  const file = optionOf(process.argv, '--json')
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(lines, undefined, 2)}\n`)
  process.exitCode = failed === 0 ? 0 : 1
}

function cells({ name, real, synthetic, allowed, passes }: Line): string[] {
  const figure = (value: number): string =>
    name.includes('missed') ? `${(100 * value).toFixed(2)} %` : value.toFixed(0)
  const ratio = real === 0 ? '' : (synthetic / real).toFixed(2)
  const range = allowed ? `${figure(allowed.low)} to ${figure(allowed.high)}` : 'shown only'
  return [name, figure(real), figure(synthetic), ratio, range, passes ? 'pass' : 'FAIL']
}
