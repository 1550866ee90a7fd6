/**
 * Partitions and crashes at random times, for as long as a scenario wants them.
 */
import type { SeededRandom } from './seeded-random.ts'
import type { Machine, SimulatedWorld } from './world.ts'

export interface Chaos {
  /** Ends it: all links work again and all machines are up. What comes after must come to order. */
  calm(): void
}

/**
 * Begins what the world's faults say. `restart` starts the node of a machine that was down; it is
 * called once for each crash.
 */
export function startChaos(world: SimulatedWorld, restart: (machine: Machine) => void): Chaos {
  const random = world.random.fork('chaos')
  const { partitionEveryMs, partitionLastsMs, oneWayProbability, crashEveryMs, crashLastsMs } =
    world.faults.chaos
  const down = new Set<Machine>()
  const endings: (() => void)[] = []
  const revive = (machine: Machine) => {
    if (down.delete(machine) && !machine.isUp) restart(machine)
  }
  const crash = () => {
    const standing = world.machines.filter((machine) => machine.isUp && !down.has(machine))
    if (standing.length === 0) return
    const machine = random.pick(standing)
    machine.crash()
    down.add(machine)
    world.clock.timer(random.between(crashLastsMs), () => revive(machine))
  }
  const part = () => {
    divide(world, random, oneWayProbability)
    world.clock.timer(random.between(partitionLastsMs), () => world.network.heal())
  }
  endings.push(repeat(world, random, partitionEveryMs, part))
  endings.push(repeat(world, random, crashEveryMs, crash))
  return {
    calm: () => {
      for (const end of endings) end()
      world.network.heal()
      for (const machine of down) revive(machine)
    },
  }
}

/** Splits the roster in two at random, in both directions or in one. */
function divide(world: SimulatedWorld, random: SeededRandom, oneWayProbability: number): void {
  const names = random.shuffled(world.network.names)
  const near = names.slice(0, random.integer(names.length))
  const far = names.slice(near.length)
  if (!random.chance(oneWayProbability)) return world.network.partition([near, far])
  for (const from of near) {
    for (const to of far) world.network.cut(from, to)
  }
}

/** Calls `then` at intervals with an exponential distribution; the returned function ends it. */
function repeat(
  world: SimulatedWorld,
  random: SeededRandom,
  meanMs: number,
  then: () => void,
): () => void {
  let cancel: (() => void) | undefined
  const wait = () => {
    const ms = -meanMs * Math.log(1 - random.next())
    cancel = world.clock.timer(ms, () => {
      then()
      wait()
    })
  }
  if (meanMs !== Infinity) wait()
  return () => cancel?.()
}
