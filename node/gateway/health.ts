/** Whether a node can do what it is there for. */
import { replicasOf } from '../../protocol/shards.ts'
import type { Rooms } from './rooms.ts'

export interface Check {
  readonly name: string
  readonly passed: boolean
  readonly detail: string
}

export interface Health {
  readonly healthy: boolean
  readonly checks: readonly Check[]
}

/** At `now`, ms. */
export function healthOf(node: Rooms, now: number): Health {
  const own = [checkDisk(node), checkRecords(node), checkShards(node)]
  const checks = [...own, showLaw(node, now), showCases(node, now)]
  return { healthy: checks.every(({ passed }) => passed), checks }
}

function checkDisk({ ledger }: Rooms): Check {
  const detail = ledger.isBroken ? 'a write failed: restart the node' : `${ledger.own.size} entries`
  return { name: 'log-accepts-entries', passed: !ledger.isBroken, detail }
}

function checkRecords({ keeper }: Rooms): Check {
  const detail = `${keeper.missing} missing, ${keeper.destroyed} destroyed`
  return { name: 'sealed-records-present', passed: keeper.missing === 0, detail }
}

function checkShards({ name: self, roster, mesh }: Rooms): Check {
  const live = new Set([self, ...mesh.connected()])
  const all = Array.from({ length: roster.shards }, (_, shard) => shard)
  const dead = all.filter((shard) => !replicasOf(shard, roster).some((node) => live.has(node)))
  const detail = dead.length === 0 ? `${all.length} reachable` : `unreachable: ${dead.join(', ')}`
  return { name: 'shards-reachable', passed: dead.length === 0, detail }
}

/** Shown, and never bad: what people have not decided is no fault of the node's. */
function showLaw({ registry }: Rooms, now: number): Check {
  const policy = registry.laws.current(now)
  const detail = policy ? `${policy.id} since ${policy.from}` : 'none: nobody can be enrolled'
  return { name: 'law-in-force', passed: true, detail }
}

/** As above. Overdue is what not even other regions' adjudicators have decided in their time. */
function showCases({ registry }: Rooms, now: number): Check {
  const { caseDays = Infinity } = registry.laws.current(now) ?? {}
  const open = registry.cases.open(now, caseDays)
  const overdue = open.filter(({ routing }) => routing.overdue)
  const detail = `${overdue.length} overdue of ${open.length} open`
  return { name: 'cases-decided-in-time', passed: true, detail }
}
