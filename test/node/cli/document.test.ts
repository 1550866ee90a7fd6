import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { fileName } from '../../../protocol/document/chip-file.ts'
import {
  authority,
  fixedSigner,
  named,
  pem,
  revocationList,
} from '../../crypto/support/certificates.ts'
import { chip, masterList, root, signer } from '../../protocol/document/support/chips.ts'
import { tamga } from './support/tamga.ts'

const AT = ['--at', '2026-06-01']

const promises = suite('tamga document read')

let folder: string

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-document-'))
  for (const made of ['chip', 'states']) await mkdir(join(folder, made))
  for (const [file, bytes] of chip()) await writeFile(join(folder, 'chip', fileName(file)), bytes)
  await writeFile(join(folder, 'chip', 'notes.txt'), 'not a chip’s file')
  await writeFile(join(folder, 'states', 'kz.cer'), root.certificate.raw)
  const other = authority(fixedSigner('other'), { subject: named('Other', 'KG') })
  await writeFile(join(folder, 'states', 'kg.pem'), pem(other.certificate.raw))
  await writeFile(join(folder, 'kz.crl'), revocationList(root))
  await writeFile(join(folder, 'list.ml'), masterList([root, other], signer))
})

promises.after(async () => {
  await rm(folder, { recursive: true })
})

promises('shows a chip, every check and the verdict', async () => {
  const ran = await tamga(
    folder,
    'document',
    'read',
    'chip',
    '--csca',
    'states',
    '--crl',
    'kz.crl',
    ...AT,
  )
  equal([ran.status, ran.stderr], [0, ''])
  match(ran.stdout, 'DG1     TD3 P N12345678 of KAZ, until 2033-06-01')
  match(ran.stdout, 'AKHMETOVA, AIGERIM; female, KAZ, born 1990-01-01')
  match(ran.stdout, 'EF.SOD  sha256 of DG1 DG3')
  match(ran.stdout, 'passed over: chip/notes.txt')
  match(ran.stdout, /finger 2: 8 x 4 at 500 dpi, raw/)
  match(ran.stdout, /path +successful: C=KZ, CN=Signer ← C=KZ, CN=Authority/)
  match(ran.stdout, /\nverdict: successful\n$/)
})

promises('takes a master list for certificates', async () => {
  const ran = await tamga(
    folder,
    'document',
    'read',
    'chip',
    '--csca',
    'list.ml',
    '--crl',
    'kz.crl',
    ...AT,
  )
  match(ran.stdout, 'master list of 2 authorities')
  is(ran.status, 0)
})

promises(
  'ends with 2 where something cannot be said, and with 1 where something is wrong',
  async () => {
    const unknown = await tamga(folder, 'document', 'read', 'chip', ...AT)
    is(unknown.status, 2)
    match(unknown.stdout, /path +undetermined no-authorities/)
    match(unknown.stdout, /\nverdict: undetermined\n$/)
    const late = ['--csca', 'states', '--at', '2034-01-01']
    const expired = await tamga(folder, 'document', 'read', 'chip', ...late)
    is(expired.status, 1)
    match(expired.stdout, /expiry +failed expired: 2033-06-01/)
  },
)

promises('says which file it cannot take', async () => {
  const none = await tamga(folder, 'document', 'read', 'list.ml')
  equal([none.status, none.stderr], [1, 'unprocessable: list.ml is no chip’s file\n'])
  const twice = await tamga(folder, 'document', 'read', 'chip/DG1', 'chip/DG1')
  equal([twice.status, twice.stderr], [1, 'conflict: chip/DG1 is a second DG1\n'])
  const bad = await tamga(folder, 'document', 'read', 'chip', '--csca', 'kz.crl')
  is(bad.status, 1)
  match(bad.stderr, /^unprocessable: kz\.crl: /)
  const missing = await tamga(folder, 'document', 'read', 'nothing')
  equal([missing.status, missing.stderr], [1, 'not-found: nothing\n'])
})

promises.run()
