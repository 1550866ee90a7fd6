import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { boxKeysFromSeed, commitmentOf, seal, type Sealed } from '../../../crypto/sealing.ts'
import { Vault } from '../../../node/vault/vault.ts'
import { encodeDossier } from '../../../protocol/dossier.ts'
import { encodePayload } from '../../../protocol/payload.ts'
import { decodeSealed, encodeSealed } from '../../../protocol/sealed-record.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { codeOf, contentOf, FaultyStore, put, TestDisk } from '../log/support/test-disk.ts'

const own = boxKeysFromSeed(sha256(utf8('own')))
const other = boxKeysFromSeed(sha256(utf8('other')))
const handle = utf8('0123456789abcdef')
const stranger = utf8('fedcba9876543210')
const payload = {
  nonce: sha256(utf8('nonce')),
  fingers: [{ position: 2, template: utf8('a template of the right index finger') }],
}
const application = utf8('what was stated of the person')
const dossier = { payload: encodePayload(payload), application }
const encoded = encodeDossier(dossier)

const promises = suite('a vault')

let disk: TestDisk

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('gives back what a leaf commits to, also when it is opened again', async () => {
  const { record, commitment } = sealed([own.publicKey, other.publicKey])
  const vault = await openVault()
  equal(vault.inspect(handle, record), { commitment, dossier })
  await keep(vault, record)
  equal(await vault.open(commitment, handle), payload)
  equal(await (await openVault()).open(commitment, handle), payload)
})

promises('keeps many records apart, and one for every sealing of the same payload', async () => {
  const vault = await openVault()
  const records = ['a', 'b', 'c'].map((seed) => sealed([own.publicKey], { seed }))
  for (const { record } of records) await keep(vault, record)
  is(new Set(records.map(({ commitment }) => toHex(commitment))).size, 3)
  for (const { commitment } of records) equal(await vault.open(commitment, handle), payload)
  is((await contentOf(await disk.open())).length, 3)
})

promises('has nothing for a commitment that it does not know', async () => {
  const vault = await openVault()
  is(await vault.open(sealed([own.publicKey]).commitment, handle), undefined)
})

promises('acknowledges only what is durable', async () => {
  const store = new FaultyStore(await disk.open())
  const vault = new Vault({ boxKeys: own }, { store })
  const { record, commitment } = sealed([own.publicKey])
  const release = store.hold()
  let isKept = false
  const kept = keep(vault, record).then(() => (isKept = true))
  await new Promise(setImmediate)
  equal([isKept, store.durable], [false, [true]])
  release()
  await kept
  store.failNext('lost')
  is(await codeOf(keep(vault, record)), 'storage')
  equal(await vault.open(commitment, handle), payload)
})

promises('keeps nothing that it could never open', async () => {
  const vault = await openVault()
  const bad: Record<string, Uint8Array> = {
    'sealed for another': sealed([other.publicKey]).record,
    'sealed for nobody': changed((record) => ({ ...record, keys: [] })),
    'about another person': sealed([own.publicKey], { context: stranger }).record,
    'no dossier inside': sealed([own.publicKey], { inside: utf8('not a dossier') }).record,
    'a bare payload inside': sealed([own.publicKey], { inside: dossier.payload }).record,
    'a ciphertext too short': changed((record) => ({ ...record, ciphertext: new Uint8Array(47) })),
    'a ciphertext changed': changed(({ ciphertext, ...record }) => {
      return { ...record, ciphertext: ciphertext.with(9, ciphertext[9]! ^ 1) }
    }),
    'not a record': utf8('not a record'),
    'no bytes': new Uint8Array(),
  }
  for (const [what, record] of Object.entries(bad)) {
    const code = await codeOf(keep(vault, record))
    is(code === 'malformed' || code === 'unprocessable', true, `${what}: ${code}`)
  }
  equal(await contentOf(await disk.open()), [])
})

promises('says so when a record on disk is not what was kept', async () => {
  const { record, commitment } = sealed([own.publicKey])
  const vault = await openVault()
  await keep(vault, record)
  const key = `vault/${toHex(commitment)}`
  const random = new SeededRandom('damage')
  const damaged = Array.from({ length: 40 }, () => {
    const at = random.integer(record.length)
    return record.with(at, record[at]! ^ (1 << random.integer(8)))
  })
  const cut = [record.subarray(0, -1), record.subarray(0, 10), new Uint8Array()]
  const swapped = sealed([own.publicKey], { seed: 'another record' }).record
  for (const value of [...damaged, ...cut, swapped]) {
    const store = await disk.open()
    await store.batch([put(key, value)], { durable: false })
    const reopened = new Vault({ boxKeys: own }, { store })
    is(await codeOf(reopened.open(commitment, handle)), 'storage')
  }
})

promises('opens a record for its own person only, and with its own keys only', async () => {
  const { record, commitment } = sealed([own.publicKey, other.publicKey])
  await keep(await openVault(), record)
  is(await codeOf((await openVault()).open(commitment, stranger)), 'storage')
  const third = boxKeysFromSeed(sha256(utf8('third')))
  const foreign = new Vault({ boxKeys: third }, { store: await disk.open() })
  is(await codeOf(foreign.open(commitment, handle)), 'storage')
  const second = new Vault({ boxKeys: other }, { store: await disk.open() })
  equal(await second.open(commitment, handle), payload)
})

promises('has nothing on disk that tells of a finger or a person', async () => {
  await keep(await openVault(), sealed([own.publicKey]).record)
  const values = await (await disk.open()).range('', '~', 10)
  for (const [, value] of values) {
    const bytes = Buffer.from(value)
    is(bytes.includes('a template'), false)
    is(bytes.includes('what was stated'), false)
    is(bytes.includes(toHex(payload.nonce), 0, 'hex'), false)
  }
})

promises.run()

/** As the replica does: looks into the record, and keeps what it can open. */
async function keep(vault: Vault, record: Uint8Array): Promise<void> {
  await vault.put(vault.inspect(handle, record), record)
}

async function openVault(): Promise<Vault> {
  return new Vault({ boxKeys: own }, { store: await disk.open() })
}

function sealed(
  recipients: readonly Uint8Array[],
  { context = handle, inside = encoded, seed = 'seal' } = {},
): { record: Uint8Array; commitment: Uint8Array } {
  const random = new SeededRandom(seed)
  const randomBytes = (length: number): Uint8Array => random.bytes(length)
  const made = seal(inside, recipients, { context, randomBytes })
  return { record: encodeSealed(made), commitment: commitmentOf(made) }
}

function changed(change: (record: Sealed) => Sealed): Uint8Array {
  return encodeSealed(change(decodeSealed(sealed([own.publicKey]).record)))
}
