/** What becomes of messages that come twice, come back, or are none, over a real broker. */
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { listWithdrawn } from '../../../../node/fields/mosip/withdrawn.ts'
import { testPerson } from '../../../support/test-person.ts'
import { templateFile } from './support/cbeff-file.ts'
import { TestStation } from './support/test-station.ts'

const promises = suite('requests of MOSIP')

let station: TestStation | undefined

promises.before(async () => {
  station = await TestStation.start()
})

promises.after(async () => {
  await station?.close()
})

/** A promise that needs the broker. */
function promise(name: string, check: (on: TestStation) => Promise<void>): void {
  promises(name, async () => {
    if (station) await check(station)
  })
}

/** An insert of somebody of that name. */
function insertOf(on: TestStation, name: string, fingers = testPerson(name).capture()) {
  on.mosip.shares.set(`/${name}`, templateFile(fingers))
  return on.request('insert', { referenceId: name, referenceURL: on.mosip.url(name) })
}

/** Every request has been answered with success, and each time in the same words. */
async function allAnswered(on: TestStation, requests: readonly { requestId: string }[]) {
  for (const { requestId } of requests) {
    const { returnValue } = await on.mosip.answer(requestId)
    is(returnValue, '1', on.output)
    is(new Set(on.mosip.answers.get(requestId)).size, 1)
  }
}

async function counted(on: TestStation): Promise<number> {
  return Number((await on.mosip.ask(on.request('referenceCount'))).count)
}

promise('that come again are answered in the same words, and done once', async (on) => {
  const before = on.enrolled
  const insert = insertOf(on, 'again')
  await on.mosip.send(insert)
  await on.mosip.send(insert)
  await on.mosip.answer(insert.requestId, 2)
  await on.mosip.send(insert, 'bytes')
  await on.mosip.answer(insert.requestId, 3)
  await allAnswered(on, [insert])
  is(on.enrolled, before + 1)
})

promise('of one reference under another id are refused', async (on) => {
  const before = on.enrolled
  const [first, second] = [insertOf(on, 'twice'), insertOf(on, 'twice')]
  await on.mosip.send(first)
  await on.mosip.send(second)
  is((await on.mosip.answer(first.requestId)).returnValue, '1')
  const refused = await on.mosip.answer(second.requestId)
  equal([refused.returnValue, refused.failureReason], ['2', '10'])
  is(on.enrolled, before + 1)
})

promise('are neither lost nor repeated when the adaptor is killed', async (on) => {
  const before = on.enrolled
  const inserts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => insertOf(on, `killed-${name}`))
  for (const insert of inserts) await on.mosip.send(insert)
  await on.mosip.until(() => on.enrolled > before)
  await on.killAdaptor()
  await on.startAdaptor()
  await allAnswered(on, inserts)
  is(on.enrolled, before + inserts.length)
  for (const { referenceId } of inserts as { referenceId?: string }[]) {
    const answer = await on.mosip.ask(on.request('identify', { referenceId }))
    is(answer.candidateList?.count, '0')
  }
})

promise('are neither lost nor repeated when the broker is killed', async (on) => {
  const before = on.enrolled
  const inserts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => insertOf(on, `broker-${name}`))
  for (const insert of inserts) await on.mosip.send(insert)
  await on.mosip.until(() => on.enrolled > before)
  await on.broker.kill()
  await on.broker.start()
  await allAnswered(on, inserts)
  is(on.enrolled, before + inserts.length)
})

promise('are taken again from a queue that was deleted and is there again', async (on) => {
  const before = [...on.output.matchAll(/the broker is there/g)].length
  on.broker.deleteQueue('mosip-to-abis')
  await on.mosip.until(() => [...on.output.matchAll(/the broker is there/g)].length > before)
  is((await on.mosip.ask(on.request('ping'))).returnValue, '1')
})

promise('are answered again after a restart, as they were', async (on) => {
  const insert = insertOf(on, 'kept')
  await on.mosip.ask(insert)
  is(await on.stopAdaptor(), 0)
  await on.mosip.send(insert)
  await on.startAdaptor()
  await on.mosip.answer(insert.requestId, 2)
  await allAnswered(on, [insert])
})

promise('to delete leave the handle for two officers to erase', async (on) => {
  const before = await counted(on)
  await on.mosip.ask(insertOf(on, 'deleted'))
  const request = on.request('delete', { referenceId: 'deleted' })
  is((await on.mosip.ask(request)).returnValue, '1')
  is(await counted(on), before)
  const listed = await listWithdrawn(on.withdrawn)
  equal(
    listed.map(({ referenceId }) => referenceId),
    ['deleted'],
  )
  const { registry } = on.mesh.node()
  const { handle } = listed[0]!
  ok(registry.person(handle), 'who is still in the register')
  await on.mesh.compared(handle)
  const { status, stdout, stderr } = await on.erase()
  is(status, 0, stderr)
  ok(stdout.includes('erasure decided'))
  is(registry.lives.life(handle).status, 'erased')
  equal(await listWithdrawn(on.withdrawn), [])
})

const WRONG: readonly [what: string, body: object, failure: string][] = [
  ['without an id', { id: undefined }, '14'],
  ['with an id that there is none of', { id: 'mosip.abis.compare' }, '14'],
  ['with an id of the language', { id: '__proto__' }, '14'],
  ['with an id that is a number', { id: 7 }, '4'],
  ['without a version', { version: undefined }, '13'],
  ['of another version', { version: '9.9' }, '13'],
  ['with a version that is an object', { version: { major: 1 } }, '13'],
  ['without a time', { requesttime: undefined }, '9'],
  ['with a time that is none', { requesttime: 'yesterday' }, '15'],
  ['of the 30th of February', { requesttime: '2020-13-30T00:00:00.000Z' }, '15'],
  ['without an address', { id: 'mosip.abis.insert', referenceId: 'x' }, '8'],
  ['with an address of a file', inserting('file:///etc/passwd'), '7'],
  ['with an address of somebody else', inserting('http://127.0.0.1:1/x'), '7'],
  ['with an address with a password', inserting('http://a:b@127.0.0.1/x'), '7'],
  ['with an address that is a number', { ...inserting(''), referenceURL: 5 }, '4'],
  ['with an address without end', inserting(`http://x/${'x'.repeat(5_000)}`), '4'],
  ['with a reference without end', { id: 'mosip.abis.delete', referenceId: 'x'.repeat(999) }, '4'],
  ['with a reference that is a list', { id: 'mosip.abis.delete', referenceId: ['x'] }, '4'],
  ['with a gallery that is a text', identifying({ gallery: 'all' }), '4'],
  ['with a gallery of numbers', identifying({ gallery: { referenceIds: [1, 2] } }), '4'],
  ['with flags that are none', identifying({ flags: 'all' }), '4'],
  ['with a flag that is no number', identifying({ flags: { maxResults: '-1' } }), '4'],
  ['about nobody', identifying({}), '12'],
  ['to delete nobody', { id: 'mosip.abis.delete' }, '5'],
]

function inserting(referenceURL: string): object {
  return { id: 'mosip.abis.insert', referenceId: 'x', referenceURL: referenceURL || undefined }
}

function identifying(rest: object): object {
  return { id: 'mosip.abis.identify', referenceId: 'nobody', ...rest }
}

for (const [what, body, failure] of WRONG) {
  promise(`${what} fail with ${failure}`, async (on) => {
    const answer = await on.mosip.ask({ ...on.request('ping'), ...body })
    equal([answer.returnValue, answer.failureReason], ['2', failure])
  })
}

promise('without a requestId fail with 6', async (on) => {
  await on.mosip.send({ ...on.request('ping'), requestId: null })
  const answer = await on.mosip.answer('')
  equal([answer.returnValue, answer.failureReason], ['2', '6'])
})

const SHARES: readonly [what: string, share: string, failure: string][] = [
  ['with nothing in it', '', '7'],
  ['that is refused', '{"errors":[{"errorCode":"DAT-SER-003","message":"no file"}]}', '7'],
  ['that has expired', '{"errors":[{"errorCode":"DAT-SER-006","message":"usage expired"}]}', '17'],
  ['that is no XML', 'no XML', '16'],
  ['with a document type', '<!DOCTYPE x [<!ENTITY a "b">]><BIR>&a;</BIR>', '16'],
  ['with elements without end', '<BIR>'.repeat(100), '16'],
  ['that is something else', '<HTML/>', '16'],
  ['without records', '<BIR><BIRInfo/></BIR>', '11'],
  ['of an iris', birOf('Iris', 'Left', 'aXJpcw=='), '11'],
  ['of a finger that is none', birOf('Finger', 'Right IndexFinger', 'bm9uZQ=='), '16'],
  ['of a finger in no base64', birOf('Finger', 'Right IndexFinger', '%%%'), '16'],
  ['of an eleventh finger', birOf('Finger', 'Right SixthFinger', 'bm9uZQ=='), '16'],
  ['encrypted for somebody', 'VkVSX1Iy'.repeat(100), '16'],
]

function birOf(type: string, subtype: string, data: string): string {
  const info = `<BDBInfo><Type>${type}</Type><Subtype>${subtype}</Subtype></BDBInfo>`
  return `<BIR><BIR>${info}<BDB>${data}</BDB></BIR></BIR>`
}

for (const [place, [what, share, failure]] of SHARES.entries()) {
  promise(`about a share ${what} fail with ${failure}`, async (on) => {
    const name = `share-${place}`
    on.mosip.shares.set(`/${name}`, share)
    const about = { referenceId: name, referenceURL: on.mosip.url(name) }
    const answer = await on.mosip.ask(on.request('insert', about))
    equal([answer.returnValue, answer.failureReason], ['2', failure])
  })
}

promise('of one finger are done where the others are certified to be gone', async (on) => {
  const [finger] = testPerson('one-finger').capture()
  is((await on.mosip.ask(insertOf(on, 'one-finger', [finger!]))).returnValue, '1')
})

promise('of the same finger twice fail with 18', async (on) => {
  const { template } = testPerson('one-finger-twice').capture()[0]!
  const fingers = [2, 7].map((position) => ({ position, template }))
  const answer = await on.mosip.ask(insertOf(on, 'one-finger-twice', fingers))
  equal([answer.returnValue, answer.failureReason], ['2', '18'])
})

promise('that are none are rejected once each, and do not end the adaptor', async (on) => {
  for (const body of ['', 'no JSON', '[1]', 'null', '"x"', `{"a":${'['.repeat(100_000)}`]) {
    await on.mosip.send(body)
  }
  await on.mosip.send({ map: 1 }, 'as-it-is')
  await on.mosip.send(`{"requestId":"${'x'.repeat(3_000_000)}"}`)
  is((await on.mosip.ask(on.request('ping'))).returnValue, '1')
  is([...on.output.matchAll(/a message is not answered/g)].length, 8)
})

promises.run()
