import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { writeKey } from '../../../node/cli/key-file.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { ExportFolder } from '../../../node/log/export-folder.ts'
import { exportLog } from '../../../node/log/export-log.ts'
import { packFingers } from '../../../node/search/fingers.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { LazyGallery } from '../../../simulations/scenarios/lazy-gallery.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { officials, seedOf } from '../../support/test-officers.ts'
import { testPerson } from '../../support/test-person.ts'
import { startGateway } from '../gateway/support/client.ts'
import { CHECKING } from './support/register.ts'
import { tamga, type Ran } from './support/tamga.ts'

const NOBODY = packFingers({ fingers: testPerson('nobody').capture() })[0]!.packed

const promises = suite('whoever looks for nodes that leave people out, at the command line')

let folder: string
let mesh: TestMesh
let gateway: Gateway
/** Names of the nodes that leave out whoever is enrolled now. */
let lazy: readonly string[] = []

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-lazy-'))
  mesh = await startTestMesh({ nodes: 2, shards: 2, secondLookShare: 1, galleryOf })
  gateway = await startGateway(mesh.node())
  await writeFile(join(folder, 'roster.note'), mesh.rosterNote)
  await writeFile(join(folder, 'authority.vkey'), mesh.authority)
  for (const name of ['enrolment-officer', 'border-officer'] as const) {
    await writeKey(join(folder, `${name}.key`), { kind: 'officer', name, seed: seedOf(name) })
    await writeFile(join(folder, `${name}.credential`), officials.officers[name].credential)
  }
})

promises.after(async () => {
  await gateway.close()
  await mesh.close()
  await rm(folder, { recursive: true, force: true })
})

promises('cannot say anything of replays where no query was drawn', async () => {
  await exported()
  const { status, stdout } = await replayed()
  is(status, 2)
  match(stdout, /^0 blocks replayed: 0 agree$/m)
})

promises('sees that blocks agree, and canaries are found, where nobody is left out', async () => {
  await planted('honest')
  const found = await searched('honest')
  is(found.status, 0, found.stderr)
  match(found.stdout, /^found [0-9a-f]{32}, of shard [01]$/m)
  await exported()
  const { status, stdout, stderr } = await replayed()
  is(status, 0, stderr)
  match(stdout, /^(\d+) blocks replayed: \1 agree\n {2}0 differ, 0 cannot be replayed$/m)
})

promises('has evidence of blocks in which one of two nodes leaves somebody out', async () => {
  lazy = [mesh.node(1).name]
  await planted('half')
  await searched('half')
  await exported()
  const { status, stdout, stderr } = await replayed()
  is(status, 1, stderr)
  match(stdout, /^ {2}1 differ, 0 cannot be replayed$/m)
  match(stdout, /\.evidence: the part of region-\d is contradicted by region-\d$/m)
  const [file, ...more] = await readdir(join(folder, 'replays'))
  equal(more, [])
  const checked = await run('evidence', 'verify', `replays/${file}`, ...CHECKING)
  is(checked.status, 0, checked.stderr)
})

promises('misses a canary that all replicas leave out, and keeps the answer', async () => {
  lazy = mesh.roster.nodes.map(({ name }) => name)
  await planted('hidden')
  const { status, stdout } = await searched('hidden')
  is(status, 1)
  match(stdout, /^missed [0-9a-f]{32}: region-\d has answered for shard [01] without it$/m)
  await exported()
  const args = ['verify-answer', 'hidden.answer', ...CHECKING, '--unwitnessed', '--logs', 'logs']
  const answer = await run(...args)
  is(answer.status, 0, answer.stderr)
  match(answer.stdout, 'templates as the logs have them in 2 of 2 shards')
})

promises('has nobody to search for whose list is empty', async () => {
  const { status, stderr } = await searched('nowhere')
  is(status, 1)
  match(stderr, /^not-found: no canary is on the list$/m)
})

promises.run()

function galleryOf(name: string): LazyGallery {
  return new LazyGallery({ decoy: NOBODY, isLeftOut: () => lazy.includes(name) })
}

async function run(...args: readonly string[]): Promise<Ran> {
  return tamga(folder, ...args)
}

async function replayed(): Promise<Ran> {
  return run('audit', 'replay', gateway.url, '--logs', 'logs', ...CHECKING, '--out', 'replays')
}

/** Plants a canary of the list's name. */
async function planted(list: string): Promise<void> {
  const fingers = await captured(list)
  const person = ['--born', '2000', '--citizenship', 'citizen']
  const ran = await asking(
    'plant',
    list,
    'enrolment-officer',
    'document-issue',
    ...fingers,
    ...person,
  )
  is(ran.status, 0, ran.stderr)
  await mesh.settled()
}

async function searched(list: string): Promise<Ran> {
  const ran = await asking(
    'search',
    list,
    'border-officer',
    'border-control',
    '--out',
    `${list}.answer`,
  )
  await mesh.node().secondLook.settled()
  await mesh.settled()
  return ran
}

async function asking(
  what: string,
  list: string,
  officer: string,
  purpose: string,
  ...more: readonly string[]
): Promise<Ran> {
  const who = ['--officer', `${officer}.key`, '--post', 'post-1', '--purpose', purpose]
  const why = ['--case', 'c-1', '--basis', 'art. 11', '--url', gateway.url]
  return run('canary', what, '--list', `${list}.json`, ...who, ...why, ...more)
}

async function captured(name: string): Promise<string[]> {
  const args: string[] = []
  for (const { position, template } of testPerson(name).capture()) {
    await writeFile(join(folder, `${position}.iso`), template)
    args.push('--finger', `${position}=${position}.iso`, '--quality', `${position}=60`)
  }
  return args
}

/** All logs as the first node has them. */
async function exported(): Promise<void> {
  const { ledger } = mesh.node()
  const target = new ExportFolder(join(folder, 'logs'))
  for (const node of mesh.roster.nodes) {
    const origin = logOrigin(mesh.roster.network, node.name)
    const verifier = logVerifier(mesh.roster.network, node)
    await exportLog(ledger.stored(node.name), target, { origin, verifier })
  }
}
