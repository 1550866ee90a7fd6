/**
 * Kills a process that appends to a log on a real disk, again and again at random moments, and
 * holds all its lives against each other: what was acknowledged in one must be there in every later
 * one, and of one size there is one tree.
 */
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { equalBytes } from '../../crypto/bytes.ts'
import { Log } from '../../node/log/log.ts'
import { describe } from '../../node/log/fsck/damage.ts'
import { fsckLog } from '../../node/log/fsck/fsck-log.ts'
import { AnchorFolder } from '../../node/store/anchor-folder.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { entryOf, NAME, ORIGIN, ROSTER, signer, verifier } from './test-log.ts'

const CHILD = fileURLToPath(new URL('./append-child.js', import.meta.url))

/** How long after it was opened a process is killed at most, ms: a few dozen batches. */
const LIFE_MS_MAX = 120

/** And how long after its start, if it is to die while it opens, ms. */
const START_MS_MAX = 220

/** Of so many lives, one ends before or while the log is opened. */
const EARLY_EVERY = 4

export interface KillsOptions {
  /** Empty, or not there: a folder for each process is made in it. */
  readonly folder: string
  readonly kills: number
  readonly processes: number
  readonly seed?: number
  readonly onKilled?: (kills: number) => void
}

export interface KillsReport {
  readonly kills: number
  /** Of these, before the process had opened the log. */
  readonly early: number
  readonly acknowledged: number
  readonly checkpoints: number
  readonly broken: readonly string[]
}

/** Sees to it that a process ends, if it does not by itself. */
type Ending = (kill: () => void, opened: Promise<void>) => void

interface Circumstances {
  /** A command that the process is started with. */
  readonly before?: readonly string[]
  /** Memory for what is not in a table yet. */
  readonly bufferBytes?: number
}

/** What one log has said over all lives. */
export class Lives {
  readonly folder: string
  readonly broken: string[] = []
  /** Life and number of what was acknowledged, by index. */
  readonly acknowledged = new Map<number, readonly [life: number, number: number]>()
  readonly signed = new Map<number, string>()
  readonly failures: string[] = []
  life = 0
  early = 0
  /** Entries that were there at the last opening. */
  opened = 0

  constructor(folder: string) {
    this.folder = folder
  }

  /** Lives once, until killed by `end` or ended by itself. */
  async live(end: Ending, { before = [], bufferBytes }: Circumstances = {}): Promise<void> {
    this.life += 1
    const child = [
      CHILD,
      this.folder,
      String(this.life),
      ...(bufferBytes ? [`${bufferBytes}`] : []),
    ]
    await this.#run([...before, process.execPath, ...child], end)
  }

  async #run(program: readonly string[], end: Ending): Promise<void> {
    const child = spawn(program[0]!, program.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
    let hasOpened = false
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const opened = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#take(line)
        hasOpened ||= line.startsWith('opened ')
        if (hasOpened) resolve()
      })
    })
    end(() => child.kill('SIGKILL'), opened)
    await closed
    if (!hasOpened) this.early += 1
  }

  /** The log as it is in the end, entry by entry. */
  async verify(): Promise<void> {
    const store = await LevelStore.open(join(this.folder, 'store'), { createIfMissing: false })
    const anchor = await new AnchorFolder(join(this.folder, 'anchors')).open(NAME)
    const about = { name: NAME, origin: ORIGIN, genesis: () => entryOf(0, 0) }
    const log = await Log.open(about, { store, anchor, signer, verifier })
    if (log.refusal !== undefined) this.broken.push(`in the end it refuses: ${log.refusal}`)
    const checked = { name: NAME, origin: ORIGIN, verifier, roster: ROSTER }
    const { damages } = await fsckLog(checked, { store })
    for (const damage of damages.found) this.broken.push(`in the end: ${describe(damage)}`)
    for (const [index, [life, number]] of this.acknowledged) {
      const entry = index < log.size ? await log.stored.entry(index) : undefined
      if (entry && equalBytes(entry, entryOf(life, number))) continue
      this.broken.push(`entry ${index} of life ${life} was acknowledged and is not there`)
    }
    await log.release()
    await store.close()
  }

  #take(line: string): void {
    const [what, first = '', second = '', third = ''] = line.split(' ')
    if (what === 'opened') this.#open(Number(first), line.slice(`opened ${first} `.length))
    if (what === 'signed') this.#sign(Number(first), second)
    if (what === 'acknowledged') this.#acknowledge(Number(first), [Number(second), Number(third)])
    if (what === 'failed') this.failures.push(first)
  }

  #open(size: number, refusal: string): void {
    if (refusal !== '') this.broken.push(`life ${this.life} does not sign: ${refusal}`)
    const lost = [...this.acknowledged.keys()].filter((index) => index >= size)
    if (lost.length > 0) {
      this.broken.push(`life ${this.life} finds ${size} entries, and ${lost[0]} was acknowledged`)
    }
    this.opened = size
  }

  #sign(size: number, root: string): void {
    const before = this.signed.get(size)
    if (before !== undefined && before !== root) {
      this.broken.push(`life ${this.life} has signed another tree of ${size} entries`)
    }
    this.signed.set(size, root)
  }

  #acknowledge(index: number, said: readonly [number, number]): void {
    if (this.acknowledged.has(index)) this.broken.push(`${index} was acknowledged twice`)
    this.acknowledged.set(index, said)
  }
}

export async function killMany(options: KillsOptions): Promise<KillsReport> {
  const { folder, kills, processes, seed = 0, onKilled } = options
  const random = new SeededRandom(`kills ${seed}`)
  let killed = 0
  const all = Array.from({ length: processes }, async (_, worker) => {
    const lives = new Lives(join(folder, `log-${worker}`))
    await mkdir(lives.folder, { recursive: true })
    while (killed < kills && lives.broken.length === 0) {
      killed += 1
      await lives.live(killer(random, killed))
      onKilled?.(killed)
    }
    await lives.verify()
    return lives
  })
  const lives = await Promise.all(all)
  const sum = (of: (log: Lives) => number): number =>
    lives.reduce((total, log) => total + of(log), 0)
  return {
    kills: killed,
    early: sum(({ early }) => early),
    acknowledged: sum(({ acknowledged }) => acknowledged.size),
    checkpoints: sum(({ signed }) => signed.size),
    broken: lives.flatMap(({ broken }) => broken),
  }
}

/** Kills a little after the opening, or now and then at any moment since the start. */
function killer(random: SeededRandom, number: number) {
  const isEarly = number % EARLY_EVERY === 0
  const ms = random.between({ min: 0, max: isEarly ? START_MS_MAX : LIFE_MS_MAX })
  return (kill: () => void, opened: Promise<void>): void => {
    const from = isEarly ? Promise.resolve() : opened
    void from.then(async () => sleep(ms)).then(kill)
  }
}
