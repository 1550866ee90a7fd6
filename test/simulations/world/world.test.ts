import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'

import { startChaos } from '../../../simulations/world/chaos.ts'
import { FAULT_LIMITS, faultsFromSeed, NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SimulatedWorld, type Machine } from '../../../simulations/world/world.ts'

const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe']
const ADD = '/counter/add/1'
const ONE_MINUTE_MS = 60_000

const world = suite('a simulated world')

world('runs the same way each time for the same seed', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const first = await storm(seed)
    const second = await storm(seed)
    equal(second, first)
  }
})

world('runs another way for another seed', async () => {
  const runs = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(storm))
  is(new Set(runs.map(({ digest }) => digest)).size, runs.length)
})

world('loses nothing that a node acknowledged, whatever the seed does', async () => {
  let acknowledged = 0
  for (let seed = 100; seed < 130; seed += 1) {
    const { kept, promised } = await storm(seed)
    for (const key of promised) is(kept.has(key), true, `seed ${seed} lost ${key}`)
    acknowledged += promised.length
  }
  is(acknowledged > 100, true, `${acknowledged} acknowledged`)
})

world('has crashes, partitions and losses in some seeds and not in others', () => {
  const seeds = Array.from({ length: 100 }, (_, seed) => faultsFromSeed(seed))
  const share = (has: (index: number) => boolean) => seeds.filter((_, index) => has(index)).length
  const counts = [
    share((index) => seeds[index]?.chaos.crashEveryMs !== Infinity),
    share((index) => seeds[index]?.chaos.partitionEveryMs !== Infinity),
    share((index) => seeds[index]?.network.lossProbability !== 0),
    share((index) => seeds[index]?.disk.failureProbability !== 0),
  ]
  for (const count of counts) is(count > 30 && count < 70, true, `${count} of 100`)
  const most = Math.max(...seeds.map(({ network }) => network.lossProbability))
  is(most <= FAULT_LIMITS.lossProbability, true)
  equal(faultsFromSeed(7), faultsFromSeed(7))
  not.equal(faultsFromSeed(7), faultsFromSeed(8))
})

world('gives a machine its disks back after a crash, and new randomness', async () => {
  const simulated = new SimulatedWorld({ seed: 1, names: NAMES, faults: NO_FAULTS })
  const machine = simulated.machine('almaty')
  const before = machine.boot()
  const write = before.openStore('log').batch([one('k')], { durable: true })
  await simulated.clock.finish(write, { eventsMax: 100 })
  machine.crash()
  is(machine.isUp, false)
  is(simulated.network.isUp('almaty'), false)
  const after = machine.boot()
  const value = await simulated.clock.finish(after.openStore('log').get('k'), { eventsMax: 100 })
  equal(value, new Uint8Array([1]))
  not.equal(after.random.bytes(16), before.random.bytes(16))
  is(machine.boots, 2)
})

world.run()

/** A minute of faults on nodes that store what they are asked to and acknowledge it, then calm. */
async function storm(seed: number) {
  const simulated = new SimulatedWorld({ seed, names: NAMES })
  const promised: string[] = []
  const restart = (machine: Machine) => {
    startCounter(machine, promised)
  }
  for (const machine of simulated.machines) restart(machine)
  const chaos = startChaos(simulated, restart)
  await simulated.clock.run({ forMs: ONE_MINUTE_MS, eventsMax: 200_000 })
  chaos.calm()
  is(
    simulated.machines.every(({ isUp }) => isUp),
    true,
  )
  for (const machine of simulated.machines) machine.crash()
  const kept = new Set(
    simulated.machines.flatMap((machine) =>
      machine
        .disk('counter')
        .image()
        .map(([key]) => key),
    ),
  )
  return { digest: simulated.digest(), events: simulated.clock.events, kept, promised }
}

/** A node that asks another one every second or so to store something durably. */
function startCounter(machine: Machine, promised: string[]): void {
  const { clock, mesh, openStore } = machine.boot()
  const store = openStore('counter')
  mesh.serve(ADD, async (request) => {
    await store.batch([one(new TextDecoder().decode(request))], { durable: true })
    return request
  })
  const beat = async (count: number): Promise<void> => {
    await clock.sleep(1_000)
    const key = `${mesh.self} ${machine.boots} ${count}`
    const peer = mesh.peers()[count % 3] ?? ''
    const options = { deadline: clock.now() + 2_000 }
    await mesh.call(peer, ADD, new TextEncoder().encode(key), options).then(
      () => promised.push(key),
      () => {},
    )
    return beat(count + 1)
  }
  void beat(0)
}

function one(key: string) {
  return { type: 'put', key, value: new Uint8Array([1]) } as const
}
