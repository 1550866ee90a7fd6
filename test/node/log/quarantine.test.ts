import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { Quarantine, storedEvidence } from '../../../node/log/quarantine.ts'
import { silentLogger, type Logger } from '../../../node/logger.ts'
import type { Store } from '../../../node/store/store.ts'
import { evidences, verifyEvidence } from '../../../protocol/evidence.ts'
import { convicting, forked, History, rosterOf } from '../../support/history.ts'
import { codeOf, contentOf, FaultyStore, put, TestDisk } from './support/test-disk.ts'

const LOG = 'astana'
const OTHER = 'almaty'
const roster = rosterOf([OTHER, LOG, 'shymkent'])
const histories = forked(LOG, 5, 10)

const promises = suite('the quarantine')

let disk: TestDisk

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('is empty until somebody is caught', async () => {
  const { quarantine, caught } = await opened(await disk.open())
  equal([quarantine.logs(), quarantine.has(LOG), caught], [[], false, []])
  is(quarantine.evidence(LOG), undefined)
})

promises('takes a log for good, with what convicts it, and tells of it', async () => {
  const first = await opened(await disk.open())
  const evidence = await evidenceAt(7, 12)
  is(await first.quarantine.add(evidence), true)
  equal(first.caught, [LOG])
  for (const quarantine of [first.quarantine, (await opened(await disk.open())).quarantine]) {
    equal([quarantine.logs(), quarantine.has(LOG), quarantine.has(OTHER)], [[LOG], true, false])
    equal(quarantine.evidence(LOG), evidence)
    is(quarantine.conviction(LOG)?.kind, 'other-beginning')
    is(verifyEvidence(quarantine.evidence(LOG)!, roster).log, LOG)
  }
})

promises('tells of nobody who was caught before it was opened', async () => {
  await (await opened(await disk.open())).quarantine.add(await evidenceAt(7, 12))
  const again = await opened(await disk.open())
  is(await again.quarantine.add(await evidenceAt(8, 8)), false)
  equal([again.caught, again.errors], [[], []])
})

promises('keeps the first evidence against a log, and names logs as the roster does', async () => {
  const { quarantine, caught } = await opened(await disk.open())
  const first = await evidenceAt(7, 12)
  await quarantine.add(first)
  is(await quarantine.add(await evidenceAt(8, 8)), false)
  is(await quarantine.add(first), false)
  equal(quarantine.evidence(LOG), first)
  const against = await convicting(OTHER, forked(OTHER, 1, 3), 2, 3)
  is(await quarantine.add(evidences.encode(against)), true)
  equal(
    [quarantine.logs(), caught],
    [
      [OTHER, LOG],
      [LOG, OTHER],
    ],
  )
})

promises('lets one of many who come at once be the first', async () => {
  const { quarantine, caught } = await opened(await disk.open())
  const all = await Promise.all([evidenceAt(7, 12), evidenceAt(8, 8), evidenceAt(7, 12)])
  equal(await Promise.all(all.map((one) => quarantine.add(one))), [true, false, false])
  equal([quarantine.evidence(LOG), caught], [all[0], [LOG]])
})

promises('takes nobody on evidence that does not verify, and writes nothing', async () => {
  const store = await disk.open()
  const { quarantine, caught } = await opened(store)
  const honest = new History(LOG, [utf8('a'), utf8('b'), utf8('c')])
  const growth = await convicting(LOG, [honest, honest], 2, 3)
  const good = evidences.decode(await evidenceAt(7, 12))
  const stranger = await convicting('semey', forked('semey', 1, 3), 2, 2)
  for (const [bytes, code] of [
    [evidences.encode(growth), 'bad-proof'],
    [evidences.encode({ ...good, log: OTHER }), 'bad-signature'],
    [evidences.encode({ ...good, first: good.second, second: good.first }), 'malformed'],
    [evidences.encode(stranger), 'not-found'],
    [utf8('nothing of the kind'), 'malformed'],
    [new Uint8Array(evidences.bytesMax + 1), 'too-large'],
  ] as const) {
    is(await codeOf(quarantine.add(bytes)), code)
  }
  equal([quarantine.logs(), caught, await contentOf(store)], [[], [], []])
})

promises('has evidence on disk for good before it tells anybody', async () => {
  const store = new FaultyStore(await disk.open())
  const { quarantine, caught } = await opened(store)
  const release = store.hold()
  const adding = quarantine.add(await evidenceAt(7, 12))
  equal([quarantine.has(LOG), quarantine.evidence(LOG), caught], [true, undefined, []])
  release()
  await adding
  equal([store.durable, caught], [[true], [LOG]])
})

for (const fault of ['kept', 'lost'] as const) {
  promises(`trusts no log whose evidence the disk has refused (${fault})`, async () => {
    const store = new FaultyStore(await disk.open())
    const { quarantine, caught } = await opened(store)
    const evidence = await evidenceAt(7, 12)
    store.failNext(fault)
    is(await codeOf(quarantine.add(evidence)), 'storage')
    equal([quarantine.has(LOG), quarantine.evidence(LOG), caught], [true, undefined, []])
    is(await quarantine.add(evidence), true, 'the disk gets another chance')
    const again = await opened(await disk.open())
    equal([again.quarantine.evidence(LOG), caught], [evidence, [LOG]])
  })
}

promises('heals nobody when the evidence on disk is damaged, and says so', async () => {
  const evidence = await evidenceAt(7, 12)
  const against = evidences.encode(await convicting(OTHER, forked(OTHER, 1, 3), 2, 3))
  const damaged = [evidence.with(40, evidence[40]! ^ 1), new Uint8Array(), against]
  for (const row of damaged) {
    const store = await disk.open()
    await store.batch([put(`evidence/${LOG}`, row)], { durable: true })
    const { quarantine, errors } = await opened(store)
    equal([quarantine.logs(), quarantine.evidence(LOG), errors], [[LOG], undefined, [LOG]])
  }
})

promises('replaces damaged evidence by what convicts', async () => {
  const store = await disk.open()
  await store.batch([put(`evidence/${LOG}`, utf8('damaged'))], { durable: true })
  const { quarantine, caught } = await opened(store)
  const evidence = await evidenceAt(8, 8)
  is(await quarantine.add(evidence), true)
  equal(caught, [LOG])
  const again = await opened(await disk.open())
  equal([again.quarantine.evidence(LOG), again.errors], [evidence, []])
})

promises('can be read from a disk by whoever has no roster', async () => {
  const store = await disk.open()
  await store.batch([put('evident', utf8('x')), put('log/a/size', utf8('y'))], { durable: true })
  const { quarantine } = await opened(store)
  const evidence = await evidenceAt(8, 8)
  await quarantine.add(evidence)
  equal([...(await storedEvidence(store, 10))], [[LOG, evidence]])
  ok((await storedEvidence(store, 0)).size === 0)
})

promises.run()

async function opened(store: Store) {
  const errors: unknown[] = []
  const error = (message: string, fields?: object): void => {
    if (message === 'evidence on disk does not convict') errors.push(Reflect.get(fields!, 'log'))
  }
  const logger: Logger = { ...silentLogger, error }
  const quarantine = await Quarantine.open({ roster }, { store, logger })
  const caught: string[] = []
  quarantine.onCaught((log) => caught.push(log))
  return { quarantine, caught, errors }
}

async function evidenceAt(from: number, to: number): Promise<Uint8Array> {
  return evidences.encode(await convicting(LOG, histories, from, to))
}
