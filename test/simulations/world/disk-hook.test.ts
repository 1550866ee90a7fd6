import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SimulatedWorld, type Machine } from '../../../simulations/world/world.ts'
import type { DiskOperation, DiskOutcome } from '../../../simulations/world/disk-hook.ts'

/** What the counter below does in a life without faults: the anchor, then thrice both. */
const OPERATIONS = ['create', 'swap', 'batch', 'swap', 'batch', 'swap', 'batch']
const COUNTS = 3

const hook = suite('a hand on the disks of a machine')

hook('sees each write, in order, with what it would write', async () => {
  const seen: DiskOperation[] = []
  const { counted } = await countWith((operation) => {
    seen.push(operation)
    return 'ok'
  })
  is(counted, COUNTS)
  equal(
    seen.map(({ kind }) => kind),
    OPERATIONS,
  )
  equal(seen[3], {
    kind: 'swap',
    label: 'anchors',
    name: 'log',
    next: { value: Uint8Array.of(2), staged: Uint8Array.of() },
  })
  equal(seen[4], {
    kind: 'batch',
    label: 'store',
    ops: [{ type: 'put', key: 'count', value: Uint8Array.of(2) }],
    durable: true,
  })
})

for (const [outcome, isThere, isUp] of [
  ['lost', false, true],
  ['kept', true, true],
  ['crash-before', false, false],
  ['crash-after', true, false],
] as const) {
  hook(`makes any write ${outcome}, and all before it stay`, async () => {
    for (const [index] of OPERATIONS.entries()) {
      const { world, machine, counted, ended } = await countWith(nth(index, outcome))
      is(machine.isUp, isUp, `operation ${index}`)
      is(ended, isUp ? 'storage' : undefined)
      const found = await lookAfterRestart(world, machine)
      equal(found, expected(index + (isThere ? 1 : 0)), `operation ${index}`)
      is((found.stored ?? 0) >= counted, true)
    }
  })
}

hook('leaves to the faults what it says nothing about', async () => {
  const disk = { ...NO_FAULTS.disk, failureProbability: 1 }
  const { ended } = await countWith(() => undefined, { ...NO_FAULTS, disk })
  is(ended, 'storage')
  const { counted } = await countWith(() => 'ok', { ...NO_FAULTS, disk })
  is(counted, COUNTS)
})

hook.run()

function nth(index: number, outcome: DiskOutcome) {
  let seen = 0
  return () => {
    seen += 1
    return seen === index + 1 ? outcome : undefined
  }
}

/** What is on the disks after so many writes of the counter. */
function expected(writes: number) {
  return {
    anchored: writes === 0 ? undefined : Math.floor(writes / 2),
    stored: writes < 3 ? undefined : Math.floor((writes - 1) / 2),
  }
}

/** A machine that counts to three, each number into an anchor and then into a store. */
async function countWith(onOperation: Machine['onOperation'] & {}, faults = NO_FAULTS) {
  const world = new SimulatedWorld({ seed: 1, names: ['almaty'], faults })
  const machine = world.machine('almaty')
  machine.onOperation = onOperation
  const { openStore, openAnchors } = machine.boot()
  const store = openStore('store')
  let counted = 0
  let ended: unknown
  const count = async () => {
    const staged = Uint8Array.of()
    const anchor = await openAnchors('anchors').create('log', { value: Uint8Array.of(0), staged })
    for (let next = 1; next <= COUNTS; next += 1) {
      const value = Uint8Array.of(next)
      await anchor.swap({ value, staged })
      await store.batch([{ type: 'put', key: 'count', value }], { durable: true })
      counted = next
    }
  }
  count().catch((error: unknown) => {
    ended = error instanceof Error && 'code' in error ? error.code : error
  })
  await world.clock.run({ forMs: 10_000, eventsMax: 1_000 })
  machine.onOperation = undefined
  return { world, machine, counted, ended }
}

/** What the next life finds. */
async function lookAfterRestart(world: SimulatedWorld, machine: Machine) {
  machine.crash()
  const { openStore, openAnchors } = machine.boot()
  const run = <T>(work: Promise<T>) => world.clock.finish(work, { eventsMax: 100 })
  const anchors = openAnchors('anchors')
  const anchor = (await run(anchors.has('log'))) ? await run(anchors.open('log')) : undefined
  const stored = await run(openStore('store').get('count'))
  return { anchored: anchor?.current.value[0], stored: stored?.[0] }
}
