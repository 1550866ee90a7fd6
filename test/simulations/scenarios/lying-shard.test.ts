import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { searchReplies, searchRequests, SEARCHES } from '../../../protocol/message/search.ts'
import type { SearchReply } from '../../../protocol/message/search.ts'
import { decodePart, encodePart } from '../../../protocol/part.ts'
import { replicasOf } from '../../../protocol/shards.ts'
import { SimulatedRegister } from '../../../simulations/scenarios/simulated-register.ts'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SimulatedWorld } from '../../../simulations/world/world.ts'
import { testPerson } from '../../support/test-person.ts'

const NAMES = ['almaty', 'astana', 'shymkent']
const LIMITS = { forMs: 60_000, eventsMax: 100_000 }

/** What a shard that was asked once may answer the next time, instead of searching. */
const lies: Record<string, (honest: SearchReply) => SearchReply | Uint8Array> = {
  'with an old answer': (honest) => honest,
  'with a part that it did not log': (honest) => {
    const part = encodePart({ ...decodePart(honest.part.part), at: 0 })
    return { ...honest, part: { ...honest.part, part } }
  },
  'with noise': () => new Uint8Array(100).fill(0xc1),
}

const promises = suite('a shard that lies')

for (const [how, lie] of Object.entries(lies)) {
  promises(`${how} counts as silent, and it is held against it`, async () => {
    const world = new SimulatedWorld({ seed: `lying ${how}`, names: NAMES, faults: NO_FAULTS })
    const register = new SimulatedRegister({ shards: 6, replicas: 1 }, { world })
    register.startAll()
    await world.clock.run({ until: () => register.nodes().length === NAMES.length, ...LIMITS })
    await world.clock.finish(register.found(), LIMITS)
    await world.clock.run({ ...LIMITS, until: () => register.isSettled() })
    const [asker, liar] = [register.node('almaty')!, 'astana']
    const theirs = Array.from({ length: 6 }, (_, shard) => shard).filter((shard) =>
      replicasOf(shard, register.roster).includes(liar),
    )
    ok(theirs.length > 0, 'the liar holds a shard')

    const fingers = testPerson('searched for').capture()
    const question = register.request('identify', fingers, world.random.fork('question'))
    const honest = await world.clock.finish(asker.search.ask(question), LIMITS)
    is(honest.answer.verdict, 'no-hit')
    const { payload } = question
    const request = { query: honest.bundle.query, payload, shards: theirs, epoch: 1 }
    const deadline = world.clock.now() + LIMITS.forMs
    const asked = searchRequests.encode(request)
    const reply = asker.mesh.call(liar, SEARCHES, asked, { deadline })
    const said = searchReplies.decode(await world.clock.finish(reply, LIMITS))

    const answer = lie(said)
    const lying = answer instanceof Uint8Array ? answer : searchReplies.encode(answer)
    world.machine(liar).crash()
    world.network.restart(liar).serve(SEARCHES, async () => lying)

    const second = await world.clock.finish(asker.search.ask(question), LIMITS)
    is(second.answer.verdict, 'incomplete')
    const silent = second.answer.shards.filter(({ answeredBy }) => answeredBy === undefined)
    equal(
      silent.map(({ shard }) => shard),
      theirs,
    )
    is(verifyAnswer(second.encoded, register.roster).answer.verdict, 'incomplete')
    ok(world.network.blames.some(({ by, peer }) => by === 'almaty' && peer === liar))
  })
}

promises.run()
