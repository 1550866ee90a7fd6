import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { evidences } from '../../../protocol/evidence.ts'
import { ACCUSATIONS, EVIDENCE, evidenceReplies } from '../../../protocol/message/evidence.ts'
import { convicting, forked } from '../../support/history.ts'
import { Accusers } from './support/accusers.ts'

/** Enough that the evidence against all does not fit one reply. */
const NAMES = Array.from('abcdefghijkl', (letter) => `node-${letter}`)
const [FIRST, SECOND, THIRD, LIAR] = NAMES as [string, string, string, string]

const promises = suite('what convicts a log')

promises('is known to all nodes once one of them has it', async () => {
  const accusers = await Accusers.start('all', NAMES)
  const evidence = await against(LIAR)
  await accusers.run(accusers.get(SECOND).quarantine.add(evidence))
  await accusers.until(() => accusers.all().every(({ quarantine }) => quarantine.evidence(LIAR)))
  await accusers.settle()
  for (const { quarantine, caught } of accusers.all()) {
    equal(quarantine.evidence(LIAR), evidence)
    equal(caught, [LIAR], 'everybody is told once, the liar too')
  }
  equal(accusers.blames, [])
})

promises('is passed on to whom the finder cannot reach', async () => {
  const accusers = await Accusers.start('bridge', NAMES)
  for (const name of NAMES) if (name !== SECOND) accusers.world.network.cut(FIRST, name)
  await accusers.run(accusers.get(FIRST).quarantine.add(await against(LIAR)))
  await accusers.until(() => accusers.all().every(({ quarantine }) => quarantine.has(LIAR)))
})

promises('reaches a node that was cut off, when it asks anybody', async () => {
  const accusers = await Accusers.start('cut off', NAMES)
  const late = accusers.get(THIRD)
  accusers.world.network.partition([[THIRD]])
  await accusers.run(accusers.get(FIRST).quarantine.add(await against(LIAR)))
  await accusers.settle()
  await accusers.run(late.accuser.pull(FIRST))
  equal([accusers.get(SECOND).quarantine.logs(), late.quarantine.logs()], [[LIAR], []])
  accusers.world.network.heal()
  await accusers.settle()
  is(late.quarantine.has(LIAR), false, 'nobody says it again by himself')
  await accusers.run(late.accuser.pull(SECOND))
  equal([late.quarantine.logs(), late.caught], [[LIAR], [LIAR]])
  equal(accusers.blames, [])
})

promises('reaches a node that was down, and is still there when that restarts', async () => {
  const accusers = await Accusers.start('down', NAMES)
  accusers.world.machine(THIRD).crash()
  await accusers.run(accusers.get(FIRST).quarantine.add(await against(LIAR)))
  await accusers.settle()
  const late = await accusers.boot(THIRD)
  await accusers.run(late.accuser.pull(FIRST))
  equal([late.quarantine.logs(), late.caught], [[LIAR], [LIAR]])
  accusers.world.machine(THIRD).crash()
  const again = await accusers.boot(THIRD)
  equal(again.quarantine.evidence(LIAR), late.quarantine.evidence(LIAR))
  equal(again.caught, [])
})

promises(
  'against more logs than one reply holds is asked for until nothing is lacking',
  async () => {
    const accusers = await Accusers.start('many', NAMES)
    const late = accusers.get(THIRD)
    accusers.world.network.partition([[THIRD]])
    for (const name of NAMES) {
      await accusers.run(accusers.get(FIRST).quarantine.add(await against(name)))
    }
    await accusers.settle()
    accusers.world.network.heal()
    const known: number[] = []
    for (let polls = 0; polls < 3; polls += 1) {
      await accusers.run(late.accuser.pull(FIRST))
      known.push(late.quarantine.logs().length)
    }
    equal(known, [8, 12, 12])
  },
)

promises(
  'arrives however much is lost, repeated and overtaken, if everybody keeps asking',
  async () => {
    const accusers = await Accusers.start('lossy', NAMES.slice(0, 5))
    const { network } = accusers.world
    network.faults = { ...network.faults, lossProbability: 0.5, duplicationProbability: 0.5 }
    await accusers.run(accusers.get(FIRST).quarantine.add(await against(FIRST)))
    await accusers.run(accusers.get(LIAR).quarantine.add(await against(THIRD)))
    const isKnown = (): boolean =>
      accusers.all().every(({ quarantine }) => quarantine.logs().length === 2)
    for (let rounds = 0; rounds < 40 && !isKnown(); rounds += 1) {
      const asked = accusers.all().flatMap(({ accuser, mesh }) => {
        return mesh.peers().map(async (peer) => accuser.pull(peer))
      })
      await accusers.run(Promise.all(asked))
    }
    is(isKnown(), true)
    for (const { caught } of accusers.all()) equal(caught.toSorted(), [FIRST, THIRD])
    equal(accusers.blames, [])
  },
)

promises('has to convict, or whoever announces it is blamed', async () => {
  const good = evidences.decode(await against(LIAR))
  for (const [bytes, code] of [
    [evidences.encode(await growth(LIAR)), 'bad-proof'],
    [evidences.encode({ ...good, log: FIRST }), 'bad-signature'],
    [Uint8Array.of(1, 2, 3), 'malformed'],
  ] as const) {
    const accusers = await Accusers.start(`announced ${code}`, NAMES.slice(0, 4))
    accusers.get(SECOND).mesh.announce(ACCUSATIONS, bytes)
    await accusers.until(() => accusers.blames.length === 3)
    for (const { peer, code: blamed } of accusers.blames) equal([peer, blamed], [SECOND, code])
    for (const { quarantine } of accusers.all()) equal(quarantine.logs(), [])
  }
})

promises(
  'has to convict, or whoever answers with it is blamed, and good evidence still counts',
  async () => {
    const lie = evidences.encode(await growth(FIRST))
    const good = await against(LIAR)
    const cases: [Uint8Array, string, string[]][] = [
      [evidenceReplies.encode([lie, good]), 'bad-proof', [LIAR]],
      [Uint8Array.of(9), 'malformed', []],
    ]
    for (const [reply, code, caught] of cases) {
      const accusers = await Accusers.start(`answered ${code}`, [FIRST, SECOND, LIAR], {
        [SECOND]: { [EVIDENCE]: async () => reply },
      })
      const { accuser, quarantine } = accusers.get(FIRST)
      await accusers.run(accuser.pull(SECOND))
      equal(accusers.blames, [{ by: FIRST, peer: SECOND, code }])
      equal(quarantine.logs(), caught)
    }
  },
)

promises('against a log that this roster does not have is nobody’s fault', async () => {
  const accusers = await Accusers.start('other roster', NAMES.slice(0, 4))
  accusers.get(SECOND).mesh.announce(ACCUSATIONS, await against('semey'))
  await accusers.settle()
  equal(accusers.blames, [])
})

promises('is not waited for from a peer that does not answer', async () => {
  const accusers = await Accusers.start('silent', NAMES.slice(0, 4))
  accusers.world.network.silence(SECOND, EVIDENCE)
  const { accuser, quarantine } = accusers.get(FIRST)
  await accusers.run(accuser.pull(SECOND))
  equal([quarantine.logs(), accusers.blames], [[], []])
})

promises('is taken no more by who has closed, and what was being written is on disk', async () => {
  const accusers = await Accusers.start('closing', NAMES.slice(0, 4))
  const { accuser, quarantine } = accusers.get(FIRST)
  accusers.get(SECOND).mesh.announce(ACCUSATIONS, await against(LIAR))
  await accusers.until(() => quarantine.has(LIAR))
  is(quarantine.evidence(LIAR), undefined, 'it is still being written')
  await accusers.run(accuser.close())
  equal(quarantine.evidence(LIAR), await against(LIAR))
  accusers.get(SECOND).mesh.announce(ACCUSATIONS, await against(THIRD))
  await accusers.settle()
  equal([quarantine.has(THIRD), accusers.get(LIAR).quarantine.has(THIRD)], [false, true])
})

promises.run()

async function against(name: string): Promise<Uint8Array> {
  return evidences.encode(await convicting(name, forked(name, 3, 10), 5, 9))
}

/** What proves that a log has grown, which is no crime. */
function growth(name: string) {
  const [honest] = forked(name, 3, 10)
  return convicting(name, [honest, honest], 5, 9)
}
