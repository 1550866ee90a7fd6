/**
 * A border post through an outage, as a transcript: two nodes and the post are processes of their
 * own, and every line is what the command said. `npm run post:outage`.
 */
import { writePgm } from '../../matcher/image/pgm.ts'
import { systemClock } from '../../node/clock.ts'
import { drawnFinger } from '../../test/matcher/support/drawn-finger.ts'
import { CHECKING, NAMES, TestRegister, type Person } from '../../test/node/cli/support/register.ts'
import { ZONE } from '../../test/protocol/document/support/chips.ts'

const FINGERS = ['--finger', '2=right.pgm', '--finger', '7=left.pgm', '--dpi', '500']
const STATES = ['--csca', 'kz/authority.cer', '--crl', 'kz/authority.crl']

/** What the last command said. */
let last = ''

const register = await TestRegister.found()
try {
  await tell()
} finally {
  await register.close()
}

async function tell(): Promise<void> {
  say('Somebody is enrolled, and a passport is issued.')
  const handle = await traveller()
  const [almaty, astana] = register.urls as [string, string]
  const looking = ['--mrz', 'zone.txt', '--chip', 'chip', ...FINGERS, '--handle', handle]
  const inspect = ['inspect', '--officer', 'farida.key', '--case', 'shift-1', ...looking]
  const admitted = ['--decision', 'admitted']

  say('A post is set up, and both nodes are there.')
  const nodes = ['--node', `almaty=${almaty}`, '--node', `astana=${astana}`]
  await post('init', ...CHECKING, '--name', 'korday', '--basis', 'art. 12', ...nodes, ...STATES)
  await post(...inspect, ...admitted)

  const answered = /^inspection \S+: astana answered$/m.test(last) ? 1 : 0
  say(`The node that answered, ${NAMES[answered]}, is killed.`)
  await register.kill(answered)
  await post(...inspect, ...admitted)

  say('The other is killed as well: the post is cut off.')
  const logged = await entries(1 - answered)
  await register.kill(1 - answered)
  await post(...inspect)
  const [, id = ''] = /^inspection (\S+):/m.exec(last) ?? []
  const decide = ['decide', id, '--officer', 'farida.key', ...admitted]
  await post(...decide)
  await post(...decide, '--reason', 'known to the shift, prints match the chip')
  await post('status')

  say('Both are started again.')
  await Promise.all([register.restart(0), register.restart(1)])
  await post('queue')
  await post('queue')
  const since = (await entries(1 - answered)) - logged
  say(`Deeds in the logs since the post was cut off: ${since}.`)
}

/** How many deeds a node has read in all logs. */
async function entries(place: number): Promise<number> {
  const response = await fetch(`${register.urls[place]}/v1/status`)
  const { entries: kinds } = (await response.json()) as { entries: Record<string, number> }
  return kinds['act'] ?? 0
}

async function traveller(): Promise<string> {
  await register.write('zone.txt', ZONE)
  for (const name of ['right', 'left']) {
    await register.write(`${name}.pgm`, writePgm(drawnFinger(name)))
  }
  await register.good('document', 'authority', 'kz')
  const url = ['--url', register.urls[0]!]
  const by = ['--officer', 'aigul.key', '--purpose', 'document-issue', '--case', 'counter-1']
  const why = [...by, '--basis', 'art. 11', '--post', 'counter', ...url]
  const adult = ['--citizenship', 'citizen', '--born', '1990-01-01']
  const measured = ['--quality', '2=60', '--quality', '7=60']
  const person = ['enrol', ...FINGERS, ...why, ...adult, ...measured]
  const { handle } = await register.json<Person>(...person)
  const about = [...why, '--handle', handle]
  while (!(await register.json<Person>('person', 'status', ...about)).compared) {
    await systemClock.sleep(500)
  }
  await register.good('deed', 'confirm', ...about)
  const signing = ['--signer', 'kz/signer.cer', '--signer-key', 'kz/signer-key.pem']
  const chip = ['--document', 'passport', '--zone', 'zone.txt', ...FINGERS, ...signing]
  await register.good('document', 'issue', ...about, ...chip, '--out', 'chip')
  return handle
}

/** Runs a command of the post, and shows what it said and how long it took. */
async function post(...args: readonly string[]): Promise<void> {
  console.log(`\n$ tamga post ${args.map(quoted).join(' ')}`)
  const started = performance.now()
  const { status, stdout, stderr } = await register.run('post', ...args)
  const seconds = (performance.now() - started) / 1_000
  last = stdout
  process.stdout.write(stdout + stderr)
  console.log(`[status ${status}, ${seconds.toFixed(1)} s with the start of the process]`)
}

function say(text: string): void {
  console.log(`\n## ${text}`)
}

function quoted(word: string): string {
  return word.includes(' ') ? `'${word}'` : word
}
