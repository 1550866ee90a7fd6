/**
 * Every checkpoint that an auditor ever saw: one file for each log, to which is only added. It is
 * what a log that rolls itself back, or shows another history to somebody else, is caught by, so a
 * checkpoint is kept before anything else about it is known than that its log has signed it.
 *
 * A file is one JSON string for each note, on a line of its own. A line that a crash cut short is
 * dropped when the file is read, and the next one begins on a new line.
 */
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { equalBytes } from '../../crypto/bytes.ts'
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster, RosterNode } from '../../protocol/roster.ts'
import { KEPT_BYTES_MAX } from './limits.ts'
import { Unreadable } from './log-source.ts'
import { openOf } from './shown-checkpoints.ts'

export class KeptCheckpoints {
  readonly #folder: string
  readonly #kept: Map<string, OpenedCheckpoint[]>

  private constructor(folder: string, kept: Map<string, OpenedCheckpoint[]>) {
    this.#folder = folder
    this.#kept = kept
  }

  /** @throws Unreadable: what is kept cannot be read, or is not what was kept */
  static async open(state: string, roster: Roster): Promise<KeptCheckpoints> {
    const folder = join(state, roster.network)
    await mkdir(folder, { recursive: true })
    const kept = new Map<string, OpenedCheckpoint[]>()
    for (const node of logsOf(roster)) {
      kept.set(node.name, await readKept(join(folder, `${node.name}.checkpoints`), node, roster))
    }
    return new KeptCheckpoints(folder, kept)
  }

  of(log: string): readonly OpenedCheckpoint[] {
    return this.#kept.get(log) ?? []
  }

  /** Keeps, durably, those that are not kept yet: one of each size and root. */
  async keep(log: string, checkpoints: readonly OpenedCheckpoint[]): Promise<void> {
    const kept = this.#kept.get(log) ?? []
    const fresh: OpenedCheckpoint[] = []
    const known = new Set(kept.map(keyOf))
    for (const checkpoint of checkpoints) {
      if (known.has(keyOf(checkpoint))) continue
      known.add(keyOf(checkpoint))
      fresh.push(checkpoint)
    }
    if (fresh.length === 0) return
    const lines = fresh.map(({ note }) => `${JSON.stringify(note)}\n`)
    const file = await open(join(this.#folder, `${log}.checkpoints`), 'a')
    try {
      await file.appendFile(lines.join(''))
      await file.sync()
    } finally {
      await file.close()
    }
    kept.push(...fresh)
    this.#kept.set(log, kept)
  }
}

/** Whether both say the same of their log. */
export function isSameTree(a: OpenedCheckpoint, b: OpenedCheckpoint): boolean {
  return a.size === b.size && equalBytes(a.root, b.root)
}

function keyOf({ size, root }: OpenedCheckpoint): string {
  return `${size} ${Buffer.from(root).toString('hex')}`
}

async function readKept(
  path: string,
  node: RosterNode,
  roster: Roster,
): Promise<OpenedCheckpoint[]> {
  const content = await contentOf(path)
  if (content.length > KEPT_BYTES_MAX) {
    throw new Unreadable('oversize', `${path} has more than ${KEPT_BYTES_MAX} bytes`)
  }
  const lines = content.split('\n')
  const last = lines.pop() ?? ''
  if (last !== '') await dropTorn(path, content.length - last.length)
  return lines.map((line, place) => {
    try {
      return openOf(JSON.parse(line) as string, node, roster)
    } catch (cause) {
      const what = `${path}, line ${place + 1}: not a checkpoint that was kept`
      throw new Unreadable('unreadable', what, { cause })
    }
  })
}

/** Notes have dashes that take more bytes than characters, so it is bytes that are counted. */
async function dropTorn(path: string, characters: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const whole = (await file.readFile('utf8')).slice(0, characters)
    await file.truncate(Buffer.byteLength(whole))
    await file.sync()
  } finally {
    await file.close()
  }
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw new Unreadable('unreadable', `${path} cannot be read`, { cause: error })
  }
}
