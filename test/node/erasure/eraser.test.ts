import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { seal } from '../../../crypto/sealing.ts'
import { ERASURE_WAIT_MS } from '../../../node/limits.ts'
import { encodeDossier } from '../../../protocol/dossier.ts'
import { deposits, DEPOSITS } from '../../../protocol/message/deposit.ts'
import { encodeSealed } from '../../../protocol/sealed-record.ts'
import { addYears, civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { isWhole } from '../log/support/checks.ts'
import { someIins } from '../../support/iins.ts'
import { testPerson } from '../../support/test-person.ts'
import { refusalOf } from '../enrol/support/enrolling.ts'
import { codeOf } from '../log/support/test-disk.ts'
import { ERASURE, Erasing, names, TWO } from './support/erasing.ts'

const alice = testPerson('alice')
const bob = testPerson('bob')

const NAMES = ['almaty', 'astana', 'shymkent']

/** So many that those who are left sign again after a start, though one is gone for good. */
const FOUR = [...NAMES, 'aktobe']

const KEPT = [['kept'], ['kept']]
const DESTROYED = [['destroyed'], ['destroyed']]

/** Moments at which a replica is made to crash, and events from one to the next. */
const CRASHES = 40
const EVENTS_BETWEEN = 7

const promises = suite('an erasure')

promises('destroys all of a person’s records at every replica, each of which says so', async () => {
  const erasing = await Erasing.start('all of them')
  const { handle } = await erasing.enrol(alice.capture())
  const update = { statement: { action: 'update' }, handle } as const
  await erasing.enrol(alice.capture('years later'), update, 1)
  const other = await erasing.enrol(bob.capture())
  equal(erasing.keys(handle), [
    ['kept', 'kept'],
    ['kept', 'kept'],
  ])
  await erasing.decide(handle, 2)
  await erasing.erased(handle)
  equal(erasing.keys(handle), [
    ['destroyed', 'destroyed'],
    ['destroyed', 'destroyed'],
  ])
  equal(erasing.keys(other.handle), KEPT)
  const receipts = await erasing.receipts()
  is(receipts.length, 4)
  const keepers = erasing.keepersOf(handle).map(({ name }) => name)
  const { registry } = erasing.node()
  for (const { commitment } of registry.enrolments(handle)) {
    equal(names(receipts, commitment), keepers.toSorted())
  }
  const { leaf } = registry.erasures.of(handle)!
  for (const { receipt } of receipts) equal([receipt.handle, receipt.erasure], [handle, leaf])
  for (const node of erasing.register.nodes()) {
    is(node.registry.erasures.receipts(handle).length, 4)
    equal(node.registry.erasures.due(handle), [])
  }
  const rows = erasing.stored().filter(({ key }) => key.startsWith('vault/'))
  is(rows.length, 2, 'and of the ciphertexts only the other person’s are left')
})

promises('is known in every search at once, and carried out when all have said so', async () => {
  const erasing = await Erasing.start('at once')
  const { handle } = await erasing.enrol(alice.capture())
  const [keeper] = erasing.keepersOf(handle)
  const away = NAMES.find((name) => !erasing.keepersOf(handle).some((node) => node.name === name))!
  const place = NAMES.indexOf(keeper!.name)
  is((await erasing.found(alice.capture('border'), place)).length, 1)
  erasing.isolate(away)
  await erasing.decide(handle, place)
  await erasing.until(() => erasing.statuses(handle).filter((one) => one === 'erased').length === 2)
  await erasing.pass(60_000)
  equal(erasing.keys(handle), KEPT, 'the third might have something that makes it void')
  equal(await erasing.receipts(), [])
  const replica = erasing.register.node(keeper!.name)
  is(replica!.registry.person(handle), undefined)
  is(replica!.registry.erasures.peopleDue, 1)
  const question = erasing.register.request('identify', alice.capture('border'), random(erasing))
  const { answer } = await erasing.run(replica!.search.ask(question))
  equal(answer.candidates, [])
  erasing.heal()
  await erasing.erased(handle)
  equal(erasing.keys(handle), DESTROYED)
  equal(await erasing.found(alice.capture('border')), [])
})

promises('that a deed of a node cut off makes void destroys nothing', async () => {
  const erasing = await Erasing.start('void')
  const born = addYears(civilDateAt(erasing.world.clock.now()), -13)
  const { handle } = await erasing.enrol(alice.capture(), { application: { born } })
  erasing.isolate('shymkent')
  const suspension = { type: 'suspension', cause: 'court-order' } as const
  await erasing.try(suspension, ['adjudicator'], { handle, place: 2 })
  await erasing.pass(1_000)
  await erasing.try({ type: 'erasure', ground: 'consent-withdrawn' }, TWO, { handle })
  await erasing.pass(60_000)
  erasing.heal()
  await erasing.settle()
  await erasing.pass(60_000)
  equal(erasing.statuses(handle), ['suspended', 'suspended', 'suspended'])
  equal([erasing.keys(handle), await erasing.receipts()], [KEPT, []])
  is(erasing.node().registry.erasures.peopleDue, 0)
  is((await erasing.found(alice.capture('border'))).length, 1, 'and the person is found again')
})

promises('waits a week for a node that is gone, and no longer', async () => {
  const erasing = await Erasing.start('a week', undefined, FOUR)
  const { handle } = await erasing.enrol(alice.capture())
  const keepers = erasing.keepersOf(handle).map(({ name }) => name)
  const gone = FOUR.find((name) => !keepers.includes(name))!
  const others = FOUR.filter((name) => name !== gone)
  erasing.crash(gone)
  await erasing.decide(handle, FOUR.indexOf(keepers[0]!))
  const backAfter = async (ms: number): Promise<void> => {
    for (const name of others) erasing.crash(name)
    await erasing.pass(ms)
    for (const name of others) erasing.register.start(erasing.world.machine(name))
    await erasing.until(() => erasing.register.nodes().length === others.length)
    await erasing.pass(20_000)
  }
  await backAfter(ERASURE_WAIT_MS - 120_000)
  equal(erasing.keys(handle), KEPT)
  await backAfter(120_000)
  equal(erasing.keys(handle), DESTROYED)
})

promises('reaches what a lost node brings when it is back, and says only that anew', async () => {
  const erasing = await Erasing.start('back again', undefined, FOUR)
  const { handle } = await erasing.enrol(alice.capture())
  const keepers = erasing.keepersOf(handle).map(({ name }) => name)
  const place = FOUR.findIndex((name) => !keepers.includes(name))
  const others = FOUR.filter((_, at) => at !== place)
  const away = erasing.node(place)
  const update = { statement: { action: 'update' }, handle } as const
  const request = erasing.request(alice.capture('years later'), update)
  void away.enrolment.enrol(request).catch(() => undefined)
  const heard = (name: string): number => {
    return erasing.node(FOUR.indexOf(name)).registry.enrolments(handle).length
  }
  await erasing.until(() => heard(away.name) === 2)
  equal(others.map(heard), [1, 1, 1], 'nobody hears of the update')
  erasing.crash(away.name)
  await erasing.decide(handle, FOUR.indexOf(keepers[0]!))
  for (const name of others) erasing.crash(name)
  await erasing.pass(ERASURE_WAIT_MS)
  for (const name of others) erasing.register.start(erasing.world.machine(name))
  await erasing.until(() => erasing.register.nodes().length === others.length)
  await erasing.pass(20_000)
  equal([(await erasing.receipts()).length, erasing.openable()], [2, 0], 'also what nobody logged')

  await erasing.restart(away.name)
  await erasing.erased(handle)
  equal(erasing.keys(handle), [
    ['destroyed', 'destroyed'],
    ['destroyed', 'destroyed'],
  ])
  const receipts = await erasing.receipts()
  for (const { commitment } of erasing.node(place).registry.enrolments(handle)) {
    equal(names(receipts, commitment), keepers.toSorted())
  }
  is(receipts.length, 4)
})

promises('forgets whose handle it was, and not before either', async () => {
  const erasing = await Erasing.start('the book')
  const { book } = erasing.node()
  const [digits] = someIins(1) as [string]
  const handle = await erasing.run(book.handleOf(digits))
  await erasing.enrol(alice.capture(), { handle })
  erasing.isolate('shymkent')
  await erasing.decide(handle)
  await erasing.pass(60_000)
  is(await erasing.run(book.iinOf(handle)), digits)
  erasing.heal()
  await erasing.erased(handle)
  await erasing.pass(5_000)
  is(await erasing.run(book.iinOf(handle)), undefined)
})

promises('reaches records of which no enrolment came, and lets none in any more', async () => {
  const erasing = await Erasing.start('orphans')
  const { handle } = await erasing.enrol(alice.capture())
  const request = erasing.request(alice.capture('again'), {
    handle,
    statement: { action: 'update' },
  })
  const [keeper] = erasing.keepersOf(handle)
  const deposit = async () => {
    const randomBytes = (length: number) => random(erasing).bytes(length)
    const sealed = seal(encodeDossier(request), [keeper!.boxKey], { context: handle, randomBytes })
    const bytes = deposits.encode({ handle, sealed: encodeSealed(sealed), signed: request.signed })
    const deadline = erasing.world.clock.now() + 1_000
    return erasing.run(erasing.node().mesh.call(keeper!.name, DEPOSITS, bytes, { deadline }))
  }
  await deposit()
  is(erasing.openable(), 3)
  await erasing.decide(handle)
  await erasing.erased(handle)
  is(erasing.openable(), 0)
  is(await codeOf(deposit()), 'conflict')
  const enrol = erasing.request(alice.capture('again'), { handle })
  equal(await refusalOf(erasing.run(erasing.node().enrolment.enrol(enrol))), ['is-erased'])
  is(erasing.openable(), 0)
})

promises('leaves logs that verify as before', async () => {
  const erasing = await Erasing.start('logs')
  const { handle } = await erasing.enrol(alice.capture())
  await erasing.decide(handle)
  await erasing.erased(handle)
  for (const { ledger } of erasing.register.nodes()) {
    for (const { log, checkpoint } of ledger.checkpoints()) {
      is(await erasing.run(isWhole(ledger.stored(log), checkpoint)), true)
    }
  }
})

promises('is carried out whenever a replica crashes meanwhile, and said once', async () => {
  const stages = new Set<string>()
  for (let step = 0; step < CRASHES; step += 1) {
    const erasing = await Erasing.start(`crash ${step}`)
    const { handle } = await erasing.enrol(alice.capture())
    await erasing.decide(handle)
    const { clock } = erasing.world
    const end = clock.events + step * EVENTS_BETWEEN
    await erasing.until(() => clock.events >= end)
    const keepers = erasing.keepersOf(handle).map(({ name }) => name)
    const victim = step % 2
    const logged = erasing.register.node(keepers[victim]!)!.registry.entries.get('destroyed') ?? 0
    stages.add(`${erasing.keys(handle)[victim]!.join(' ')}, ${logged > 0 ? 'said' : 'not said'}`)
    erasing.crash(keepers[victim]!)
    erasing.register.start(erasing.world.machine(keepers[victim]!))
    await erasing.until(() => erasing.register.nodes().length === 3)
    await erasing.erased(handle)
    equal(erasing.keys(handle), DESTROYED)
    const logs = (await erasing.receipts()).map(({ log }) => log)
    equal(logs.toSorted(), keepers.toSorted())
  }
  equal([...stages].toSorted(), ['destroyed, not said', 'destroyed, said', 'kept, not said'])
})

promises('is carried out after a restart when the key shelf could not be written', async () => {
  const erasing = await Erasing.start('full disk')
  const { handle } = await erasing.enrol(alice.capture())
  const [keeper] = erasing.keepersOf(handle)
  const disk = erasing.world.machine(keeper!.name).disk('keys')
  disk.full = true
  await erasing.decide(handle)
  const node = erasing.register.node(keeper!.name)!
  await erasing.until(() => node.isBroken)
  await erasing.pass(10_000)
  is((await erasing.receipts()).filter(({ log }) => log === keeper!.name).length, 0)
  is(node.registry.erasures.peopleDue, 1)
  disk.full = false
  erasing.crash(keeper!.name)
  await erasing.restart(keeper!.name)
  await erasing.erased(handle)
  equal(erasing.keys(handle), DESTROYED)
})

promises('is carried out again, and not logged again, when old keys come back', async () => {
  const erasing = await Erasing.start('old keys')
  const { handle } = await erasing.enrol(alice.capture())
  const [keeper] = erasing.keepersOf(handle)
  const disk = erasing.world.machine(keeper!.name).disk('keys')
  const backup = disk.image()
  await erasing.decide(handle)
  await erasing.erased(handle)
  erasing.crash(keeper!.name)
  disk.restore(backup)
  equal(erasing.keys(handle).filter(([state]) => state === 'kept').length, 1)
  await erasing.restart(keeper!.name)
  await erasing.until(() => erasing.openable() === 0)
  is((await erasing.receipts()).length, 2)
})

promises('needs two, and none of them alone begins it', async () => {
  const erasing = await Erasing.start('two')
  const { handle } = await erasing.enrol(alice.capture())
  for (const one of TWO) {
    const alone = erasing.deed(ERASURE, [one], { handle })
    equal(await refusalOf(erasing.run(erasing.node().acts.record(alone))), ['second-person-needed'])
  }
  await erasing.pass(10_000)
  equal(erasing.keys(handle), KEPT)
})

promises.run()

function random({ world }: Erasing) {
  return world.random.fork(`question ${world.clock.events}`)
}
