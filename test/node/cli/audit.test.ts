import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signCheckpoint } from '../../../crypto/checkpoint.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { noteSigner } from '../../../crypto/note.ts'
import { readKey } from '../../../node/cli/key-file.ts'
import { nodeKeys } from '../../../node/node.ts'
import { logOrigin } from '../../../protocol/roster.ts'
import { importsOf } from '../../support/tidy/imports.ts'
import { readSource } from '../../support/tidy/source.ts'
import { repository } from '../../support/data.ts'
import { testPerson } from '../../support/test-person.ts'
import { CHECKING, NAMES, TestRegister } from './support/register.ts'
import { tamgaWithout } from './support/tamga.ts'

/** What a node is made of, and no auditor. */
const NODE_ROOMS = /^node\/(?:store|mesh|log|vault|registry|search|enrol|acts|gateway|demo)\//
const NODE_LOADED = new RegExp(
  '/dist/node/(store|mesh|log|vault|registry|search|enrol|acts|gateway|demo|node\\.js|host\\.js)' +
    '|/node_modules/(@?libp2p|level|classic-level|fastify)/',
)

const promises = suite('an auditor at the command line')

let register: TestRegister

promises.before(async () => {
  register = await TestRegister.found()
  const { url, officer } = { url: register.urls[0]!, officer: 'aigul.key' }
  const fingers: string[] = []
  for (const { position, template } of testPerson('audited').capture()) {
    await register.write(`${position}.iso`, template)
    fingers.push('--finger', `${position}=${position}.iso`, '--quality', `${position}=60`)
  }
  const who = ['--officer', officer, '--post', 'post-1', '--purpose', 'document-issue']
  const why = ['--case', 'c-1', '--basis', 'art. 11', '--born', '2000', '--citizenship', 'citizen']
  await register.good('enrol', ...who, ...why, ...fingers, '--url', url)
  const guard = ['--officer', 'farida.key', '--post', 'post-2', '--purpose', 'border-control']
  const probe = fingers.filter((_, place) => place % 4 < 2)
  const asked = [...guard, '--case', 'c-2', '--basis', 'art. 12', ...probe]
  await register.good('identify', ...asked, '--url', url, '--out', 'answer.tamga')
})

promises.after(async () => register.close())

promises('audits nodes that run, and says who asks', async () => {
  const asked = [
    '--officer',
    'gulim.key',
    '--post',
    'court-1',
    '--case',
    'a-1',
    '--basis',
    'art. 5',
  ]
  const live = ['audit', ...register.urls, ...CHECKING, '--state', 'live', '--out', 'report-live']
  const audited = await register.run(...live, ...asked)
  is(audited.status, 0, audited.stderr + audited.stdout)
  match(audited.stdout, `read from ${register.urls.join(', ')} at `)
  is((await register.run(...live)).status, 2, 'nobody fetches logs without saying who they are')
  const other = asked.map((word) => (word === 'gulim.key' ? 'aigul.key' : word))
  const refused = await register.run(...live, ...other)
  is(refused.status, 2)
  match(refused.stderr, /^forbidden: /)
})

promises('exports what a stopped node has, again and again into one folder', async () => {
  const locked = await register.run('audit', 'export', 'locked', '--data', 'almaty', ...CHECKING)
  match(locked.stderr, 'open already')
  for (const node of register.nodes.splice(0)) is(await node.stop(), 0)
  for (let time = 0; time < 2; time += 1) {
    const said = await register.good('audit', 'export', 'logs', '--data', 'almaty', ...CHECKING)
    for (const name of NAMES) match(said, new RegExp(`^${name}: [0-9]+ entries, `, 'm'))
  }
  const elsewhere = await register.run('audit', 'export', '.', '--data', 'almaty', ...CHECKING)
  is(elsewhere.status, 1)
  match(elsewhere.stderr, /^conflict: \. is not empty/)
})

promises('holds what an answer searched against the logs', async () => {
  const args = ['verify-answer', 'answer.tamga', ...CHECKING, '--unwitnessed', '--logs', 'logs']
  match(await register.good(...args), /templates as the logs have them in (\d+) of \1 shards/)
  const shorter = await register.run(...args.slice(0, -1), '.')
  is(shorter.status, 1)
  match(shorter.stdout, 'the logs in . end before it')
  const nowhere = await register.run(...args.slice(0, -1), 'nowhere')
  is(nowhere.status, 1)
  match(nowhere.stderr, /^not-found: there is no folder nowhere$/m)
})

promises('audits it without anything of a node, and signs what it found', async () => {
  const vkey = await register.good('keygen', 'gulim-2', '--kind', 'auditor')
  const args = ['audit', 'logs', ...CHECKING, '--state', 'seen', '--key', 'gulim-2.key']
  const done = await tamgaWithout(NODE_LOADED, register.folder, ...args)
  is(done.status, 0, done.stderr)
  match(done.stdout, 'verdict: nothing was found')
  const checked = await register.good('verify-report', 'audit-report', '--auditor', vkey.trim())
  match(checked, 'verdict: nothing was found')
  const report = join(register.folder, 'audit-report/report.json')
  await writeFile(report, (await readFile(report, 'utf8')).replace('"good"', '"fine"'))
  const refused = await register.run('verify-report', 'audit-report', '--auditor', vkey.trim())
  is(refused.status, 1)
  match(refused.stderr, /^bad-proof: /)
  const node = await tamgaWithout(NODE_LOADED, register.folder, 'log', 'verify', '--help')
  match(node.stderr, 'it loads', 'and what is of a node would have been noticed')
})

promises('makes itself a key at its first audit, and keeps it', async () => {
  const args = ['audit', 'logs', ...CHECKING, '--state', 'fresh', '--out', 'report-2']
  const first = await register.run(...args)
  is(first.status, 0)
  const vkey = /auditor\+[0-9a-f]{8}\+\S+/.exec(first.stderr)![0]
  const second = await register.run(...args)
  is(second.stderr, '')
  match(await register.good('verify-report', 'report-2', '--auditor', vkey), 'verdict')
})

promises('says that every pair of people was compared, or who was not', async () => {
  const state = ['--state', 'seen', '--out', 'report-4']
  const covered = await register.run('audit', 'coverage', 'logs', ...CHECKING, ...state)
  is(covered.status, 0, covered.stderr)
  match(covered.stdout, /^1 people, 0 pairs of them, 0 of these not compared$/m)
  is((await register.run('audit', 'coverage', 'nowhere', ...CHECKING, ...state)).status, 2)
})

promises('ends with 1 for a finding and 2 for what could not be checked', async () => {
  const { folder } = register
  const state = ['--state', 'seen', '--out', 'report-3']
  const tiles = join(folder, 'logs/logs/almaty/tile/0/000.p')
  const [width] = await readdir(tiles)
  const bytes = await readFile(join(tiles, width!))
  await writeFile(
    join(tiles, width!),
    Uint8Array.from(bytes, (byte, i) => (i === 3 ? ~byte : byte)),
  )
  const found = await register.run('audit', 'logs', ...CHECKING, ...state)
  is(found.status, 1)
  match(found.stdout, /^finding tile \[almaty 0\]: /m)
  await rm(join(tiles, width!))
  const lacking = await register.run('audit', 'logs', ...CHECKING, ...state)
  is(lacking.status, 2)
  match(lacking.stdout, /^unchecked unreadable \[almaty\]: there is no logs\/almaty\/tile/m)
  await writeFile(join(tiles, width!), bytes)
  is((await register.run('audit', 'nowhere', ...CHECKING, ...state)).status, 2)
  const unsigned = ['--roster', 'members', '--authority', 'authority.vkey']
  is((await register.run('audit', 'logs', ...unsigned, ...state)).status, 2)
  is((await register.run('audit', 'logs')).status, 2)
  const missing = ['--roster', 'nowhere', '--authority', 'authority.vkey']
  is((await register.run('audit', 'logs', ...missing, ...state)).status, 2)
})

promises('finds a log that was rolled back, and hands out both notes', async () => {
  const state = ['--state', 'rolled', '--out', 'report-4']
  is((await register.run('audit', 'logs', ...CHECKING, ...state)).status, 0)
  const kept = join(register.folder, 'rolled/cli.registry.kz/almaty.checkpoints')
  await appendFile(kept, `${JSON.stringify(await longerCheckpoint())}\n`)
  const rolled = await register.run('audit', 'logs', ...CHECKING, ...state)
  is(rolled.status, 1)
  match(rolled.stdout, /^finding rolled-back \[almaty\]: /m)
  const notes = await readdir(join(register.folder, 'report-4/evidence'))
  is(notes.filter((name) => /^almaty-[0-9]+-[0-9a-f]{8}\.note$/.test(name)).length, 2)
})

promises('has a module graph without a room of a node in it', () => {
  const seen = new Set<string>()
  const waiting = ['node/cli/commands/audit.ts', 'node/audit/audit.ts']
  while (waiting.length > 0) {
    const path = waiting.pop()!
    if (seen.has(path)) continue
    seen.add(path)
    const source = readSource(repository, path)
    for (const { target, specifier, line } of importsOf(source)) {
      const isLater = /await import\(/.test(source.text.split('\n')[line - 1]!)
      if (isLater) is(specifier, '../export-logs.ts')
      else if (target !== undefined) waiting.push(target)
    }
  }
  equal(
    [...seen].filter((path) => NODE_ROOMS.test(path) || path === 'node/node.ts'),
    [],
  )
  ok(seen.size > 40, 'and it is the whole graph')
})

/** What almaty's key once signed, when there was more in its log. */
async function longerCheckpoint(): Promise<string> {
  const { seed } = await readKey(join(register.folder, 'almaty.key'), 'node')
  const origin = logOrigin('cli.registry.kz', 'almaty')
  const head = { origin, size: 1_000_000n, root: sha256(utf8('more')), extensions: [] }
  return signCheckpoint(head, noteSigner(origin, nodeKeys(seed).signer))
}

promises.run()
