import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import {
  cosignCheckpoint,
  cosigner,
  parseCosigner,
  type Cosigner,
} from '../../crypto/cosignature.ts'
import { formatCheckpoint, signCheckpoint } from '../../crypto/checkpoint.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { EMPTY_ROOT } from '../../crypto/hash.ts'
import { formatVkey, noteSigner, parseSkey, type NoteVerifier } from '../../crypto/note.ts'
import {
  checkWitnesses,
  InvalidPolicy,
  witnessGroup,
  type WitnessGroup,
  type WitnessMember,
} from '../../crypto/witness-policy.ts'
import { ledgerText } from './support/ledger-vectors.ts'

interface Groups {
  keys: Record<string, string>
  goCases: [name: string, policy: string, signers: string, satisfied: string][]
}

interface Sigsum {
  kOfN: {
    n: number
    k: number
    cases: [name: string, present: number[], invalid: number, satisfied: boolean][]
  }
}

const { keys, goCases }: Groups = JSON.parse(ledgerText('inline', 'witness-groups.json'))
const { kOfN }: Sigsum = JSON.parse(ledgerText('inline', 'sigsum.json'))
const promises = suite('a witness policy')

const checkpoint = { origin: 'log', size: 7n, root: EMPTY_ROOT, extensions: [] }
const text = formatCheckpoint(checkpoint)
const logSigner = noteSigner('log', signerFromSeed(new Uint8Array(32).fill(99)))
const note = signCheckpoint(checkpoint, logSigner)

for (const [name, policy, signers, satisfied] of goCases) {
  promises(`${name}: ${satisfied === 'true' ? 'is satisfied' : 'is not'}`, () => {
    const lines = signers
      .split(', ')
      .filter((signer) => signer !== '')
      .map((signer) => {
        const { name: key, seed } = parseSkey(keys[signer.replace('Sign', '_skey')] ?? '')
        return cosignCheckpoint(text, cosigner(key, signerFromSeed(seed)), 1_000)
      })
    is(checkWitnesses(note + lines.join(''), parsePolicy(policy)).satisfied, satisfied === 'true')
  })
}

for (const [name, present, invalid, satisfied] of kOfN.cases) {
  promises(`${kOfN.k} of ${kOfN.n}, ${name}: ${satisfied ? 'is satisfied' : 'is not'}`, () => {
    const members = Array.from({ length: kOfN.n }, (_, at) => witnessKey(at))
    const group = witnessGroup(kOfN.k, members)
    const lines = present.map((at) =>
      cosignCheckpoint(at === invalid ? otherText() : text, witness(at), 1_000),
    )
    const witnessed = checkWitnesses(note + lines.join(''), group)
    is(witnessed.satisfied, satisfied)
    equal(
      witnessed.cosignatures.map((line) => line.name),
      present.filter((at) => at !== invalid && at < kOfN.n).map((at) => `witness${at}`),
    )
  })
}

promises('counts a witness once, however often it signs', () => {
  const group = witnessGroup(2, [witnessKey(0), witnessKey(1)])
  const twice = [1_000, 2_000].map((time) => cosignCheckpoint(text, witness(0), time))
  equal(checkWitnesses(note + twice.join(''), group).satisfied, false)
  const spoiled = cosignCheckpoint(otherText(), witness(1), 1_000)
  const good = cosignCheckpoint(text, witness(1), 1_000)
  is(checkWitnesses(note + twice[0]! + spoiled + good, group).satisfied, true)
})

promises('does not take the log for a witness, nor a plain signature for a cosignature', () => {
  const plain = signCheckpoint(
    checkpoint,
    noteSigner('witness0', signerFromSeed(new Uint8Array(32))),
  )
  is(checkWitnesses(plain, witnessGroup(1, [witnessKey(0)])).satisfied, false)
})

promises('that cannot be meant is refused', () => {
  const [first, second] = [witnessKey(0), witnessKey(1)]
  const codes: [string, () => unknown][] = [
    ['threshold', () => witnessGroup(3, [first, second])],
    ['threshold', () => witnessGroup(-1, [first])],
    ['threshold', () => witnessGroup(0.5, [first])],
    ['duplicate-witness', () => witnessGroup(1, [first, witnessGroup(1, [first])])],
    ['depth', () => nested(first, 9)],
  ]
  for (const [code, make] of codes) {
    throws(make, (error: unknown) => error instanceof InvalidPolicy && error.code === code)
  }
  is(nested(first, 8).threshold, 1)
})

function nested(member: WitnessMember, depth: number): WitnessGroup {
  const inner = depth === 1 ? member : nested(member, depth - 1)
  return witnessGroup(1, [inner])
}

function witness(at: number): Cosigner {
  return cosigner(`witness${at}`, signerFromSeed(new Uint8Array(32).fill(at)))
}

function witnessKey(at: number): NoteVerifier {
  const { publicKey } = signerFromSeed(new Uint8Array(32).fill(at))
  return parseCosigner(formatVkey(`witness${at}`, publicKey)).verifier!
}

function otherText(): string {
  return formatCheckpoint({ ...checkpoint, size: 8n })
}

/** Reads `NewGroup(2, wit1, NewGroup(1, wit2, wit3))`. */
function parsePolicy(source: string): WitnessGroup {
  const tokens = source.match(/NewGroup|[A-Za-z0-9]+|[()]/g) ?? []
  const member = (): WitnessMember => {
    const token = tokens.shift() ?? ''
    return token === 'NewGroup' ? group() : parseCosigner(keys[`${token}_vkey`] ?? '').verifier!
  }
  const group = (): WitnessGroup => {
    tokens.shift()
    const threshold = Number(tokens.shift())
    const members: WitnessMember[] = []
    while (tokens[0] !== ')') members.push(member())
    tokens.shift()
    return witnessGroup(threshold, members)
  }
  tokens.shift()
  return group()
}

promises.run()
