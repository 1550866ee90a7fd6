/** Many seeds of `ledger-life.ts`, shared out among a few processes. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { LedgerLifeReport } from '../scenarios/ledger-life.ts'

const CHILD = fileURLToPath(new URL('./life-child.js', import.meta.url))

/** Broken seeds of which the trace is kept: the first ones tell what went wrong. */
const BROKEN_KEPT_MAX = 8

/** What is counted of each life. */
const COUNTS = [
  'checkpoints',
  'acknowledged',
  'safe',
  'quorums',
  'crashes',
  'misfires',
  'flips',
  'refusals',
  'quarantined',
  'rebuilt',
  'blames',
  'events',
] as const

export type LifeCounts = Record<(typeof COUNTS)[number], number>

export interface LivesOptions {
  readonly first: number
  readonly seeds: number
  readonly processes: number
  /** Called after every life. */
  readonly onLived?: (lived: number) => void
}

export interface LivesReport {
  readonly seeds: number
  readonly counts: LifeCounts
  readonly scenes: Readonly<Record<string, number>>
  /** Seeds that broke a promise: how many, and the first ones in words. */
  readonly brokenSeeds: number
  readonly broken: readonly string[]
  /** By seed. */
  readonly digests: ReadonlyMap<number, string>
}

/** @throws Error when a process ends before its seeds do */
export async function liveMany(options: LivesOptions): Promise<LivesReport> {
  const { first, seeds, processes, onLived } = options
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as LifeCounts
  const scenes: Record<string, number> = {}
  const digests = new Map<number, string>()
  const broken: LedgerLifeReport[] = []
  let brokenSeeds = 0
  const take = (report: LedgerLifeReport): void => {
    for (const name of COUNTS) counts[name] += report[name] ?? 0
    scenes[report.scene] = (scenes[report.scene] ?? 0) + 1
    digests.set(report.seed, report.digest)
    if (report.broken.length > 0) {
      brokenSeeds += 1
      if (broken.length < BROKEN_KEPT_MAX) broken.push(report)
    }
    onLived?.(digests.size)
  }
  const shares = Array.from({ length: Math.min(processes, seeds) }, (_, worker) => {
    const count = Math.ceil((seeds - worker) / processes)
    return liveSome([first + worker, count, processes], take)
  })
  await Promise.all(shares)
  return { seeds, counts, scenes, brokenSeeds, broken: broken.map(inWords), digests }
}

/** What went wrong in a life, what happened last in it, and how to live it again. */
function inWords({ seed, scene, broken, tail }: LedgerLifeReport): string {
  return [
    `seed ${seed} (${scene}): ${broken.join('; ')}`,
    ...tail.map((line) => `  ${line}`),
    `again: npm run torture -- --seed ${seed}`,
  ].join('\n')
}

async function liveSome(
  share: readonly number[],
  take: (report: LedgerLifeReport) => void,
): Promise<void> {
  const child = spawn(process.execPath, [CHILD, ...share.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let lived = 0
  let isBroken = false
  for await (const line of createInterface({ input: child.stdout })) {
    const report = JSON.parse(line) as LedgerLifeReport
    take(report)
    lived += 1
    isBroken ||= report.broken.length > 0
  }
  const status = await ended
  if (lived === share[1] || isBroken) return
  throw new Error(`a process ended with ${status} after ${lived} of ${share[1]} seeds`)
}
