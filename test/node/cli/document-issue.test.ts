import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { systemClock } from '../../../node/clock.ts'
import { drawnFinger } from '../../matcher/support/drawn-finger.ts'
import { ZONE } from '../../protocol/document/support/chips.ts'
import { TestRegister, type Person } from './support/register.ts'

const FINGERS = ['--finger', '2=right.pgm', '--finger', '7=left.pgm', '--dpi', '500']
const SIGNING = ['--signer', 'kz/signer.cer', '--signer-key', 'kz/signer-key.pem']

const promises = suite('tamga document issue')

let register: TestRegister

promises.before(async () => {
  register = await TestRegister.found()
  await register.write('zone.txt', ZONE)
  for (const name of ['right', 'left', 'other']) {
    await register.write(`${name}.pgm`, writePgm(drawnFinger(name)))
  }
  await register.good('document', 'authority', 'kz')
})

promises.after(async () => {
  await register.close()
})

promises('puts on a chip whom the register knows, once its ledger says so', async () => {
  const { handle } = await enrolled()
  const issued = await register.good(...issuing(handle, 'chip'))
  match(issued, /^finger 2: quality [0-9]+, /m)
  match(issued, /^verified: finger 7 is the person's, score [0-9]+$/m)
  match(issued, /^granted: entry [0-9]+ of /m)
  equal((await readdir(join(register.folder, 'chip'))).sort(), [
    'DG1.bin',
    'DG3.bin',
    'EF.COM.bin',
    'EF.SOD.bin',
  ])
  const believed = ['--csca', 'kz/authority.cer', '--crl', 'kz/authority.crl']
  const read = await register.good('document', 'read', 'chip', ...believed)
  match(read, 'finger 2: ')
  match(read, /\nverdict: successful\n$/)
  const { status } = await register.json<Person>('person', 'status', ...as(), '--handle', handle)
  is(status, 'documented')

  const again = await register.run(...issuing(handle, 'chip'))
  match(again.stderr, /^conflict: chip is not empty\n$/)
  const mixed = ['--finger', '2=right.pgm', '--finger', '7=other.pgm']
  const stranger = await register.run(...issuing(handle, 'strange', mixed))
  match(stranger.stderr, /^conflict: the register does not know finger 7: no-hit\n$/)
  equal(await readdir(join(register.folder, 'strange')), [])
})

promises(
  'refuses with the rule whom no document may be issued to, and leaves no file',
  async () => {
    const { handle } = await enrolled(['--finger', '2=other.pgm', '--finger', '7=right.pgm'], false)
    const fingers = ['--finger', '2=other.pgm', '--finger', '7=right.pgm']
    const early = await register.run(...issuing(handle, 'early', fingers))
    match(early.stderr, /^conflict: .*not-confirmed\n {2}\S/)
    equal(await readdir(join(register.folder, 'early')), [])
  },
)

promises('refuses a chip that our own reader would fail', async () => {
  await register.good('document', 'authority', 'kg', '--country', 'KG')
  const foreign = ['--signer', 'kg/signer.cer', '--signer-key', 'kg/signer-key.pem']
  const ran = await register.run(...issuing('aa'.repeat(16), 'bad', [], foreign))
  match(ran.stderr, /^conflict: issuing-state: other-state: KAZ in the zone, KG in certificates\n$/)
})

promises('says what is wrong with a signer', async () => {
  const nobody = 'aa'.repeat(16)
  const swapped = ['--signer', 'kz/authority.cer', '--signer-key', 'kz/signer-key.pem']
  const pair = await register.run(...issuing(nobody, 'bad', [], swapped))
  match(pair.stderr, /^conflict: kz\/signer-key\.pem is not the key of kz\/authority\.cer\n$/)
  const none = ['--signer', 'kz/signer-key.pem', '--signer-key', 'kz/signer.cer']
  match((await register.run(...issuing(nobody, 'bad', [], none))).stderr, /^unprocessable: /)
})

promises.run()

/** Enrolled with images of two fingers, and confirmed once everybody else was compared. */
async function enrolled(fingers = FINGERS, isConfirmed = true): Promise<Person> {
  const person = ['--born', '1990-01-01', '--citizenship', 'citizen', '--dpi', '500']
  const asked = ['enrol', ...as(), ...fingers, ...person, '--quality', '2=60', '--quality', '7=60']
  const found = await register.json<Person>(...asked)
  const about = [...as(), '--handle', found.handle]
  if (!isConfirmed) return found
  while (!(await register.json<Person>('person', 'status', ...about)).compared) {
    await systemClock.sleep(500)
  }
  await register.good('deed', 'confirm', ...about)
  return found
}

function issuing(
  handle: string,
  out: string,
  fingers: readonly string[] = FINGERS,
  signing = SIGNING,
): string[] {
  const which = ['--document', 'passport', '--handle', handle, '--zone', 'zone.txt']
  const taken = fingers.length > 0 ? fingers : FINGERS
  return [
    'document',
    'issue',
    ...as(),
    ...which,
    ...taken,
    '--dpi',
    '500',
    ...signing,
    '--out',
    out,
  ]
}

function as(): string[] {
  const why = ['--purpose', 'document-issue', '--case', '2026-1', '--basis', 'art. 11']
  return ['--officer', 'aigul.key', '--post', 'almaty-1', ...why, '--url', register.urls[0]!]
}
