/**
 * People who only stand in the galleries: put there straight, as a search for duplicates of a
 * hundred thousand enrolments would take an hour. Every search compares them like anybody else; no
 * log knows them, so a node names none of them.
 */
import { toHex } from '../../../crypto/bytes.ts'
import type { Gallery } from '../../../matcher/gallery/gallery.ts'
import { PACKED_BYTES } from '../../../matcher/packed.ts'
import { systemRandom } from '../../../node/random.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { packedPeople } from '../../people/packed-people.ts'
import { INDEX_FINGERS } from '../../people/person.ts'

/** The shard of everybody in the gallery that holds all: it makes one shortlist. */
export const WHOLE_SHARD = 0

/** To every replica of their shards, and all of them to `whole`, if there is one. */
export async function addBystanders(
  { people, threads, roster }: { people: number; threads: number; roster: Roster },
  { galleries, whole }: { galleries: ReadonlyMap<string, Gallery>; whole?: Gallery },
): Promise<void> {
  const shards = Array.from({ length: roster.shards }, (_, shard) => replicasOf(shard, roster))
  const bytes = INDEX_FINGERS.length * PACKED_BYTES
  let number = 0
  const everybody = packedPeople({ seed: 'bench search' }, { to: people, threads })
  for await (const { records } of everybody) {
    for (let at = 0; at < records.length; at += bytes) {
      const handle = systemRandom.bytes(HANDLE_BYTES)
      const fingers = INDEX_FINGERS.map((position, place) => {
        const from = at + place * PACKED_BYTES
        return { position, packed: records.subarray(from, from + PACKED_BYTES) }
      })
      const shard = shardOf(handle, roster)
      const listed = { list: 'bystanders', number }
      const person = { id: toHex(handle), shard, listed, fingers }
      number += 1
      whole?.add({ ...person, shard: WHOLE_SHARD })
      for (const name of shards[shard]!) galleries.get(name)?.add(person)
    }
  }
}
