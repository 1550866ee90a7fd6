import { suite } from 'uvu'
import { is, match } from 'uvu/assert'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { drawnFinger } from '../../matcher/support/drawn-finger.ts'
import { ZONE } from '../../protocol/document/support/chips.ts'
import { CHECKING, TestRegister } from './support/register.ts'
import { Running } from './support/tamga.ts'
import { Wire } from './support/wire.ts'

const OFFICER = ['--officer', 'farida.key']
const FINGERS = ['--finger', '2=right.pgm', '--finger', '7=left.pgm', '--dpi', '500']

const promises = suite('tamga post')

let register: TestRegister
let wire: Wire

promises.before(async () => {
  register = await TestRegister.found()
  wire = await Wire.to(register.urls[0]!)
  await register.write('zone.txt', ZONE)
  for (const name of ['right', 'left']) {
    await register.write(`${name}.pgm`, writePgm(drawnFinger(name)))
  }
  const nodes = ['--node', `almaty=${wire.url}`, '--node', `astana=${register.urls[1]}`]
  const about = ['--name', 'korday', '--basis', 'art. 12', ...nodes]
  await register.good('post', 'init', ...CHECKING, ...about)
})

promises.after(async () => {
  await wire.close()
  await register.close()
})

promises('shows every check, the verdict, what comes next and how old the caches are', async () => {
  const { status, stdout, stderr } = await inspect('--liveness', 'live')
  is(status, 2, stderr)
  match(stdout, /^inspection [0-9a-f]{8}: (almaty|astana) answered$/m)
  match(stdout, /^ {2}zone +successful /m)
  match(stdout, /^ {2}passive-authentication +undetermined +no-document$/m)
  match(stdout, /^ {2}live-to-register +undetermined +nobody-named$/m)
  match(stdout, /^verdict: undetermined, because of passive-authentication, /m)
  match(stdout, /^next: second-line$/m)
  match(stdout, /^watch list: 0 people, 0 min old$/m)
  match(stdout, /^states: none is believed$/m)
  match((await register.run('post', 'init', ...again())).stderr, /^conflict: /)
})

promises(
  'logs what the officer decides, with a reason where it goes against the step',
  async () => {
    const id = idIn((await inspect()).stdout)
    const bare = await register.run('post', 'decide', id, ...OFFICER, '--decision', 'admitted')
    match(bare.stderr, /^unprocessable: the next step was second-line; admitted needs a reason$/m)
    const why = ['--decision', 'admitted', '--reason', 'papers seen by the shift']
    match(await register.good('post', 'decide', id, ...OFFICER, ...why), / is logged at /)
    const twice = await register.run('post', 'decide', id, ...OFFICER, ...why)
    match(twice.stderr, /^not-found: /)
  },
)

promises('that is killed when a node has logged a crossing hands it in once', async () => {
  const id = idIn((await inspect()).stdout)
  await register.kill(1)
  const deciding = ['post', 'decide', id, ...OFFICER, '--decision', 'second-line']
  const before = await logged()
  const decided = new Running(register.folder, ...deciding)
  const killed = new Promise<void>((resolve) => {
    wire.onAnswer = async (path) => {
      if (path !== '/v1/border/crossings') return
      await decided.kill()
      resolve()
    }
  })
  await killed
  wire.onAnswer = async () => undefined
  is(await logged(), before + 1)
  match(await register.good('post', 'status'), /^queue: 1 wait for a node, 0 are refused$/m)
  match(await register.good('post', 'queue'), /^crossing \d+ is logged at almaty\n0 wait, 0 are/m)
  is(await logged(), before + 1)
  await register.restart(1)
})

promises('that runs on its own hands in what waits once nodes are back', async () => {
  await register.kill(0)
  await register.kill(1)
  const cut = await inspect('--decision', 'second-line')
  match(cut.stdout, /^inspection [0-9a-f]{8}: cut off: /m)
  match(cut.stdout, /^kept for later: /m)
  await Promise.all([register.restart(0), register.restart(1)])
  const running = new Running(register.folder, 'post', 'run')
  await running.says(/^nodes: almaty astana$/m)
  await running.says(/^crossing \d+ is logged at (almaty|astana)$/m)
  is(await running.stop(), 0)
  match(await register.good('post', 'queue'), /^0 wait, 0 are refused$/m)
})

promises.run()

function inspect(...more: readonly string[]) {
  const about = ['--case', 'shift-1', '--mrz', 'zone.txt', ...FINGERS]
  return register.run('post', 'inspect', ...OFFICER, ...about, ...more)
}

function again(): string[] {
  return [...CHECKING, '--name', 'other', '--basis', 'art. 12', '--node', 'almaty=http://a']
}

function idIn(said: string): string {
  return /^inspection ([0-9a-f]{8}):/m.exec(said)![1]!
}

/** How many deeds almaty has read in all logs. */
async function logged(): Promise<number> {
  const said = await (await fetch(`${register.urls[0]}/v1/status`)).json()
  return (said as { entries?: Record<string, number> }).entries?.['act'] ?? NaN
}
