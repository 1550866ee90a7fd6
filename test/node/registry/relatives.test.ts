import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { boxKeysFromSeed } from '../../../crypto/sealing.ts'
import { systemRandom } from '../../../node/random.ts'
import { Relatives } from '../../../node/registry/relatives.ts'
import { RELATIVES_MAX } from '../../../protocol/rules/conduct.ts'
import { codeOf, TestDisk } from '../log/support/test-disk.ts'

const boxKeys = boxKeysFromSeed(systemRandom.bytes(32))
const [asel, bolat] = [systemRandom.bytes(32), systemRandom.bytes(32)]
const family = Array.from({ length: 3 }, () => systemRandom.bytes(16))

const promises = suite('the relatives of officers')

let disk: TestDisk
promises.before.each(async () => {
  disk = await TestDisk.create()
})
promises.after.each(async () => disk.remove())

promises('are known again when the node is started again', async () => {
  const first = await opened()
  await first.relatives.declare(asel, family)
  await first.relatives.declare(bolat, family.slice(0, 1))
  await first.relatives.declare(asel, family.slice(1))
  await disk.close()
  const { declared } = await opened()
  equal(declared.get(toHex(asel)), family.slice(1).map(toHex), 'as they were declared last')
  equal(declared.get(toHex(bolat)), family.slice(0, 1).map(toHex))
})

promises('stand nowhere on the disk', async () => {
  const { relatives, store } = await opened()
  await relatives.declare(asel, family)
  const rows = await store.range('', '\u007f', 100)
  is(rows.length, 1)
  const written = rows.map(([key, value]) => key + toHex(value)).join()
  for (const handle of family) is(written.includes(toHex(handle)), false)
})

promises('are no other node’s to read, nor to be changed unseen', async () => {
  const { relatives, store } = await opened()
  await relatives.declare(asel, family)
  const [[key, value]] = (await store.range('', '\u007f', 1)) as [[string, Uint8Array]]
  await disk.close()
  const other = boxKeysFromSeed(systemRandom.bytes(32))
  is(await codeOf(opened(other)), 'storage')
  await disk.close()
  const again = await disk.open()
  await again.batch([{ type: 'put', key, value: value.with(90, value[90]! ^ 1) }], {
    durable: true,
  })
  await disk.close()
  is(await codeOf(opened()), 'storage')
})

promises('are no more than a large family', async () => {
  const { relatives } = await opened()
  const many = Array.from({ length: RELATIVES_MAX + 1 }, () => systemRandom.bytes(16))
  await relatives.declare(asel, many.slice(1))
  is(await codeOf(relatives.declare(asel, many)), 'unprocessable')
})

promises.run()

async function opened(keys = boxKeys) {
  const declared = new Map<string, string[]>()
  const conduct = {
    declareRelatives(officer: Uint8Array, handles: readonly Uint8Array[]): void {
      declared.set(toHex(officer), handles.map(toHex))
    },
  }
  const store = await disk.open()
  const relatives = await Relatives.open(
    { boxKeys: keys },
    { store, random: systemRandom, conduct },
  )
  return { relatives, store, declared }
}
