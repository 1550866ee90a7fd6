/**
 * Whether each part of an answer searched all that it had to: the templates that its node has
 * committed to, held against those that the logs make up to the part's own frontier.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import type { Part } from '../../protocol/part.ts'
import type { Roster } from '../../protocol/roster.ts'
import { LoggedPeople } from './logged-people.ts'
import type { WholeLogs } from './replay.ts'
import type { VerifiedAnswer } from './verify-answer.ts'

/** What one part says of one shard, and what the logs say. */
export interface CheckedTemplates {
  readonly node: string
  readonly shard: number
  /** Persons compared, and persons that were to be searched. */
  readonly searched: number
  readonly due: number
  /**
   * - `same` the part names exactly the templates that the logs make
   * - `other` it names others, or fewer
   * - `unknown` the logs that are here end before the part's frontier
   */
  readonly verdict: 'same' | 'other' | 'unknown'
}

/** Reads the logs once for each frontier that a part has. */
export async function verifyTemplates(
  { statement, parts }: Pick<VerifiedAnswer, 'statement' | 'parts'>,
  { logs, roster }: { logs: WholeLogs; roster: Roster },
): Promise<CheckedTemplates[]> {
  const only = statement.action === 'verify' ? statement.handle : undefined
  const readings = new Map<string, Reading>()
  const checked: CheckedTemplates[] = []
  for (const part of parts) {
    const key = part.frontier.map(({ node, size }) => `${node} ${size}`).join('\n')
    const reading = readings.get(key) ?? (await readUpTo(part.frontier, logs, roster))
    readings.set(key, reading)
    checked.push(...checkedPart(part, reading, only))
  }
  return checked
}

interface Reading {
  readonly people: LoggedPeople
  /** Whether the logs went as far. */
  readonly isWhole: boolean
}

async function readUpTo(
  frontier: readonly LogSize[],
  logs: WholeLogs,
  roster: Roster,
): Promise<Reading> {
  const people = new LoggedPeople({ roster })
  const read = await people.read(logs, frontier)
  return { people, isWhole: frontier.every(({ size }, place) => read[place]!.size === size) }
}

/** Whoever asked for one person is answered by a comparison with that one, if they are there. */
function checkedPart(
  { node, shards }: Part,
  { people, isWhole }: Reading,
  only: Uint8Array | undefined,
): CheckedTemplates[] {
  return shards.map(({ shard, searched, templates }) => {
    const set = people.templates(shard)
    const due = only ? Number(people.isFound(only)) : set.size
    const isSame = searched === due && equalBytes(set.root(), templates)
    const verdict = !isWhole ? 'unknown' : isSame ? 'same' : 'other'
    return { node, shard, searched, due, verdict }
  })
}
