import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { toBase64, utf8 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { formatVkey, noteSigner } from '../../../crypto/note.ts'
import { Quarantine } from '../../../node/log/quarantine.ts'
import { silentLogger } from '../../../node/logger.ts'
import { nodeKeys } from '../../../node/node.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { evidences } from '../../../protocol/evidence.ts'
import { signRoster } from '../../../protocol/roster.ts'
import { convicting, forked, History, rosterOf } from '../../support/history.ts'
import { startTestMesh } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { startGateway } from '../gateway/support/client.ts'
import { CHECKING } from './support/register.ts'
import { tamga, type Ran } from './support/tamga.ts'

const NODE = 'almaty'
const LIAR = 'astana'
const OTHER = 'shymkent'
const histories = forked(LIAR, 5, 10)

const promises = suite('evidence, from the command line')

let folder: string
let evidence: Uint8Array

/** A node was stopped that had caught two others, one of them by an evidence now damaged. */
promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-evidence-'))
  await writeRoster('roster.note', [NODE, LIAR, OTHER])
  await writeRoster('lesser.note', [NODE])
  evidence = evidences.encode(await convicting(LIAR, histories, 7, 12))
  const store = await LevelStore.open(join(folder, NODE, 'store'))
  const roster = rosterOf([NODE, LIAR, OTHER])
  const quarantine = await Quarantine.open({ roster }, { store, logger: silentLogger })
  await quarantine.add(evidence)
  const key = `evidence/${OTHER}`
  await store.batch([{ type: 'put', key, value: utf8('damaged') }], { durable: true })
  await store.close()
  await (await LevelStore.open(join(folder, 'innocent', 'store'))).close()
})

promises.after(async () => {
  await rm(folder, { recursive: true, force: true })
})

promises('is shown as a stopped node has it, damaged or not', async () => {
  const { status, stdout } = await run('show', '--data', NODE)
  is(status, 0)
  match(stdout, `${LIAR}: in quarantine\n`)
  match(stdout, `size 7, root ${toBase64(histories[0].root(7))}`)
  match(stdout, `size 12, root ${toBase64(histories[1].root(12))}`)
  match(stdout, `at size 7 the tree of the second has root ${toBase64(histories[1].root(7))}`)
  match(stdout, `${OTHER}: in quarantine; its evidence is damaged`)
  match((await run('show', '--data', 'innocent')).stdout, 'no evidence against any log')
})

promises('is exported to a file that convicts by itself', async () => {
  const exported = await run('export', LIAR, '--data', NODE)
  is(exported.status, 0, exported.stderr)
  equal(new Uint8Array(await readFile(join(folder, `${LIAR}.evidence`))), evidence)
  const verified = await run('verify', `${LIAR}.evidence`, ...CHECKING)
  is(verified.status, 0, verified.stderr)
  match(verified.stdout, `evidence: the key of ${LIAR} has signed two histories\n`)
  match(verified.stdout, 'does not begin with that of the smaller')
  match(verified.stdout, `size 12, root ${toBase64(histories[1].root(12))}`)
  const one = await run('export', NODE, '--data', NODE)
  equal([one.status, one.stderr.startsWith('not-found: ')], [1, true])
  match((await run('export', NODE)).stderr, /^malformed: say where it is/)
})

promises('of two checkpoints of one size says so', async () => {
  await write('same.evidence', evidences.encode(await convicting(LIAR, histories, 8, 8)))
  const { status, stdout } = await run('verify', 'same.evidence', ...CHECKING)
  is(status, 0)
  match(stdout, 'two checkpoints of one size have different roots')
  ok(!stdout.includes('proof'))
})

promises('that convicts nobody ends with 1', async () => {
  const good = evidences.decode(evidence)
  const honest = new History(LIAR, [utf8('a'), utf8('b'), utf8('c')])
  for (const [code, bytes] of [
    ['bad-proof', evidences.encode(await convicting(LIAR, [honest, honest], 2, 3))],
    ['bad-signature', evidences.encode({ ...good, log: NODE })],
    ['malformed', evidence.subarray(1)],
    ['too-large', new Uint8Array(evidences.bytesMax + 1)],
  ] as const) {
    await write('other.evidence', bytes)
    const { status, stdout } = await run('verify', 'other.evidence', ...CHECKING)
    equal([status, stdout.startsWith(`not evidence: ${code}: `)], [1, true], stdout)
  }
})

promises('that cannot be checked ends with 2', async () => {
  await write('good.evidence', evidence)
  await write('stranger.vkey', authority('stranger').vkey)
  const key = ['--authority', 'authority.vkey']
  for (const [args, said] of [
    [['missing.evidence', ...CHECKING], 'missing.evidence'],
    [['good.evidence', '--roster', 'missing.note', ...key], 'missing.note'],
    [['good.evidence', '--roster', 'lesser.note', ...key], 'not-found: '],
    [['good.evidence', '--roster', 'roster.note', '--authority', 'stranger.vkey'], 'bad-signature'],
    [['good.evidence', '--roster', 'roster.note'], 'required option'],
    [CHECKING, 'missing required argument'],
  ] as const) {
    const { status, stdout, stderr } = await run('verify', ...args)
    equal([status, stdout], [2, ''], stderr)
    match(stderr, said)
  }
})

promises('is fetched from a node that runs', async () => {
  const mesh = await startTestMesh()
  const gateway = await startGateway(mesh.node())
  try {
    const { name, ledger } = mesh.node()
    const at = ['--url', gateway.url, '--out', 'fetched.evidence']
    match((await run('export', name, ...at)).stderr, /^not-found: there is no evidence against/)
    const own = nodeKeys(seedOf(name)).signer
    await ledger.quarantine.add(
      evidences.encode(await convicting(name, forked(name, 2, 5, own), 4, 6)),
    )
    is((await run('export', name, ...at)).status, 0)
    await write('mesh.note', mesh.rosterNote)
    const by = ['--roster', 'mesh.note', '--authority', mesh.authority]
    is((await run('verify', 'fetched.evidence', ...by)).status, 0)
  } finally {
    await gateway.close()
    await mesh.close()
  }
})

promises.run()

function run(...args: readonly string[]): Promise<Ran> {
  return tamga(folder, 'evidence', ...args)
}

function write(name: string, content: string | Uint8Array): Promise<void> {
  return writeFile(join(folder, name), content)
}

async function writeRoster(name: string, names: readonly string[]): Promise<void> {
  const { signer, vkey } = authority('authority')
  await write(name, signRoster(rosterOf(names), signer))
  await write('authority.vkey', vkey)
}

function authority(name: string) {
  const key = signerFromSeed(sha256(utf8(name)))
  return { signer: noteSigner(name, key), vkey: formatVkey(name, key.publicKey) }
}
