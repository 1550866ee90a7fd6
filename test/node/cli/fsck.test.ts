import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { is, match } from 'uvu/assert'
import { logKeys } from '../../../node/log/log-keys.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { testPerson } from '../../support/test-person.ts'
import { CHECKING, TestRegister } from './support/register.ts'

const FSCK = ['log', 'fsck', ...CHECKING]
const ASTANA = [...FSCK, '--data', 'astana']
const MINE = ['--key', 'astana.key', '--data', 'astana']

let register: TestRegister

const promises = suite('tamga log fsck')

promises.before(async () => {
  register = await TestRegister.found()
  await enrol('marzhan')
  const [stopped] = register.nodes.splice(1)
  is(await stopped!.stop(), 0)
})

promises.after(async () => register.close())

promises('ends with 0 where every log is good', async () => {
  const { status, stdout } = await register.run(...ASTANA)
  is(status, 0, stdout)
  match(stdout, /^almaty: good, [0-9]+ entries, root \S+, [0-9]+ ms$/m)
  match(stdout, /^astana: good, [0-9]+ entries, root \S+, [0-9]+ ms$/m)
  match(stdout, /^sealed records: good, 1 of 1 are here$/m)
})

promises('ends with 2 where nothing can be checked', async () => {
  const runs = await register.run(...FSCK, '--data', 'almaty')
  is(runs.status, 2)
  match(runs.stderr, 'open already')
  const nowhere = await register.run(...FSCK, '--data', 'shymkent')
  is(nowhere.status, 2)
  const unknown = await register.run('log', 'fsck', 'shymkent', ...CHECKING, '--data', 'astana')
  is(unknown.status, 2)
  match(unknown.stderr, /^not-found: shymkent is not in the roster/)
  const noAnchors = await register.run(...ASTANA, '--anchors', 'elsewhere')
  is(noAnchors.status, 2)
})

promises('ends with 1, names the damage, and mends it with what the other nodes hold', async () => {
  const store = await LevelStore.open(join(register.folder, 'astana', 'store'))
  const [mirrored, own] = [logKeys('almaty'), logKeys('astana')]
  const before = await store.getMany([mirrored.entry(3), own.entry(0)])
  await store.batch(
    [
      { type: 'del', key: mirrored.entry(3) },
      { type: 'del', key: mirrored.tile(0, 0n) },
      { type: 'put', key: own.entry(0), value: before[0]! },
    ],
    { durable: true },
  )
  await store.close()

  const found = await register.run(...ASTANA)
  is(found.status, 1)
  match(
    found.stdout,
    /^almaty: damaged:\n {2}tile 0 of level 0 missing\n {2}entries .* not proven/m,
  )
  match(found.stdout, /^astana: damaged:\n {2}entry 0 not what was signed$/m)
  const keyless = await register.run(...ASTANA, '--repair')
  is(keyless.status, 1)
  match(keyless.stderr, 'it needs its --key')

  const repaired = await register.run(...ASTANA, '--key', 'astana.key', '--repair')
  is(repaired.status, 1)
  match(repaired.stdout, /^almaty: repaired and checked again, [0-9]+ entries, root/m)
  match(repaired.stdout, /^astana: repaired and checked again, [0-9]+ entries, root/m)
  is((await register.run(...ASTANA)).status, 0)
  const again = await LevelStore.open(join(register.folder, 'astana', 'store'))
  const after = await again.getMany([mirrored.entry(3), own.entry(0)])
  await again.close()
  is(Buffer.compare(after[0]!, before[0]!), 0)
  is(Buffer.compare(after[1]!, before[1]!), 0)
})

for (const half of ['ciphertext', 'keys'] as const) {
  promises(`finds a sealed record whose ${half} are gone, and fetches it again`, async () => {
    const folder = join(register.folder, 'astana')
    if (half === 'ciphertext') await loseCiphertexts(join(folder, 'store'))
    else await rm(join(folder, 'keys', 'vault.keys'))
    if (half === 'keys') await register.good('log', 'init', ...CHECKING, ...MINE)

    const found = await register.run(...ASTANA)
    is(found.status, 1)
    match(found.stdout, /^sealed records: 1 of 1 are damaged\n {2}the record of .*: missing$/m)
    const repaired = await register.run(...ASTANA, '--key', 'astana.key', '--repair')
    is(repaired.status, 1)
    match(repaired.stdout, /the record of .*: fetched from another replica$/m)
    match(repaired.stdout, /^sealed records: repaired$/m)
    is((await register.run(...ASTANA)).status, 0)
  })
}

promises.run()

/** At a node of two both of which are replicas of every shard. */
async function enrol(name: string): Promise<void> {
  const fingers: string[] = []
  for (const { position, template } of testPerson(name).capture()) {
    await register.write(`${position}.iso`, template)
    fingers.push('--finger', `${position}=${position}.iso`)
  }
  const why = ['--purpose', 'document-issue', '--case', 'T-1', '--basis', 'art. 11']
  const who = ['--officer', 'aigul.key', '--post', 'post-1', '--url', register.urls[0]!]
  const person = ['--born', '1990-06-15', '--citizenship', 'citizen', '--sex', 'female']
  const quality = ['--quality', '2=60', '--quality', '7=40,55']
  await register.good('enrol', ...who, ...why, ...fingers, ...person, ...quality)
}

async function loseCiphertexts(folder: string): Promise<void> {
  const store = await LevelStore.open(folder)
  const rows = await store.range('vault/', 'vault/~', 16)
  is(rows.length, 1)
  await store.batch(
    rows.map(([key]) => ({ type: 'del', key }) as const),
    { durable: true },
  )
  await store.close()
}
