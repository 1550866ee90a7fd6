import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { replicasOf } from '../../../protocol/shards.ts'
import { KilledMesh } from '../../../simulations/killed/killed-mesh.ts'
import { meshPorts } from '../../support/port.ts'

/** How long after it was sent a question has reached every node, ms. */
const UNDERWAY_MS = 60

const promises = suite('kill -9 of a node process')

let folder: string
let mesh: KilledMesh

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-killed-'))
  mesh = await KilledMesh.start({ folder, nodes: 3, people: 3, ports: await meshPorts() })
})

promises.after(async () => {
  await mesh.close()
  await rm(folder, { recursive: true, force: true })
})

promises('in mid-query: the answer is complete, from the replicas', async () => {
  const [asked, victim] = namesFor(mesh)
  const person = mesh.people.find(({ shard }) => replicasOf(shard, mesh.roster).includes(victim))
  mesh.node(victim).stall()
  const asking = mesh.ask(asked, person)
  await sleep(UNDERWAY_MS)
  await mesh.node(victim).kill()
  const { answer, isComplete, wrong } = await asking
  is(wrong, undefined)
  ok(isComplete)
  is(answer.verdict, 'hit')
  ok(answer.shards.outcomes.some(({ asked: nodes }) => nodes.includes(victim)))
})

promises('of both replicas: the answer is incomplete, and names the shards', async () => {
  const [asked, ...victims] = namesFor(mesh)
  await Promise.all(victims.map(async (name) => mesh.node(name).kill()))
  const gone = Array.from({ length: mesh.roster.shards }, (_, shard) => shard).filter((shard) => {
    return !replicasOf(shard, mesh.roster).includes(asked)
  })
  const { answer, wrong } = await mesh.ask(asked, undefined)
  is(wrong, undefined)
  is(answer.verdict, 'incomplete')
  equal(answer.shards.silent, gone)
})

promises('all started again: everybody is found', async () => {
  const [asked, ...victims] = namesFor(mesh)
  await Promise.all(victims.map(async (name) => mesh.revive(name)))
  await mesh.whole()
  for (const person of mesh.people) {
    const { isComplete, wrong } = await mesh.ask(asked, person)
    is(wrong, undefined)
    ok(isComplete)
  }
})

promises.run()

function namesFor({ roster }: KilledMesh): [string, string, string] {
  const [first, second, third] = roster.nodes.map(({ name }) => name)
  return [first!, second!, third!]
}
