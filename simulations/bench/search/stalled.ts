/** How long answers take when one of four nodes stands still, with hedging and without. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../node/clock.ts'
import { generatePerson } from '../../people/person.ts'
import { SeededRandom } from '../../world/seeded-random.ts'
import { captured } from '../captured.ts'
import { percentile } from '../percentile.ts'
import type { Measurement } from '../report.ts'
import { askAll } from './asking.ts'
import { NETWORK, officials, rosterOf, startBenchNode } from './bench-mesh.ts'

const CHILD = fileURLToPath(new URL('./node-child.js', import.meta.url))
const ASKERS = 8

/** Before the stall: each asker has to know each node's times. */
const WARM_UP = 120
const POLL_MS = 20

interface Stall {
  /** With the nodes of `BenchedMesh` in it, which are closed. */
  readonly folder: string
  readonly note: string
  /** Asked from the moment of the stall on. */
  readonly queries: number
}

export async function* stalledFigures(stall: Stall): AsyncGenerator<Measurement> {
  for (const isHedged of [true, false]) {
    const { ms, incomplete } = await withOneStalled(stall, isHedged)
    const name = isHedged ? 'hedged' : 'unhedged'
    yield { name: `p50_ms_stalled_${name}`, value: percentile(ms, 0.5), unit: 'ms' }
    yield { name: `p99_ms_stalled_${name}`, value: percentile(ms, 0.99), unit: 'ms' }
    yield { name: `incomplete_stalled_${name}`, value: incomplete, unit: `of ${ms.length}` }
  }
}

async function withOneStalled(
  { folder, note, queries }: Stall,
  isHedged: boolean,
): Promise<{ ms: number[]; incomplete: number }> {
  const file = join(folder, 'roster.note')
  await writeFile(file, note)
  const names = rosterOf(note).nodes.map(({ name }) => name)
  const stalled = names.pop()!
  const child = fork(CHILD, [folder, stalled, file])
  const nodes = await Promise.all(
    names.map(async (name) => (await startBenchNode({ folder, note, name, isHedged })).node),
  )
  try {
    await Promise.all([once(child, 'message'), ...nodes.map(async (node) => node.ready())])
    const isWhole = () => nodes.every(({ mesh }) => mesh.connected().length === names.length)
    while (!isWhole()) await systemClock.sleep(POLL_MS)
    const random = new SeededRandom('bench stalled')
    const about = { network: NETWORK, officials }
    const questions = Array.from({ length: Math.max(queries, WARM_UP) }, () => {
      return captured({ action: 'identify', person: generatePerson(random) }, about, random)
    })
    const ask = async (i: number) => nodes[i % nodes.length]!.search.ask(questions[i]!)
    await askAll({ count: WARM_UP, atOnce: ASKERS }, ask)
    child.kill('SIGSTOP')
    let incomplete = 0
    const { ms } = await askAll({ count: queries, atOnce: ASKERS }, async (i) => {
      const { answer } = await ask(i)
      if (answer.verdict === 'incomplete') incomplete += 1
    })
    return { ms, incomplete }
  } finally {
    await end(child)
    for (const node of nodes) await node.close()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = once(child, 'exit')
  child.kill('SIGKILL')
  await over
}
