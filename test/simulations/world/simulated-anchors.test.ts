import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { ANCHOR_BYTES_MAX, type Anchor, type AnchorValue } from '../../../node/store/anchor.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { NO_FAULTS, type DiskFaults } from '../../../simulations/world/faults.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import {
  SimulatedAnchorDisk,
  SimulatedAnchors,
} from '../../../simulations/world/simulated-anchors.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { SimulatedWorld } from '../../../simulations/world/world.ts'

const anchors = suite('simulated anchors')

anchors('have what they were made with, and then what was swapped in last', async () => {
  const { run, open } = machine('swap')
  const folder = open()
  is(await run(folder.has('log')), false)
  is(await code(run(folder.open('log'))), 'not-found')
  const made = await run(folder.create('log', content('a')))
  is(text(made), 'a')
  await run(made.swap(content('b')))
  is(text(made), 'b')
  await run(made.close())
  is(text(await run(folder.open('log'))), 'b')
  is(await run(folder.has('log')), true)
})

anchors('are made once, and open once', async () => {
  const { run, open } = machine('once')
  const folder = open()
  const both = [folder.create('log', content('a')), folder.create('log', content('b'))]
  const made = await run(Promise.allSettled(both))
  equal(made.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  is(await code(run(folder.create('log', content('c')))), 'conflict')
  is(await code(run(open().open('log'))), 'storage')
})

anchors('share no bytes with whoever swaps', async () => {
  const { run, open } = machine('copies')
  const made = await run(open().create('log', content('a')))
  const next = content('b')
  const swap = made.swap(next)
  next.value.fill(0)
  await run(swap)
  is(text(made), 'b')
})

anchors('swap one at a time, what the real ones take, and nothing once closed', async () => {
  const { run, open } = machine('limits')
  const folder = open()
  is(await code(run(folder.create('../log', content('a')))), 'internal')
  const made = await run(folder.create('log', content('a')))
  const long = { ...content('b'), value: new Uint8Array(ANCHOR_BYTES_MAX + 1) }
  is(await code(run(made.swap(long))), 'internal')
  const first = made.swap(content('b'))
  is(await code(made.swap(content('c'))), 'internal')
  await run(made.close())
  await first
  is(await code(made.swap(content('c'))), 'closed')
  is(text(await run(folder.open('log'))), 'b')
})

anchors('have the old value or the new after a crash in a swap, by the seed', async () => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 60; seed += 1) {
    const { run, open, disk, random, clock } = machine(seed)
    const made = await run(open().create('log', content('a')))
    let acknowledged = false
    const note = () => {
      acknowledged = true
    }
    made.swap(content('b')).then(note, note)
    await clock.run({ forMs: random.between({ min: 0, max: 6 }), eventsMax: 10 })
    disk.crash(random)
    await clock.run({ forMs: 60_000, eventsMax: 10 })
    const found = text(await run(open().open('log')))
    is(found === 'b' || (found === 'a' && !acknowledged), true, `${found}, seed ${seed}`)
    seen.add(`${found}, ${acknowledged ? 'acknowledged' : 'unheard of'}`)
  }
  is(seen.size, 3, [...seen].join('; '))
})

anchors('do nothing any more after a crash', async () => {
  const { run, open, disk, random, clock } = machine('former life')
  const folder = open()
  const made = await run(folder.create('log', content('a')))
  let settled = false
  const note = () => {
    settled = true
  }
  made.swap(content('b')).then(note, note)
  disk.crash(random)
  const next = await run(open().open('log'))
  await clock.run({ forMs: 60_000, eventsMax: 100 })
  is(settled, false)
  is(await code(run(folder.open('log'))), 'closed')
  is(await code(run(folder.has('log'))), 'closed')
  is(await code(run(folder.create('b', content('b')))), 'closed')
  await run(next.swap(content('c')))
  is(text(next), 'c')
})

anchors('refuse to swap after a failed swap, which may be there after all', async () => {
  const found = new Set<string>()
  for (let seed = 0; seed < 20; seed += 1) {
    const { run, open } = machine(seed)
    const failing = { failureProbability: 1, keptAfterFailureProbability: 0.5 }
    await run((await run(open().create('log', content('a')))).close())
    const opened = await run(open(failing).open('log'))
    is(await code(run(opened.swap(content('b')))), 'storage')
    is(await code(run(opened.swap(content('c')))), 'storage')
    is(text(opened), 'a')
    await run(opened.close())
    found.add(text(await run(open().open('log'))))
  }
  equal([...found].sort(), ['a', 'b'])
})

anchors('leave nothing behind on a full disk', async () => {
  const { run, open, disk } = machine('full')
  const made = await run(open().create('log', content('a')))
  disk.full = true
  is(await code(run(made.swap(content('b')))), 'storage')
  is(await code(run(open().create('other', content('b')))), 'storage')
  disk.full = false
  is(await code(run(made.swap(content('b')))), 'storage')
  await run(made.close())
  is(text(await run(open().open('log'))), 'a')
  is(await run(open().has('other')), false)
})

anchors('can be set back to an old backup, which a swap notices', async () => {
  const { run, open, disk } = machine('backup')
  const folder = open()
  const made = await run(folder.create('log', content('a')))
  const backup = disk.image()
  await run(made.swap(content('b')))
  disk.restore(backup)
  is(await code(run(made.swap(content('c')))), 'conflict')
  await run(made.close())
  is(text(await run(folder.open('log'))), 'a')
})

anchors('fall back to the value before when the newest rots, and then to an error', async () => {
  const { run, open, disk } = machine('rot')
  const folder = open()
  const made = await run(folder.create('log', content('a')))
  await run(made.swap(content('b')))
  await run(made.close())
  disk.rot('log')
  await run((await run(folder.open('log'))).close())
  is(text(await run(folder.open('log'))), 'a')
  disk.rot('log')
  is(await code(run(open().open('log'))), 'storage')
  is(await run(folder.has('log')), true)
  is(await code(run(folder.create('log', content('c')))), 'conflict')
})

anchors('of a machine are there again after its crash', async () => {
  const world = new SimulatedWorld({ seed: 1, names: ['almaty'], faults: NO_FAULTS })
  const almaty = world.machine('almaty')
  const run = <T>(work: Promise<T>) => world.clock.finish(work, { eventsMax: 100 })
  await run(almaty.boot().openAnchors('anchors').create('log', content('a')))
  almaty.crash()
  const again = almaty.boot()
  is(text(await run(again.openAnchors('anchors').open('log'))), 'a')
  is(await run(again.openAnchors('others').has('log')), false)
})

anchors.run()

function machine(seed: string | number) {
  const clock = new VirtualClock({ seed })
  const random = new SeededRandom(seed)
  const disk = new SimulatedAnchorDisk()
  const open = (faults: Partial<DiskFaults> = {}) =>
    new SimulatedAnchors({ ...NO_FAULTS.disk, ...faults }, { disk, clock, random })
  const run = <T>(work: Promise<T>) => clock.finish(work, { eventsMax: 1_000 })
  return { clock, random, disk, open, run }
}

function content(word: string): AnchorValue {
  return { value: utf8(word), staged: utf8(`staged with ${word}`) }
}

/** The value, which goes with what was staged with it. */
function text(anchor: Anchor): string {
  const word = new TextDecoder().decode(anchor.current.value)
  is(new TextDecoder().decode(anchor.current.staged), `staged with ${word}`)
  return word
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (thrown: unknown) => (thrown instanceof TamgaError ? thrown.code : String(thrown)),
  )
}
