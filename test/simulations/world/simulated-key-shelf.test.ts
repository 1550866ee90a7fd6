import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { MATERIAL_BYTES, type KeyMaterial } from '../../../node/store/key-shelf.ts'
import { NO_FAULTS, type DiskFaults } from '../../../simulations/world/faults.ts'
import { SimulatedKeyShelf } from '../../../simulations/world/simulated-key-shelf.ts'
import { SimulatedWorld } from '../../../simulations/world/world.ts'
import { codeOf, holds } from '../../node/log/support/test-disk.ts'

const id = sha256(utf8('a record'))
const material: KeyMaterial = {
  salt: new Uint8Array(MATERIAL_BYTES.salt).fill(1),
  ephemeral: new Uint8Array(MATERIAL_BYTES.ephemeral).fill(2),
  nonce: new Uint8Array(MATERIAL_BYTES.nonce).fill(3),
  wrapped: new Uint8Array(MATERIAL_BYTES.wrapped).fill(4),
}

const promises = suite('a simulated key shelf')

promises('keeps and destroys as the real one does, also over crashes', async () => {
  const { run, open, crash, image } = machine('crashes')
  const first = await open()
  await run(first.put(id, material))
  crash()
  const second = await open()
  equal([second.state(id), await run(second.get(id))], ['kept', material])
  await run(second.destroy(id))
  crash()
  const third = await open()
  equal([third.state(id), await run(third.get(id))], ['destroyed', undefined])
  is(await codeOf(run(third.put(id, material))), 'forbidden')
  is(holds(image(), material.salt), false)
})

promises('says of a bit that was flipped that it is damage', async () => {
  const { run, open, crash, world } = machine('flips')
  const shelf = await open()
  await run(shelf.put(id, material))
  const disk = world.machine('almaty').disk('keys')
  disk.flipBit(toHex(id), world.random.fork('flip'))
  is(await codeOf(run(shelf.get(id))), 'storage')
  crash()
  is((await open()).state(id), 'none')
})

for (const kept of [0, 1]) {
  const what = kept ? 'and is there all the same' : 'and leaves nothing'
  promises(`is broken by a write that fails ${what}, until it is opened again`, async () => {
    const { run, open, crash, world } = machine('fails', {
      failureProbability: 1,
      keptAfterFailureProbability: kept,
    })
    const shelf = await open()
    is(await codeOf(run(shelf.put(id, material))), 'storage')
    equal([shelf.isBroken, shelf.state(id)], [true, 'none'])
    // What the system has, it writes back by itself sooner or later.
    world.machine('almaty').disk('keys').sync()
    crash()
    const again = await open()
    equal([again.isBroken, again.state(id)], [false, kept ? 'kept' : 'none'])
  })
}

promises.run()

function machine(seed: string, disk: Partial<DiskFaults> = {}) {
  const faults = { ...NO_FAULTS, disk: { ...NO_FAULTS.disk, ...disk } }
  const world = new SimulatedWorld({ seed, names: ['almaty'], faults })
  const run = <T>(work: Promise<T>): Promise<T> => world.clock.finish(work, { eventsMax: 1_000 })
  const [almaty] = world.machines
  return {
    world,
    run,
    open: () => run(SimulatedKeyShelf.open({ disk: almaty!.boot().openStore('keys') })),
    crash: () => almaty!.crash(),
    image: () =>
      Buffer.concat(
        almaty!
          .disk('keys')
          .image()
          .map(([, value]) => value),
      ),
  }
}
