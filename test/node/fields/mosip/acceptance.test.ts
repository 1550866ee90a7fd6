/**
 * The acceptance cases of MOSIP's ABIS testing kit, by their numbers there, over a real broker. The
 * kit's own samples are irises; the people here have fingers.
 */
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { FingerArgument } from '../../../../node/cli/arguments.ts'
import { demoPeople, type DemoPeople } from '../../../../node/demo/people.ts'
import { cbeffFile, fingerBirs } from './support/cbeff-file.ts'
import type { Answer } from './support/mosip-side.ts'
import { TestStation } from './support/test-station.ts'

const promises = suite('an ABIS for MOSIP')

let station: TestStation | undefined
let demo: DemoPeople

promises.before(async () => {
  demo = await demoPeople()
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

/** Puts the prints of one of the bundled people, or others of the same fingers, into a share. */
async function share(
  { mosip }: TestStation,
  referenceId: string,
  place: number,
  which: 'fingers' | 'probes' = 'fingers',
): Promise<string> {
  const fingers: readonly FingerArgument[] = demo.people[place]![which]
  mosip.shares.set(`/${referenceId}`, cbeffFile(await fingerBirs(fingers)))
  return mosip.url(referenceId)
}

async function insert(
  on: TestStation,
  referenceId: string,
  place: number,
  which?: 'fingers' | 'probes',
): Promise<Answer> {
  const referenceURL = await share(on, referenceId, place, which)
  return on.mosip.ask(on.request('insert', { referenceId, referenceURL }))
}

function identify(on: TestStation, referenceId: string, rest: object = {}): Promise<Answer> {
  return on.mosip.ask(on.request('identify', { referenceId, referenceURL: '', ...rest }))
}

function namedIn({ candidateList }: Answer): string[] {
  is(candidateList?.count, String(candidateList?.candidates.length))
  return candidateList!.candidates.map(({ referenceId }) => referenceId)
}

promise('#1 inserts a record', async (on) => {
  const { requestId, ...rest } = await insert(on, 'person1', 0)
  ok(on.mosip.answers.has(requestId))
  equal(
    { ...rest, responsetime: '' },
    { id: 'mosip.abis.insert', responsetime: '', returnValue: '1' },
  )
  is(on.enrolled, 1)
})

promise('#2 fails with 7 where there is no biometric file', async (on) => {
  const about = { referenceId: 'no_cbeff', referenceURL: on.mosip.url('no_cbeff') }
  const answer = await on.mosip.ask(on.request('insert', about))
  equal([answer.returnValue, answer.failureReason], ['2', '7'])
})

promise('#3 fails with 7 at an insert without a reference', async (on) => {
  for (const referenceId of ['', null]) {
    const about = { referenceId, referenceURL: on.mosip.url('') }
    const answer = await on.mosip.ask(on.request('insert', about))
    equal([answer.returnValue, answer.failureReason], ['2', '7'])
  }
})

promise('#4 names nobody for whom there is nobody alike', async (on) => {
  is((await insert(on, 'person4', 3)).returnValue, '1')
  const flags = { maxResults: '10', targetFPIR: '30' }
  const answer = await identify(on, 'person4', { flags, gallery: null })
  is(answer.returnValue, '1')
  equal(namedIn(answer), [])
})

promise('#5 names the one who is alike', async (on) => {
  is((await insert(on, 'person5', 4)).returnValue, '1')
  is((await insert(on, 'person5_duplicate_1', 4, 'probes')).returnValue, '1')
  const answer = await identify(on, 'person5_duplicate_1')
  equal(namedIn(answer), ['person5'])
  const [candidate] = answer.candidateList!.candidates
  ok(Number(candidate!.analytics['internalScore']) > 0)
  is(candidate!.modalities[0]?.biometricType, 'FIR')
  equal(namedIn(await identify(on, 'person5')), ['person5_duplicate_1'], 'and the other way round')
})

promise('#6 names only whom the gallery has', async (on) => {
  is((await insert(on, 'person6', 5)).returnValue, '1')
  is((await insert(on, 'person6_duplicate_1', 5, 'probes')).returnValue, '1')
  is((await insert(on, 'person6_duplicate_2', 5)).returnValue, '1')
  const gallery = { referenceIds: [{ referenceId: 'person6' }, { referenceId: 'nobody' }] }
  equal(namedIn(await identify(on, 'person6_duplicate_2', { gallery })), ['person6'])
})

promise('#7 names the one with the highest score where one is wanted', async (on) => {
  is((await insert(on, 'person7', 6)).returnValue, '1')
  is((await insert(on, 'person7_duplicate_1', 6, 'probes')).returnValue, '1')
  is((await insert(on, 'person7_duplicate_2', 6)).returnValue, '1')
  const flags = { maxResults: '1' }
  equal(namedIn(await identify(on, 'person7_duplicate_2', { flags })), ['person7'])
})

promise('#8 fails with 5 at an identify with neither reference nor address', async (on) => {
  const answer = await identify(on, '')
  equal([answer.returnValue, answer.failureReason], ['2', '5'])
})

promise('#9 searches with the prints of an address where there is no reference', async (on) => {
  const before = on.enrolled
  const referenceURL = await share(on, 'person9', 4, 'probes')
  const answer = await identify(on, '', { referenceURL })
  equal(namedIn(answer).toSorted(), ['person5', 'person5_duplicate_1'])
  is(on.enrolled, before, 'and enrols nobody')
})

promise('#10 fetches nothing where the reference is known', async (on) => {
  is((await insert(on, 'person10', 8)).returnValue, '1')
  const before = on.mosip.fetched.length
  const answer = await identify(on, 'person10', { referenceURL: on.mosip.url('wrong') })
  equal(namedIn(answer), [])
  is(on.mosip.fetched.length, before)
})

promise('#11 finds nobody under a reference that was deleted', async (on) => {
  is((await insert(on, 'person11', 9)).returnValue, '1')
  const deleted = await on.mosip.ask(on.request('delete', { referenceId: 'person11' }))
  is(deleted.returnValue, '1')
  const answer = await identify(on, 'person11')
  equal([answer.returnValue, answer.failureReason], ['2', '12'])
})

promise('#12 fails at deleting what is not there', async (on) => {
  const answer = await on.mosip.ask(on.request('delete', { referenceId: 'never_inserted' }))
  equal([answer.returnValue, answer.failureReason], ['2', '12'])
})

promise('#13 answers a ping', async (on) => {
  const { returnValue, id } = await on.mosip.ask(on.request('ping'))
  equal([id, returnValue], ['mosip.abis.ping', '1'])
})

promises.run()
