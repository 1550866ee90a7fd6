import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { boxKeysFromSeed, commitmentOf, seal, type Sealed } from '../../../crypto/sealing.ts'
import { systemRandom } from '../../../node/random.ts'
import { KeyFile } from '../../../node/store/key-file.ts'
import type { Store } from '../../../node/store/store.ts'
import { Vault } from '../../../node/vault/vault.ts'
import { encodeDossier } from '../../../protocol/dossier.ts'
import { encodePayload } from '../../../protocol/payload.ts'
import { decodeSealed, encodeSealed } from '../../../protocol/sealed-record.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { codeOf, contentOf, FaultyStore, holds, put, TestDisk } from '../log/support/test-disk.ts'

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
let folder: string
let keys: KeyFile | undefined

promises.before.each(async () => {
  disk = await TestDisk.create()
  folder = await mkdtemp(join(tmpdir(), 'tamga-keys-'))
  keys = await KeyFile.create(folder)
})

promises.after.each(async () => {
  await keys?.close()
  await disk.remove()
  await rm(folder, { recursive: true })
})

promises('gives back what a leaf commits to, also when it is opened again', async () => {
  const { record, commitment } = sealed([own.publicKey, other.publicKey])
  const vault = await openVault()
  const opened = vault.inspect(handle, record)
  equal([opened.commitment, opened.dossier], [commitment, dossier])
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

promises('knows all records of a person, and those of nobody else', async () => {
  const vault = await openVault()
  const mine = Array.from({ length: 300 }, (_, i) => sealed([own.publicKey], { seed: `${i}` }))
  await Promise.all(mine.map(async ({ record }) => keep(vault, record)))
  const theirs = sealed([own.publicKey], { context: stranger })
  await vault.put(vault.inspect(stranger, theirs.record))
  const found = await vault.commitmentsOf(handle)
  equal(found.map(toHex), mine.map(({ commitment }) => toHex(commitment)).toSorted())
  equal(await vault.commitmentsOf(stranger), [theirs.commitment])
  equal(await vault.commitmentsOf(utf8('a third person..')), [])
})

promises('has nothing for a commitment that it does not know', async () => {
  const vault = await openVault()
  const { commitment } = sealed([own.publicKey])
  is(await vault.open(commitment, handle), undefined)
  is(await vault.sealedFor(other.publicKey, commitment, handle), undefined)
  equal([vault.state(commitment), await vault.has(commitment, handle)], ['none', false])
})

promises('acknowledges only what is durable, and has no keys to which no row leads', async () => {
  const store = new FaultyStore(await disk.open())
  const vault = vaultOn(store)
  const { record, commitment } = sealed([own.publicKey])
  const release = store.hold()
  let isKept = false
  const kept = keep(vault, record).then(() => (isKept = true))
  while (store.durable.length === 0) await new Promise(setImmediate)
  equal([isKept, store.durable, vault.state(commitment)], [false, [true], 'none'])
  release()
  await kept
  store.failNext('lost')
  is(await codeOf(keep(vault, record)), 'storage')
  equal(await vault.open(commitment, handle), payload)
  const second = sealed([own.publicKey], { seed: 'second' })
  store.failNext('lost')
  is(await codeOf(keep(vault, second.record)), 'storage')
  is(vault.state(second.commitment), 'none')
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
  await keep(await openVault(), record)
  const [[key, row]] = (await (await disk.open()).range('vault/', 'vault0', 1)) as [[string, Bytes]]
  const random = new SeededRandom('damage')
  const damaged = Array.from({ length: 40 }, () => {
    const at = random.integer(row.length)
    return row.with(at, row[at]! ^ (1 << random.integer(8)))
  })
  const cut = [row.subarray(0, -1), row.subarray(0, 10), new Uint8Array()]
  for (const value of [...damaged, ...cut, record]) {
    const store = await disk.open()
    await store.batch([put(key, value)], { durable: false })
    is(await codeOf(vaultOn(store).open(commitment, handle)), 'storage')
    is(await codeOf(vaultOn(store).sealedFor(other.publicKey, commitment, handle)), 'storage')
  }
})

promises('opens a record for its own person only, and with its own keys only', async () => {
  const { record, commitment } = sealed([own.publicKey, other.publicKey])
  await keep(await openVault(), record)
  is(await (await openVault()).open(commitment, stranger), undefined)
  const third = boxKeysFromSeed(sha256(utf8('third')))
  is(await codeOf(vaultOn(await disk.open(), third).open(commitment, handle)), 'storage')
})

promises('hands a record to another replica sealed, for that replica alone', async () => {
  const { record, commitment } = sealed([own.publicKey])
  const vault = await openVault()
  await keep(vault, record)
  const given = (await vault.sealedFor(other.publicKey, commitment, handle))!
  const { keys: wrapped } = decodeSealed(given)
  equal(
    wrapped.map(({ recipient }) => recipient),
    [other.publicKey],
  )
  is(Buffer.from(given).includes('a template'), false)
  equal(vaultOn(await disk.open(), other).inspect(handle, given).dossier, dossier)
  is(await codeOf(keep(await openVault(), given)), 'unprocessable')
})

promises('has nothing on disk that tells of a finger or a person', async () => {
  await keep(await openVault(), sealed([own.publicKey]).record)
  await disk.close()
  for (const bytes of [...(await disk.files()), await keyBytes()]) {
    is(bytes.includes('a template'), false)
    is(bytes.includes('what was stated'), false)
    is(bytes.includes(toHex(payload.nonce), 0, 'hex'), false)
  }
})

promises('keeps salts and wrapped keys out of the store', async () => {
  const { record } = sealed([own.publicKey, other.publicKey])
  await keep(await openVault(), record)
  const { salt, keys: wrapped } = decodeSealed(record)
  const secrets = [salt, ...wrapped.map((key) => key.wrapped)]
  await disk.close()
  for (const bytes of await disk.files()) {
    for (const secret of secrets) is(holds(bytes, secret), false)
  }
  const onShelf = await keyBytes()
  equal(
    secrets.map((secret) => holds(onShelf, secret)),
    [true, true, false],
    'and of the wrapped keys its own alone',
  )
})

promises(
  'destroys a record for good: it is not opened, nor handed on, nor taken again',
  async () => {
    const { record, commitment } = sealed([own.publicKey])
    const vault = await openVault()
    await keep(vault, record)
    const { salt, keys: wrapped } = decodeSealed(record)
    await vault.destroy(commitment, handle)
    await vault.destroy(commitment, handle)
    for (const restarted of [false, true]) {
      const again = restarted ? await openVault() : vault
      is(again.state(commitment), 'destroyed')
      is(await again.has(commitment, handle), false)
      is(await codeOf(again.open(commitment, handle)), 'forbidden')
      is(await codeOf(again.sealedFor(other.publicKey, commitment, handle)), 'forbidden')
      is(await codeOf(keep(again, record)), 'forbidden', 'a replay of the very same bytes')
      equal(await again.commitmentsOf(handle), [])
    }
    const left = await keyBytes()
    is(holds(left, salt) || holds(left, wrapped[0]!.wrapped), false)
  },
)

promises('destroys also what it never had, and what is on its way in', async () => {
  const { record, commitment } = sealed([own.publicKey])
  const vault = await openVault()
  await vault.destroy(commitment, handle)
  is(await codeOf(keep(vault, record)), 'forbidden')
  const second = sealed([own.publicKey], { seed: 'second' })
  const store = new FaultyStore(await disk.open())
  const slow = vaultOn(store)
  const release = store.hold()
  const kept = codeOf(keep(slow, second.record))
  while (store.durable.length === 0) await new Promise(setImmediate)
  const destroyed = slow.destroy(second.commitment, handle)
  while (slow.state(second.commitment) !== 'destroyed') await new Promise(setImmediate)
  release()
  is(await kept, 'forbidden')
  await destroyed
  equal(await slow.commitmentsOf(handle), [])
})

promises('opens nothing of an old backup of the store, put back after an erasure', async () => {
  const { record, commitment } = sealed([own.publicKey])
  await keep(await openVault(), record)
  const backup = await disk.copy()
  await (await openVault()).destroy(commitment, handle)
  await disk.remove()
  disk = backup
  const vault = await openVault()
  equal(await vault.commitmentsOf(handle), [commitment], 'the ciphertext is back')
  is(vault.state(commitment), 'destroyed')
  is(await codeOf(vault.open(commitment, handle)), 'forbidden')
  is(await codeOf(keep(vault, record)), 'forbidden')
})

promises.run()

type Bytes = Uint8Array

/** As the replica does: looks into the record, and keeps what it can open. */
async function keep(vault: Vault, record: Uint8Array): Promise<void> {
  await vault.put(vault.inspect(handle, record))
}

/** On the disk and the key file as a restart finds them. */
async function openVault(): Promise<Vault> {
  await keys?.close()
  keys = await KeyFile.open(folder)
  return vaultOn(await disk.open())
}

function vaultOn(store: Store, boxKeys = own): Vault {
  return new Vault({ boxKeys }, { store, keys: keys!, random: systemRandom })
}

/** All bytes of the key file. */
async function keyBytes(): Promise<Buffer> {
  const [name] = await readdir(folder)
  return readFile(join(folder, name!))
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
