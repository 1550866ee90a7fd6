import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { toBase64 } from '../../crypto/bytes.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import {
  addSignatures,
  formatVkey,
  noteSigner,
  noteVerifier,
  parseNote,
} from '../../crypto/note.ts'
import { ROLES, type Organisation } from '../../protocol/credential.ts'
import { NODES_MAX, ORGANISATIONS_MAX } from '../../protocol/limits.ts'
import {
  formatRoster,
  logOrigin,
  logVerifier,
  openRoster,
  parseRoster,
  rosterDigest,
  signRoster,
  type Roster,
  type RosterNode,
} from '../../protocol/roster.ts'
import { rosters } from '../support/arbitrary-rosters.ts'
import { check, codeOf } from './support/codec-promises.ts'

const promises = suite('a roster')

const signer = signerFromSeed(new Uint8Array(32).fill(1))
const authority = noteSigner('registry.kz/authority', signer)
const verifier = noteVerifier(formatVkey(authority.name, signer.publicKey))
const stranger = signerFromSeed(new Uint8Array(32).fill(2))

const SMALL: Roster = {
  network: 'registry.kz',
  epoch: 1,
  shards: 16,
  replicas: 2,
  mirrors: 1,
  nodes: [node(0), node(1)],
  witnesses: {
    groups: [
      { name: 'south', threshold: 1, members: ['n0'] },
      { name: 'all', threshold: 2, members: ['south', 'n1'] },
    ],
    quorum: 'all',
  },
  organisations: [organisation(0), organisation(1)],
}

const TEXT = `tamga/roster/v2
network registry.kz
epoch 1
shards 16
replicas 2
mirrors 1
node n0 ${keyText(0)} ${keyText(1)} ${keyText(20_000)} /ip4/10.0.0.1/tcp/9000
node n1 ${keyText(2)} ${keyText(3)} ${keyText(20_001)} /ip4/10.0.0.1/tcp/9000
group south 1 n0
group all 2 south n1
quorum all
organisation o0 ${keyText(10_000)} auditor
organisation o1 ${keyText(10_001)} auditor
`

promises('is written as its format says', () => {
  is(formatRoster(SMALL), TEXT)
  equal(parseRoster(TEXT), SMALL)
})

promises('comes back as it was, from its text and from its note', () => {
  check(rosters, (roster) => {
    equal(parseRoster(formatRoster(roster)), roster)
    equal(openRoster(signRoster(roster, authority), verifier), roster)
  })
})

promises('has one text: what parses is written the same again', () => {
  check(fc.tuple(rosters, fc.nat(), fc.string({ maxLength: 3 })), ([roster, at, put]) => {
    const text = formatRoster(roster)
    const place = at % text.length
    const changed = text.slice(0, place) + put + text.slice(place + put.length)
    if (codeOf(() => parseRoster(changed)) === undefined) {
      is(formatRoster(parseRoster(changed)), changed)
    }
  })
})

promises('opens no more when any character of its text or signature is changed', () => {
  const note = signRoster(SMALL, authority)
  for (let at = 0; at < note.length; at += 1) {
    const by = note[at] === 'x' ? 'y' : 'x'
    const changed = note.slice(0, at) + by + note.slice(at + 1)
    is(
      codeOf(() => openRoster(changed, verifier)),
      'bad-signature',
      `character ${at}`,
    )
    is(
      codeOf(() => openRoster(note.slice(0, at), verifier)),
      'bad-signature',
      `length ${at}`,
    )
  }
})

promises('opens for nobody but its authority', () => {
  const note = signRoster(SMALL, noteSigner(authority.name, stranger))
  is(
    codeOf(() => openRoster(note, verifier)),
    'bad-signature',
  )
  const other = noteVerifier(formatVkey('registry.kz/other', signer.publicKey))
  is(
    codeOf(() => openRoster(signRoster(SMALL, authority), other)),
    'bad-signature',
  )
})

promises('that its authority signed is still held against its format', () => {
  const text = TEXT.replace('epoch 1', 'epoch 0')
  const line = { ...authority, signature: authority.sign(text) }
  const note = addSignatures(`${text}\n— x AAAAAAA=\n`, [line])
  is(
    codeOf(() => openRoster(note, verifier)),
    'malformed',
  )
})

promises('never throws anything untyped, whatever it is given', () => {
  check(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
    is(
      codeOf(() => parseRoster(text)),
      'malformed',
    )
    is(
      codeOf(() => openRoster(text, verifier)),
      'bad-signature',
    )
  })
})

promises('keeps its digest when somebody else signs it too, and only then', () => {
  const note = signRoster(SMALL, authority)
  const witness = noteSigner('witness', stranger)
  const { text } = parseNote(note)
  const line = { name: witness.name, keyId: witness.keyId, signature: witness.sign(text) }
  equal(rosterDigest(addSignatures(note, [line])), rosterDigest(note))
  equal(openRoster(addSignatures(note, [line]), verifier), SMALL)
  const next = signRoster({ ...SMALL, epoch: 2 }, authority)
  not.equal(rosterDigest(next), rosterDigest(note))
})

/** Every line of the text with every way we know to spoil it. */
const SPOILED: readonly [line: string, by: readonly string[]][] = [
  ['tamga/roster/v2', ['tamga/roster/v1', ' tamga/roster/v2', '', 'tamga/roster/v2 ']],
  [
    'network registry.kz',
    ['network ', 'network', 'network  a', 'network A', 'network -a', 'net a'],
  ],
  [
    'epoch 1',
    [
      'epoch 0',
      'epoch -1',
      'epoch 01',
      'epoch 1.0',
      'epoch 1e3',
      'epoch 9007199254740992',
      'epoch',
    ],
  ],
  ['shards 16', ['shards 0', 'shards 1025', 'shards 0x10', 'shards 16 ', 'shards ١', 'shards NaN']],
  ['replicas 2', ['replicas 0', 'replicas 3', 'replicas 9', 'replicas +2', 'replicas two']],
  ['mirrors 1', ['mirrors', 'mirrors -1', 'mirrors 2', 'mirrors 01', 'mirrors one']],
  [
    'group south 1 n0',
    [
      'group south 0 n0',
      'group south 2 n0',
      'group south 1',
      'group south 1 n0 n0',
      'group south 1 n2',
      'group south 1 n1',
      'group south 1 all',
      'group south 01 n0',
      'group South 1 n0',
      'group n0 1 n0',
      'group other 1 n0',
    ],
  ],
  ['quorum all', ['quorum south', 'quorum n0', 'quorum none', 'quorum all ', 'quorum', 'all']],
  ...nodeLines(),
  ...organisationLines(),
]

for (const [line, ways] of SPOILED) {
  promises(`with its line “${line.slice(0, 16)}” spoiled, left out or twice is malformed`, () => {
    const others = line.startsWith('organisation o') ? '' : TEXT.replace(`${line}\n`, '')
    for (const way of ways) {
      const spoiled = TEXT.replace(line, () => way)
      not.equal(spoiled, TEXT)
      is(
        codeOf(() => parseRoster(spoiled)),
        'malformed',
        way,
      )
    }
    if (others)
      is(
        codeOf(() => parseRoster(others)),
        'malformed',
        'left out',
      )
    is(
      codeOf(() => parseRoster(TEXT.replace(line, `${line}\n${line}`))),
      'malformed',
      'twice',
    )
  })
}

promises('with lines in another order, or anything behind them, is malformed', () => {
  const lines = TEXT.trimEnd().split('\n')
  for (let place = 1; place < lines.length; place += 1) {
    const swapped = [...lines]
    swapped.splice(place - 1, 2, lines[place]!, lines[place - 1]!)
    const kind = lines[place]!.slice(0, 4)
    // A group names what stands above it.
    const isSameKind = kind === lines[place - 1]!.slice(0, 4) && kind !== 'grou'
    const code = codeOf(() => parseRoster(`${swapped.join('\n')}\n`))
    is(code, isSameKind ? undefined : 'malformed', lines[place])
  }
  for (const tail of ['\n', ' ', 'x', 'x\n', 'person p\n']) {
    is(
      codeOf(() => parseRoster(TEXT + tail)),
      'malformed',
    )
  }
  is(
    codeOf(() => parseRoster(TEXT.trimEnd())),
    'malformed',
  )
})

promises('names nobody and no key twice', () => {
  const [first] = SMALL.nodes
  const twins: Partial<Roster>[] = [
    { nodes: [node(0), { ...node(1), name: 'n0' }] },
    { nodes: [node(0), { ...node(1), publicKey: first!.publicKey }] },
    { nodes: [node(0), { ...node(1), boxKey: first!.boxKey }] },
    { nodes: [node(0), { ...node(1), mirrorKey: first!.mirrorKey }] },
    { nodes: [node(0), { ...node(1), mirrorKey: first!.publicKey }] },
    { organisations: [{ ...organisation(0), name: 'n0' }] },
    { organisations: [{ ...organisation(0), publicKey: first!.publicKey }] },
    { organisations: [organisation(0), { ...organisation(1), name: 'o0' }] },
    { organisations: [organisation(0), { ...organisation(0), name: 'o1' }] },
  ]
  for (const twin of twins) {
    is(
      codeOf(() => signRoster({ ...SMALL, ...twin }, authority)),
      'malformed',
    )
  }
})

promises('holds as many nodes and organisations as it may, and a note holds them all', () => {
  const nodes = Array.from({ length: NODES_MAX + 1 }, (_, place) => node(place))
  const organisations = Array.from({ length: ORGANISATIONS_MAX + 1 }, (_, place) => {
    return { ...organisation(place), may: ROLES }
  })
  const { witnesses: _, ...plain } = SMALL
  const full = { ...plain, nodes: nodes.slice(1), organisations: organisations.slice(1) }
  equal(openRoster(signRoster(full, authority), verifier), full)
  is(
    codeOf(() => signRoster({ ...full, nodes }, authority)),
    'malformed',
  )
  is(
    codeOf(() => signRoster({ ...full, organisations }, authority)),
    'malformed',
  )
  is(
    codeOf(() => signRoster({ ...full, nodes: [] }, authority)),
    'malformed',
  )
})

promises('that no note can hold is refused as too large', () => {
  const far = { ...node(0), address: `/dns/${'a'.repeat(66_000)}` }
  is(
    codeOf(() => signRoster({ ...SMALL, nodes: [far, node(1)] }, authority)),
    'too-large',
  )
})

promises('gives each node’s log an origin, and a verifier that answers to it', () => {
  const logSigner = signerFromSeed(new Uint8Array(32).fill(5))
  const found = { ...node(0), publicKey: logSigner.publicKey }
  const origin = logOrigin('registry.kz', 'n0')
  is(origin, 'registry.kz/n0/log/0')
  const logVerifies = logVerifier('registry.kz', found)
  is(logVerifies.name, origin)
  const signature = noteSigner(origin, logSigner).sign('text\n')
  ok(logVerifies.verify('text\n', signature))
  ok(!logVerifier('registry.kz', node(1)).verify('text\n', signature))
})

promises.run()

function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, number)
  return key
}

function keyText(number: number): string {
  return toBase64(keyOf(number))
}

function node(place: number): RosterNode {
  const address = '/ip4/10.0.0.1/tcp/9000'
  const keys = { publicKey: keyOf(2 * place), boxKey: keyOf(2 * place + 1) }
  return { name: `n${place}`, ...keys, mirrorKey: keyOf(20_000 + place), address }
}

function organisation(place: number): Organisation {
  return { name: `o${place}`, publicKey: keyOf(10_000 + place), may: ['auditor'] }
}

function nodeLines(): [line: string, by: string[]][] {
  const key = keyText(0)
  const box = keyText(1)
  const mirror = keyText(20_000)
  const line = `node n0 ${key} ${box} ${mirror} /ip4/10.0.0.1/tcp/9000`
  const by = [
    `node n0 ${key} ${box} ${mirror}`,
    `node n0 ${key} ${box} ${mirror} `,
    `node n0 ${key} ${box} ${mirror} ip4/10.0.0.1`,
    `node n0 ${key} ${box} ${mirror} /`,
    `node n0 ${key} ${box} ${mirror} /ip4/10.0.0.1\r`,
    `node n0 ${key} ${box} ${mirror} /dns/қала`,
    `node n0 ${key} ${box} ${mirror} /ip4/10.0.0.1 more`,
    `node N0 ${key} ${box} ${mirror} /ip4/10.0.0.1`,
    `node 0n ${key} ${box} ${mirror} /ip4/10.0.0.1`,
    `node  ${key} ${box} ${mirror} /ip4/10.0.0.1`,
    `node ${'n'.repeat(65)} ${key} ${box} ${mirror} /ip4/10.0.0.1`,
    `node n0 ${key.slice(1)} ${box} ${mirror} /ip4/10.0.0.1`,
    `node n0 ${key.replace('=', '')} ${box} ${mirror} /ip4/10.0.0.1`,
    `node n0 ${key} ${box} /ip4/10.0.0.1`,
    `node n0 ${key} ${toBase64(new Uint8Array(31))} ${mirror} /ip4/10.0.0.1`,
    `node n0 ${key} ${box} ${toBase64(new Uint8Array(33))} /ip4/10.0.0.1`,
    `Node n0 ${key} ${box} ${mirror} /ip4/10.0.0.1`,
  ]
  return [[line, by]]
}

function organisationLines(): [line: string, by: string[]][] {
  const key = keyText(10_000)
  const by = [
    `organisation o0 ${key}`,
    `organisation o0 ${key} `,
    `organisation o0 ${key} auditor,`,
    `organisation o0 ${key} auditor, adjudicator`,
    `organisation o0 ${key} enrol`,
    `organisation o0 ${key} Auditor`,
    `organisation o0 ${key} auditor adjudicator`,
    `organisation o_0 ${key} auditor`,
    `organisation o0 ${key}= auditor`,
    'organisation o0  auditor',
  ]
  return [[`organisation o0 ${key} auditor`, by]]
}
