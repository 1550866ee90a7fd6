import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { formatCheckpoint } from '../../crypto/checkpoint.ts'
import { cosignCheckpoint, cosigner } from '../../crypto/cosignature.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { addSignatures, noteSigner, parseSignatureLines, signNote } from '../../crypto/note.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { isQuorum, mirrorName, quorumOf, witnessedOf, witnessName } from '../../protocol/quorum.ts'
import { formatRoster, logOrigin, parseRoster, type Roster } from '../../protocol/roster.ts'

const promises = suite('a quorum')

const NETWORK = 'test.registry.kz'
const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe']
const AT_S = 1_800_000_000

const roster: Roster = {
  network: NETWORK,
  epoch: 1,
  shards: 4,
  replicas: 2,
  mirrors: 2,
  nodes: NAMES.map((name) => ({
    name,
    publicKey: keyOf(name).publicKey,
    boxKey: sha256(utf8(name)),
    mirrorKey: keyOf(`mirror ${name}`).publicKey,
    address: `/memory/${name}`,
  })),
  organisations: [],
}

const origin = logOrigin(NETWORK, 'almaty')
const text = formatCheckpoint({ origin, size: 3n, root: sha256(utf8('root')), extensions: [] })
const note = signNote(text, [noteSigner(origin, keyOf('almaty'))])

promises('of any number of nodes has an honest one in common with every other, and no more', () => {
  for (let nodes = 1; nodes <= 128; nodes += 1) {
    const faulty = Math.floor((nodes - 1) / 3)
    const enough = quorumOf(nodes)
    is(2 * enough - nodes > faulty, true, `${nodes}`)
    is(2 * (enough - 1) - nodes > faulty, false, `${nodes}`)
    is(enough <= nodes - faulty, true, `${nodes}: liars that keep silent stop nobody`)
  }
  equal([1, 2, 3, 4, 7, 20].map(quorumOf), [1, 2, 2, 3, 5, 14])
})

promises('is counted from cosignatures, the log itself being one of it', () => {
  is(witnessedOf(note, 'almaty', roster).isWitnessed, false)
  is(witnessedOf(by('astana', note), 'almaty', roster).isWitnessed, false)
  const two = by('aktobe', by('astana', note), AT_S + 9)
  const { isWitnessed, witnesses, at, isSafe, mirrors } = witnessedOf(two, 'almaty', roster)
  is(isWitnessed, true)
  equal(witnesses, [
    { node: 'aktobe', at: 1_000 * (AT_S + 9) },
    { node: 'astana', at: 1_000 * AT_S },
  ])
  is(at, 1_000 * AT_S, 'a quorum is as old as the last that it needs')
  is(isSafe, false)
  equal(mirrors, [])
})

promises('is not helped by the log cosigning itself, by strangers, or by one node twice', () => {
  const self = by('almaty', by('astana', note))
  is(witnessedOf(self, 'almaty', roster).witnesses.length, 1)
  const twice = by('astana', by('astana', note), AT_S + 1)
  equal(witnessedOf(twice, 'almaty', roster).witnesses, [
    { node: 'astana', at: 1_000 * (AT_S + 1) },
  ])
  const stranger = cosigner(witnessName(roster, 'aktobe'), keyOf('stranger'))
  const line = cosignCheckpoint(text, stranger, AT_S)
  const forged = addSignatures(by('astana', note), parseSignatureLines(line))
  is(witnessedOf(forged, 'almaty', roster).isWitnessed, false)
})

promises('is not harmed by a forged line beside the true ones', () => {
  const named = cosigner(witnessName(roster, 'aktobe'), keyOf('aktobe'))
  const other = formatCheckpoint({ origin, size: 4n, root: sha256(), extensions: [] })
  const forged = parseSignatureLines(cosignCheckpoint(other, named, AT_S))
  const whole = by('aktobe', by('astana', addSignatures(note, forged)))
  is(witnessedOf(whole, 'almaty', roster).isWitnessed, true)
})

promises('does not take a mirror for a witness, nor a witness for a mirror', () => {
  const mirrored = mirroredBy('aktobe', mirroredBy('astana', note))
  const found = witnessedOf(mirrored, 'almaty', roster)
  is(found.isSafe, true)
  is(found.isWitnessed, false)
  const relabelled = cosigner(mirrorName(roster, 'aktobe'), keyOf('aktobe'))
  const lines = parseSignatureLines(cosignCheckpoint(text, relabelled, AT_S))
  is(witnessedOf(addSignatures(mirroredBy('astana', note), lines), 'almaty', roster).isSafe, false)
})

promises('is there for every roster that can be read, however deep its groups are', () => {
  for (const depth of [1, 2, 7, 8, 9, 64]) {
    const groups = Array.from({ length: depth }, (_, at) => {
      return { name: `g${at}`, threshold: 1, members: [at === 0 ? 'almaty' : `g${at - 1}`] }
    })
    const written = formatRoster({ ...roster, witnesses: { groups, quorum: `g${depth - 1}` } })
    if (depth <= 8) ok(isQuorum(['almaty'], parseRoster(written)))
    else throws(() => parseRoster(written), /roster: group g8 is deeper than 8/)
  }
})

promises('follows the groups of the roster where it has some', () => {
  const groups = [
    { name: 'south', threshold: 1, members: ['almaty', 'shymkent'] },
    { name: 'north', threshold: 1, members: ['astana', 'aktobe'] },
    { name: 'both', threshold: 2, members: ['south', 'north'] },
  ]
  const grouped: Roster = { ...roster, witnesses: { groups, quorum: 'both' } }
  is(isQuorum(['almaty', 'shymkent'], grouped), false)
  is(isQuorum(['almaty', 'aktobe'], grouped), true)
  is(isQuorum(['nobody', 'aktobe'], grouped), false)
  is(witnessedOf(by('shymkent', note), 'almaty', grouped).isWitnessed, false)
  is(witnessedOf(by('astana', note), 'almaty', grouped).isWitnessed, true)
})

promises.run()

function by(node: string, before: string, at = AT_S): string {
  const line = cosignCheckpoint(text, cosigner(witnessName(roster, node), keyOf(node)), at)
  return addSignatures(before, parseSignatureLines(line))
}

function mirroredBy(node: string, before: string): string {
  const mirror = cosigner(mirrorName(roster, node), keyOf(`mirror ${node}`))
  return addSignatures(before, parseSignatureLines(cosignCheckpoint(text, mirror, AT_S)))
}

function keyOf(name: string): Signer {
  return signerFromSeed(sha256(utf8(name)))
}
