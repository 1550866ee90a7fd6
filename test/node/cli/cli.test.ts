import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { is, match, ok } from 'uvu/assert'
import { freePort } from '../../support/port.ts'
import { outsideData } from '../../support/data.ts'
import { Running, tamga } from './support/tamga.ts'

interface State {
  folder: string
  nodes: Running[]
  urls: string[]
}

const NAMES = ['almaty', 'astana'] as const
const CHECKING = ['--roster', 'roster.note', '--authority', 'authority.vkey']

const promises = suite<State>('two nodes, each a process, run from the command line')

promises.before(async (state) => {
  state.folder = await mkdtemp(join(tmpdir(), 'tamga-cli-'))
  const lines: string[] = []
  for (const name of NAMES) {
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
    const made = await tamga(state.folder, 'keygen', name, '--address', address)
    is(made.status, 0, made.stderr)
    lines.push(made.stdout)
  }
  const officer = await tamga(state.folder, 'keygen', 'officer', '--kind', 'officer')
  const authority = await tamga(state.folder, 'keygen', 'authority', '--kind', 'authority')
  await writeFile(join(state.folder, 'members'), [...lines, officer.stdout].join(''))
  await writeFile(join(state.folder, 'authority.vkey'), authority.stdout)
  const about = ['--network', 'cli.registry.kz', '--shards', '4', '--out', 'roster.note']
  const signing = ['roster', 'sign', 'members', '--authority', 'authority.key', ...about]
  const signed = await tamga(state.folder, ...signing)
  is(signed.status, 0, signed.stderr)
  state.nodes = NAMES.map((name) => {
    const own = ['--key', `${name}.key`, '--data', name, '--port', '0', '--log', 'warn']
    return new Running(state.folder, 'node', ...CHECKING, ...own)
  })
  state.urls = []
  for (const node of state.nodes) state.urls.push((await node.says(/serves (http\S+)/))[1]!)
  await healthy(state.urls)
})

promises.after(async ({ folder, nodes }) => {
  for (const node of nodes) await node.stop()
  await rm(folder, { recursive: true, force: true })
})

promises('keep their keys to themselves and never write over one', async ({ folder }) => {
  const before = await readFile(join(folder, 'almaty.key'), 'utf8')
  const again = await tamga(folder, 'keygen', 'almaty', '--address', '/ip4/127.0.0.1/tcp/1')
  ok(again.status !== 0, 'a key that is there is not replaced')
  is(await readFile(join(folder, 'almaty.key'), 'utf8'), before)
})

promises("show a roster that is the authority's, and no other", async ({ folder }) => {
  const shown = await tamga(folder, 'roster', 'show', ...CHECKING)
  is(shown.status, 0)
  match(shown.stdout, 'network cli.registry.kz')
  const note = await readFile(join(folder, 'roster.note'), 'utf8')
  await writeFile(join(folder, 'forged.note'), note.replace('shards 4', 'shards 5'))
  const forged = ['--roster', 'forged.note', '--authority', 'authority.vkey']
  const refused = await tamga(folder, 'roster', 'show', ...forged)
  is(refused.status, 1)
  match(refused.stderr, 'bad-signature')
})

const prints = outsideData('fingerprints/fvc2002/DB2_B/fingerjet')
if (prints !== undefined) {
  promises('import real prints, know them again, and prove it offline', async (state) => {
    const { folder, urls } = state
    const officer = ['--officer', 'officer.key']
    const imported = await tamga(folder, 'import', prints, ...officer, '--url', urls[0]!)
    is(imported.status, 0, imported.stderr)
    match(imported.stdout, '10 enrolled, 0 duplicates, 0 refused')
    const enrolled = /^101 +enrolled as ([0-9a-f]{32})/m.exec(imported.stdout)?.[1]
    ok(enrolled, imported.stdout)

    const again = await tamga(folder, 'import', prints, ...officer, '--url', urls[0]!)
    match(again.stdout, '0 enrolled, 10 duplicates, 0 refused')

    const finger = ['--finger', `0=${join(prints, '101_2.iso')}`]
    const about = [...officer, ...finger, '--purpose', 'border-control', '--case', 'T-1']
    const asking = ['identify', ...about, '--url', urls[1]!, '--out', 'answer.tamga']
    const asked = await tamga(folder, ...asking)
    is(asked.status, 0, asked.stderr)
    const answer = JSON.parse(asked.stdout) as { verdict: string; candidates: { handle: string }[] }
    is(answer.verdict, 'hit')
    is(answer.candidates[0]?.handle, enrolled)

    const verified = await tamga(folder, 'verify-answer', 'answer.tamga', ...CHECKING)
    is(verified.status, 0, verified.stderr)
    match(verified.stdout, 'verified: hit, by astana')
    match(verified.stdout, '4 of 4 answered')
    match(verified.stdout, enrolled)

    const kept = await readFile(join(folder, 'answer.tamga'))
    kept[kept.length >> 1]! ^= 1
    await writeFile(join(folder, 'altered.tamga'), kept)
    const altered = await tamga(folder, 'verify-answer', 'altered.tamga', ...CHECKING)
    is(altered.status, 1)

    const claim = ['verify', ...about, '--url', urls[0]!, '--handle', enrolled]
    is((JSON.parse((await tamga(folder, ...claim)).stdout) as { verdict: string }).verdict, 'hit')
  })
}

promises('say in one line what is wrong with a command', async ({ folder, urls }) => {
  const finger = ['--finger', '0=roster.note', '--purpose', 'p', '--case', 'c']
  const asked = ['identify', '--officer', 'officer.key', ...finger, '--url', urls[0]!]
  const refused = await tamga(folder, ...asked)
  is(refused.status, 1)
  match(refused.stderr, /^unprocessable: .*\n$/)
  const nowhere = await tamga(folder, ...asked.slice(0, -1), 'http://127.0.0.1:1')
  match(nowhere.stderr, /^unreachable: .*\n$/)
  match((await tamga(folder, 'identify')).stderr, 'required option')
})

promises('leave logs behind that hold when they are checked whole', async ({ folder, nodes }) => {
  const locked = await tamga(folder, 'log', 'verify', '--data', 'almaty', ...CHECKING)
  is(locked.status, 1)
  match(locked.stderr, 'open already')
  for (const node of nodes.splice(0)) is(await node.stop(), 0)
  for (const name of NAMES) {
    const checked = await tamga(folder, 'log', 'verify', '--data', name, ...CHECKING)
    is(checked.status, 0, checked.stdout)
    for (const log of NAMES) match(checked.stdout, new RegExp(`^${log}: good, [0-9]+ entries`, 'm'))
  }
  const shown = await tamga(folder, 'log', 'show', 'almaty', '--data', 'astana', '--count', '1')
  match(shown.stdout, '"type":"genesis"')
})

const alone = suite('a node that cannot serve')

alone('says so and ends, when its port is taken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-alone-'))
  const taken = createServer().listen(0, '127.0.0.1')
  try {
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
    const member = await tamga(folder, 'keygen', 'almaty', '--address', address)
    const authority = await tamga(folder, 'keygen', 'authority', '--kind', 'authority')
    await writeFile(join(folder, 'members'), member.stdout)
    await writeFile(join(folder, 'authority.vkey'), authority.stdout)
    const about = ['--network', 'alone.kz', '--replicas', '1', '--out', 'roster.note']
    await tamga(folder, 'roster', 'sign', 'members', '--authority', 'authority.key', ...about)
    const own = ['--key', 'almaty.key', '--data', 'almaty', '--port', String(port)]
    const ran = await tamga(folder, 'node', ...CHECKING, ...own, '--log', 'silent')
    is(ran.status, 1)
    match(ran.stderr, /^unreachable: /)
  } finally {
    taken.close()
    await rm(folder, { recursive: true, force: true })
  }
})

const start = suite('npm start')

start('tells its story once, and finds its people again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-start-'))
  try {
    const first = await tamga(folder, 'start', '--once')
    is(first.status, 0, first.stderr)
    match(first.stdout, 'Enrolling 26 people')
    match(first.stdout, /in truth Aigerim\): hit\n +1\. [0-9a-f]{8}… Aigerim/)
    match(first.stdout, 'in truth a stranger): no-hit')
    match(first.stdout, 'proof of')
    is(first.stderr, '')
    const second = await tamga(folder, 'start', '--once')
    is(second.status, 0, second.stderr)
    match(second.stdout, '26 people are in the register already; nobody is enrolled twice')
    ok(!second.stdout.includes('Enrolling'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

start('stays up, serving the curl lines that it prints, until it is stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-start-'))
  const running = new Running(folder, 'start', '--nodes', '2')
  try {
    await running.says(/Ctrl-C stops/)
    const lines = [...running.output.matchAll(/^ {2}curl -s (http\S+)(.*)$/gm)]
    is(lines.length, 3)
    for (const [, url, rest] of lines) {
      const body = / -d @(\S+)$/.exec(rest!)?.[1]
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
      const posted = body && { ...init, body: await readFile(join(folder, body), 'utf8') }
      const response = await fetch(url!, posted ? posted : {})
      is(response.status, 200, await response.text())
    }
    is(await running.stop(), 0)
  } finally {
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

promises.run()
alone.run()
start.run()

async function healthy(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    while (!(await fetch(`${url}/health`)).ok) {
      await new Promise((resolve) => {
        setTimeout(resolve, 50)
      })
    }
  }
}
