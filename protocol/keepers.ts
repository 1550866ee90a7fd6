/**
 * Who keeps the access records of a log: its own node, and as many others as have to hold an entry
 * until it is safe, by rendezvous hashing over the roster. Everybody else has the batches alone,
 * and asks these for what is in them.
 */
import { compareBytes, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Roster } from './roster.ts'

/** Names of nodes, the log's own first. */
export function keepersOf(log: string, { nodes, mirrors }: Pick<Roster, 'nodes' | 'mirrors'>) {
  const others = nodes.flatMap(({ name }) => {
    if (name === log) return []
    return [{ name, weight: sha256(utf8(`tamga/keeper/v1\n${log}\n${name}`)) }]
  })
  others.sort((a, b) => compareBytes(b.weight, a.weight))
  return [log, ...others.slice(0, mirrors).map(({ name }) => name)]
}
