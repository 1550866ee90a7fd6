import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { boxKeysFromSeed, commitmentOf, seal } from '../../../crypto/sealing.ts'
import { serveDeposits } from '../../../node/vault/deposit-server.ts'
import { Vault } from '../../../node/vault/vault.ts'
import { encodeDossier, type Dossier } from '../../../protocol/dossier.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { depositReplies, deposits, DEPOSITS } from '../../../protocol/message/deposit.ts'
import { encodePayload } from '../../../protocol/payload.ts'
import { verifyReceipt } from '../../../protocol/receipt.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { encodeSealed } from '../../../protocol/sealed-record.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import type { SignedStatement } from '../../../protocol/statement.ts'
import type { Taken } from '../../../protocol/taken.ts'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { SimulatedKeyShelf } from '../../../simulations/world/simulated-key-shelf.ts'
import { SimulatedWorld } from '../../../simulations/world/world.ts'
import { codeOf } from '../log/support/test-disk.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const SHARDS = 16
const signer = signerFromSeed(sha256(utf8('replica')))

const payload = {
  nonce: sha256(utf8('nonce')),
  fingers: [{ position: 7, template: utf8('a template') }],
}
const dossier = { payload: encodePayload(payload), application: utf8('what was stated') }
const signed = {
  statement: utf8('a statement'),
  officer: signer.publicKey,
  signature: new Uint8Array(64),
  credential: utf8('a credential'),
}
const taken: Taken = {
  policy: 'test-law',
  verdict: 'permitted',
  citizenship: 'citizen',
  sex: 'female',
  ageBand: '30-44',
}

const promises = suite('a replica that takes deposits')

promises(
  'takes those of its own shards, and answers with its receipt for whoever asked',
  async () => {
    const { handles, deposit, vault } = await served()
    let kept = 0
    for (const handle of handles) {
      const { answer, isOwn, commitment } = deposit(handle)
      if (!isOwn) continue
      const { statement } = signed
      const deposited = { home: NAMES[1], handle, commitment, statement, taken }
      const signature = depositReplies.decode(await answer())
      is(verifyReceipt(deposited, signature, signer.publicKey), true)
      for (const other of [
        { home: NAMES[2] },
        { statement: utf8('another statement') },
        ...[{ verdict: 'mandatory' }, { policy: 'other' }, { ageBand: '12-15' }].map((said) => {
          return { taken: { ...taken, ...said } as Taken }
        }),
      ]) {
        is(verifyReceipt({ ...deposited, ...other }, signature, signer.publicKey), false)
      }
      equal(await vault.get(commitment, handle), payload)
      kept += 1
    }
    is(kept > 0 && kept < handles.length, true)
  },
)

promises('refuses those of foreign shards, also when it could open them', async () => {
  const { handles, deposit, vault } = await served()
  const size = vault.size()
  let refused = 0
  for (const handle of handles) {
    const { answer, isOwn, commitment } = deposit(handle)
    if (isOwn) continue
    is(await codeOf(answer()), 'forbidden')
    is(await vault.get(commitment, handle), undefined)
    refused += 1
  }
  is(refused > 0, true)
  is(vault.size(), size)
})

promises(
  'asks its own judge what is in the record and who says so, and keeps no other',
  async () => {
    const heard: { handle: Uint8Array; signed: SignedStatement; dossier: Dossier }[] = []
    const { handles, deposit, vault } = await served((...[handle, by, inside]) => {
      heard.push({ handle, signed: by, dossier: inside })
      throw new TamgaError('unprocessable', 'not under this law')
    })
    const mine = handles.find((handle) => deposit(handle).isOwn)!
    const size = vault.size()
    const { answer, commitment } = deposit(mine)
    is(await codeOf(answer()), 'unprocessable')
    equal(heard, [{ handle: mine, signed, dossier }])
    is(await vault.get(commitment, mine), undefined)
    is(vault.size(), size)
  },
)

promises('takes nothing from a node whose log contradicts itself', async () => {
  const { deposit, vault, handles } = await served(undefined, (node) => node === NAMES[1])
  for (const handle of handles) is(await codeOf(deposit(handle).answer()), 'forbidden')
  is(vault.size(), 0)
})

promises('destroys what it took in, if that is refused by the time it is durable', async () => {
  let asked = 0
  const { handles, deposit, vault } = await served(() => {
    asked += 1
    if (asked % 2 === 0) throw new TamgaError('conflict', 'erased meanwhile')
    return taken
  })
  const mine = handles.find((handle) => deposit(handle).isOwn)!
  const { answer, commitment } = deposit(mine)
  is(await codeOf(answer()), 'conflict')
  is(await codeOf(vault.get(commitment, mine)), 'forbidden')
  is(vault.size(), 0)
})

promises('refuses what is no deposit', async () => {
  const { handles, call, deposit } = await served()
  const mine = handles.find((handle) => deposit(handle).isOwn)!
  is(await codeOf(call(utf8('not a deposit'))), 'malformed')
  const empty = deposits.encode({ handle: mine, sealed: utf8('not sealed'), signed })
  is(await codeOf(call(empty)), 'malformed')
})

promises.run()

type Judge = (handle: Uint8Array, signed: SignedStatement, dossier: Dossier) => Taken

async function served(
  judge: Judge = () => taken,
  isCaught: (node: string) => boolean = () => false,
) {
  const world = new SimulatedWorld({ seed: 'deposits', names: NAMES, faults: NO_FAULTS })
  const nodes = NAMES.map((name) => {
    const publicKey = sha256(utf8(name))
    const boxKey = boxKeysFromSeed(publicKey).publicKey
    return { name, publicKey, boxKey, mirrorKey: sha256(boxKey), address: `/memory/${name}` }
  })
  const network = 'test.registry.kz'
  const size = { epoch: 1, shards: SHARDS, replicas: 1, mirrors: 0 }
  const roster: Roster = { network, ...size, nodes, organisations: [] }
  const [server, client] = NAMES.map((name) => world.machine(name).boot())
  const store = server!.openStore('store')
  const boxKeys = boxKeysFromSeed(sha256(utf8(NAMES[0])))
  const run = <T>(work: Promise<T>): Promise<T> => world.clock.finish(work, { eventsMax: 10_000 })
  const keys = await run(SimulatedKeyShelf.open({ disk: server!.openStore('keys') }))
  const vault = new Vault({ boxKeys }, { store, keys, random: server!.random })
  serveDeposits({ self: NAMES[0], roster }, { mesh: server!.mesh, vault, signer, judge, isCaught })
  const random = new SeededRandom('handles')
  const randomBytes = (length: number): Uint8Array => random.bytes(length)
  const call = (request: Uint8Array): Promise<Uint8Array> => {
    const deadline = client!.clock.now() + 1_000
    return run(client!.mesh.call(NAMES[0], DEPOSITS, request, { deadline }))
  }
  return {
    call,
    handles: Array.from({ length: 40 }, () => random.bytes(HANDLE_BYTES)),
    vault: {
      get: (commitment: Uint8Array, handle: Uint8Array) => run(vault.open(commitment, handle)),
      size: () => world.machine(NAMES[0]).disk('store').size,
    },
    deposit: (handle: Uint8Array) => {
      const sealing = { context: handle, randomBytes }
      const sealed = seal(encodeDossier(dossier), [boxKeys.publicKey], sealing)
      const request = deposits.encode({ handle, sealed: encodeSealed(sealed), signed })
      const isOwn = replicasOf(shardOf(handle, roster), roster).includes(NAMES[0])
      return { isOwn, commitment: commitmentOf(sealed), answer: () => call(request) }
    },
  }
}
