/**
 * The lines of a roster that say whose cosignatures are enough: groups of nodes, groups of groups,
 * and which of them is the quorum.
 *
 * Source: C2SP tlog-policy, whose `witness` lines are the roster's `node` lines. A group names only
 * what stands above it, so that there can be no circle.
 */
import { GROUP_DEPTH_MAX } from '../crypto/witness-policy.ts'
import { TamgaError } from './errors.ts'
import { GROUPS_MAX, NAME_BYTES_MAX, NODES_MAX } from './limits.ts'

const NAME = new RegExp(`^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$`)

export interface WitnessLine {
  readonly name: string
  /** How many of the members must be satisfied. */
  readonly threshold: number
  /** Names of nodes, or of groups before this one. */
  readonly members: readonly string[]
}

export interface Witnesses {
  readonly groups: readonly WitnessLine[]
  /** The group that makes a checkpoint believable. */
  readonly quorum: string
}

export function formatWitnesses({ groups, quorum }: Witnesses): string[] {
  const lines = groups.map(({ name, threshold, members }) => {
    return `group ${name} ${threshold} ${members.join(' ')}`
  })
  return [...lines, `quorum ${quorum}`]
}

/** @throws TamgaError `malformed`; undefined for no lines at all */
export function parseWitnesses(
  lines: readonly (readonly string[])[],
  nodes: readonly string[],
): Witnesses | undefined {
  if (lines.length === 0) return undefined
  const last = lines.at(-1)!
  if (last[0] !== 'quorum' || last.length !== 2) throw malformed('groups without a quorum')
  if (lines.length > GROUPS_MAX + 1) throw malformed(`${lines.length - 1} groups`)
  /** How many groups deep each name is: a node none. */
  const depths = new Map(nodes.map((name) => [name, 0]))
  const used = new Set<string>()
  const groups = lines.slice(0, -1).map(([kind, name = '', threshold = '', ...members]) => {
    if (kind !== 'group' || !NAME.test(name) || depths.has(name)) throw malformed(`group ${name}`)
    for (const member of members) {
      if (!depths.has(member) || used.has(member)) throw malformed(`${member} in group ${name}`)
      used.add(member)
    }
    const group = { name, threshold: wanted(threshold, members.length), members }
    const depth = 1 + Math.max(...members.map((member) => depths.get(member) ?? 0))
    if (depth > GROUP_DEPTH_MAX) throw malformed(`group ${name} is deeper than ${GROUP_DEPTH_MAX}`)
    depths.set(name, depth)
    return group
  })
  const quorum = last[1]!
  if (!groups.some(({ name }) => name === quorum)) throw malformed(`${quorum} is no group`)
  if (used.has(quorum)) throw malformed(`the quorum ${quorum} is part of another group`)
  return { groups, quorum }
}

function wanted(digits: string, members: number): number {
  const threshold = Number(digits)
  const isNumber = /^[1-9][0-9]{0,2}$/.test(digits)
  if (isNumber && threshold <= members && members <= NODES_MAX) return threshold
  throw malformed(`${digits} of ${members} members`)
}

function malformed(complaint: string): TamgaError {
  return new TamgaError('malformed', `roster: ${complaint}`)
}
