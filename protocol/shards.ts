/**
 * Where a person's templates live: a shard by the handle, and the shard's replicas by rendezvous
 * hashing over the roster's nodes (Thaler & Ravishankar 1998).
 *
 * Everybody computes the same from the roster alone. A node that leaves moves only the shards it
 * held; one that joins takes only what it wins.
 */
import { compareBytes, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'

interface Placement {
  readonly shards: number
  readonly replicas: number
  readonly nodes: readonly { readonly name: string }[]
}

export function shardOf(handle: Uint8Array, { shards }: Pick<Placement, 'shards'>): number {
  const digest = sha256(utf8('tamga/shard/v1\n'), handle)
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) % shards
}

/** What was worked out, by the nodes: a search asks for every shard. */
const known = new WeakMap<Placement['nodes'], Map<number, string[]>>()

/** Names of the nodes that hold `shard`, the preferred one first. */
export function replicasOf(shard: number, { nodes, replicas }: Placement): string[] {
  const ranked = known.get(nodes) ?? new Map<number, string[]>()
  known.set(nodes, ranked)
  const all = ranked.get(shard) ?? ranking(shard, nodes)
  ranked.set(shard, all)
  return all.slice(0, replicas)
}

function ranking(shard: number, nodes: Placement['nodes']): string[] {
  const weighed = nodes.map(({ name }) => ({
    name,
    weight: sha256(utf8(`tamga/replica/v1\n${shard}\n${name}`)),
  }))
  weighed.sort((a, b) => compareBytes(b.weight, a.weight))
  return weighed.map(({ name }) => name)
}
