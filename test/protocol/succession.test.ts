import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../crypto/bytes.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { formatVkey, noteSigner, noteVerifier, signNote } from '../../crypto/note.ts'
import { holdersOf, logsOf, rosterAt } from '../../protocol/epochs.ts'
import type { ClosedLog } from '../../protocol/roster-history.ts'
import {
  formatRoster,
  openRoster,
  parseRoster,
  rosterText,
  signRoster,
  type Roster,
  type RosterNode,
} from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import {
  isEndorsed,
  openLater,
  openProposal,
  openSuccessor,
  rosterSigner,
  signersOf,
  successorOf,
  type SignedRoster,
} from '../../protocol/succession.ts'
import { codeOf } from './support/codec-promises.ts'

const promises = suite('the roster of the next epoch')

const authority = noteSigner('registry.kz/authority', signerOf('authority'))
const verifier = noteVerifier(formatVkey('registry.kz/authority', signerOf('authority').publicKey))
const SHARDS = 64
const FOUR = ['almaty', 'astana', 'shymkent', 'aktau']

promises('opens with the authority and a quorum of the epoch before, and with no fewer', () => {
  const first = founded(FOUR)
  const next = proposed(first, [...FOUR, 'turkistan'])
  equal(openProposal(next.note, first, verifier), next.roster)
  for (const [names, code] of [
    [[], 'forbidden'],
    [['almaty', 'astana'], 'forbidden'],
    [['almaty', 'astana', 'turkistan'], 'forbidden'],
    [['almaty', 'astana', 'aktau'], undefined],
    [FOUR, undefined],
  ] as const) {
    const note = signedBy(next, names)
    is(
      codeOf(() => openSuccessor(note, first, verifier)),
      code,
    )
    is(isEndorsed({ roster: next.roster, note }), code === undefined)
  }
  const forged = signNote(rosterText(next.note), [noteSigner(authority.name, signerOf('other'))])
  is(
    codeOf(() => openProposal(forged, first, verifier)),
    'bad-signature',
  )
})

promises('opens for whoever was away, any number of epochs later', () => {
  const first = founded(FOUR)
  const second = endorsed(first, [...FOUR, 'turkistan'], FOUR)
  const five = [...FOUR, 'turkistan']
  const third = endorsed(second, [...five, 'kostanay'], five)
  for (const later of [second, third]) {
    equal(openLater(later.note, first, verifier), later.roster)
    is(
      codeOf(() => openLater(later.note, later, verifier)),
      'wrong-epoch',
    )
  }
  const alone = endorsed(second, [...five, 'kostanay'], [])
  is(
    codeOf(() => openLater(alone.note, first, verifier)),
    'forbidden',
  )
  const elsewhere = founded(['almaty', 'astana', 'shymkent', 'atyrau'])
  is(
    codeOf(() => openLater(third.note, elsewhere, verifier)),
    'conflict',
  )
})

promises('counts a signature for the node that gave it, over this very text', () => {
  const first = founded(FOUR)
  const next = proposed(first, [...FOUR, 'turkistan'])
  const other = proposed(first, [...FOUR, 'kostanay'])
  const lines = signedBy(other, FOUR).slice(rosterText(other.note).length)
  const moved = `${rosterText(next.note)}${lines}`
  equal(signersOf(moved, first.roster), [])
  equal(signersOf(signedBy(next, ['aktau']), first.roster), ['aktau'])
})

promises('goes on from the roster before it, and says nothing else of what was', () => {
  const first = founded(FOUR)
  const { roster: next } = proposed(first, [...FOUR, 'turkistan'])
  const [last] = next.past!
  const wrong: readonly [what: string, change: Partial<Roster>, code: string][] = [
    ['it skips an epoch', { epoch: 3, past: [{ ...last!, epoch: 2 }] }, 'wrong-epoch'],
    ['another network', { network: 'other.kz' }, 'wrong-epoch'],
    ['another number of shards', { shards: SHARDS + 1 }, 'conflict'],
    ['another roster before', { past: [{ ...last!, digest: sha256(utf8('other')) }] }, 'conflict'],
    ['other replicas before', { past: [{ ...last!, replicas: 1 }] }, 'conflict'],
    ['a node that was not there', { past: [{ ...last!, nodes: FOUR.slice(1) }] }, 'conflict'],
    ['a node is gone', { nodes: next.nodes.slice(1) }, 'malformed'],
    [
      'another key',
      { nodes: [{ ...next.nodes[0]!, boxKey: key('new') }, ...next.nodes.slice(1)] },
      'conflict',
    ],
    ['another order', { nodes: next.nodes.toReversed() }, 'conflict'],
    ['an organisation is gone', { organisations: [] }, 'conflict'],
  ]
  for (const [what, change, code] of wrong) {
    const found = codeOf(() => {
      openProposal(signRoster({ ...next, ...change }, authority), first, verifier)
    })
    is(found, code, what)
  }
})

promises('closes the log of who has left, for good, and knows their keys for ever', () => {
  const first = founded(FOUR)
  const second = proposed(first, FOUR.slice(1), [closedLog('almaty', 7)])
  const third = proposed(second, [...FOUR.slice(1), 'turkistan'])
  equal(
    logsOf(third.roster).map(({ name }) => name),
    ['astana', 'shymkent', 'aktau', 'turkistan', 'almaty'],
  )
  equal(parseRoster(formatRoster(third.roster)), third.roster)
  is(third.roster.closed?.[0]?.size, 7)
  equal(logsOf(rosterAt(third.roster, 1)), first.roster.nodes.map(asNow(third.roster)))
  is(
    codeOf(() => rosterAt(third.roster, 4)),
    'wrong-epoch',
  )
  const back = { ...third.roster, closed: [closedLog('almaty', 8)] }
  is(
    codeOf(() => openProposal(signRoster(back, authority), second, verifier)),
    'conflict',
  )
  is(
    codeOf(() => successorOf(first, first.roster.nodes.slice(1))),
    'conflict',
  )
})

promises('moves only what it must: 16 regions that become 20, 64 shards twice', () => {
  const sixteen = Array.from({ length: 16 }, (_, place) => `region-${place}`)
  const twenty = [...sixteen, ...Array.from({ length: 4 }, (_, place) => `new-${place}`)]
  const first = founded(sixteen)
  const { roster } = proposed(first, twenty)
  let moved = 0
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const before = replicasOf(shard, first.roster)
    const now = replicasOf(shard, roster)
    const came = now.filter((name) => !before.includes(name))
    ok(
      came.every((name) => name.startsWith('new-')),
      'nothing moves between those who stay',
    )
    equal(
      now.filter((name) => before.includes(name)),
      before.filter((name) => now.includes(name)),
    )
    moved += came.length
    equal(holdersOf(shard, roster), [...now, ...before.filter((name) => !now.includes(name))])
  }
  // A fifth of 128 places is expected to go to the fifth of the nodes that is new: 26, deviation 5.
  ok(moved > 10 && moved < 42, `${moved} places moved`)
})

promises('finds the log of a node that has left nowhere but in its own epochs', () => {
  const first = founded(FOUR)
  const { roster } = proposed(first, FOUR.slice(1), [closedLog('almaty', 7)])
  for (let shard = 0; shard < SHARDS; shard += 1) {
    is(holdersOf(shard, roster).includes('almaty'), false)
    const then = replicasOf(shard, rosterAt(roster, 1))
    equal(then, replicasOf(shard, first.roster))
    // Whoever stays keeps what they had.
    const stays = then.filter((name) => name !== 'almaty')
    ok(stays.every((name) => replicasOf(shard, roster).includes(name)))
  }
})

promises.run()

function founded(names: readonly string[]): SignedRoster {
  const roster: Roster = {
    network: 'registry.kz',
    epoch: 1,
    shards: SHARDS,
    replicas: 2,
    mirrors: 2,
    nodes: names.map(nodeOf),
    organisations: [{ name: 'justice', publicKey: key('justice'), may: ['auditor'] }],
  }
  const note = signRoster(roster, authority)
  return { roster: openRoster(note, verifier), note }
}

function proposed(
  before: SignedRoster,
  names: readonly string[],
  closed: readonly ClosedLog[] = [],
): SignedRoster {
  const note = signRoster(successorOf(before, names.map(nodeOf), { closed }), authority)
  return { roster: openProposal(note, before, verifier), note }
}

function signedBy({ roster, note }: SignedRoster, names: readonly string[]): string {
  const signers = names.map((name) => rosterSigner(roster, name, signerOf(name)))
  return signers.length === 0 ? note : signNote(rosterText(note), signers, note)
}

function closedLog(name: string, size: number): ClosedLog {
  return { ...nodeOf(name), address: '', size, root: sha256(utf8(`${name} ${size}`)) }
}

/** Who has left has no address any more. */
function asNow({ closed = [] }: Roster) {
  return (node: RosterNode): RosterNode => closed.find(({ name }) => name === node.name) ?? node
}

function nodeOf(name: string): RosterNode {
  return {
    name,
    publicKey: signerOf(name).publicKey,
    boxKey: key(`${name} box`),
    mirrorKey: key(`${name} mirror`),
    address: `/ip4/10.0.0.1/tcp/9000`,
  }
}

function signerOf(name: string): Signer {
  return signerFromSeed(sha256(utf8(name)))
}

function key(name: string): Uint8Array {
  return sha256(utf8(name))
}

/** The next roster, signed by these nodes of the epoch before. */
function endorsed(
  before: SignedRoster,
  nodes: readonly string[],
  by: readonly string[],
): SignedRoster {
  const next = proposed(before, nodes)
  return { roster: next.roster, note: signedBy(next, by) }
}
