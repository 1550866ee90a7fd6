import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { fromBase64 } from '../../../crypto/bytes.ts'
import { printsOf } from '../../../matcher/extract/prints.ts'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { systemClock } from '../../../node/clock.ts'
import type { RequestBody } from '../../../node/post/request.ts'
import { decodePayload } from '../../../protocol/payload.ts'
import { decodeApplication } from '../../../protocol/rules/application.ts'
import { drawnFinger } from '../../matcher/support/drawn-finger.ts'
import { outsideData } from '../../support/data.ts'
import { someIins } from '../../support/iins.ts'
import { testPerson } from '../../support/test-person.ts'
import { CHECKING, NAMES, TestRegister, type Person } from './support/register.ts'
import { Running, tamga } from './support/tamga.ts'
import { Wire } from './support/wire.ts'

const OFFICER = ['--kind', 'officer']

const promises = suite('two nodes, each a process, run from the command line')

let register: TestRegister

promises.before(async () => {
  register = await TestRegister.found()
})

promises.after(async () => {
  await register.close()
})

promises('keep their keys to themselves and never write over one', async () => {
  const { folder } = register
  const before = await readFile(join(folder, 'almaty.key'), 'utf8')
  const again = await register.run('keygen', 'almaty', '--address', '/ip4/127.0.0.1/tcp/1')
  ok(again.status !== 0, 'a key that is there is not replaced')
  is(await readFile(join(folder, 'almaty.key'), 'utf8'), before)
})

promises("show a roster that is the authority's, and no other", async () => {
  match(await register.good('roster', 'show', ...CHECKING), 'network cli.registry.kz')
  const note = await readFile(join(register.folder, 'roster.note'), 'utf8')
  await register.write('forged.note', note.replace('shards 4', 'shards 5'))
  const forged = ['--roster', 'forged.note', '--authority', 'authority.vkey']
  const refused = await register.run('roster', 'show', ...forged)
  is(refused.status, 1)
  match(refused.stderr, 'bad-signature')
})

promises('know the law that two officers have signed into force', async () => {
  for (const url of register.urls) {
    match(await register.good('policy', 'list', '--url', url), /^\* seed-2017 from 2017-01-01/m)
  }
  const facts = ['--citizenship', 'citizen', '--born', '2000', '--url', register.urls[1]!]
  const decided = await register.good('policy', 'decide', ...facts)
  match(decided, /^mandatory under seed-2017 on [0-9-]{10}\n {2}citizen-duty: \S/)
  const child = ['--citizenship', 'citizen', '--born', '2020', '--on', '2026-01-01']
  const refused = await register.good('policy', 'decide', ...child, '--url', register.urls[1]!)
  match(refused, /^refused .*\n {2}under-age: /)
})

promises('take a person from the counter to the erasure, and tell who has looked', async () => {
  const [almaty, astana] = register.urls as [string, string]
  const prints = await captured('marzhan')
  await register.write('iin', someIins(1)[0]!)
  const number = [...as('aigul'), '--iin-file', 'iin', '--url', almaty]
  const { handle } = await register.json<Person>('person', 'handle', ...number)
  const chosen = [...enrolling(prints), '--handle', handle, '--url', almaty]
  const { status } = await register.json<Person>(...chosen)
  is(status, 'provisional')
  const about = [...as('aigul'), '--handle', handle]
  is((await register.json<Person>('person', 'status', ...about, '--url', astana)).status, status)
  const stands = ['person', 'status', ...about, '--url', astana]
  const early = await register.run('deed', 'confirm', ...about, '--url', astana)
  match(early.stderr, /^conflict: .*\n {2}\S/)
  while (!(await register.json<Person>(...stands)).compared) await systemClock.sleep(1_000)
  await register.good('deed', 'confirm', ...about, '--url', astana)
  const which = ['--document', 'passport']
  const eligible = ['person', 'eligibility', ...about, ...which, '--url', astana]
  is((await register.json<{ eligible: boolean }>(...eligible)).eligible, true)
  const granted = await register.json<Person>(
    'deed',
    'document',
    ...about,
    ...which,
    '--url',
    astana,
  )
  is(granted.status, 'documented')

  const [, ...capture] = enrolling(await captured('marzhan', 'years later'))
  const anew = ['update', ...capture, '--handle', handle, '--url', almaty]
  is((await register.json<Person>(...anew)).status, 'updated')

  const own = [...as('aigul', 'subject-access'), '--handle', handle, '--url', astana]
  await register.good('person', 'accesses', ...own, '--out', 'accesses.tamga')
  const checked = await register.good('verify-list', 'accesses.tamga', ...CHECKING)
  match(checked, `verified: accesses to ${handle}, by astana`)
  match(checked, /enrolled {2}migration-service \(enrolment-officer\) for identity-documents/)
  await flip('accesses.tamga', 'altered.tamga')
  is((await register.run('verify-list', 'altered.tamga', ...CHECKING)).status, 1)

  const erasing = [...as('dana', 'court-order'), '--handle', handle, '--url', almaty]
  const ground = ['--ground', 'court-order']
  const alone = await register.run('deed', 'erase', ...erasing, ...ground)
  match(alone.stderr, "required option '--second <key file>'")
  const twice = await register.run('deed', 'erase', ...erasing, ...ground, '--second', 'dana.key')
  match(twice.stderr, /^forbidden: .*\n {2}\S/)
  const two = [...ground, '--second', 'hakim.key']
  is((await register.json<Person>('deed', 'erase', ...erasing, ...two)).status, 'erased')
})

promises(
  'put on record whatever may happen to a person, and say by which rule it may not',
  async () => {
    const [url] = register.urls as [string]
    const on = (handle: string, who = 'aigul', purpose = 'document-issue') => {
      return [...as(who, purpose), '--handle', handle, '--url', url]
    }
    const status = async (...command: string[]) => (await register.json<Person>(...command)).status
    const [refused, injured, exempt] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(16))
    is(await status('deed', 'refuse', ...on(refused!), '--fine', '5'), 'refused')
    match((await register.run('deed', 'refuse', ...on(injured!), '--fine', '6')).stderr, 'fine-not')
    const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    const later = ['--cause', 'injured', '--until', soon]
    is(await status('deed', 'postpone', ...on(injured!), ...later), 'postponed')
    is(await status('deed', 'exempt', ...on(exempt!), '--cause', 'no-fingers'), 'exempt')

    const { handle } = await register.json<Person>(
      ...enrolling(await captured('life')),
      '--url',
      url,
    )
    const court = on(handle, 'dana', 'court-order')
    is(await status('deed', 'suspend', ...court, '--cause', 'court-order'), 'suspended')
    is(await status('deed', 'reinstate', ...court, '--cause', 'court-order'), 'provisional')
    const over = [
      'deed',
      'expire',
      ...on(handle, 'hakim', 'data-protection'),
      '--second',
      'dana.key',
    ]
    match((await register.run(...over)).stderr, /^conflict: .*retention-not-over/)
    const died = [...on(handle, 'aigul', 'civil-status'), '--second', 'hakim.key']
    is(await status('deed', 'death', ...died), 'deceased')
  },
)

promises('hold who is enrolled twice, until an examiner has decided', async () => {
  const [almaty, astana] = register.urls as [string, string]
  await register.good(...enrolling(await captured('twin')), '--url', almaty)
  const again = enrolling(await captured('twin', 'second visit'))
  const { handle, status, case: id, named } = await register.json<Person>(...again, '--url', astana)
  is(status, 'suspended')
  const examiner = [...as('dana', 'adjudication'), '--url', almaty]
  const { cases } = await register.json<{ cases: { id: string }[] }>('case', 'queue', ...examiner)
  ok(cases.some((waiting) => waiting.id === id))
  const file = await register.json<{ subject: string }>('case', 'file', id!, ...examiner)
  is(file.subject, handle)
  const said = ['--candidate', named![0]!.handle, '--finding', 'different', '--reason', 'twins']
  const opinion = ['case', 'opinion', id!, ...examiner, '--handle', handle, ...said]
  is((await register.json<Person>(...opinion)).status, 'provisional')
  const late = await register.run(...opinion)
  match(late.stderr, /^conflict: .*case-decided/)
})

promises('watch those who ask, and end what a lost key may do', async () => {
  const [url] = register.urls as [string]
  const prints = await captured('wanted')
  const { handle } = await register.json<Person>(...enrolling(prints), '--url', url)
  const two = [...as('dana', 'criminal-investigation'), '--second', 'hakim.key', '--url', url]
  await register.good('watch', 'add', ...two, '--handle', handle, '--cause', 'wanted')
  const post = [...as('farida', 'border-control'), '--handle', handle, '--url', url]
  is((await register.json<Person>('person', 'status', ...post)).watch, 'wanted')
  await register.good('watch', 'remove', ...two, '--handle', handle, '--cause', 'wanted')
  is((await register.json<Person>('person', 'status', ...post)).watch, undefined)
  const line = await readFile(join(register.folder, 'farida.line'), 'utf8')
  const key = line.trim().split(' ').at(-1)!
  const family = [...as('hakim', 'data-protection'), '--key', key, '--relative', handle]
  await register.good('oversight', 'relatives', ...family, '--url', url)
  await register.good('person', 'status', ...post)
  const alarms = ['oversight', 'alarms', ...as('gulim', 'audit'), '--url', url]
  match(await register.good(...alarms), 'own-relative')

  const lost = ['--organisation', 'border-service.key', '--cause', 'compromised']
  match(await register.good('credential', 'revoke', 'farida.line', ...lost, '--url', url), 'known')
  const refused = await register.run('person', 'status', ...post)
  match(refused.stderr, /^forbidden: .*revoked/)
  const period = ['--from', '2026-01-01', '--to', '2999-01-01', '--out', 'breach.tamga']
  const asked = [...as('gulim', 'audit'), '--key', key, ...period, '--url', url]
  await register.good('oversight', 'breach', ...asked)
  const report = await register.good('verify-list', 'breach.tamga', ...CHECKING)
  match(report, `verified: acts of ${key}, by almaty`)
  match(report, handle)
})

promises('are told the templates of images, and nothing else of them', async () => {
  const [url] = register.urls as [string]
  const images = [drawnFinger('right'), drawnFinger('left')].map(writePgm)
  for (const [place, image] of images.entries()) await register.write(`${place}.pgm`, image)
  const files = ['--finger', '2=0.pgm', '--finger', '7=1.pgm', '--dpi', '500']
  const person = ['--born', '1990-06-15', '--citizenship', 'citizen']
  const wire = await Wire.to(url)
  try {
    const asked = ['enrol', ...as('aigul'), ...files, ...person, '--quality', '7=40,55']
    const { status, stdout, stderr } = await register.run(...asked, '--url', wire.url)
    is(status, 0, stderr)
    match(stderr, /^finger 2: quality [0-9]+ of 100\.\nfinger 7: /)
    const [sent, ...rest] = wire.posted as RequestBody[]
    equal(rest, [])
    const { fingers } = decodePayload(fromBase64(sent!.payload))
    const views = images.map((image) => printsOf(image, { dpi: 500 })[0]!.view)
    equal(
      fingers.map(({ position, template }) => [position, template]),
      views.map((view, place) => {
        const position = [2, 7][place]!
        return [position, writeIso19794v2005({ views: [{ ...view, position, extensions: [] }] })]
      }),
    )
    const stated = decodeApplication(fromBase64(sent!.application!)).fingers
    equal(
      stated.map(({ attempts }) => attempts),
      [[views[0]!.quality], [40, 55]],
    )
    const { handle } = JSON.parse(stdout) as Person
    const claim = ['verify', ...as('aigul'), ...files, '--handle', handle, '--url', url]
    is((await register.json<{ verdict: string }>(...claim)).verdict, 'hit')
  } finally {
    await wire.close()
  }
})

const prints = outsideData('fingerprints/fvc2002/DB2_B')
if (prints !== undefined) {
  promises('import real prints, know them again, and prove it offline', async () => {
    const { urls } = register
    const importing = ['import', prints, '--quality', '60', '--url', urls[0]!]
    const imported = await register.good(...importing, ...as('bolat'))
    match(imported, '10 enrolled, 0 duplicates, 0 refused')
    const enrolled = /^101 +enrolled as ([0-9a-f]{32})/m.exec(imported)?.[1]
    ok(enrolled, imported)

    const finger = ['--finger', `0=${join(prints, '101_2.png')}`]
    const about = [...as('farida-2', 'border-control'), ...finger]
    const by = ['--organisation', 'border-service.key', '--role', 'border-officer']
    await register.write('farida-2.line', await register.good('keygen', 'farida-2', ...OFFICER))
    const where = ['--region', 'astana', '--out', 'farida-2.credential', '--url', urls[1]!]
    await register.good('credential', 'grant', 'farida-2.line', ...by, ...where)
    const asking = ['identify', ...about, '--url', urls[1]!, '--out', 'answer.tamga']
    const answer = await register.json<{ verdict: string; candidates: Person[] }>(...asking)
    is(answer.verdict, 'hit')
    is(answer.candidates[0]?.handle, enrolled)

    const verified = await register.good('verify-answer', 'answer.tamga', ...CHECKING)
    match(verified, 'verified: hit, by astana')
    match(verified, '4 of 4 answered')
    match(verified, enrolled)
    await flip('answer.tamga', 'altered.tamga')
    is((await register.run('verify-answer', 'altered.tamga', ...CHECKING)).status, 1)

    const claim = ['verify', ...about, '--url', urls[0]!, '--handle', enrolled]
    is((await register.json<{ verdict: string }>(...claim)).verdict, 'hit')
  })
}

promises('say in one line what is wrong with a command', async () => {
  const [url] = register.urls as [string]
  const asked = ['identify', ...as('aigul'), '--finger', '0=roster.note', '--url']
  const refused = await register.run(...asked, url)
  is(refused.status, 1)
  match(refused.stderr, /^unprocessable: .*\n$/)
  const nowhere = await register.run(...asked, 'http://127.0.0.1:1')
  match(nowhere.stderr, /^unreachable: .*\n$/)
  match((await register.run('identify')).stderr, 'required option')
  const unknown = await register.run('identify', ...as('nobody'), '--finger', '0=x', '--url', url)
  is(unknown.status, 1)
  const unsaid = enrolling(await captured('unsaid')).map((word) => word.replace('2=60', '1=60'))
  const lacking = await register.run(...unsaid, '--url', url)
  match(lacking.stderr, /^unprocessable: finger 2 needs --quality/)
  const young = [...enrolling(await captured('young')), '--born', '2024', '--url', url]
  match((await register.run(...young)).stderr, /^unprocessable: .*under-age\n {2}\S.*\n$/)
})

promises(
  'leave logs behind that hold when they are checked, and books that can be rekeyed',
  async () => {
    const locked = await register.run('log', 'fsck', '--data', 'almaty', ...CHECKING)
    is(locked.status, 2)
    match(locked.stderr, 'open already')
    for (const node of register.nodes.splice(0)) is(await node.stop(), 0)
    for (const name of NAMES) {
      const checked = await register.good('log', 'fsck', '--data', name, ...CHECKING)
      for (const log of NAMES) match(checked, new RegExp(`^${log}: good, [0-9]+ entries`, 'm'))
    }
    // What was kept of a person and of a key, while the nodes ran, is all that these logs say.
    for (const kept of ['accesses.tamga', 'breach.tamga']) {
      const told = await register.good('verify-list', kept, ...CHECKING, '--data', 'astana')
      match(told, 'complete: the logs say this and no more')
    }
    const rotated = await register.good(
      'handles',
      'rotate',
      '--key',
      'almaty.key',
      '--data',
      'almaty',
    )
    match(rotated, 'a new key')
    const shown = await register.good('log', 'show', 'almaty', '--data', 'astana', '--count', '1')
    match(shown, '"type":"genesis"')
  },
)

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

start('stays up, serving what it says that it serves, until it is stopped', async () => {
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
      is(response.ok, true, await response.text())
    }
    const [, command] = / {2}npm run --silent tamga -- (person(?:.*\\\n)+.*)$/m.exec(
      running.output,
    )!
    const asked = await tamga(folder, ...command!.split(/[\s\\]+/))
    match(asked.stdout, '"status": "provisional"')
    is(await running.stop(), 0)
  } finally {
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

promises.run()
start.run()

/** Who asks, and why. */
function as(name: string, purpose = 'document-issue'): string[] {
  const why = ['--purpose', purpose, '--case', 'T-1', '--basis', 'art. 11', '--post', 'post-1']
  return ['--officer', `${name}.key`, ...why]
}

/** Both index fingers as files, as the options name them. */
async function captured(name: string, label?: string): Promise<string[]> {
  const options: string[] = []
  for (const { position, template } of testPerson(name).capture(label)) {
    const file = `${name}-${position}.iso`
    await register.write(file, template)
    options.push('--finger', `${position}=${file}`)
  }
  return options
}

/** An adult whose fingers print well. */
function enrolling(fingers: readonly string[]): string[] {
  const person = ['--born', '1990-06-15', '--citizenship', 'citizen', '--sex', 'female']
  const quality = ['--quality', '2=60', '--quality', '7=40,55']
  return ['enrol', ...as('aigul'), ...fingers, ...person, ...quality]
}

async function flip(from: string, to: string): Promise<void> {
  const kept = await readFile(join(register.folder, from))
  kept[kept.length >> 1]! ^= 1
  await register.write(to, kept)
}
