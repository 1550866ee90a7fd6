/**
 * `npm run torture`: the log core under every fault that its tests know, for as long as one likes.
 *
 *     npm run torture -- --seeds 100000      so many seeds, and the rest in measure
 *     npm run torture -- --seed 42           one seed again, with the end of its trace
 *
 * Further: --first (seed to begin with), --kills, --flips (of each kind of file), --cases (of the
 * fuzz), --processes. Exit status 1 if any promise was broken.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { liveLedgers } from '../scenarios/ledger-life.ts'
import { damageMany } from './damage.ts'
import { fillDisks } from './full-disk.ts'
import { killMany } from './kills.ts'
import { liveMany } from './lives.ts'
import { takeAllSteps } from './steps.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '0' },
    kills: { type: 'string' },
    flips: { type: 'string' },
    cases: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
})

/** Kills, flips and cases of the fuzz for each seed, so that one number makes a run longer. */
const KILLS_PER_SEED = 0.1
const FLIPS_PER_SEED = 0.005
const CASES_PER_SEED = 500

const seeds = Number(values.seeds)
const processes = Number(values.processes)
const broken: string[] = []

if (values.seed === undefined) await everything()
else await again(Number(values.seed))
for (const complaint of broken) console.log(`\n${complaint}`)
console.log(broken.length === 0 ? '\nevery promise was kept' : `\n${broken.length} broken`)
process.exit(broken.length === 0 ? 0 : 1)

async function again(seed: number): Promise<void> {
  const { tail, broken: complaints, ...report } = await liveLedgers({ seed })
  console.log(report)
  for (const line of tail) console.log(`  ${line}`)
  broken.push(...complaints)
}

async function everything(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-torture-'))
  try {
    await steps()
    await lives()
    await damage(join(folder, 'damage'))
    await full(join(folder, 'full'))
    await kills(join(folder, 'kills'))
    fuzz()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function steps(): Promise<void> {
  const report = await takeAllSteps()
  console.log(`steps: ${report.steps} lives, another write of ${report.writes} wrong in each`)
  broken.push(...report.broken)
}

async function lives(): Promise<void> {
  const first = Number(values.first)
  const onLived = (lived: number): void => progress('lives', lived, seeds)
  const report = await liveMany({ first, seeds, processes, onLived })
  console.log(`lives: ${report.seeds} seeds, ${report.brokenSeeds} of them broke a promise`)
  console.log({ ...report.scenes })
  console.log({ ...report.counts })
  broken.push(...report.broken)
}

async function damage(folder: string): Promise<void> {
  const flips = Number(values.flips ?? Math.ceil(seeds * FLIPS_PER_SEED))
  const outcomes: Record<string, number> = {}
  const reports = await damageMany({
    folder,
    flips,
    seed: Number(values.first),
    onDone: ({ outcome }) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    },
  })
  console.log(`damage: ${reports.length} databases`, outcomes)
  broken.push(...reports.flatMap((report) => report.broken))
}

async function full(folder: string): Promise<void> {
  for (const report of await fillDisks(folder)) {
    const { by, failures, acknowledged } = report
    console.log(`full disk by ${by}: ${failures.length} refused`, { acknowledged })
    broken.push(...report.broken.map((complaint) => `full disk by ${by}: ${complaint}`))
  }
}

/** The decoders, in a process of their own that says itself what it has found. */
function fuzz(): void {
  const cases = String(Math.ceil(Number(values.cases ?? seeds * CASES_PER_SEED)))
  const program = fileURLToPath(new URL('../fuzz/main.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [program, '--cases', cases], { stdio: 'inherit' })
  if (status !== 0) broken.push(`the fuzz has ended with ${status}`)
}

async function kills(folder: string): Promise<void> {
  const count = Number(values.kills ?? Math.ceil(seeds * KILLS_PER_SEED))
  const onKilled = (killed: number): void => progress('kills', killed, count)
  const seed = Number(values.first)
  const report = await killMany({ folder, kills: count, processes, seed, onKilled })
  const { kills: killed, early, acknowledged, checkpoints } = report
  console.log(`kills: ${killed}, ${early} of them before the log was open`)
  console.log({ acknowledged, checkpoints })
  broken.push(...report.broken)
}

/** On a terminal, one line that is written over. */
function progress(what: string, done: number, all: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\r${what} ${done} of ${all}${done >= all ? '\n' : ''}`)
}
