/** Whether a node can do what it is there for. */
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
  const own = [checkDisk(node), checkGallery(node), checkRecords(node), checkShards(node)]
  const logs = [showWitnesses(node, now), showQuarantine(node), showReplicas(node), showMoves(node)]
  const checks = [...own, ...logs, showLaw(node, now), showCases(node, now)]
  return { healthy: checks.every(({ passed }) => passed), checks }
}

function checkDisk({ ledger }: Rooms): Check {
  const { isSigning, refusal, size } = ledger.own
  const broken = ledger.isBroken ? 'a write failed: restart the node' : undefined
  const waiting = isSigning ? undefined : 'it is not known yet how far the log goes'
  const trouble = refusal ?? broken ?? waiting
  return {
    name: 'log-accepts-entries',
    passed: trouble === undefined,
    detail: trouble ?? `${size} entries`,
  }
}

/** Shown, and not bad by itself: whoever reads an answer says what they demand of it. */
function showWitnesses({ ledger }: Rooms, now: number): Check {
  const { witnessed, safe } = ledger.cosignatures
  const at = witnessed?.witnessed.at
  const age = at === undefined ? '' : `, ${Math.max(0, Math.round((now - at) / 1_000))} s ago`
  const mirrored = `${safe?.size ?? 0} mirrored`
  const detail = `${witnessed?.size ?? 0} of ${ledger.own.size} witnessed${age}, ${mirrored}`
  return { name: 'log-witnessed', passed: true, detail }
}

/** A log that contradicts itself is no fault of this node, and its keepers must know of it. */
function showQuarantine({ ledger }: Rooms): Check {
  const caught = ledger.quarantine.logs()
  const detail = caught.length === 0 ? 'none' : `caught: ${caught.join(', ')}`
  return { name: 'logs-contradict-themselves', passed: true, detail }
}

/** As above: which of two replicas is wrong a replay shows, and not this node. */
function showReplicas({ secondLook, disputes }: Rooms): Check {
  const { drawn, unopened, shards } = secondLook.counts
  const { same, incomparable, silent } = shards
  const caught = disputes.names()
  const looked = `${drawn} queries asked twice, of their shards ${same} alike`
  const open = `${incomparable} not to be compared, ${silent} silent, ${unopened} not opened`
  const detail = `${looked}, ${open}; disputes: ${caught.length === 0 ? 'none' : caught.join(', ')}`
  return { name: 'replicas-agree', passed: true, detail }
}

/** Shards that are not up yet are searched by their other replicas. */
function checkGallery(node: Rooms): Check {
  const { shards, up, people } = node.keeper.progress
  const detail = `${up} of ${shards} shards, ${people} people`
  return { name: 'gallery-filled', passed: up === shards || !isLacking(node), detail }
}

/** Whether it lacks people of a shard that its log says it holds: not of one that is on its way. */
function isLacking({ name, keeper, registry }: Rooms): boolean {
  return keeper.lacking.some((shard) => registry.moves.holds(name, shard))
}

/** Shown, and not bad by itself: who had a shard before is still asked for it. */
function showMoves({ roster, registry }: Rooms): Check {
  const { moving } = registry.moves
  const detail = `epoch ${roster.epoch}, ${moving.length} of ${roster.shards} shards on their way`
  return { name: 'shards-moved', passed: true, detail }
}

function checkRecords(node: Rooms): Check {
  const { keeper } = node
  const detail = `${keeper.missing} missing, ${keeper.destroyed} destroyed`
  return {
    name: 'sealed-records-present',
    passed: keeper.missing === 0 || !isLacking(node),
    detail,
  }
}

function checkShards({ name: self, roster, mesh, registry }: Rooms): Check {
  const live = new Set([self, ...mesh.connected()])
  const all = Array.from({ length: roster.shards }, (_, shard) => shard)
  const dead = all.filter(
    (shard) => !registry.moves.keepersOf(shard).some((node) => live.has(node)),
  )
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
