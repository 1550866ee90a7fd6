import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../../crypto/note.ts'
import { ROSTER_AGE_MS_MAX, TRUST_AGE_MS_MAX, WATCH_AGE_MS_MAX } from '../../../node/post/limits.ts'
import { PostCaches } from '../../../node/post/post-caches.ts'
import { nodeKeys } from '../../../node/node.ts'
import { digestWatched, signWatchDigests } from '../../../protocol/border/watch-digests.ts'
import { openRoster, signRoster, type Roster } from '../../../protocol/roster.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { officials, NETWORK, seedOf } from '../../support/test-officers.ts'
import { PostDisk } from './support/post-disk.ts'
import { codeOf } from './support/refusals.ts'

const authoritySigner = signerFromSeed(seedOf('authority'))
const signs = noteSigner(`${NETWORK}/authority`, authoritySigner)
const authority = noteVerifier(formatVkey(signs.name, authoritySigner.publicKey))
const almaty = nodeKeys(seedOf('almaty'))

const caches = suite('the caches of a post')

let disk: PostDisk
let clock: VirtualClock
let kept: PostCaches

caches.before.each(async () => {
  disk = await PostDisk.make()
  clock = new VirtualClock({ seed: 'caches' })
  kept = new PostCaches({ authority }, { store: disk.store, clock })
})

caches.after.each(async () => {
  await disk.close()
})

caches('say how old they are, and when that is too old', async () => {
  const note = signed({})
  await kept.found(note)
  await kept.keepTrust({ authorities: [], revocations: [] })
  await kept.keepWatch([copy(clock.now())])
  const roster = openRoster(note, authority)
  for (const [ageMsMax, read] of [
    [WATCH_AGE_MS_MAX, async () => kept.watch(roster)],
    [TRUST_AGE_MS_MAX, async () => kept.trust()],
    [ROSTER_AGE_MS_MAX, async () => kept.roster()],
  ] as const) {
    const started = (await read())!.at
    await pass(ageMsMax - (clock.now() - started))
    equal([(await read())!.ageMs, (await read())!.isOutdated], [ageMsMax, false])
    await pass(1)
    is((await read())!.isOutdated, true)
    await kept.keepTrust({ authorities: [], revocations: [] })
    await kept.keepWatch([copy(clock.now())])
    await kept.takeRoster(note)
    is((await read())!.isOutdated, false)
  }
})

caches('that seem to come from a time ahead are not relied on', async () => {
  await kept.found(signed({}))
  await kept.keepWatch([copy(clock.now() + 3_600_000)])
  is((await kept.watch((await kept.roster()).value.roster))!.isOutdated, true)
})

caches('take a roster of the authority only, and no second one of an epoch', async () => {
  const note = signed({})
  await kept.found(note)
  const stranger = noteSigner(signs.name, signerFromSeed(seedOf('stranger')))
  is(await codeOf(kept.takeRoster(signRoster(rosterOf({}), stranger))), 'bad-signature')
  is(await codeOf(kept.takeRoster(signed({ shards: 8 }))), 'conflict')
  is(await codeOf(kept.takeRoster(signed({ epoch: 2 }))), 'conflict')
  await kept.takeRoster(note)
  is((await kept.roster()).value.note, note)
})

caches('give out no watch list that a node of the register has not signed', async () => {
  await kept.found(signed({}))
  const { roster } = (await kept.roster()).value
  is(await kept.watch(roster), undefined)
  await kept.keepWatch([copy(clock.now(), nodeKeys(seedOf('stranger')))])
  is(await kept.watch(roster), undefined)
})

caches.run()

function rosterOf(changes: Partial<Roster>): Roster {
  return {
    network: NETWORK,
    epoch: 1,
    shards: 4,
    replicas: 1,
    mirrors: 0,
    nodes: [
      {
        name: 'almaty',
        publicKey: almaty.signer.publicKey,
        boxKey: almaty.box.publicKey,
        mirrorKey: almaty.mirror.publicKey,
        address: '/ip4/127.0.0.1/tcp/1',
      },
    ],
    organisations: officials.organisations,
    ...changes,
  }
}

function signed(changes: Partial<Roster>): string {
  return signRoster(rosterOf(changes), signs)
}

function copy(at: number, keys = almaty): Uint8Array {
  const about = { network: NETWORK, node: 'almaty', at, salt: new Uint8Array(32) }
  return signWatchDigests(digestWatched([], about), keys.signer)
}

async function pass(ms: number): Promise<void> {
  if (ms > 0) await clock.finish(clock.sleep(ms), { eventsMax: 10 })
}
