import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { testPerson } from '../../support/test-person.ts'
import { Acting } from '../acts/support/deeds.ts'
import { codeOf } from '../log/support/test-disk.ts'
import { Enrolling, refusalOf } from './support/enrolling.ts'

const alice = testPerson('alice')
const bob = testPerson('bob')

const UPDATE = { statement: { action: 'update' } } as const

const promises = suite('an update')

promises('puts the person’s new prints in the place of the old, in every gallery', async () => {
  const enrolling = await Enrolling.start('update')
  const { handle, entry } = await enrolling.enrol(alice.capture())
  const updated = await enrolling.enrol(alice.capture('years later'), { ...UPDATE, handle }, 1)
  equal([updated.handle, updated.status, updated.case], [handle, 'provisional', undefined])
  const [before, after] = [entry, updated.entry].map((each) => {
    return decodeEntryOf('enrolment', each.entry).commitment
  })
  is(Buffer.from(before!).equals(after!), false)
  for (const [place, { registry, keeper }] of enrolling.register.nodes().entries()) {
    equal([registry.people, keeper.missing], [1, 0])
    equal(registry.person(handle)?.commitment, after)
    const found = await enrolling.found(alice.capture('at the border'), place)
    equal(
      found.map(({ log, index }) => [log, index]),
      [[updated.entry.log, updated.index]],
    )
  }
})

promises('of somebody who was confirmed is to be confirmed again', async () => {
  const acting = await Acting.start('confirmed')
  const { handle } = await acting.enrol(alice.capture())
  await acting.compared(handle)
  await acting.act({ type: 'confirmation' }, ['enrolment-officer'], { handle })
  const { status } = await acting.enrol(alice.capture('years later'), { ...UPDATE, handle })
  is(status, 'updated')
  await acting.compared(handle)
  await acting.act({ type: 'confirmation' }, ['enrolment-officer'], { handle, place: 1 })
  equal(acting.statuses(handle), ['confirmed', 'confirmed', 'confirmed'])
})

promises('names the enrolment that it follows', async () => {
  const enrolling = await Enrolling.start('follows')
  const { handle } = await enrolling.enrol(alice.capture())
  const { leaf } = enrolling.node().registry.person(handle)!
  const { entry } = await enrolling.enrol(alice.capture('later'), { ...UPDATE, handle }, 1)
  equal(decodeEntryOf('enrolment', entry.entry).after, leaf)
})

promises('asked for again is answered with the update that is there', async () => {
  const enrolling = await Enrolling.start('update again')
  const { handle } = await enrolling.enrol(alice.capture())
  const request = enrolling.request(alice.capture('later'), { ...UPDATE, handle })
  const { enrolment } = enrolling.node()
  const first = await enrolling.run(enrolment.enrol(request))
  const second = await enrolling.run(enrolment.enrol(request))
  equal(second.entry.entry, first.entry.entry)
  is(second.duplicateCheck, undefined)
  is((await enrolling.enrolments()).length, 2)
})

promises('with somebody else’s prints is refused, and changes nothing', async () => {
  const enrolling = await Enrolling.start('somebody else')
  const { handle } = await enrolling.enrol(alice.capture())
  const foreign = enrolling.enrol(bob.capture(), { ...UPDATE, handle })
  equal(await refusalOf(foreign), ['not-the-same-person'])
  const { handle: other } = await enrolling.enrol(bob.capture())
  const enrolled = enrolling.enrol(bob.capture('again'), { ...UPDATE, handle })
  equal(await refusalOf(enrolled), ['not-the-same-person'])
  equal(
    (await enrolling.found(alice.capture('again'))).map((found) => found.handle),
    [handle],
  )
  equal(
    (await enrolling.found(bob.capture('at the border'))).map((found) => found.handle),
    [other],
  )
})

promises('with right and left exchanged is refused by that name, and changes nothing', async () => {
  const enrolling = await Enrolling.start('exchanged')
  const { handle } = await enrolling.enrol(alice.capture())
  const exchanged = alice.capture('later').map(({ position, template }) => {
    return { position: position <= 5 ? position + 5 : position - 5, template }
  })
  const update = enrolling.enrol(exchanged, { ...UPDATE, handle })
  equal(await refusalOf(update), ['fingers-exchanged'])
  is((await enrolling.enrolments()).length, 1)
})

promises('of somebody who is not in the register is refused', async () => {
  const enrolling = await Enrolling.start('nobody')
  equal(await refusalOf(enrolling.enrol(alice.capture(), UPDATE)), ['not-enrolled'])
  is((await enrolling.enrolments()).length, 0)
})

promises('that finds somebody else besides opens a case', async () => {
  const enrolling = await Enrolling.start('two')
  const first = await enrolling.enrol(alice.capture())
  const second = await enrolling.enrol(alice.capture('under another name'))
  is(second.status, 'suspended')
  const { handle } = first
  const updated = await enrolling.enrol(alice.capture('later'), { ...UPDATE, handle })
  is(updated.status, 'suspended')
  const { candidates } = enrolling.node().registry.cases.file(updated.case!)!
  equal(
    candidates.map((candidate) => candidate.handle),
    [second.handle],
  )
})

promises('of somebody whose case is open waits until it is decided', async () => {
  const enrolling = await Enrolling.start('open')
  await enrolling.enrol(alice.capture())
  const { handle } = await enrolling.enrol(alice.capture('under another name'))
  const update = enrolling.enrol(alice.capture('later'), { ...UPDATE, handle })
  equal(await refusalOf(update), ['case-open'])
})

promises('is no way to enrol anew: an enrolment of the same handle is a conflict', async () => {
  const enrolling = await Enrolling.start('not anew')
  const { handle } = await enrolling.enrol(alice.capture())
  is(await codeOf(enrolling.enrol(alice.capture('later'), { handle })), 'conflict')
  is((await enrolling.enrolments()).length, 1)
})

promises.run()
