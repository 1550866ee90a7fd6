import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { equalBytes, toHex } from '../../../crypto/bytes.ts'
import { healthOf } from '../../../node/gateway/health.ts'
import type { KeyShelf } from '../../../node/store/key-shelf.ts'
import { startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const SHARDS = 4
const PEOPLE = Array.from({ length: 8 }, (_, place) => `citizen ${place}`)

const promises = suite('a gallery that is being filled when its node starts')

promises('is searched shard by shard, says how far it is, and is whole in the end', async () => {
  const mesh = await startTestMesh({ nodes: 1, shards: SHARDS, replicas: 1 })
  try {
    const names = await enrolAll(mesh)
    const { registry } = mesh.node()
    const all = Array.from({ length: SHARDS }, (_, shard) => registry.peopleOf(shard)).flat()
    const [first, last] = [all[0]!, all.at(-1)!]
    await mesh.stop(0)
    let release: (() => void) | undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const node = await mesh.start(0, (keys) => stalledAt(keys, last.commitment, released))
    await until(() => node.ledger.own.isSigning && node.keeper.isComplete(first.shard))

    is(node.keeper.isComplete(last.shard), false)
    ok(node.keeper.progress.up < SHARDS)
    const filling = healthOf(node, Date.now()).checks.find((one) => one.name === 'gallery-filled')
    is(filling?.passed, false)
    ok(filling?.detail.startsWith(`${node.keeper.progress.up} of ${SHARDS} shards`))
    const found = await identify(mesh, names.get(toHex(first.handle))!)
    equal([found.verdict, found.named], ['hit', [toHex(first.handle)]])
    is((await identify(mesh, 'a stranger')).verdict, 'incomplete')

    release?.()
    await node.ready()
    equal(node.keeper.progress, { shards: SHARDS, up: SHARDS, people: PEOPLE.length })
    is(healthOf(node, Date.now()).healthy, true)
    for (const [handle, name] of names) equal((await identify(mesh, name)).named, [handle])
    is((await identify(mesh, 'a stranger')).verdict, 'no-hit')
  } finally {
    await mesh.close()
  }
})

promises.run()

/** Returns whose handle is whose. */
async function enrolAll(mesh: TestMesh): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const name of PEOPLE) {
    const request = mesh.signedEnrolment({ fingers: testPerson(name).capture() })
    await mesh.node().enrolment.enrol(request)
    names.set(toHex(request.handle), name)
  }
  await mesh.settled()
  return names
}

async function identify(mesh: TestMesh, name: string) {
  const question = mesh.signedQuery({ fingers: testPerson(name).capture('border') })
  const { answer } = await mesh.node().search.ask(question)
  const named = answer.candidates.map(({ handle }) => toHex(handle))
  return { verdict: answer.verdict, named }
}

/** The same shelf, on a disk that takes its time for one record. */
function stalledAt(keys: KeyShelf, commitment: Uint8Array, released: Promise<void>): KeyShelf {
  return {
    get: async (id) => {
      if (equalBytes(id, commitment)) await released
      return keys.get(id)
    },
    put: async (id, material) => keys.put(id, material),
    destroy: async (id) => keys.destroy(id),
    clear: async (id) => keys.clear(id),
    state: (id) => keys.state(id),
    get isBroken() {
      return keys.isBroken
    },
    close: async () => keys.close(),
  }
}
