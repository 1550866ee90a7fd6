import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { equalBytes, toHex } from '../../../crypto/bytes.ts'
import { resolutionDigest, type Deed } from '../../../protocol/deed.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { CLAIMS, RESOLUTIONS, resolutionRequests } from '../../../protocol/message/resolution.ts'
import { homeOf } from '../../../protocol/number-home.ts'
import { someIins } from '../../support/iins.ts'
import { testPerson } from '../../support/test-person.ts'
import { refusalOf } from '../enrol/support/enrolling.ts'
import { Acting, type Signers } from './support/deeds.ts'
import { Succeeding } from './support/succeeding.ts'

const CLERK: Signers = ['enrolment-officer']
const CONFIRMATION: Deed = { type: 'confirmation' }
const nonce = new Uint8Array(32).fill(9)
let cases = 0

const homes = suite('the home of a number')

homes('is one node for each number, whoever works it out', () => {
  const names = ['almaty', 'astana', 'shymkent', 'aktau'].map((name) => ({ name }))
  const moved = someIins(200).filter((digits) => {
    const home = homeOf(digits, { nodes: names })
    is(homeOf(digits, { nodes: names.toReversed() }), home)
    return homeOf(digits, { nodes: names.slice(0, 3) }) !== home
  })
  // Only the numbers of a node that leaves move.
  ok(moved.every((digits) => homeOf(digits, { nodes: names }) === 'aktau'))
  ok(moved.length > 20 && moved.length < 90)
})

homes('gives it one handle, at however many nodes it is asked for at once', async () => {
  const acting = await Acting.start('at once')
  const { digits, away } = numberOf(acting)
  const works = away.map(async (place) => acting.node(place).acts.record(asked(acting, digits)))
  const handles = (await acting.run(Promise.all(works))).map(({ reading }) => handleIn(reading))
  equal(handles[0], handles[1])
  const again = await resolved(acting, digits, away[1])
  equal(again, handles[0])
})

homes('is told by no log: what is asked of it stands where it was asked', async () => {
  const acting = await Acting.start('told by no log')
  const { digits, home, away } = numberOf(acting)
  const before = acting.node(home).ledger.own.size
  const request = asked(acting, digits)
  const { entry, reading } = await acting.run(acting.node(away[0]).acts.record(request))
  is(entry.log, acting.node(away[0]).name)
  equal(decodeEntryOf('act', entry.entry).subject, handleIn(reading))
  is(acting.node(home).ledger.own.size, before)
})

homes('tells nothing to who has not logged that an officer asks', async () => {
  const acting = await Acting.start('shown')
  const { digits, home, away } = numberOf(acting)
  await resolved(acting, digits, away[0])
  const asker = acting.node(away[1])
  const shown = await acting.run(asker.ledger.prove(asker.name, 0))
  const request = resolutionRequests.encode({ shown, digits, nonce })
  const deadline = acting.world.clock.now() + 1_000
  const work = asker.mesh.call(acting.node(home).name, RESOLUTIONS, request, { deadline })
  equal(await refusalOf(acting.run(work)), ['malformed'])
})

homes('that is silent keeps nobody from enrolling, and from being confirmed', async () => {
  const acting = await Acting.start('silent home')
  const { digits, home, away } = numberOf(acting)
  const speak = silence(acting, [home])
  const handle = await resolved(acting, digits, away[0])
  await acting.enrol(testPerson('alice').capture(), { handle }, away[0])
  await acting.world.clock.run({ forMs: 30_000, eventsMax: 200_000 })
  const confirm = () => acting.act(CONFIRMATION, CLERK, { handle, place: away[1] })
  const { pairs, lives } = acting.node(away[1]).registry
  is(pairs.standing(lives.life(handle).enrolment!).isCompared, true)
  equal(await refusalOf(confirm()), ['not-compared'])
  speak()
  await acting.compared(handle)
  await confirm()
  equal(acting.statuses(handle), ['confirmed', 'confirmed', 'confirmed'])
})

homes('that was silent finds two of one number: the later one has a case', async () => {
  const acting = await Acting.start('two of one number')
  const { digits, away } = numberOf(acting)
  const speak = silence(acting, [0, 1, 2])
  const handles = []
  for (const [i, place] of away.entries()) {
    const handle = await resolved(acting, digits, place)
    await acting.enrol(testPerson(`person ${i}`).capture(), { handle }, place)
    handles.push(handle)
  }
  const [first, later] = handles as [Uint8Array, Uint8Array]
  is(equalBytes(first, later), false)
  speak()
  await acting.compared(first)
  await acting.compared(later)
  equal(acting.statuses(first), ['provisional', 'provisional', 'provisional'])
  equal(acting.statuses(later), ['suspended', 'suspended', 'suspended'])
  for (const { registry } of acting.register.nodes()) {
    const { case: opened } = registry.lives.life(later)
    const { candidates } = registry.cases.file(opened!.id)!
    equal(
      candidates.map(({ handle, score }) => [toHex(handle), score]),
      [[toHex(first), 0]],
    )
  }
})

for (const who of ['who has claimed it', 'somebody else']) {
  homes(`that has become ${who} knows what others were told by the last`, async () => {
    const names = ['almaty', 'astana', 'shymkent', 'aktau']
    const acting = await Succeeding.founded(`new home: ${who}`, names)
    const { nodes } = acting.register.roster
    const left = nodes.filter(({ name }) => name !== 'aktau')
    const digits = someIins(50).find((one) => homeOf(one, { nodes }) === 'aktau')!
    const place = left.findIndex(({ name }) => name === homeOf(digits, { nodes: left }))
    const claimer = who === 'somebody else' ? (place + 1) % 3 : place
    const teller = (place + 2) % 3
    const first = await resolved(acting, digits, teller)
    await acting.enrol(testPerson('told').capture(), { handle: first }, teller)
    const speak = silence(
      acting,
      [0, 1, 2, 3].filter((one) => one !== claimer),
    )
    const later = await resolved(acting, digits, claimer)
    is(equalBytes(first, later), false)
    await acting.enrol(testPerson('claimed').capture(), { handle: later }, claimer)
    acting.crash('aktau')
    await acting.pass(5_000)
    const staying = left.map(({ name }) => name)
    const next = acting.register.propose(staying, [await acting.closing('aktau')])
    await acting.run(acting.register.open(next, acting.node(claimer)))
    await acting.until(() => acting.haveMoved())
    const { numbers } = acting.node(claimer).registry
    is([...numbers.openIn(acting.node(claimer).name)].length, 1, 'who may know is still silent')
    speak()
    await acting.compared(first)
    await acting.compared(later)
    equal(acting.statuses(first), ['provisional', 'provisional', 'provisional'])
    equal(acting.statuses(later), ['suspended', 'suspended', 'suspended'])
  })
}

homes.run()

/** A number, the place of its home, and the places that are not. */
function numberOf(acting: Acting) {
  const [digits] = someIins(1) as [string]
  const { nodes } = acting.register.roster
  const places = nodes.map((_, place) => place)
  const home = nodes.findIndex(({ name }) => name === homeOf(digits, { nodes }))
  const away = places.filter((place) => place !== home) as [number, number]
  return { digits, home, away }
}

function asked(acting: Acting, digits: string) {
  const deed: Deed = { type: 'resolution', commitment: resolutionDigest(nonce, digits) }
  // A deed is good once.
  const caseNumber = `case ${(cases += 1)}`
  return acting.deed(deed, CLERK, { iin: { digits, nonce }, caseNumber })
}

async function resolved(acting: Acting, digits: string, place: number): Promise<Uint8Array> {
  const work = acting.node(place).acts.record(asked(acting, digits))
  const { reading } = await acting.run(work)
  await acting.settle()
  return handleIn(reading)!
}

function handleIn(reading: { of: string }): Uint8Array | undefined {
  return reading.of === 'resolution' ? (reading as { handle?: Uint8Array }).handle : undefined
}

/** Answers of these get lost, until they speak again. */
function silence(acting: Acting, places: readonly number[]): () => void {
  const { network } = acting.world
  const ends = places.flatMap((place) => {
    return [RESOLUTIONS, CLAIMS].map((one) => network.silence(acting.node(place).name, one))
  })
  return () => {
    for (const end of ends) end()
  }
}
