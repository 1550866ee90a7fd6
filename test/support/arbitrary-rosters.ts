/** Any valid roster. */
import fc from 'fast-check'
import { ROLES, type Organisation } from '../../protocol/credential.ts'
import { SHARDS_MAX } from '../../protocol/limits.ts'
import type { Roster, RosterNode } from '../../protocol/roster.ts'
import type { Witnesses } from '../../protocol/witness-lines.ts'
import { digests, names, objects, times } from './arbitraries.ts'

/** Rosters with at least one node and no more replicas than nodes. */
export const rosters: fc.Arbitrary<Roster> = fc
  .uniqueArray(names, { minLength: 2, maxLength: 8 })
  .chain((found) =>
    objects({
      network: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/),
      epoch: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      shards: fc.integer({ min: 1, max: SHARDS_MAX }),
      nodes: fc.constant(found.slice(0, Math.ceil(found.length / 2)).map(rosterNode)),
      organisations: fc.tuple(...found.slice(Math.ceil(found.length / 2)).map(organisation)),
      replicas: fc.integer({ min: 1, max: Math.ceil(found.length / 2) }),
      mirrors: fc.nat(Math.ceil(found.length / 2) - 1),
    }),
  )
  .chain((roster) => {
    const listed = roster.nodes.map(({ name }) => name)
    return fc.option(witnessesOf(listed), { nil: undefined }).map((witnesses) => {
      return { ...roster, ...(witnesses ? { witnesses } : {}) }
    })
  })
  .chain((roster) => {
    if (roster.epoch === 1) return fc.constant(roster)
    return fc.option(historyOf(roster), { nil: {} }).map((history) => ({ ...roster, ...history }))
  })

/** One epoch before, of which one node has left. */
function historyOf({ epoch, nodes }: Roster): fc.Arbitrary<Pick<Roster, 'closed' | 'past'>> {
  return fc.tuple(times, digests).map(([size, digest]) => {
    const left = { ...rosterNode('left-node', 40), address: '', size, root: digest }
    const all = [...nodes.map(({ name }) => name), left.name]
    return { closed: [left], past: [{ epoch: epoch - 1, replicas: 1, digest, nodes: all }] }
  })
}

/** Two groups at most, one within the other. */
function witnessesOf(listed: readonly string[]): fc.Arbitrary<Witnesses> {
  return fc.tuple(fc.nat(listed.length), fc.nat()).map(([split, wanted]) => {
    const inner = listed.slice(0, split)
    const outer = [...listed.slice(split), ...(inner.length > 0 ? ['inner-group'] : [])]
    const groups = [inner, outer].flatMap((members, place) => {
      const name = place === 0 ? 'inner-group' : 'outer-group'
      const threshold = 1 + (wanted % Math.max(1, members.length))
      return members.length > 0 ? [{ name, threshold, members }] : []
    })
    return { groups, quorum: 'outer-group' }
  })
}

function rosterNode(name: string, place: number): RosterNode {
  const address = `/ip4/10.0.0.${place + 1}/tcp/9000`
  const mirrorKey = keyOf(150 + place)
  return { name, publicKey: keyOf(2 * place), boxKey: keyOf(2 * place + 1), mirrorKey, address }
}

function organisation(name: string, place: number): fc.Arbitrary<Organisation> {
  const may = fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1 })
  return may.map((roles) => ({ name, publicKey: keyOf(100 + place), may: roles }))
}

function keyOf(number: number): Uint8Array {
  return new Uint8Array(32).fill(number)
}
