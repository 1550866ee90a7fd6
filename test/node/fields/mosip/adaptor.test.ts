/** The adaptor in front of a real node, without a broker, on a wire that may break. */
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { testPerson } from '../../../support/test-person.ts'
import type { Answer } from './support/mosip-side.ts'
import { TestDesk } from './support/test-desk.ts'

const promises = suite('the adaptor for MOSIP')

let desk: TestDesk

promises.before(async () => {
  desk = await TestDesk.start()
})

promises.after(async () => {
  await desk.close()
})

function asked(kind: string, requestId: string, rest: object = {}): Promise<Answer> {
  return desk.ask({ id: `mosip.abis.${kind}`, requestId, ...rest })
}

function inserted(name: string, label = 'first', requestId = `insert ${name}`): Promise<Answer> {
  const referenceURL = desk.shared(name, testPerson(name.split('-')[0]!).capture(label))
  return asked('insert', requestId, { referenceId: name, referenceURL })
}

function namedIn({ candidateList }: Answer): string[] {
  return candidateList!.candidates.map(({ referenceId }) => referenceId)
}

promises('enrols once where the answer of the node is lost', async () => {
  await inserted('lost')
  const before = desk.enrolled
  desk.link.state = 'loses-answers'
  const answer = inserted('lost-again', 'second')
  await desk.until(() => desk.enrolled > before)
  desk.link.state = 'good'
  is((await answer).returnValue, '1')
  is(desk.enrolled, before + 1)
  equal(namedIn(await asked('identify', 'identify lost', { referenceId: 'lost-again' })), ['lost'])
})

promises('asks for the same person after a crash, and forgets nobody who was found', async () => {
  await inserted('crash')
  const before = desk.enrolled
  desk.link.state = 'loses-answers'
  const lost = inserted('crash-again', 'second').catch((error: unknown) => error)
  await desk.until(() => desk.enrolled > before)
  await desk.crash()
  await lost
  is((await inserted('crash-again', 'second')).returnValue, '1')
  is(desk.enrolled, before + 1)
  equal(namedIn(await asked('identify', 'identify crash', { referenceId: 'crash' })), [
    'crash-again',
  ])
})

promises('waits for a node that is gone, and tells a ping', async () => {
  desk.link.state = 'dead'
  const insert = inserted('waiting')
  const ping = await asked('ping', 'ping gone')
  const jobs = await asked('pendingJobs', 'jobs')
  desk.link.state = 'good'
  equal([ping.returnValue, ping.failureReason], ['2', '1'])
  is(jobs.jobscount, '1')
  is((await insert).returnValue, '1')
  is((await asked('pendingJobs', 'jobs')).jobscount, '0')
})

promises('does every insert before the identify that comes after it', async () => {
  const insert = inserted('order')
  const again = inserted('order-again', 'second')
  const identify = asked('identify', 'identify order', { referenceId: 'order-again' })
  equal(namedIn(await identify), ['order'])
  equal([(await insert).returnValue, (await again).returnValue], ['1', '1'])
})

promises('names nobody who is deleted, and takes the reference no more', async () => {
  await inserted('gone')
  await inserted('gone-again', 'second')
  is((await asked('delete', 'delete gone', { referenceId: 'gone' })).returnValue, '1')
  equal(namedIn(await asked('identify', 'after', { referenceId: 'gone-again' })), [])
  const again = await inserted('gone', 'first', 'insert gone again')
  equal([again.returnValue, again.failureReason], ['2', '10'])
  is((await asked('delete', 'delete gone', { referenceId: 'gone' })).returnValue, '1', 'as before')
  is((await asked('delete', 'delete twice', { referenceId: 'gone' })).failureReason, '12')
})

promises('leaves out who is reached by chance more often than is wanted', async () => {
  await inserted('chance')
  await inserted('chance-again', 'second')
  const about = { referenceId: 'chance' }
  const strict = await asked('identify', 'strict', { ...about, flags: { targetFPIR: '999' } })
  equal(namedIn(strict), [])
  const loose = await asked('identify', 'loose', { ...about, flags: { targetFPIR: 30 } })
  equal(namedIn(loose), ['chance-again'])
})

promises('does not answer another question under an id that was used', async () => {
  const other = await asked('delete', 'insert lost', { referenceId: 'order' })
  equal([other.returnValue, other.failureReason], ['2', '4'])
})

promises.run()
