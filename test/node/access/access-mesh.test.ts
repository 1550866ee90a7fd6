import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { equalBytes, toHex } from '../../../crypto/bytes.ts'
import { batchAt } from '../../../node/access/record-shelf.ts'
import { completeAccessList, verifyAccessList } from '../../../node/audit/verify-access-list.ts'
import { verifyBreachReport } from '../../../node/audit/verify-breach-report.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import type { Node } from '../../../node/node.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { openSigned } from '../../../protocol/authority.ts'
import type { AccessList } from '../../../protocol/access-list.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { keepersOf } from '../../../protocol/keepers.ts'
import { RuleRefusal } from '../../../protocol/rules/rule-refusal.ts'
import { expandedLog } from '../../support/expanded-log.ts'
import { startTestMesh, until, type TestEnrolment, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const NODES = 5

const promises = suite('access records in a mesh of five')
let mesh: TestMesh
let person: TestEnrolment
/** Where it is asked, and a node that does not keep those records. */
let asker: Node
let other: Node

promises.before(async () => {
  mesh = await startTestMesh({ nodes: NODES, shards: NODES, replicas: 2 })
  person = mesh.signedEnrolment({ fingers: testPerson('traveller').capture() })
  await mesh.node(0).enrolment.enrol(person)
  await mesh.settled()
  asker = mesh.node(1)
  other = mesh.nodes.find(({ name }) => !keepersOf(asker.name, mesh.roster).includes(name))!
})

promises.after(async () => {
  await mesh.close()
})

promises('are proven in an answer by two steps, of which none can be left out', async () => {
  const { encoded, bundle } = await verified('again')
  verifyAnswer(encoded, mesh.roster)
  ok(bundle.query.batch)
  ok(bundle.parts.every(({ search }) => search.batch))
})

promises('come to the keepers of the log, and to nobody else', async () => {
  const { bundle } = await verified('kept')
  await mesh.settled()
  const keepers = keepersOf(asker.name, mesh.roster)
  const index = await placeOf(asker, bundle.query.entry)
  for (const node of mesh.nodes) {
    const isKeeper = keepers.includes(node.name)
    const get = async () => node.shelf.get(await batchAt(node.ledger.stored(asker.name), index))
    if (isKeeper) await untilSo(async () => (await get()) !== undefined)
    is((await get()) !== undefined, isKeeper, node.name)
  }
})

promises('tell a person at any node who looked at their record anywhere', async () => {
  const before = (await accesses(other)).accesses.length
  await verified('listed')
  await mesh.settled()
  const list = await accesses(other)
  equal(list.unheard, [])
  is(list.accesses.filter(({ kind }) => kind === 'verified').length, 3)
  ok(list.accesses.length > before)
  const access = list.accesses.find(({ log, record }) => log === asker.name && record === 0)
  is(access?.by[0]?.purpose, 'border')
})

promises('are counted in what a key has touched, also where they are not kept', async () => {
  const { guard, auditor } = mesh.officers
  const now = Date.now()
  const deed = { officer: guard.signer.publicKey, from: now - 3_600_000, to: now + 3_600_000 }
  const done = mesh.signedDeed({ type: 'breach', ...deed }, [auditor], { purpose: 'audit' })
  const { reading } = await other.acts.record(done)
  if (reading.of !== 'breach') throw new Error('another reading')
  const { acts, unheard } = verifyBreachReport(reading.report, mesh.roster)
  equal(unheard, [])
  is(acts.filter(({ what, log }) => what === 'verify' && log === asker.name).length, 3)
})

promises('open a case everywhere when a search has found somebody', async () => {
  const found = await asker.search.ask(
    mesh.signedQuery({ fingers: testPerson('traveller').capture('who is it') }),
  )
  is(found.answer.verdict, 'hit')
  const said = await expandedLog(asker)
  const outcome = said.find(({ entry }) => {
    return entry.type === 'outcome' && equalBytes(entry.queryId, found.answer.queryId)
  })
  is(outcome?.record, undefined, 'it stands in the log itself')
  for (const { registry } of mesh.nodes) {
    await until(() => registry.cases.file(outcome!.leaf) !== undefined)
  }
})

promises('are handed out by another keeper when the node that logged them is gone', async () => {
  await verified('before it goes')
  await mesh.settled()
  const { name } = asker
  const lister = mesh.nodes.find((node) => {
    return !keepersOf(name, mesh.roster).includes(node.name)
  })!
  await wholeAtKeepers(name)
  await mesh.stop(1)
  const list = await accesses(lister)
  equal(list.unheard, [])
  is(list.accesses.filter(({ kind }) => kind === 'verified').length, 4)
})

promises('that nobody can hand out are named as missing', async () => {
  const { name } = mesh.roster.nodes[1]!
  const lister = other
  await mesh.start(1)
  await mesh.settled()
  asker = mesh.node(1)
  await verified('unheard of')
  await mesh.settled()
  await wholeAtKeepers(name)
  const keepers = keepersOf(name, mesh.roster)
  for (const [place, { name: node }] of mesh.roster.nodes.entries()) {
    if (keepers.includes(node)) await mesh.stop(place)
  }
  const list = await accesses(lister)
  ok(list.unheard.includes(name))
  ok(!list.unheard.includes(lister.name))
})

promises('that a disk has lost come back from those who keep them', async () => {
  for (const [place, { name }] of mesh.roster.nodes.entries()) {
    if (!mesh.nodes.some((node) => node.name === name)) await mesh.start(place)
  }
  await mesh.settled()
  await mesh.stop(1)
  const store = await LevelStore.open(mesh.folder(1))
  const kept = await store.range('access/', 'access0', 1_000)
  ok(kept.length > 0)
  await store.batch(
    kept.map(([key]) => ({ type: 'del' as const, key })),
    { durable: true },
  )
  await store.close()
  await mesh.start(1)
  await mesh.settled()
  const node = mesh.node(1)
  const { records } = node.registry
  await until(() => records.isWhole(node.name, node.ledger.own.size))
  const list = await accesses(node)
  equal(list.unheard, [])
  is(list.accesses.filter(({ kind }) => kind === 'verified').length, 5)
  const sources = {
    logs: await logsOf(node),
    records: async (placed: Parameters<typeof node.shelf.get>[0]) => node.shelf.get(placed),
    roster: mesh.roster,
  }
  const { missing, invented, changed, unread } = await completeAccessList(list, sources)
  equal([missing, invented, changed], [[], [], []])
  const keptHere = mesh.roster.nodes.filter(({ name }) => records.keeps(name))
  ok(unread.every(({ log }) => keptHere.every(({ name }) => name !== log)))
})

promises('are held against nobody by somebody who cannot read them', async () => {
  const node = mesh.node(1)
  const list = await accesses(node)
  const logs = await logsOf(node)
  const nothing = await completeAccessList(list, { logs, roster: mesh.roster })
  is(nothing.isComplete, false)
  equal([nothing.missing, nothing.invented, nothing.changed], [[], [], []])
  ok(list.accesses.some(({ record }) => record !== undefined))
  const rest = list.accesses.filter(({ record, kind }) => {
    return record === undefined && kind !== 'enrolled'
  })
  const less = { ...list, accesses: rest, total: rest.length }
  const { missing } = await completeAccessList(less, { logs, roster: mesh.roster })
  is(missing.length, 1, 'what is in a log itself is missed all the same')
})

promises.run()

const rates = suite('an officer who goes from node to node')

rates('asks no more than the rules allow, however many nodes are asked', async () => {
  const roaming = await startTestMesh({
    nodes: NODES,
    shards: NODES,
    replicas: 2,
    rateFactor: 0.05,
  })
  try {
    const { roster } = roaming
    const one = roaming.node(0)
    const elsewhere = roaming.nodes.find(({ name }) => {
      return !keepersOf(one.name, roster).includes(name)
    })!
    const handle = new Uint8Array(16).fill(1)
    const ask = async (node: Node, count: number): Promise<string[]> => {
      const codes = []
      for (let i = 0; i < count; i += 1) {
        const fingers = testPerson('nobody').capture(`${node.name} ${i}`)
        const asked = node.search.ask(roaming.signedQuery({ fingers, handle }))
        codes.push(await asked.then(() => 'answered', codeOf))
      }
      return codes
    }
    // A twentieth of 180 an hour.
    equal(
      await ask(one, 6),
      Array.from({ length: 6 }, () => 'answered'),
    )
    await roaming.settled()
    equal(await ask(elsewhere, 1), ['answered'])
    const { conduct } = elsewhere.registry
    await untilSo(async () => {
      await elsewhere.registry.settled()
      const last = (await expandedLog(one)).findLast(({ entry }) => entry.type === 'query')
      if (last?.entry.type !== 'query') return false
      const { grant, statement } = openSigned(last.entry, roster)
      return conduct.hasSeen(grant, statement)
    })
    const codes = await ask(elsewhere, 4)
    ok(codes.includes('overloaded'), 'what was asked elsewhere counts')
  } finally {
    await roaming.close()
  }
})

rates.run()

function codeOf(error: unknown): string {
  return error instanceof RuleRefusal ? error.code : asTamgaError(error).code
}

async function verified(label: string) {
  const fingers = testPerson('traveller').capture(label)
  const found = await asker.search.ask(mesh.signedQuery({ fingers, handle: person.handle }))
  is(found.answer.verdict, 'hit')
  return found
}

/** The list that the person gets there, verified. */
async function accesses(node: Node): Promise<AccessList> {
  const about = { handle: person.handle, purpose: 'subject-access' as const }
  const done = mesh.signedDeed({ type: 'accesses' }, [mesh.officers.registrar], about)
  const { reading } = await node.acts.record(done)
  if (reading.of !== 'accesses') throw new Error('another reading')
  return verifyAccessList(reading.list, mesh.roster)
}

/** Index of the batch that a record is in. */
async function placeOf(node: Node, record: Uint8Array): Promise<number> {
  const said = await expandedLog(node)
  return said.find(({ bytes }) => toHex(bytes) === toHex(record))!.index
}

async function wholeAtKeepers(log: string): Promise<void> {
  const keepers = keepersOf(log, mesh.roster)
  for (const { name, registry, ledger } of mesh.nodes) {
    if (keepers.includes(name)) {
      await until(() => registry.records.isWhole(log, ledger.size(log)))
    }
  }
}

async function logsOf({ ledger }: Node) {
  const logs = ledger.frontier().map(async ({ node, size }) => {
    return [node, await ledger.stored(node).entries(0, size)] as const
  })
  return new Map(await Promise.all(logs))
}

async function untilSo(holds: () => Promise<boolean>): Promise<void> {
  for (let left = 500; left > 0; left -= 1) {
    if (await holds()) return
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
  throw new Error('never came true')
}
