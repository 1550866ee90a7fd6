import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { boxKeysFromSeed, open, type Sealed } from '../../../crypto/sealing.ts'
import { MEND_EVERY_MS, MENDS_MAX } from '../../../node/limits.ts'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import { recordReplies, recordRequests, RECORDS } from '../../../protocol/message/record.ts'
import { decodeSealed } from '../../../protocol/sealed-record.ts'
import { SEARCHES } from '../../../protocol/message/search.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { testPerson } from '../../support/test-person.ts'
import type { DiskImage } from '../../../simulations/world/memory-store.ts'
import { ERASURE, Erasing, TWO } from '../erasure/support/erasing.ts'

const PEOPLE = ['alice', 'bob', 'carol', 'dave'].map((name) => testPerson(name))

/** Shymkent is a replica of all shards. */
const MANY = MENDS_MAX + 16

/** Many in an hour. */
const RATE_FACTOR = 100

/** How often rows and slots are damaged, and the replica is started anew. */
const FLIPS = 8

const promises = suite('a replica that has lost a sealed record')

type Disk = 'store' | 'keys'

const LOSSES: readonly [what: string, disk: Disk, from: string][] = [
  ['the ciphertext', 'store', 'vault/'],
  ['the keys', 'keys', ''],
]

for (const [what, disk, from] of LOSSES) {
  promises(
    `gets it from the other when ${what} is gone, and searches everybody again`,
    async () => {
      const { erasing, name } = await enrolled(`lost ${what}`)
      const rows = await damaged(erasing, name, disk, (image) => {
        return image.filter(([key]) => !isRecord(key, from))
      })
      ok(rows > 0, 'it had records')
      await mended(erasing, name)
    },
  )

  promises(`gets it from the other whichever bit of ${what} is wrong`, async () => {
    const { erasing, name } = await enrolled(`flipped ${what}`)
    const random = erasing.world.random.fork('flips')
    for (let flip = 0; flip < FLIPS; flip += 1) {
      await damaged(erasing, name, disk, (image) => {
        return image.map(([key, value]) => {
          const at = random.integer(value.length)
          const wrong = value.with(at, value[at]! ^ (1 << random.integer(8)))
          return [key, isRecord(key, from) ? wrong : value] as const
        })
      })
      await whole(erasing, name)
    }
    await mended(erasing, name)
  })
}

promises('asks again until the other is there, and lets no search pass for whole', async () => {
  const { erasing, name, others } = await enrolled('patient')
  erasing.isolate(name)
  await damaged(erasing, name, 'keys', () => [])
  await erasing.pass(30_000)
  const { keeper } = erasing.register.node(name)!
  ok(keeper.missing > 0)
  const lacking = keeper.shards.filter((shard) => !keeper.isComplete(shard))
  ok(lacking.length > 0)
  erasing.heal()
  await erasing.settle()
  await mended(erasing, name)
  for (const other of others) is(erasing.register.node(other)!.keeper.missing, 0)
})

promises('has everybody of a lost disk again without waiting between lots', async () => {
  const erasing = await Mending.start('many', [SEED_2017], NAMES, RATE_FACTOR)
  for (let count = 0; count < MANY; count += 1) {
    await erasing.enrol(testPerson(`citizen ${count}`).capture())
  }
  const name = 'shymkent'
  await damaged(erasing, name, 'keys', () => [])
  const { keeper } = erasing.register.node(name)!
  ok(keeper.missing > MENDS_MAX)
  await erasing.pass(MEND_EVERY_MS)
  is(keeper.missing, 0)
})

promises('takes nothing that is not what the leaf commits to, and blames who sent it', async () => {
  const { erasing } = await enrolled('liar')
  const [handle] = erasing.handles as [Bytes]
  const [victim, liar] = erasing.keepersOf(handle).map(({ name }) => name) as [string, string]
  const before = erasing.node().registry.person(handle)!
  const update = { statement: { action: 'update' }, handle } as const
  await erasing.enrol(PEOPLE[0]!.capture('years later'), update)
  const outdated = (await asked(erasing, victim, liar, handle, before.commitment)) as Bytes
  erasing.crash(liar)
  erasing.crash(victim)
  const answers = [new Uint8Array(50), recordReplies.encode(outdated)]
  let told = 0
  erasing.world.network.restart(liar).serve(RECORDS, async (request) => {
    const isAboutThem = toHex(recordRequests.decode(request).handle) === toHex(handle)
    if (!isAboutThem) throw new TamgaError('not-found', 'not here')
    told += 1
    return answers[told % 2]!
  })
  erasing.world.machine(victim).disk('keys').restore([])
  erasing.register.start(erasing.world.machine(victim))
  await erasing.until(() => told > 4)
  const { keeper } = erasing.register.node(victim)!
  is(keeper.isComplete(before.shard), false)
  const { blames } = erasing.world.network
  ok(blames.every(({ by, peer }) => by === victim && peer === liar))
  const codes = new Set<string>(blames.map(({ code }) => code))
  equal([...codes].toSorted(), ['bad-proof', 'malformed'])
})

promises('has it only from replicas, which give it to nobody else and never unsealed', async () => {
  const { erasing } = await enrolled('served')
  for (const handle of erasing.handles) {
    const { commitment, shard } = erasing.node().registry.person(handle)!
    const keepers = erasing.keepersOf(handle)
    const [first, second] = keepers.map(({ name }) => name) as [string, string]
    const stranger = NAMES.find((name) => name !== first && name !== second)!
    ok(keepers.length === 2 && shard >= 0)
    is(await asked(erasing, stranger, first, handle, commitment), 'forbidden')
    is(await asked(erasing, first, stranger, handle, commitment), 'forbidden')
    is(await asked(erasing, first, second, handle, new Uint8Array(32)), 'forbidden')
    const other = erasing.handles.find((one) => toHex(one) !== toHex(handle))!
    is(typeof (await asked(erasing, first, second, other, commitment)), 'string')
    const given = decodeSealed((await asked(erasing, first, second, handle, commitment)) as Bytes)
    equal(
      given.keys.map(({ recipient }) => recipient),
      [keepers[0]!.boxKey],
    )
    is(opens(given, handle), false, 'nobody can open it who is not that replica')
  }
})

promises('gives nothing away of somebody who is erased, nor asks for it', async () => {
  const { erasing } = await enrolled('erased')
  const [handle] = erasing.handles as [Bytes]
  const { commitment } = erasing.node().registry.person(handle)!
  const [first, second] = erasing.keepersOf(handle).map(({ name }) => name) as [string, string]
  await erasing.act(ERASURE, TWO, { handle })
  is(await asked(erasing, first, second, handle, commitment), 'forbidden')
  await erasing.erased(handle)
  is(await asked(erasing, first, second, handle, commitment), 'forbidden')
})

promises(
  'asks for nothing that was destroyed when an old store comes back, and says so',
  async () => {
    const { erasing } = await enrolled('old backup')
    const [handle] = erasing.handles as [Bytes]
    const keepers = erasing.keepersOf(handle).map(({ name }) => name)
    const [victim] = keepers as [string]
    const disk = erasing.world.machine(victim).disk('store')
    const backup = disk.image()
    await erasing.act(ERASURE, TWO, { handle })
    await erasing.erased(handle)
    for (const name of NAMES) erasing.crash(name)
    disk.restore(backup)
    // The others are there to be asked, and have nothing new to tell.
    let asks = 0
    for (const name of NAMES.filter((one) => one !== victim)) {
      erasing.world.network.restart(name).serve(RECORDS, async () => {
        asks += 1
        throw new TamgaError('not-found', 'not here')
      })
    }
    erasing.register.start(erasing.world.machine(victim))
    await erasing.until(() => erasing.register.node(victim) !== undefined)
    await erasing.pass(30_000)
    const { keeper, registry } = erasing.register.node(victim)!
    ok(registry.person(handle), 'its logs are old too')
    equal([keeper.destroyed, keeper.missing, asks], [1, 0, 0])
  },
)

promises.run()

type Bytes = Uint8Array

const NAMES = ['almaty', 'astana', 'shymkent']

class Mending extends Erasing {
  readonly handles: Bytes[] = []
}

/** Four people, and a replica that has records. */
async function enrolled(seed: string) {
  const erasing = await Mending.start(seed)
  for (const person of PEOPLE) {
    const { handle } = await erasing.enrol(person.capture())
    erasing.handles.push(handle)
  }
  const { name } = erasing.keepersOf(erasing.handles[0]!)[0]!
  return { erasing, name, others: NAMES.filter((other) => other !== name) }
}

/** Restarts a node on a disk on which something has changed; returns how many rows there were. */
async function damaged(
  erasing: Mending,
  name: string,
  label: Disk,
  change: (image: DiskImage) => DiskImage,
): Promise<number> {
  const machine = erasing.world.machine(name)
  erasing.crash(name)
  const before = machine.disk(label).image()
  const after = change(before)
  machine.disk(label).restore(after)
  erasing.register.start(machine)
  await erasing.until(() => erasing.register.node(name) !== undefined)
  const { keeper } = erasing.register.node(name)!
  await erasing.run(keeper.filled())
  ok(keeper.missing > 0, 'it has noticed')
  return before.length - after.length
}

/** Waits until a node has everybody whom it should have. */
async function whole(erasing: Mending, name: string): Promise<void> {
  const { keeper } = erasing.register.node(name)!
  await erasing.until(() => keeper.missing === 0)
  await erasing.settle()
  ok(keeper.shards.every((shard) => keeper.isComplete(shard)))
}

/** And that it finds them alone. */
async function mended(erasing: Mending, name: string): Promise<void> {
  await whole(erasing, name)
  const others = NAMES.filter((other) => other !== name)
  const ends = others.map((other) => erasing.world.network.silence(other, SEARCHES))
  for (const [place, handle] of erasing.handles.entries()) {
    if (!erasing.keepersOf(handle).some((keeper) => keeper.name === name)) continue
    const found = await erasing.found(PEOPLE[place]!.capture('at the border'), NAMES.indexOf(name))
    equal(
      found.map((one) => one.handle),
      [handle],
    )
  }
  for (const end of ends) end()
}

/** What one node gets when it asks another for a record: the record, or a code. */
async function asked(
  erasing: Mending,
  from: string,
  to: string,
  handle: Bytes,
  commitment: Bytes,
): Promise<Bytes | string> {
  const { mesh } = erasing.register.node(from)!
  const deadline = erasing.world.clock.now() + 1_000
  const request = recordRequests.encode({ handle, commitment })
  try {
    const reply = await erasing.run(mesh.call(to, RECORDS, request, { deadline }))
    return recordReplies.decode(reply)
  } catch (error) {
    return asTamgaError(error).code
  }
}

/** Whether somebody with other keys can open it, pretending that it was sealed for them. */
function opens(sealed: Sealed, handle: Bytes): boolean {
  const stranger = boxKeysFromSeed(new Uint8Array(32).fill(7))
  const keys = sealed.keys.map((key) => ({ ...key, recipient: stranger.publicKey }))
  try {
    return open({ ...sealed, keys }, stranger, handle).length > 0
  } catch {
    return false
  }
}

function isRecord(key: string, from: string): boolean {
  return key.startsWith(from)
}
