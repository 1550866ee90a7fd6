import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import {
  HEDGES_AT_ONCE,
  HEDGES_SHARE,
  SEARCH_TIMEOUT_MS,
  SEARCHES_RUNNING,
  SEARCHES_WAITING,
  SILENT_RETRY_MS,
} from '../../../node/limits.ts'
import type { Node } from '../../../node/node.ts'
import type { Found } from '../../../node/search/search.ts'
import type { Answer } from '../../../protocol/answer.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { replicasOf } from '../../../protocol/shards.ts'
import { SimulatedRegister } from '../../../simulations/scenarios/simulated-register.ts'
import { SlowGallery } from '../../../simulations/scenarios/slow-gallery.ts'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SimulatedWorld } from '../../../simulations/world/world.ts'
import { testPerson } from '../../support/test-person.ts'

const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe']
const ASKER = 'almaty'
const SLOW = 'astana'
const LIMITS = { forMs: 120_000, eventsMax: 1_000_000 }
const SEARCH_MS = 20

/** Nobody can tell at a counter; a node that is waited for to its end takes several times that. */
const SOON_MS = 800
const SLOW_MS = 4_000

/** As a hundred thousand people take on a small machine; so many travellers at each node. */
const RUSH_SEARCH_MS = 300
const RUSH = 16

/** Questions after which every node's times are known. */
const WARM_UP = 24

const promises = suite('a search when nodes are slow, gone, or asked too much')

promises('is answered by another replica when one is late, which then stops', async () => {
  const mesh = await startMesh('slow node')
  mesh.gallery(SLOW).searchMs = SLOW_MS
  const { answer, ms } = await mesh.ask()
  isWhole(answer)
  ok(ms < SOON_MS, `after ${ms} ms`)
  const followed = answer.shards.filter(({ asked }) => asked[0] === SLOW)
  ok(followed.length > 0, 'the slow node was asked')
  for (const { asked, answeredBy } of followed) equal(asked, [SLOW, answeredBy])
  await mesh.pass(SEARCH_MS)
  ok(mesh.gallery(SLOW).abandoned > 0)
  is(mesh.gallery(SLOW).atWork, 0)
  const later = await mesh.ask()
  ok(
    later.answer.shards.every(({ asked }) => asked[0] !== SLOW),
    'who was late is not asked first',
  )
})

promises('asks hardly anybody twice when all are slow', async () => {
  const mesh = await startMesh('all slow')
  for (const name of NAMES) mesh.gallery(name).searchMs = 5 * SEARCH_MS
  const answers = (await mesh.askAtOnce(30)).map(({ answer }) => answer)
  answers.forEach(isWhole)
  let calls = 0
  let hedges = 0
  for (const { shards } of answers) {
    calls += new Set(shards.flatMap(({ asked }) => asked)).size
    const late = shards.filter(({ asked }) => asked.length > 1)
    hedges += new Set(late.map(({ asked }) => asked[0])).size
  }
  ok(hedges > 0, 'somebody was asked twice')
  const budget = HEDGES_AT_ONCE + HEDGES_SHARE * (calls + WARM_UP * NAMES.length)
  ok(hedges <= budget, `${hedges} of ${calls} calls were hedged`)
})

promises('is whole when a node is dead, and names what both replicas dead have held', async () => {
  const mesh = await startMesh('dead nodes')
  mesh.world.machine(SLOW).crash()
  isWhole((await mesh.ask()).answer)
  mesh.world.machine('aktobe').crash()
  const { answer } = await mesh.ask()
  const lost = shardsOf(mesh.register).filter((shard) =>
    replicasOf(shard, mesh.register.roster).every((name) => [SLOW, 'aktobe'].includes(name)),
  )
  ok(lost.length > 0, 'the two were the replicas of some shard')
  const silent = answer.shards.filter(({ answeredBy }) => answeredBy === undefined)
  equal(
    silent.map(({ shard }) => shard),
    lost,
  )
})

promises('does without a node whose event loop stands still, until it is back', async () => {
  const mesh = await startMesh('stalled node')
  const release = mesh.world.network.stall(SLOW)
  for (let asked = 0; asked < 3; asked += 1) {
    const { answer, ms } = await mesh.ask()
    isWhole(answer)
    ok(ms < SOON_MS, `after ${ms} ms`)
  }
  await mesh.pass(SLOW_MS)
  release()
  const isAskedFirst = ({ shards }: Answer): boolean => {
    return shards.some(({ asked }) => asked[0] === SLOW)
  }
  let isBack = false
  for (let asked = 0; asked < 10 && !isBack; asked += 1) {
    await mesh.pass(SILENT_RETRY_MS)
    isBack = isAskedFirst((await mesh.ask()).answer)
  }
  ok(isBack, 'it is asked first again')
})

promises('is answered or refused when ten thousand are asked at once', async () => {
  const mesh = await startMesh('ten thousand')
  const outcomes = await mesh.askAll(10_000)
  const refused = outcomes.filter((outcome) => outcome === 'overloaded').length
  const room = SEARCHES_RUNNING.border + SEARCHES_WAITING.border
  ok(refused >= outcomes.length - room, `${refused} were refused`)
  const answered = outcomes.filter((outcome) => outcome === 'hit' || outcome === 'incomplete')
  ok(answered.length >= SEARCHES_RUNNING.border, `${answered.length} were answered`)
  is(answered.length + refused, outcomes.length)
  isWhole((await mesh.ask()).answer)
})

promises(
  'is whole or refused soon when all nodes are asked more than there is time for',
  async () => {
    const mesh = await startMesh('rush')
    for (const name of NAMES) mesh.gallery(name).searchMs = RUSH_SEARCH_MS
    // Until every node knows how long it takes now.
    for (let asked = 0; asked < WARM_UP; asked += 1) await mesh.rush(1)
    const outcomes = await mesh.rush(RUSH)
    const refused = outcomes.filter(({ what }) => what === 'overloaded')
    equal([...new Set(outcomes.map(({ what }) => what))].sort(), ['hit', 'overloaded'])
    const latest = Math.max(...refused.map(({ ms }) => ms))
    ok(latest < SOON_MS, `the last refusal came after ${latest} ms`)
    const possible = SEARCH_TIMEOUT_MS / RUSH_SEARCH_MS
    const answered = outcomes.length - refused.length
    ok(answered >= possible / 2, `${answered} were answered, of ${possible} that time is for`)
  },
)

promises('stops at every node when nobody waits for it any more', async () => {
  const mesh = await startMesh('given up')
  for (const name of NAMES) mesh.gallery(name).searchMs = SLOW_MS
  const given = new AbortController()
  const found = mesh.found(given.signal)
  await mesh.pass(SOON_MS)
  const busy = NAMES.filter((name) => mesh.gallery(name).atWork > 0)
  ok(busy.length > 1, `at work are ${busy.join(' ')}`)
  given.abort()
  await mesh.pass(SEARCH_MS)
  equal(
    NAMES.map((name) => mesh.gallery(name).atWork),
    [0, 0, 0, 0],
  )
  is((await mesh.world.clock.finish(found, LIMITS)).answer.verdict, 'incomplete')
})

promises('of the border comes before those for duplicates, and starves none of them', async () => {
  const mesh = await startMesh('lanes')
  for (const name of NAMES) mesh.gallery(name).searchMs = 5 * SEARCH_MS
  const enrolments = Array.from({ length: 24 }, async (_, i) => mesh.enrol(`newcomer ${i}`))
  const outcomes = Promise.allSettled(enrolments)
  const times: number[] = []
  for (let asked = 0; asked < 12; asked += 1) times.push((await mesh.ask()).ms)
  const slowest = Math.max(...times)
  ok(slowest < SOON_MS, `a traveller waited for ${slowest} ms`)
  const enrolled = await mesh.world.clock.finish(outcomes, LIMITS)
  const codes = enrolled.flatMap((outcome) => {
    return outcome.status === 'rejected' ? [asTamgaError(outcome.reason).code] : []
  })
  ok(codes.length <= enrolled.length - SEARCHES_RUNNING.enrolment, 'whoever was let in is done')
  equal(
    codes,
    codes.map(() => 'overloaded'),
  )
  // And the other way round: as many travellers as there is room for, and one enrolment.
  const served = new AbortController()
  const flood = Array.from({ length: 8 }, async () => {
    while (!served.signal.aborted) await mesh.found()
  })
  const last = mesh.enrol('the last')
  await mesh.world.clock.finish(last, LIMITS)
  served.abort()
  await mesh.world.clock.finish(Promise.all(flood), LIMITS)
})

promises.run()

function isWhole({ verdict, shards }: Answer): void {
  is(verdict, 'hit')
  ok(shards.every(({ answeredBy }) => answeredBy !== undefined))
}

function shardsOf({ roster }: SimulatedRegister): number[] {
  return Array.from({ length: roster.shards }, (_, shard) => shard)
}

/** Four nodes that know each other's times, and somebody who is enrolled and asked for. */
async function startMesh(seed: string): Promise<SlowMesh> {
  const world = new SimulatedWorld({
    seed: `slow shards, ${seed}`,
    names: NAMES,
    faults: NO_FAULTS,
  })
  const mesh = new SlowMesh(world)
  await mesh.start()
  return mesh
}

class SlowMesh {
  readonly world: SimulatedWorld
  readonly register: SimulatedRegister
  readonly #galleries = new Map<string, SlowGallery>()
  readonly #person = testPerson('searched for')

  constructor(world: SimulatedWorld) {
    this.world = world
    const galleryOf = (name: string): SlowGallery => {
      const gallery = new SlowGallery({ searchMs: SEARCH_MS }, { clock: world.clock })
      this.#galleries.set(name, gallery)
      return gallery
    }
    const options = { shards: 8, replicas: 2, rateFactor: 1_000_000, galleryOf }
    this.register = new SimulatedRegister(options, { world })
  }

  gallery(name: string): SlowGallery {
    return this.#galleries.get(name)!
  }

  async start(): Promise<void> {
    const { register, world } = this
    register.startAll()
    await world.clock.run({ until: () => register.nodes().length === NAMES.length, ...LIMITS })
    await world.clock.finish(register.found(), LIMITS)
    await world.clock.run({ ...LIMITS, until: () => register.isSettled() })
    await world.clock.finish(this.enrol('searched for'), LIMITS)
    await world.clock.run({ ...LIMITS, until: () => register.isSettled() })
    for (let asked = 0; asked < WARM_UP; asked += 1) isWhole((await this.ask()).answer)
  }

  async pass(ms: number): Promise<void> {
    await this.world.clock.run({ ...LIMITS, forMs: ms })
  }

  async enrol(name: string): Promise<void> {
    const random = this.world.random.fork(`enrol ${name}`)
    const handle = random.bytes(HANDLE_BYTES)
    const fingers = testPerson(name).capture()
    const request = this.register.request('enrol', fingers, random, handle)
    await this.#node('shymkent').enrolment.enrol(request)
  }

  /** Never a wrong "no hit", and always what a stranger can verify. */
  async found(signal?: AbortSignal): Promise<Found> {
    const random = this.world.random.fork(`question ${this.world.clock.events}`)
    const question = this.register.request('identify', this.#person.capture('again'), random)
    const found = await this.#node(ASKER).search.ask({ ...question, ...(signal ? { signal } : {}) })
    ok(found.answer.verdict !== 'no-hit', 'a wrong "no hit"')
    is(verifyAnswer(found.encoded, this.register.roster).answer.verdict, found.answer.verdict)
    return found
  }

  async ask(): Promise<{ answer: Answer; ms: number }> {
    const started = this.world.clock.now()
    const { answer } = await this.world.clock.finish(this.found(), LIMITS)
    return { answer, ms: this.world.clock.now() - started }
  }

  async askAtOnce(count: number): Promise<Found[]> {
    const all = Promise.all(Array.from({ length: count }, async () => this.found()))
    return this.world.clock.finish(all, LIMITS)
  }

  /** So many at every node in one moment: what came of them, and when. */
  async rush(count: number): Promise<{ what: string; ms: number }[]> {
    const random = this.world.random.fork(`rush ${this.world.clock.events}`)
    const started = this.world.clock.now()
    const all = NAMES.flatMap((name) =>
      Array.from({ length: count }, async () => {
        const question = this.register.request('identify', this.#person.capture('again'), random)
        const what = await this.#node(name)
          .search.ask(question)
          .then(
            ({ answer }) => answer.verdict,
            (error: unknown) => asTamgaError(error).code,
          )
        return { what, ms: this.world.clock.now() - started }
      }),
    )
    return this.world.clock.finish(Promise.all(all), LIMITS)
  }

  /** Verdicts, and the codes of refusals. */
  async askAll(count: number): Promise<string[]> {
    const random = this.world.random.fork('ten thousand')
    const question = this.register.request('identify', this.#person.capture('again'), random)
    const asker = this.#node(ASKER)
    const all = Array.from({ length: count }, async () => {
      return asker.search.ask(question).then(
        ({ answer }) => answer.verdict,
        (error: unknown) => asTamgaError(error).code,
      )
    })
    return this.world.clock.finish(Promise.all(all), LIMITS)
  }

  #node(name: string): Node {
    return this.register.node(name)!
  }
}
