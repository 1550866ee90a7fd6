import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { boxKeysFromSeed, commitmentOf, seal } from '../../../crypto/sealing.ts'
import { serveDeposits } from '../../../node/vault/deposit-server.ts'
import { Vault } from '../../../node/vault/vault.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { depositReplies, deposits, DEPOSITS } from '../../../protocol/message/deposit.ts'
import { encodePayload, payloadDigest as digestOf } from '../../../protocol/payload.ts'
import { verifyReceipt } from '../../../protocol/receipt.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { encodeSealed } from '../../../protocol/sealed-record.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { SimulatedWorld } from '../../../simulations/world/world.ts'
import { codeOf } from '../log/support/test-disk.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const SHARDS = 16
const signer = signerFromSeed(sha256(utf8('replica')))

const payload = {
  nonce: sha256(utf8('nonce')),
  fingers: [{ position: 7, template: utf8('a template') }],
}

const promises = suite('a replica that takes deposits')

promises(
  'takes those of its own shards, and answers with its receipt for whoever asked',
  async () => {
    const { handles, deposit, vault } = served()
    let taken = 0
    for (const handle of handles) {
      const { answer, isOwn, commitment } = deposit(handle)
      if (!isOwn) continue
      const payloadDigest = digestOf(encodePayload(payload))
      const deposited = { home: NAMES[1], handle, commitment, payloadDigest }
      const signature = depositReplies.decode(await answer())
      is(verifyReceipt(deposited, signature, signer.publicKey), true)
      is(verifyReceipt({ ...deposited, home: NAMES[2] }, signature, signer.publicKey), false)
      equal(await vault.get(commitment, handle), payload)
      taken += 1
    }
    is(taken > 0 && taken < handles.length, true)
  },
)

promises('refuses those of foreign shards, also when it could open them', async () => {
  const { handles, deposit, vault } = served()
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

promises('refuses what is no deposit', async () => {
  const { handles, call, deposit } = served()
  const mine = handles.find((handle) => deposit(handle).isOwn)!
  is(await codeOf(call(utf8('not a deposit'))), 'malformed')
  is(await codeOf(call(deposits.encode({ handle: mine, sealed: utf8('not sealed') }))), 'malformed')
})

promises.run()

function served() {
  const world = new SimulatedWorld({ seed: 'deposits', names: NAMES, faults: NO_FAULTS })
  const nodes = NAMES.map((name) => {
    const publicKey = sha256(utf8(name))
    const boxKey = boxKeysFromSeed(publicKey).publicKey
    return { name, publicKey, boxKey, address: `/memory/${name}` }
  })
  const network = 'test.registry.kz'
  const roster: Roster = { network, epoch: 1, shards: SHARDS, replicas: 1, nodes, officers: [] }
  const [server, client] = NAMES.map((name) => world.machine(name).boot())
  const store = server!.openStore('store')
  const boxKeys = boxKeysFromSeed(sha256(utf8(NAMES[0])))
  const vault = new Vault({ boxKeys }, { store })
  serveDeposits({ self: NAMES[0], roster }, { mesh: server!.mesh, vault, signer })
  const run = <T>(work: Promise<T>): Promise<T> => world.clock.finish(work, { eventsMax: 10_000 })
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
      const sealed = seal(encodePayload(payload), [boxKeys.publicKey], sealing)
      const request = deposits.encode({ handle, sealed: encodeSealed(sealed) })
      const isOwn = replicasOf(shardOf(handle, roster), roster).includes(NAMES[0])
      return { isOwn, commitment: commitmentOf(sealed), answer: () => call(request) }
    },
  }
}
