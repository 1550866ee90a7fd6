import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyAnswer, type VerifiedAnswer } from '../../../node/audit/verify-answer.ts'
import { verifyTemplates, type CheckedTemplates } from '../../../node/audit/verify-templates.ts'
import type { WholeLogs } from '../../../node/audit/replay.ts'
import { sha256 } from '../../../crypto/hash.ts'
import type { Part } from '../../../protocol/part.ts'
import { shardOf } from '../../../protocol/shards.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const NAMES = ['aigul', 'bolat', 'dana', 'erlan', 'gulim', 'marat']

const promises = suite('the templates that an answer’s parts name')

let mesh: TestMesh
let handles: Uint8Array[]

promises.before(async () => {
  mesh = await startTestMesh({ nodes: 3, shards: 4, replicas: 2 })
  handles = []
  for (const [place, name] of NAMES.entries()) {
    const request = mesh.signedEnrolment({ fingers: testPerson(name).capture() })
    await mesh.node(place % 3).enrolment.enrol(request)
    handles.push(request.handle)
  }
  await mesh.settled()
})

promises.after(async () => mesh.close())

promises('are those that the logs make, all of them', async () => {
  const checked = await check(await identify('nobody'))
  equal(new Set(checked.map(({ shard }) => shard)), new Set([0, 1, 2, 3]))
  ok(checked.every(({ verdict }) => verdict === 'same'))
  is(
    checked.reduce((sum, { searched, due }) => sum + (searched === due ? searched : 0), 0),
    NAMES.length,
  )
})

promises(
  'go on being so when prints are taken anew, and when somebody is no longer found',
  async () => {
    const [anew, gone] = handles as [Uint8Array, Uint8Array]
    const fingers = testPerson(NAMES[0]!).capture('years later')
    const update = mesh.signedEnrolment({ fingers, handle: anew, statement: { action: 'update' } })
    await mesh.node(2).enrolment.enrol(update)
    await mesh.settled()
    const updated = await check(await identify('nobody'))
    ok(updated.every(({ verdict }) => verdict === 'same'))
    const { registrar, protector } = mesh.officers
    const about = { handle: gone, purpose: 'civil-status' } as const
    await mesh.node().acts.record(mesh.signedDeed({ type: 'death' }, [registrar, protector], about))
    await mesh.settled()
    const fewer = await check(await identify('nobody'))
    ok(fewer.every(({ verdict }) => verdict === 'same'))
    is(
      fewer.reduce((sum, { due }) => sum + due, 0),
      NAMES.length - 1,
    )
  },
)

promises('are those of the one shard where somebody is verified', async () => {
  const handle = handles[2]!
  const asked = mesh.signedQuery({ fingers: testPerson(NAMES[2]!).capture('again'), handle })
  const verified = verifyAnswer((await mesh.node(0).search.ask(asked)).encoded, mesh.roster)
  const [only, ...others] = await check(verified)
  equal(others, [])
  equal(only, {
    ...only,
    shard: shardOf(handle, mesh.roster),
    searched: 1,
    due: 1,
    verdict: 'same',
  })
  const parts = verified.parts.map((part) => {
    return withShards(part, (count) => ({ ...count, searched: 0 }))
  })
  const [lie] = await check({ ...verified, parts })
  is(lie?.verdict, 'other', 'nobody was compared')
})

promises('are found out where a part leaves somebody out, or says another count', async () => {
  const found = await identify('nobody')
  const lies: ((part: Part) => Part)[] = [
    (part) => withShards(part, (count) => ({ ...count, templates: sha256(count.templates) })),
    (part) => withShards(part, (count) => ({ ...count, searched: count.searched + 1 })),
  ]
  for (const lie of lies) {
    const checked = await check({ ...found, parts: found.parts.map(lie) })
    ok(checked.every(({ verdict }) => verdict === 'other'))
  }
})

promises('are unknown where the logs end before the part’s frontier', async () => {
  const checked = await check(await identify('nobody'), 1)
  ok(checked.every(({ verdict }) => verdict === 'unknown'))
})

promises.run()

async function identify(name: string): Promise<VerifiedAnswer> {
  const asked = mesh.signedQuery({ fingers: testPerson(name).capture() })
  return verifyAnswer((await mesh.node(1).search.ask(asked)).encoded, mesh.roster)
}

async function check(
  found: Pick<VerifiedAnswer, 'statement' | 'parts'>,
  missing = 0,
): Promise<CheckedTemplates[]> {
  const logs: WholeLogs = new Map(
    mesh.roster.nodes.map(({ name }) => {
      const size = Math.max(
        ...found.parts.flatMap(({ frontier }) =>
          frontier.flatMap((one) => (one.node === name ? [one.size] : [])),
        ),
      )
      return [name, entriesOf(name, size - missing)]
    }),
  )
  return verifyTemplates(found, { logs, roster: mesh.roster })
}

function entriesOf(log: string, size: number): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* await mesh.node(0).ledger.stored(log).entries(0, size)
    },
  }
}

function withShards(
  part: Part,
  change: (count: Part['shards'][number]) => Part['shards'][number],
): Part {
  return { ...part, shards: part.shards.map(change) }
}
