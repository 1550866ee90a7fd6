/** A roster that changes while people are searched for, told as it happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Told } from '../killed/killed-mesh.ts'
import { auditEpochs } from './audit-epochs.ts'
import { GrowingMesh, HANDED_OVER_MS } from './growing-mesh.ts'

type Say = (line: string) => void

export interface EpochsToldOptions {
  readonly folder: string
  readonly people: number
}

const JOINING = 'karaganda'

/** @returns how many answers were wrong or incomplete, and findings of the audit */
export async function tellOfEpochs(
  { folder, people }: EpochsToldOptions,
  say: Say,
): Promise<number> {
  const growing = await GrowingMesh.start({ folder, people, nodes: 4 })
  try {
    const { mesh } = growing
    say(`${named(growing)}: ${mesh.roster.shards} shards, ${mesh.people.length} people enrolled`)
    const before = await mesh.ask(mesh.roster.nodes[0]!.name, mesh.people[0])
    growing.startAsking()

    say(`\n${JOINING} is to join, while somebody is searched for all the time`)
    say(await growing.change([JOINING]))
    await tellOfHealth(growing, say)
    await growing.moved()
    await tellOfHealth(growing, say)
    let amiss = summed(await growing.stopAsking(), say)

    const leaving = mesh.roster.nodes[1]!.name
    say(`\n${leaving} is stopped for good, and its line is left out`)
    await sleep(HANDED_OVER_MS)
    await mesh.node(leaving).stop()
    growing.startAsking()
    say(await growing.change([], [leaving]))
    await growing.moved()
    await tellOfHealth(growing, say)
    amiss += summed(await growing.stopAsking(), say)

    mesh.judge(before.answer, mesh.people[0])
    say(`\nan answer of epoch 1 still holds, by the roster of epoch ${mesh.roster.epoch}`)
    const left = mesh.roster.nodes.map(({ name }) => name)
    await Promise.all(left.map(async (name) => mesh.node(name).stop()))
    const { status, said } = await auditEpochs(folder, left)
    say(`\nall nodes are stopped; the audit of their logs ends with ${status}:\n${said}`)
    return amiss + status
  } finally {
    await growing.close()
  }
}

function named({ mesh }: GrowingMesh): string {
  return mesh.roster.nodes.map(({ name }) => name).join(', ')
}

async function tellOfHealth(growing: GrowingMesh, say: Say): Promise<void> {
  for (const { name } of growing.mesh.roster.nodes) {
    say(`  ${name}: ${await growing.health(name)}`)
  }
}

function summed(told: readonly Told[], say: Say): number {
  const incomplete = told.filter(({ isComplete }) => !isComplete).length
  const wrong = told.filter((one) => one.wrong !== undefined).length
  say(`  ${told.length} answers, every proof holds: ${incomplete} incomplete, ${wrong} wrong`)
  return incomplete + wrong
}
