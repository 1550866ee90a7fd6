/**
 * `npm run bench:search`: what searching over some nodes takes beside a search of one gallery, how
 * many queries, verifications and enrolments there are in a second, what they cost on the wire and
 * in the logs, and what one node that stands still does to the others' answers.
 *
 * All nodes run on this machine and share its cores; each has one worker. People are synthetic, and
 * most of them only stand in the galleries (`search/bystanders.ts`). When a node stands still it is
 * one in a process of its own that is sent SIGSTOP. Figures are printed as they are found: with
 * everybody it takes a quarter of an hour.
 *
 * Further: --people (100,000), --nodes (4), --quick, --json <file>.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { NODES_LIMIT } from '../../node/demo/local-mesh.ts'
import { report, optionOf, type Measurement } from './report.ts'
import { drawUpMesh } from './search/bench-mesh.ts'
import { BenchedMesh, type Sizes } from './search/benched-mesh.ts'
import { stalledFigures } from './search/stalled.ts'

const SIZES: Readonly<Record<'whole' | 'quick', Sizes>> = {
  whole: { people: 100_000, enrolled: 60, queries: 200, searches: 30, afterStall: 400 },
  quick: { people: 2_000, enrolled: 12, queries: 32, searches: 10, afterStall: 120 },
}

const argv = process.argv.slice(2)
const size = SIZES[argv.includes('--quick') ? 'quick' : 'whole']
const people = Number(optionOf(argv, '--people') ?? size.people)
const nodes = Number(optionOf(argv, '--nodes') ?? 4)
if (!(nodes >= 3 && nodes <= NODES_LIMIT)) throw new RangeError(`3 to ${NODES_LIMIT} nodes`)
const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-search-'))
try {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`)
  const note = await drawUpMesh(folder, nodes)
  const mesh = await BenchedMesh.start({ folder, note, ...size, people })
  const rows: Measurement[] = []
  const take = (row: Measurement): void => {
    console.log(`${row.name} ${row.value.toFixed(2)} ${row.unit}`)
    rows.push(row)
  }
  for await (const row of mesh.figures()) take(row)
  await mesh.close()
  for await (const row of stalledFigures({ folder, note, queries: size.afterStall })) take(row)
  report(`searches over ${nodes} nodes, ${people} people of two fingers`, rows, argv)
} finally {
  await rm(folder, { recursive: true, force: true })
}
