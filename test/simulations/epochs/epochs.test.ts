import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { demoPeople } from '../../../node/demo/people.ts'
import { rosterAt } from '../../../protocol/epochs.ts'
import { quorumOf } from '../../../protocol/quorum.ts'
import { rosterKeyName, signersOf } from '../../../protocol/succession.ts'
import { tamga, type Ended } from '../../../simulations/epochs/commands.ts'
import { auditEpochs } from '../../../simulations/epochs/audit-epochs.ts'
import { GrowingMesh, HANDED_OVER_MS } from '../../../simulations/epochs/growing-mesh.ts'
import type { Told } from '../../../simulations/killed/killed-mesh.ts'
import { meshPorts } from '../../support/port.ts'

const JOINING = 'karaganda'
const POLL_MS = 100

const promises = suite('a roster that changes under node processes')

let folder: string
let growing: GrowingMesh
let before: Told

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-epochs-'))
  growing = await GrowingMesh.start({ folder, nodes: 3, people: 3, ports: await meshPorts() })
  const { mesh } = growing
  before = await mesh.ask(mesh.roster.nodes[0]!.name, mesh.people[0])
  const nodes = mesh.roster.nodes.slice(0, 2).map(({ name }) => `${name}=${mesh.node(name).url}`)
  const known = ['--roster', 'roster.note', '--authority', 'authority.vkey']
  const desk = ['--name', 'korday', '--basis', 'art. 12']
  await post('init', ...known, ...desk, ...nodes.flatMap((node) => ['--node', node]))
})

promises.after(async () => {
  await growing.close()
  await rm(folder, { recursive: true, force: true })
})

promises('lets a node join by the commands of an operator; every answer is whole', async () => {
  growing.startAsking()
  match(await growing.change([JOINING]), 'epoch 2')
  await growing.moved()
  isWhole(await growing.stopAsking())
  const { mesh } = growing
  equal([mesh.roster.epoch, mesh.roster.nodes.length], [2, 4])
  // Who had nothing to answer with while it joined is asked last for a while.
  for (let hasAnswered = false; !hasAnswered; await sleep(POLL_MS)) {
    const { answer, wrong } = await mesh.ask(JOINING, mesh.people[0])
    equal([answer.verdict, wrong], ['hit', undefined])
    hasAnswered = answer.shards.outcomes.some(({ answeredBy }) => answeredBy === JOINING)
  }
})

promises('goes on without one that has left, whose log is closed', async () => {
  const { mesh } = growing
  const leaving = mesh.roster.nodes[1]!.name
  await sleep(HANDED_OVER_MS)
  await mesh.node(leaving).stop()
  growing.startAsking()
  match(await growing.change([], [leaving]), new RegExp(`^closes ${leaving} with \\d+ entries`))
  await growing.moved()
  isWhole(await growing.stopAsking())
  is(mesh.roster.nodes.length, 3)
})

promises('takes along a border post that was set up before, and now knows the newest', async () => {
  const { name, handle } = growing.mesh.people[0]!
  const { people } = await demoPeople()
  const { probes } = people.find((person) => person.name === name)!
  const fingers = probes.flatMap(({ position, file }) => ['--finger', `${position}=${file}`])
  const officer = ['--officer', 'border-officer.key', '--case', 'shift-1']
  const { said } = await post('inspect', ...officer, '--handle', handle, ...fingers)
  match(said, `${staying()} answered`)
  match(said, /live-to-register +successful/)
  match(said, 'roster: epoch 3')
})

promises('leaves answers of earlier epochs what they were', () => {
  const { answer, wrong } = growing.mesh.judge(before.answer, growing.mesh.people[0])
  equal([answer.verdict, wrong], ['hit', undefined])
})

promises('leaves nothing to find for who audits all logs, over all epochs', async () => {
  const { mesh } = growing
  const names = mesh.roster.nodes.map(({ name }) => name)
  await Promise.all(names.map(async (name) => mesh.node(name).stop()))
  const { status, said } = await auditEpochs(folder, names)
  is(status, 0, said)
  match(said, 'epoch 3')
  match(said, /3 pairs of them, 0 of these not compared/)
})

promises('cannot be what the authority alone has signed', async () => {
  const names = growing.mesh.roster.nodes.map(({ name }) => name)
  const { status, said } = await auditEpochs(folder, names, 'proposal.note')
  is(status, 2)
  match(said, 'not signed by a quorum')
})

promises('is what a quorum of the nodes before has signed, and not one node less', async () => {
  const { roster } = growing.mesh
  const then = rosterAt(roster, roster.epoch - 1)
  const note = await readFile(join(folder, 'roster.note'), 'utf8')
  const quorum = quorumOf(then.nodes.length)
  for (const [signers, status] of [
    [quorum, 0],
    [quorum - 1, 2],
  ] as const) {
    const dropped = signersOf(note, then).slice(signers)
    const keys = dropped.map((name) => `— ${rosterKeyName(roster, name)} `)
    const lines = note.split('\n').filter((line) => !keys.some((key) => line.startsWith(key)))
    is(signersOf(lines.join('\n'), then).length, signers)
    await writeFile(join(folder, 'fewer.note'), lines.join('\n'))
    const audited = await audit('fewer.note', ...roster.nodes.map(({ name }) => name))
    is(audited.status, status, audited.said)
    if (status !== 0) match(audited.said, 'not signed by a quorum')
  }
})

promises('cannot be altered in the log that it stands in', async () => {
  const name = staying()
  const logs = join(folder, `logs-${name}`, 'logs')
  const files = await readdir(logs, { recursive: true })
  let altered = 0
  for (const file of files.filter((path) => path.includes('tile/entries/'))) {
    const bytes = await readFile(join(logs, file)).catch(() => undefined)
    const at = bytes?.indexOf('\nepoch 2\n') ?? -1
    if (at < 0) continue
    bytes![at + '\nepoch '.length] = '3'.charCodeAt(0)
    await writeFile(join(logs, file), bytes!)
    altered += 1
  }
  is(altered, 1)
  const { status, said } = await audit('roster.note', name)
  is(status, 1)
  match(said, /^finding tile \[/m)
})

promises.run()

/** Audits what was exported of these nodes. */
async function audit(roster: string, ...names: readonly string[]): Promise<Ended> {
  const by = ['--roster', roster, '--authority', 'authority.vkey']
  const to = ['--state', 'another', '--out', 'another-report']
  return tamga(folder, 'audit', ...names.map((name) => `logs-${name}`), ...by, ...to)
}

/** One of the two nodes that the post may ask, the other of which leaves. */
function staying(): string {
  return growing.mesh.roster.nodes[0]!.name
}

/** What the post's officer types. */
async function post(...args: readonly string[]): Promise<Ended> {
  return tamga(folder, 'post', ...args, '--home', 'post')
}

function isWhole(told: readonly Told[]): void {
  ok(told.length > 0)
  for (const { isComplete, wrong } of told) equal([isComplete, wrong], [true, undefined])
}
