import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { systemClock } from '../../../node/clock.ts'
import type { Node } from '../../../node/node.ts'
import { SLOT_BYTES } from '../../../node/store/key-slot.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { isWhole } from '../log/support/checks.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { deposits, DEPOSITS } from '../../../protocol/message/deposit.ts'
import { recordReplies, recordRequests, RECORDS } from '../../../protocol/message/record.ts'
import { decodeSealed } from '../../../protocol/sealed-record.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { startTestMesh, until, type TestEnrolment, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { codeOf, holds } from '../log/support/test-disk.ts'

/** Longer than any of these calls takes, ms. */
const CALL_MS = 10_000

const promises = suite('sealed records on real disks, between nodes that speak libp2p')

let mesh: TestMesh

promises.before.each(async () => {
  mesh = await startTestMesh({ nodes: 3, shards: 4, replicas: 2 })
})

promises.after.each(async () => {
  await mesh.close()
})

promises('are beyond everybody’s reach once two have decided it, in old backups too', async () => {
  const gone = await enrol('gone')
  await enrol('stays')
  const [first, second] = places(gone.handle) as [number, number]
  const { commitment } = mesh.node().registry.person(gone.handle)!
  const sealed = await record(first, second, gone.handle, commitment)
  await mesh.stop(first)
  const backup = `${mesh.folder(first)}-backup`
  await cp(mesh.folder(first), backup, { recursive: true })
  await mesh.start(first)
  await mesh.settled()

  await erase(gone.handle)
  await until(() => mesh.nodes.every(({ registry }) => isDone(registry, gone.handle)))
  await mesh.settled()
  equal(new Set(await receiptLogs(commitment)), new Set([first, second]))
  is((await receiptLogs(commitment)).length, 2)
  equal(await found('gone', 0), [])
  equal(await found('stays', 1), ['hit'])
  const { signed, handle } = gone
  const replay = deposits.encode({ handle, sealed, signed })
  is(await codeOf(call(second, first, DEPOSITS, replay)), 'conflict')
  const again = recordRequests.encode({ handle, commitment })
  is(await codeOf(call(first, second, RECORDS, again)), 'forbidden')
  await mesh.settled()
  for (const node of mesh.nodes) await verifyAll(node)

  for (const place of mesh.roster.nodes.keys()) await mesh.stop(place)
  const { salt, keys } = decodeSealed(sealed)
  for (const bytes of [...(await filesIn(mesh.keyFolder(first))), ...(await filesIn(backup))]) {
    is(holds(bytes, salt) || holds(bytes, keys[0]!.wrapped), false)
  }
  await rm(mesh.folder(first), { recursive: true })
  await cp(backup, mesh.folder(first), { recursive: true })
  const { keeper, registry } = await mesh.start(first)
  ok(registry.person(handle), 'its logs are from before the erasure')
  await keeper.filled()
  equal([keeper.destroyed, keeper.missing], [1, 0])
})

promises('are mended from the other replica, and then everybody is searched again', async () => {
  const { handle } = await enrol('mended')
  const [victim] = places(handle) as [number]
  for (const damage of [flipRow, dropRow, flipSlot, dropKeys]) {
    await mesh.stop(victim)
    await damage(victim)
    const { keeper } = await mesh.start(victim)
    await keeper.filled()
    await until(() => keeper.missing === 0)
    await mesh.settled()
    ok(keeper.shards.every((shard) => keeper.isComplete(shard)))
  }
  const others = [...mesh.roster.nodes.keys()].filter((place) => place !== victim)
  const away = others.find((place) => places(handle).includes(place))!
  await mesh.stop(away)
  const question = mesh.signedQuery({ handle, fingers: testPerson('mended').capture('border') })
  const { answer } = await mesh.node(victim).search.ask(question)
  equal(
    [answer.verdict, answer.shards.map(({ answeredBy }) => answeredBy)],
    ['hit', [mesh.roster.nodes[victim]!.name]],
  )
})

promises.run()

async function enrol(name: string): Promise<TestEnrolment> {
  const enrolment = mesh.signedEnrolment({ fingers: testPerson(name).capture() })
  await mesh.node().enrolment.enrol(enrolment)
  await mesh.settled()
  return enrolment
}

async function erase(handle: Uint8Array): Promise<void> {
  const { adjudicator, protector } = mesh.officers
  const about = { handle, purpose: 'court-order' } as const
  const erasure = { type: 'erasure', ground: 'court-order' } as const
  await mesh.node().acts.record(mesh.signedDeed(erasure, [adjudicator, protector], about))
}

/** Where the replicas of the person's shard stand in the roster. */
function places(handle: Uint8Array): number[] {
  const names = replicasOf(shardOf(handle, mesh.roster), mesh.roster)
  return names.map((name) => mesh.roster.nodes.findIndex((node) => node.name === name))
}

function isDone({ erasures }: Node['registry'], handle: Uint8Array): boolean {
  return erasures.of(handle) !== undefined && erasures.due(handle).length === 0
}

async function call(from: number, to: number, protocol: string, request: Uint8Array) {
  const deadline = systemClock.now() + CALL_MS
  return mesh.node(from).mesh.call(mesh.roster.nodes[to]!.name, protocol, request, { deadline })
}

async function record(
  from: number,
  to: number,
  handle: Uint8Array,
  commitment: Uint8Array,
): Promise<Uint8Array> {
  const request = recordRequests.encode({ handle, commitment })
  return recordReplies.decode(await call(from, to, RECORDS, request))
}

/** The verdict of a search for somebody who is found; nothing of somebody who is not. */
async function found(name: string, place: number): Promise<string[]> {
  const fingers = testPerson(name).capture('at the border')
  const { answer } = await mesh.node(place).search.ask(mesh.signedQuery({ fingers }))
  is(answer.verdict === 'incomplete', false)
  return answer.candidates.map(() => answer.verdict)
}

/** In whose own logs, by their place, it stands that this record is destroyed. */
async function receiptLogs(commitment: Uint8Array): Promise<number[]> {
  const logs: number[] = []
  for (const [place, { ledger }] of mesh.nodes.entries()) {
    for (const bytes of await ledger.own.stored.entries(0, ledger.own.size)) {
      const entry = decodeEntry(bytes)
      if (entry.type === 'destroyed' && holds(entry.commitment, commitment)) logs.push(place)
    }
  }
  return logs
}

async function verifyAll({ ledger }: Node): Promise<void> {
  for (const { log, checkpoint } of ledger.checkpoints()) {
    is(await isWhole(ledger.stored(log), checkpoint), true)
  }
}

async function filesIn(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder)
  return Promise.all(names.map(async (name) => readFile(join(folder, name))))
}

async function withRows(place: number, change: (value: Uint8Array) => Uint8Array | undefined) {
  const store = await LevelStore.open(mesh.folder(place))
  const rows = await store.range('vault/', 'vault0', 10)
  is(rows.length, 1)
  const ops = rows.map(([key, old]) => {
    const value = change(old)
    return value ? ({ type: 'put', key, value } as const) : ({ type: 'del', key } as const)
  })
  await store.batch(ops, { durable: true })
  await store.close()
}

async function flipRow(place: number): Promise<void> {
  await withRows(place, (value) => value.with(100, value[100]! ^ 1))
}

async function dropRow(place: number): Promise<void> {
  await withRows(place, () => undefined)
}

async function flipSlot(place: number): Promise<void> {
  const path = join(mesh.keyFolder(place), 'vault.keys')
  const bytes = await readFile(path)
  is(bytes.length, SLOT_BYTES)
  await writeFile(path, bytes.with(60, bytes[60]! ^ 1))
}

async function dropKeys(place: number): Promise<void> {
  await writeFile(join(mesh.keyFolder(place), 'vault.keys'), '')
}
