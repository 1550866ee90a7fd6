/**
 * `npm run bench:border`: what a traveller waits for at a post in front of four nodes, how many
 * travellers a second there can be, how soon a 1:1 comes back to twenty posts at once, and how soon
 * the next node answers when the nearest is killed or stands still.
 *
 * An inspection begins with two images and ends with the verdict: passive authentication, decoding
 * and extraction of the live prints and of the chip's, 1:1 with the chip, 1:1 in the register,
 * logged, proven, and checked by the post. Nodes, posts and extractors all run on this machine.
 * People are those that are bundled with the demo, among synthetic ones.
 *
 * Further: --people (100,000), --quick, --json <file>.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { failoverFigures } from './border/failover.ts'
import { Travellers } from './border/travellers.ts'
import { optionOf, report, type Measurement } from './report.ts'
import { drawUpMesh } from './search/bench-mesh.ts'

const SIZES = {
  whole: { people: 100_000, inspections: 60, verifications: 200, rounds: 8 },
  quick: { people: 2_000, inspections: 16, verifications: 60, rounds: 3 },
} as const

const NODES = 4

const argv = process.argv.slice(2)
const size = SIZES[argv.includes('--quick') ? 'quick' : 'whole']
const people = Number(optionOf(argv, '--people') ?? size.people)
const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-border-'))
try {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`)
  const note = await drawUpMesh(folder, NODES)
  const rows: Measurement[] = []
  const take = (row: Measurement): void => {
    console.log(`${row.name} ${row.value.toFixed(2)} ${row.unit}`)
    rows.push(row)
  }
  const travellers = await Travellers.start({ ...size, folder, note, people })
  for await (const row of travellers.figures()) take(row)
  await travellers.close()
  for await (const row of failoverFigures({ folder, note, rounds: size.rounds })) take(row)
  report(`a border post before ${NODES} nodes, ${people} people of two fingers`, rows, argv)
} finally {
  await rm(folder, { recursive: true, force: true })
}
