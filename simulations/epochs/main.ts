/**
 * `npm run epochs`: four node processes, a fifth that joins and one that leaves, by the commands of
 * an operator, while people are searched for all the time; then the logs are audited. Ends with 1
 * where an answer was wrong or incomplete, or the audit finds anything.
 *
 * Further: --people (8), --folder, to be kept.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { optionOf } from '../bench/report.ts'
import { tellOfEpochs } from './story.ts'

const argv = process.argv.slice(2)
const given = optionOf(argv, '--folder')
const folder = given ?? (await mkdtemp(join(tmpdir(), 'tamga-epochs-')))
try {
  const people = Number(optionOf(argv, '--people') ?? 8)
  const amiss = await tellOfEpochs({ folder, people }, (line) => console.log(line))
  if (amiss > 0) process.exitCode = 1
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true })
}
