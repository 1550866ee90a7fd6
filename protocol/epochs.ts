/**
 * The epochs of a register, as its newest roster knows them: whose logs there are, who the nodes
 * were in each epoch, who may hold what.
 */
import { TamgaError } from './errors.ts'
import { REPLICAS_MAX } from './limits.ts'
import type { ClosedLog, PastEpoch } from './roster-history.ts'
import type { Roster, RosterNode } from './roster.ts'
import { replicasOf } from './shards.ts'

/** By the past that a roster knows, since a node's own roster stays one object over the epochs. */
const known = new WeakMap<readonly PastEpoch[], Map<number, Roster>>()

const NONE: readonly PastEpoch[] = []

/** Everybody who has a log that counts: the nodes, and then those that have left. */
export function logsOf({ nodes, closed = [] }: Roster): readonly RosterNode[] {
  return closed.length === 0 ? nodes : [...nodes, ...closed]
}

export function logOf(roster: Roster, name: string): RosterNode | undefined {
  const isIt = (one: RosterNode): boolean => one.name === name
  return roster.nodes.find(isIt) ?? roster.closed?.find(isIt)
}

/** The log of a node that has left; undefined of anybody else. */
export function closedLog({ closed = [] }: Roster, name: string): ClosedLog | undefined {
  return closed.find((one) => one.name === name)
}

/**
 * The roster as it was in an epoch: what checks that epoch's parts and receipts. Of its groups of
 * witnesses nothing is known any more: a quorum is so many of all.
 *
 * @throws TamgaError `wrong-epoch`: one that is not known, or not yet
 */
export function rosterAt(roster: Roster, epoch: number): Roster {
  if (epoch === roster.epoch) return roster
  const { past = NONE } = roster
  const rosters = known.get(past) ?? new Map<number, Roster>()
  known.set(past, rosters)
  const then = rosters.get(epoch) ?? pastRoster(roster, epoch)
  rosters.set(epoch, then)
  return then
}

/** All rosters from this one back to the first. */
export function rostersOf(roster: Roster): Roster[] {
  const past = (roster.past ?? []).map(({ epoch }) => rosterAt(roster, epoch))
  return [roster, ...past.toReversed()]
}

/**
 * Who may hold a shard: its replicas, the preferred one first, and then those of earlier epochs,
 * the newest first, who are still nodes and keep it until the new ones have it whole.
 */
export function holdersOf(shard: number, roster: Roster): string[] {
  const present = new Set(roster.nodes.map(({ name }) => name))
  const all = rostersOf(roster).flatMap((then) => replicasOf(shard, then))
  return [...new Set(all)].filter((name) => present.has(name)).slice(0, REPLICAS_MAX)
}

/** Whether a node was ever a replica of the shard. */
export function hasHeld(name: string, shard: number, roster: Roster): boolean {
  return rostersOf(roster).some((then) => replicasOf(shard, then).includes(name))
}

function pastRoster(roster: Roster, epoch: number): Roster {
  const { past = [], closed = [] } = roster
  const then = past.find((one) => one.epoch === epoch)
  if (!then) throw new TamgaError('wrong-epoch', `epoch ${epoch} is not known in ${roster.epoch}`)
  const before = past.filter((one) => one.epoch < epoch)
  const hadLeft = ({ name }: RosterNode): boolean => {
    return !then.nodes.includes(name) && before.some(({ nodes }) => nodes.includes(name))
  }
  return {
    network: roster.network,
    epoch,
    shards: roster.shards,
    replicas: then.replicas,
    mirrors: Math.min(roster.mirrors, then.nodes.length - 1),
    nodes: then.nodes.map((name) => logOf(roster, name)!),
    organisations: roster.organisations,
    closed: closed.filter(hadLeft),
    past: before,
  }
}
