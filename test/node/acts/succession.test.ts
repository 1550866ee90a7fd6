import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { rosterAt } from '../../../protocol/epochs.ts'
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

promises.run()

function all(shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => shard)
}
