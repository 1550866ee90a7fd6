/**
 * Whether each part of an answer searched all that it had to: the templates that its node has
 * committed to, held against those that the logs make up to the part's own frontier.
 */
import { equalBytes } from '../../crypto/bytes.ts'
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

/** Reads the logs once for each part. A verification compares with one person of the set. */
export async function verifyTemplates(
  { answer, parts }: Pick<VerifiedAnswer, 'answer' | 'parts'>,
  { logs, roster }: { logs: WholeLogs; roster: Roster },
): Promise<CheckedTemplates[]> {
  const checked: CheckedTemplates[] = []
  for (const part of parts) {
    const people = new LoggedPeople({ roster })
    const read = await people.read(logs, part.frontier)
    const isWhole = part.frontier.every(({ size }, place) => read[place]!.size === size)
    checked.push(...checkedPart(part, people, { isWhole, isOfAll: answer.action !== 'verify' }))
  }
  return checked
}

function checkedPart(
  { node, shards }: Part,
  people: LoggedPeople,
  { isWhole, isOfAll }: { isWhole: boolean; isOfAll: boolean },
): CheckedTemplates[] {
  return shards.map(({ shard, searched, templates }) => {
    const set = people.templates(shard)
    const isCounted = isOfAll ? searched === set.size : searched <= 1
    const isSame = isCounted && equalBytes(set.root(), templates)
    const verdict = !isWhole ? 'unknown' : isSame ? 'same' : 'other'
    return { node, shard, searched, due: isOfAll ? set.size : Math.min(1, set.size), verdict }
  })
}
