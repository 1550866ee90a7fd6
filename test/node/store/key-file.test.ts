import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { sha256 } from '../../../crypto/hash.ts'
import { utf8 } from '../../../crypto/bytes.ts'
import { KeyFile } from '../../../node/store/key-file.ts'
import { MATERIAL_BYTES, type KeyMaterial } from '../../../node/store/key-shelf.ts'
import { SLOT_BYTES } from '../../../node/store/key-slot.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { codeOf, holds } from '../log/support/test-disk.ts'

const promises = suite('a key file')

let folder: string
let file: KeyFile

promises.before.each(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'tamga-keys-')), 'keys')
  file = await KeyFile.create(folder)
})

promises.after.each(async () => {
  await file.close().catch(() => undefined)
  await rm(join(folder, '..'), { recursive: true })
})

promises('gives back what was put, also when it is opened again', async () => {
  const ids = many(50)
  await Promise.all(ids.map(async (id) => file.put(id, materialOf(id))))
  for (const restarted of [false, true]) {
    if (restarted) await reopen()
    for (const id of ids) equal(await file.get(id), materialOf(id))
    is(file.state(ids[0]!), 'kept')
  }
  equal([await file.get(idOf('nobody')), file.state(idOf('nobody'))], [undefined, 'none'])
})

promises('is made once, by name, and opening makes none', async () => {
  is(await codeOf(KeyFile.create(folder)), 'conflict')
  is(await codeOf(KeyFile.open(join(folder, 'elsewhere'))), 'not-found')
})

promises('is open once, until it is closed', async () => {
  is(await codeOf(KeyFile.open(folder)), 'storage')
  await reopen()
})

promises("is for the node's own user alone", async () => {
  is((await stat(path())).mode & 0o777, 0o600)
  is((await stat(folder)).mode & 0o777, 0o700)
})

promises('overwrites what is destroyed where it stands, and remembers that it was', async () => {
  const [gone, kept] = many(2) as [Uint8Array, Uint8Array]
  await file.put(gone, materialOf(gone))
  await file.put(kept, materialOf(kept))
  const { size } = await stat(path())
  await file.destroy(gone)
  await file.destroy(gone)
  const bytes = await readFile(path())
  is(bytes.length, size)
  for (const part of Object.values(materialOf(gone))) is(holds(bytes, part), false)
  for (const part of Object.values(materialOf(kept))) is(holds(bytes, part), true)
  for (const restarted of [false, true]) {
    if (restarted) await reopen()
    equal([file.state(gone), await file.get(gone)], ['destroyed', undefined])
    is(await codeOf(file.put(gone, materialOf(gone))), 'forbidden')
    equal(await file.get(kept), materialOf(kept))
  }
})

promises(
  'writes a mark anew that it has only found, before it says that it is durable',
  async () => {
    const id = idOf('perhaps')
    await file.put(id, materialOf(id))
    const before = await readFile(path())
    await file.destroy(id)
    await reopen()
    // As after a power cut, when what was found had never reached the disk.
    await writeFile(path(), before)
    await file.destroy(id)
    is(holds(await readFile(path()), materialOf(id).salt), false)
  },
)

promises('remembers that something was destroyed that it never had', async () => {
  const id = idOf('never here')
  await file.destroy(id)
  await reopen()
  is(file.state(id), 'destroyed')
  is(await codeOf(file.put(id, materialOf(id))), 'forbidden')
})

promises('keeps the order in which it is told, also within one batch', async () => {
  const id = idOf('quick')
  const told = [file.put(id, materialOf(id)), file.destroy(id), file.put(id, materialOf(id))]
  equal(await Promise.all(told.map(codeOf)), [undefined, undefined, 'forbidden'])
  is(holds(await readFile(path()), materialOf(id).salt), false)
})

promises('says that something is durable only when it is on disk', async () => {
  const id = idOf('waits')
  const put = file.put(id, materialOf(id))
  is(file.state(id), 'none')
  await put
  is(file.state(id), 'kept')
  const gone = file.destroy(id)
  is(file.state(id), 'kept')
  await gone
  is(file.state(id), 'destroyed')
})

promises('takes no slot for good of which one bit is wrong, and gives it to the next', async () => {
  const ids = many(3)
  for (const id of ids) await file.put(id, materialOf(id))
  const whole = await readFile(path())
  const random = new SeededRandom('flips')
  for (let flips = 0; flips < 60; flips += 1) {
    await file.close()
    const at = SLOT_BYTES + random.integer(SLOT_BYTES)
    await writeFile(path(), whole.with(at, whole[at]! ^ (1 << random.integer(8))))
    file = await KeyFile.open(folder)
    equal([file.damaged, file.state(ids[1]!), await file.get(ids[1]!)], [1, 'none', undefined])
    equal(await file.get(ids[2]!), materialOf(ids[2]!))
    await file.put(ids[1]!, materialOf(ids[1]!))
    equal([file.damaged, (await stat(path())).size], [0, whole.length])
    equal(await file.get(ids[1]!), materialOf(ids[1]!))
  }
})

promises('finds damage also after it was opened, and can be given the material anew', async () => {
  const id = idOf('rots')
  await file.put(id, materialOf(id))
  await writeFile(path(), (await readFile(path())).fill(0))
  is(await codeOf(file.get(id)), 'storage')
  await file.put(id, materialOf(id))
  equal(await file.get(id), materialOf(id))
})

promises('wipes damaged slots when it cannot know which of them is to be destroyed', async () => {
  const [damaged, other] = many(2) as [Uint8Array, Uint8Array]
  await file.put(damaged, materialOf(damaged))
  await file.put(other, materialOf(other))
  await file.close()
  const bytes = await readFile(path())
  // In the checksum: what it is of stands there as good as ever.
  await writeFile(path(), bytes.with(SLOT_BYTES - 1, bytes[SLOT_BYTES - 1]! ^ 1))
  file = await KeyFile.open(folder)
  await file.destroy(damaged)
  const after = await readFile(path())
  for (const part of Object.values(materialOf(damaged))) is(holds(after, part), false)
  equal(await file.get(other), materialOf(other))
})

promises('lets a mark of destruction count before a slot that came back', async () => {
  const id = idOf('twice')
  await file.put(id, materialOf(id))
  const before = await readFile(path())
  await file.destroy(id)
  await file.close()
  for (const both of [
    [before, await readFile(path())],
    [await readFile(path()), before],
  ]) {
    await writeFile(path(), Buffer.concat(both))
    file = await KeyFile.open(folder)
    is(file.state(id), 'destroyed')
    is(holds(await readFile(path()), materialOf(id).salt), false)
    await file.close()
  }
})

promises('is cut anywhere in its last slot: all others are there', async () => {
  const [first, second] = many(2) as [Uint8Array, Uint8Array]
  await file.put(first, materialOf(first))
  await file.put(second, materialOf(second))
  for (const cut of [1, 100, SLOT_BYTES - 1, SLOT_BYTES]) {
    await file.close()
    await truncate(path(), 2 * SLOT_BYTES - cut)
    file = await KeyFile.open(folder)
    equal([file.state(first), file.state(second)], ['kept', 'none'])
    await file.put(second, materialOf(second))
    is((await stat(path())).size, 2 * SLOT_BYTES)
  }
})

promises('opens one of many slots, more than are read at once', async () => {
  const ids = many(5_000)
  await Promise.all(ids.map(async (id) => file.put(id, materialOf(id))))
  await reopen()
  is(file.damaged, 0)
  ok(ids.every((id) => file.state(id) === 'kept'))
  for (const id of [ids[0]!, ids[4_095]!, ids[4_096]!, ids[4_999]!]) {
    equal(await file.get(id), materialOf(id))
  }
})

promises('takes nothing more once it is closed', async () => {
  const id = idOf('late')
  const put = file.put(id, materialOf(id))
  await file.close()
  await put
  is(await codeOf(file.put(id, materialOf(id))), 'closed')
  file = await KeyFile.open(folder)
  equal(await file.get(id), materialOf(id))
})

promises.run()

async function reopen(): Promise<void> {
  await file.close()
  file = await KeyFile.open(folder)
}

function path(): string {
  return join(folder, 'vault.keys')
}

function many(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => idOf(`${i}`))
}

function idOf(name: string): Uint8Array {
  return sha256(utf8(name))
}

function materialOf(id: Uint8Array): KeyMaterial {
  const part = (name: keyof KeyMaterial): Uint8Array => {
    const stretched = Buffer.concat([sha256(utf8(name), id), sha256(utf8(`${name} more`), id)])
    return new Uint8Array(stretched.subarray(0, MATERIAL_BYTES[name]))
  }
  return {
    salt: part('salt'),
    ephemeral: part('ephemeral'),
    nonce: part('nonce'),
    wrapped: part('wrapped'),
  }
}
