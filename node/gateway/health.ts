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

export function healthOf(node: Rooms): Health {
  const checks = [checkDisk(node), checkRecords(node), checkShards(node)]
  return { healthy: checks.every(({ passed }) => passed), checks }
}

function checkDisk({ ledger }: Rooms): Check {
  const detail = ledger.isBroken ? 'a write failed: restart the node' : `${ledger.own.size} entries`
  return { name: 'log-accepts-entries', passed: !ledger.isBroken, detail }
}

function checkRecords({ keeper }: Rooms): Check {
  const detail = `${keeper.missing} missing`
  return { name: 'sealed-records-present', passed: keeper.missing === 0, detail }
}

function checkShards({ name: self, roster, mesh }: Rooms): Check {
  const live = new Set([self, ...mesh.connected()])
  const all = Array.from({ length: roster.shards }, (_, shard) => shard)
  const dead = all.filter((shard) => !replicasOf(shard, roster).some((node) => live.has(node)))
  const detail = dead.length === 0 ? `${all.length} reachable` : `unreachable: ${dead.join(', ')}`
  return { name: 'shards-reachable', passed: dead.length === 0, detail }
}
