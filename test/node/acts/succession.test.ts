import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { rosterAt } from '../../../protocol/epochs.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { PAGES } from '../../../protocol/message/page.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { replicasOf } from '../../../protocol/shards.ts'
import { codeOf } from '../../protocol/support/codec-promises.ts'
import { Succeeding } from './support/succeeding.ts'

const promises = suite('a register whose roster changes')

const FOUR = ['almaty', 'astana', 'shymkent', 'aktau']
const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi']

promises('takes a node in, moves its shards to it, and answers completely meanwhile', async () => {
  const register = await Succeeding.founded('joins', FOUR, [...FOUR, 'turkistan'])
  await register.enrolAll(PEOPLE)
  const before = await register.ask('alice', register.node())
  const first = register.register.roster

  register.startAsking()
  await register.pass(1_000)
  const next = register.register.propose([...FOUR, 'turkistan'])
  await register.run(register.register.open(next, register.node(1)))
  await register.until(() => register.haveMoved())
  await register.pass(1_000)
  await register.stopAsking()

  ok(register.asked.length > 50)
  equal(register.wrong(), [])
  equal(register.errors, [], 'records on their way are nothing that anybody has to mend')
  const { roster } = register.register
  const own = register.register.node('turkistan')!
  const theirs = all(roster.shards).filter((shard) => replicasOf(shard, roster).includes(own.name))
  ok(theirs.length > 0)
  equal(own.keeper.shards, theirs)
  ok(theirs.every((shard) => own.keeper.isComplete(shard)))
  // Whoever has lost a shard has lost its keys.
  for (const { name, keeper } of register.register.nodes()) {
    equal(
      keeper.shards,
      all(roster.shards).filter((shard) => replicasOf(shard, roster).includes(name)),
    )
  }
  is(register.openable(), 2 * PEOPLE.length)

  const after = await register.ask('alice', own)
  is(before.answer.epoch, 1)
  is(after.answer.epoch, 2)
  is(verifyAnswer(before.encoded, first).answer.verdict, 'hit')
  is(verifyAnswer(before.encoded, roster).answer.verdict, 'hit')
  is(verifyAnswer(before.encoded, rosterAt(roster, 1)).answer.verdict, 'hit')
  is(verifyAnswer(after.encoded, roster).answer.verdict, 'hit')
  is(
    codeOf(() => verifyAnswer(after.encoded, first)),
    'wrong-epoch',
  )
})

promises(
  'goes on without a node that is lost, whose log counts as far as it is known',
  async () => {
    const register = await Succeeding.founded('lost', FOUR)
    await register.enrolAll(PEOPLE.slice(0, 4))
    // At the very node that will be lost: nobody must lose sight of them.
    await register.enrolAll(PEOPLE.slice(4), FOUR.indexOf('aktau'))
    const last = await register.ask('heidi', register.register.node('aktau')!)
    register.crash('aktau')
    await register.pass(5_000)
    const closed = await register.closing('aktau')
    const next = register.register.propose(FOUR.slice(0, 3), [closed])
    register.startAsking()
    await register.run(register.register.open(next, register.node()))
    await register.until(() => register.haveMoved())
    await register.pass(1_000)
    await register.stopAsking()

    equal(register.wrong(), [])
    is(register.register.node('almaty')!.ledger.size('aktau'), closed.size)
    is(verifyAnswer(last.encoded, register.register.roster).answer.epoch, 1)
    const { name } = register.register.nodes().at(-1)!
    const found = await register.ask('heidi', register.register.node(name)!)
    is(verifyAnswer(found.encoded, register.register.roster).answer.verdict, 'hit')
    // Who is silent for ever keeps nobody waiting to be compared.
    await register.enrolAll(['ivan'])
    await register.until(() => {
      return register.register
        .nodes()
        .every(({ registry }) => [...registry.pairs.open()].length === 0)
    })
  },
)

promises('moves of three replicas only those that it must, and answers completely', async () => {
  const five = [...FOUR, 'turkistan']
  const register = await Succeeding.founded('three', FOUR, five, 3)
  await register.enrolAll(PEOPLE)
  const first = register.register.roster
  register.startAsking()
  await register.run(register.register.open(register.register.propose(five), register.node(2)))
  await register.until(() => register.haveMoved())
  await register.pass(1_000)
  const second = register.register.roster
  equal(await moved(register), [gained(first, second), gained(second, first)])
  is(register.openable(), 3 * PEOPLE.length)
  await register.stopAsking()

  register.crash('aktau')
  await register.pass(5_000)
  register.startAsking()
  const staying = five.filter((name) => name !== 'aktau')
  const next = register.register.propose(staying, [await register.closing('aktau')])
  await register.run(register.register.open(next, register.node()))
  await register.until(() => register.haveMoved())
  await register.pass(1_000)
  await register.stopAsking()
  const third = register.register.roster
  const taken = gained(second, third)
  ok(taken.length > 0)
  equal(await moved(register), [taken, []])

  ok(register.asked.length > 100)
  equal(register.wrong(), [])
  for (const shard of all(third.shards)) {
    equal(
      register.register
        .nodes()
        .filter(({ keeper }) => keeper.isComplete(shard))
        .map(({ name }) => name)
        .toSorted(),
      replicasOf(shard, third).toSorted(),
    )
  }
})

promises('has nobody say that a shard is whole before all logs are there', async () => {
  const joining = 'turkistan'
  const register = await Succeeding.founded('early', FOUR, [...FOUR, joining])
  await register.enrolAll(PEOPLE)
  register.isolate(joining)
  const next = register.register.propose([...FOUR, joining])
  await register.run(register.register.open(next, register.node()))
  await register.until(() => register.register.nodes().every(({ roster }) => roster.epoch === 2))
  const { network } = register.world
  const ends = FOUR.map((name) => network.silence(name, PAGES))
  register.heal()
  await register.until(() => register.register.node(joining)?.ledger.own.isSigning ?? false)
  await register.pass(5_000)
  equal(await moved(register), [[], []])
  for (const end of ends) end()
  await register.until(() => register.haveMoved())
  await register.pass(1_000)
  is(register.openable(), 2 * PEOPLE.length)
})

promises('splits into more regions, and enrols, updates and erases while shards move', async () => {
  const joining = ['turkistan', 'abai', 'ulytau']
  const register = await Succeeding.founded('splits', FOUR, [...FOUR, ...joining])
  await register.enrolAll(PEOPLE)
  const next = register.register.propose([...FOUR, ...joining])
  register.startAsking()
  await register.run(register.register.open(next, register.node(2)))
  await register.until(() => register.register.nodes().length === 7)
  const abai = register.node(5)
  await register.until(() => abai.registry.people === PEOPLE.length)
  await register.enrolAll(['ivan', 'judy'], 5)
  const handle = register.people.get('bob')!
  await register.decide(handle)
  register.people.delete('bob')
  await register.until(() => register.haveMoved())
  await register.stopAsking()
  await register.erased(handle)

  const aboutBob = register.asked.filter(({ of: name }) => name === 'bob').length
  equal(
    register.wrong().filter((line) => !line.startsWith('bob')),
    [],
  )
  ok(aboutBob < register.asked.length / 4)
  is(register.openable(), 2 * (PEOPLE.length + 1))
  for (const [name, one] of register.people) {
    const { answer } = await register.ask(name, register.register.nodes().at(-1)!)
    equal([answer.verdict, answer.candidates[0]?.handle], ['hit', one])
  }
})

promises('has nobody say no hit who does not know of the epoch yet', async () => {
  const register = await Succeeding.founded('behind', FOUR, [...FOUR, 'turkistan'])
  await register.enrolAll(PEOPLE)
  register.isolate('aktau')
  const next = register.register.propose([...FOUR, 'turkistan'])
  await register.run(register.register.open(next, register.node()))
  await register.until(() => register.register.nodes().length === 5)
  await register.pass(30_000)
  const behind = register.register.node('aktau')!
  is(behind.roster.epoch, 1)
  is((await register.ask('a stranger', behind)).answer.verdict, 'incomplete')

  register.startAsking()
  register.heal()
  await register.until(() => register.haveMoved())
  await register.stopAsking()
  is(behind.roster.epoch, 2)
  const verdicts = new Set(register.asked.map(({ found }) => found?.answer.verdict))
  for (const { of: name, found } of register.asked) {
    const isThere = register.people.has(name)
    is(isThere && found?.answer.verdict === 'no-hit', false, `${name} was not found`)
  }
  ok(verdicts.has('hit'))
  is((await register.ask('a stranger', behind)).answer.verdict, 'no-hit')
})

promises('signs one successor of an epoch and no other, over restarts too', async () => {
  const register = await Succeeding.founded('two', FOUR, [...FOUR, 'turkistan', 'abai'])
  const one = register.register.propose([...FOUR, 'turkistan'])
  const other = register.register.propose([...FOUR, 'abai'])
  register.isolate('aktau')
  await register.run(register.register.open(one, register.node()))
  register.heal()
  await register.until(() => register.register.nodes().every(({ roster }) => roster.epoch === 2))
  is(await refusal(register, other.note), 'wrong-epoch')

  const third = register.register.propose([...FOUR, 'turkistan', 'abai'])
  const fourth = { ...third.roster, mirrors: 3 }
  // One node has signed before it was cut off, and starts anew.
  const aktau = register.register.node('aktau')!
  register.isolate('aktau')
  is(await refusal(register, third.note, aktau), 'incomplete')
  register.heal()
  register.crash('aktau')
  await register.restart('aktau')
  is(
    await refusal(register, register.register.sign(fourth).note, register.register.node('aktau')),
    'conflict',
  )
  await register.run(register.register.open(third, register.register.node('aktau')!))
  await register.until(() => register.haveMoved())
})

promises('is not left half moved by crashes', async () => {
  const register = await Succeeding.founded('crashes', FOUR, [...FOUR, 'turkistan'])
  await register.enrolAll(PEOPLE)
  const next = register.register.propose([...FOUR, 'turkistan'])
  await register.run(register.register.open(next, register.node()))
  for (const name of ['turkistan', 'almaty', 'turkistan', 'astana', 'shymkent', 'aktau']) {
    await register.pass(700)
    register.crash(name)
    await register.pass(300)
    await register.restart(name)
  }
  await register.until(() => register.haveMoved())
  register.startAsking()
  await register.pass(2_000)
  await register.stopAsking()
  equal(register.wrong(), [])
  is(register.openable(), 2 * PEOPLE.length)
})

promises.run()

async function refusal(register: Succeeding, note: string, node = register.node()) {
  return register.run(
    node.succession.open(note).then(
      () => 'opened',
      (error: unknown) => asTamgaError(error).code,
    ),
  )
}

/** Every node and shard of which a log says in this epoch that it was taken, and given away. */
async function moved(register: Succeeding): Promise<[taken: string[], given: string[]]> {
  const [taken, given]: [string[], string[]] = [[], []]
  for (const { name, ledger } of register.register.nodes()) {
    const entries = await register.run(ledger.own.stored.entries(0, ledger.own.size))
    for (const entry of entries.map(decodeEntry)) {
      if (entry.type !== 'holding' || entry.epoch !== register.register.roster.epoch) continue
      taken.push(...entry.held.map((shard) => `${name} ${shard}`))
      given.push(...entry.released.map((shard) => `${name} ${shard}`))
    }
  }
  return [taken.toSorted(), given.toSorted()]
}

/** Every node and shard that it is a replica of by the second roster alone. */
function gained(before: Roster, after: Roster): string[] {
  const pairs = all(after.shards).flatMap((shard) => {
    const old = replicasOf(shard, before)
    return replicasOf(shard, after).flatMap((name) =>
      old.includes(name) ? [] : `${name} ${shard}`,
    )
  })
  return pairs.toSorted()
}

function all(shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => shard)
}
