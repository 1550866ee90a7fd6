import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { batchAt } from '../../../node/access/record-shelf.ts'
import { verifyAccessList } from '../../../node/audit/verify-access-list.ts'
import { FOLD_ENTRIES } from '../../../node/limits.ts'
import type { Node } from '../../../node/node.ts'
import type { AccessList } from '../../../protocol/access-list.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { keepersOf } from '../../../protocol/keepers.ts'
import { testPerson } from '../../support/test-person.ts'
import { Succeeding } from '../acts/support/succeeding.ts'

const FOUR = ['almaty', 'astana', 'shymkent', 'aktau']

/** Becomes a keeper of this log when the other node has left, and not when it joins. */
const JOINING = 'abai'
const LOG = 'almaty'
const LEAVING = 'shymkent'

/** Each makes some entries: together more than are gone through at once. */
const VERIFIED = 100

const promises = suite('access records when a roster names other keepers')

promises(
  'come to a node that was not started since, the oldest too, and are handed out',
  async () => {
    const five = [...FOUR, JOINING]
    const register = await Succeeding.founded('keepers', FOUR, five)
    await register.enrolAll(['alice'])
    const node = (name: string): Node => register.register.node(name)!
    const verified = async (times: number) => {
      for (let count = 0; count < times; count += 1) await verify(register, node(LOG))
    }
    await verified(VERIFIED / 2)
    await register.run(register.register.open(register.register.propose(five), node(LOG)))
    await register.until(() => register.haveMoved())
    await verified(VERIFIED / 2)
    await register.pass(5_000)
    const { records } = node(JOINING).registry
    is(records.keeps(LOG), false)

    register.crash(LEAVING)
    await register.pass(5_000)
    const closed = await register.closing(LEAVING)
    const staying = five.filter((name) => name !== LEAVING)
    const next = register.register.propose(staying, [closed])
    await register.run(register.register.open(next, node(LOG)))
    let isAwaited = false
    await register.until(() => {
      const { size } = node(LOG).ledger.own
      isAwaited ||= records.keeps(LOG) && !records.isWhole(LOG, size)
      return records.keeps(LOG) && records.isWhole(LOG, size)
    })
    ok(isAwaited, 'it does not say that it has what it has not')
    const { shelf, ledger } = node(JOINING)
    const stored = ledger.stored(LOG)
    const entries = await register.run(stored.entries(0, ledger.size(LOG)))
    const batches = entries.flatMap((bytes, index) => {
      return decodeEntry(bytes).type === 'batch' ? [index] : []
    })
    ok(entries.length > FOLD_ENTRIES && batches.length > VERIFIED)
    for (const index of batches) {
      ok(await register.run(batchAt(stored, index).then(async (batch) => shelf.get(batch))))
    }
    // Nobody else is there who has them all: it hands out what a list is made of.
    const lister = staying.find((name) => !keepersOf(LOG, next.roster).includes(name))!
    for (const name of keepersOf(LOG, next.roster)) if (name !== JOINING) register.crash(name)
    const list = await accesses(register, node(lister))
    equal(list.unheard.includes(LOG), false)
    is(list.accesses.filter((one) => one.log === LOG && one.kind === 'verified').length, VERIFIED)
  },
)

promises.run()

async function verify(register: Succeeding, node: Node): Promise<void> {
  const fingers = testPerson('alice').capture('at the border')
  const random = register.world.random.fork(`verify ${register.world.clock.now()}`)
  const handle = register.people.get('alice')!
  const found = node.search.ask(register.register.request('verify', fingers, random, handle))
  is((await register.run(found)).answer.verdict, 'hit')
}

async function accesses(register: Succeeding, node: Node): Promise<AccessList> {
  const about = { handle: register.people.get('alice')!, purpose: 'subject-access' as const }
  const asked = register.deed({ type: 'accesses' }, ['enrolment-officer'], about)
  const { reading } = await register.run(node.acts.record(asked))
  if (reading.of !== 'accesses') throw new Error('another reading')
  return verifyAccessList(reading.list, register.register.roster)
}
