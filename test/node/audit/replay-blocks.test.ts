import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import {
  blocksOfSample,
  detection,
  PeopleThen,
  replayBlock,
  type ReplayedBlock,
} from '../../../node/audit/replay-blocks.ts'
import { verifyReplay } from '../../../node/audit/verify-replay.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { openReplay, replayEvidences, signedReplays } from '../../../protocol/replay.ts'
import { samples } from '../../../protocol/sample.ts'
import { LAZY, LazyRegister } from '../../../simulations/scenarios/lazy-register.ts'
import { testPerson } from '../../support/test-person.ts'

const SHARDS = 3
const PEOPLE = Array.from({ length: 8 }, (_, at) => testPerson(`replayed ${at}`))
const DECOY = testPerson('nobody').capture()

const promises = suite('a replay of blocks of a query')

promises('agrees where every replica has searched for everybody', async () => {
  const lazy = await register('honest', () => false)
  const { blocks } = await replayed(lazy)
  is(blocks.length, SHARDS)
  equal(new Set(blocks.map(({ verdict }) => verdict)), new Set(['agreed']))
})

promises('shows the part of a node that left somebody out to be false, to anybody', async () => {
  let someone: string | undefined
  const lazy = await register('lazy', (id) => (someone ??= id) === id)
  const { roster } = lazy.register
  const { blocks } = await replayed(lazy, (found) => found.some(({ node }) => node === LAZY))
  const [found, ...others] = blocks.filter(({ verdict }) => verdict === 'differs')
  equal(others, [])
  const evidence = found!.evidence!
  const { node, alike, against } = verifyReplay(evidence, roster)
  is(node, found!.node)
  // The lazy node lies again, and who confirms it shares it; the honest one is on the other side.
  ok(node === LAZY ? alike.includes(LAZY) : against.includes(LAZY))
  is(alike.length, 1)
  is(against.length, 1)
  const opened = replayEvidences.decode(evidence)
  const wrong = [
    { ...opened, people: opened.people.slice(1) },
    { ...opened, shard: (opened.shard + 1) % SHARDS },
    { ...opened, replays: [] },
    { ...opened, block: { ...opened.block, digest: opened.people[0]!.commitment } },
    {
      ...opened,
      replays: opened.replays.map((one) => ({ ...one, signature: new Uint8Array(64) })),
    },
  ]
  for (const one of wrong) throws(() => verifyReplay(replayEvidences.encode(one), roster))
})

promises('is not to be had of people who are not searched any more', async () => {
  const lazy = await register('gone', () => false)
  const { answer } = await lazy.identify(PEOPLE[1]!.capture('again'))
  const [first] = answer.candidates
  const { registry, replayer } = lazy.asker
  const here = registry.person(first!.handle)!
  const { handle, commitment, shard } = here
  const people = [
    { handle, commitment },
    { handle: new Uint8Array(16), commitment },
  ]
  const node = lazy.register.roster.nodes.find(({ name }) => {
    return lazy.register.node(name)!.keeper.shards.includes(shard)
  })!
  const ask = async (queryId: string, some: typeof people) => {
    const wanted = { queryId, node: node.name, shard, people: some }
    const signed = signedReplays.decode(await lazy.finish(replayer.ask(wanted)))
    return openReplay(signed, () => node.publicKey)
  }
  const queryId = toHex(answer.queryId)
  const { missing, digest } = await ask(queryId, people)
  equal([missing, digest], [1, undefined])
  ok((await ask(queryId, people.slice(0, 1))).digest)
  const other = await ask('00'.repeat(16), people).catch((error: unknown) => asTamgaError(error))
  is('code' in other && other.code, 'not-found')
})

promises('says when the logs end before the part, or make other people than it names', async () => {
  const lazy = await register('logs', () => false)
  const { roster } = lazy.register
  const { answer } = await lazy.identify(testPerson('asked for').capture())
  const sample = lazy.asker.samples.encoded(toHex(answer.queryId))!
  const logs = await lazy.logs()
  const [block] = blocksOfSample(sample, roster)
  const shorter = new Map([...logs].map(([name, entries]) => [name, entries.slice(0, 3)]))
  const few = new PeopleThen({ logs: shorter, roster })
  is(
    (await replayBlock(block!, sample, { people: few, roster, ask: nobody })).verdict,
    'not-replayable',
  )
  const people = new PeopleThen({ logs, roster })
  const shards = block!.opened.shards.map((count) => ({ ...count, templates: count.scores }))
  const other = { ...block!, opened: { ...block!.opened, shards } }
  is((await replayBlock(other, sample, { people, roster, ask: nobody })).verdict, 'other-people')
})

promises('is as likely to show a lie as the arithmetic says', () => {
  is(detection(0.01, 460).toFixed(4), '0.9902')
  is(detection(0.01, 1).toFixed(4), '0.0100')
  is(detection(0, 1_000), 0)
})

promises.run()

/** All blocks of the last query, asked until the answer is as wanted. */
async function replayed(
  lazy: LazyRegister,
  isWanted: (parts: readonly { node: string }[]) => boolean = () => true,
): Promise<{ blocks: ReplayedBlock[] }> {
  const { roster } = lazy.register
  const { answer, parts } = await lazy.identify(testPerson('asked for').capture())
  ok(isWanted(parts))
  const { samples: kept, replayer } = lazy.asker
  const sample = kept.encoded(toHex(answer.queryId))!
  is(samples.decode(sample).scores.length, SHARDS)
  const people = new PeopleThen({ logs: await lazy.logs(), roster })
  const blocks: ReplayedBlock[] = []
  for (const block of blocksOfSample(sample, roster)) {
    const ask: Parameters<typeof replayBlock>[2]['ask'] = async (wanted) => {
      return signedReplays.decode(await replayer.ask(wanted))
    }
    blocks.push(await lazy.finish(replayBlock(block, sample, { people, roster, ask })))
  }
  return { blocks }
}

async function register(seed: string, isLeftOut: (id: string) => boolean): Promise<LazyRegister> {
  const options = { seed, shards: SHARDS, secondLookShare: 1, decoy: DECOY, isLeftOut }
  const lazy = await LazyRegister.start(options)
  for (const person of PEOPLE) await lazy.enrol(person.capture())
  await lazy.until(() => lazy.register.isSettled())
  return lazy
}

function nobody(): never {
  throw new Error('nobody is asked')
}
