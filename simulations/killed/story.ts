/** Nodes are killed in the middle of searches, told as it happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import { replicasOf } from '../../protocol/shards.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { KilledMesh, type KilledMeshOptions, type Told } from './killed-mesh.ts'

/** How long after it was sent a question has reached every node, ms. */
const UNDERWAY_MS = 60

/** Up to when after a question was sent a node is killed, ms: a search takes some 100. */
const KILL_MS_MAX = 150

export interface KillsToldOptions extends KilledMeshOptions {
  /** Kills at random moments. */
  readonly rounds: number
  readonly seed: number
}

type Say = (line: string) => void

/** @returns how many answers were wrong */
export async function tellOfKills(options: KillsToldOptions, say: Say): Promise<number> {
  const mesh = await KilledMesh.start(options)
  try {
    const { roster, people } = mesh
    const { shards, replicas } = roster
    say(`${options.nodes} processes, ${shards} shards with ${replicas} replicas each`)
    say(`${people.length} people enrolled`)
    const told = [
      await stalledAndKilled(mesh, say),
      ...(await killedAtRandom(mesh, options, say)),
      ...(await bothReplicasKilled(mesh, say)),
    ]
    const wrong = told.filter((one) => one.wrong !== undefined).length
    const complete = told.filter(({ isComplete }) => isComplete).length
    say(`\n${told.length} answers, ${complete} complete, ${wrong} wrong`)
    return wrong
  } finally {
    await mesh.close()
  }
}

async function stalledAndKilled(mesh: KilledMesh, say: Say): Promise<Told> {
  const [asked, victim] = mesh.roster.nodes.map(({ name }) => name)
  const person = mesh.people.find(({ shard }) => {
    return replicasOf(shard, mesh.roster)[0] === victim
  })
  say(
    `\n${victim} is stopped, ${asked} is asked, and ${victim} is killed while it has the question`,
  )
  mesh.node(victim!).stall()
  const asking = timed(mesh.ask(asked!, person ?? mesh.people[0]!))
  await sleep(UNDERWAY_MS)
  await mesh.node(victim!).kill()
  const told = await asking
  sayTold(told, say)
  await back(mesh, [victim!], say)
  return told
}

async function killedAtRandom(
  mesh: KilledMesh,
  { rounds, seed }: KillsToldOptions,
  say: Say,
): Promise<Told[]> {
  const random = new SeededRandom(`killed ${seed}`)
  const names = mesh.roster.nodes.map(({ name }) => name)
  const all: Told[] = []
  if (rounds > 0) say(`\n${rounds} kills at random moments of searches`)
  for (let round = 0; round < rounds; round += 1) {
    const victim = names[round % names.length]!
    const asked = names[(round + 1) % names.length]!
    const person = mesh.people[round % mesh.people.length]!
    const afterMs = random.integer(KILL_MS_MAX)
    const asking = timed(mesh.ask(asked, person))
    await sleep(afterMs)
    await mesh.node(victim).kill()
    say(`  ${asked} is asked, ${victim} killed after ${afterMs} ms`)
    const told = await asking
    sayTold(told, say)
    all.push(told)
    await back(mesh, [victim], () => undefined)
  }
  return all
}

async function bothReplicasKilled(mesh: KilledMesh, say: Say): Promise<Told[]> {
  const { roster, people } = mesh
  const victims = replicasOf(people[0]!.shard, roster)
  const asked = roster.nodes.map(({ name }) => name).find((name) => !victims.includes(name))!
  say(`\nboth replicas of shard ${people[0]!.shard}, ${victims.join(' and ')}, are killed`)
  await Promise.all(victims.map(async (name) => mesh.node(name).kill()))
  const known = await timed(mesh.ask(asked, people[0]))
  say(`  ${asked} is asked about somebody of that shard`)
  sayTold(known, say)
  say(`  and about a stranger`)
  const stranger = await timed(mesh.ask(asked, undefined))
  sayTold(stranger, say)
  await back(mesh, victims, say)
  const after = await timed(mesh.ask(asked, people[0]))
  sayTold(after, say)
  return [known, stranger, after]
}

async function back(mesh: KilledMesh, names: readonly string[], say: Say): Promise<void> {
  const started = performance.now()
  await Promise.all(names.map(async (name) => mesh.revive(name)))
  await mesh.whole()
  const took = ((performance.now() - started) / 1_000).toFixed(1)
  say(`  ${names.join(' and ')} started again: every node is well after ${took} s`)
}

async function timed(asking: Promise<Told>): Promise<Told & { readonly ms: number }> {
  const started = performance.now()
  const told = await asking
  return { ...told, ms: performance.now() - started }
}

function sayTold({ answer, wrong, ms }: Told & { readonly ms: number }, say: Say): void {
  const { total, answered, silent, outcomes } = answer.shards
  const followed = outcomes.filter(({ asked, answeredBy }) => answeredBy && asked[0] !== answeredBy)
  const missing = silent.length > 0 ? `, silent: ${silent.join(' ')}` : ''
  const second = followed.length > 0 ? `, ${followed.length} by their second replica` : ''
  say(
    `    ${answer.verdict}: ${answered} of ${total} shards answered${second}${missing}; ` +
      `${ms.toFixed(0)} ms; proof verified with the roster alone`,
  )
  if (wrong !== undefined) say(`    WRONG: ${wrong}`)
}
