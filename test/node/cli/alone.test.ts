import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { freePort } from '../../support/port.ts'
import { CHECKING } from './support/register.ts'
import { tamga } from './support/tamga.ts'

const alone = suite('a node that cannot serve')

alone('says so and ends, when its port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  try {
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await withOneMember(async (folder, own) => {
      is((await tamga(folder, 'log', 'init', ...CHECKING, ...own)).status, 0)
      const serving = ['--port', String(port), '--log', 'silent']
      const ran = await tamga(folder, 'node', ...CHECKING, ...own, ...serving)
      is(ran.status, 1)
      match(ran.stderr, /^unreachable: /)
    })
  } finally {
    taken.close()
  }
})

alone('says so and makes nothing, when its log was never made', async () => {
  await withOneMember(async (folder, own) => {
    const serving = [...own, '--port', '0', '--log', 'silent']
    is((await tamga(folder, 'node', ...CHECKING, ...serving)).status, 1)
    is(existsSync(join(folder, 'almaty')), false)
    const made = await tamga(folder, 'log', 'init', ...CHECKING, ...own)
    equal([made.status, made.stdout], [0, 'made: store, keys, log.almaty\n'])
    const again = await tamga(folder, 'log', 'init', ...CHECKING, ...own)
    equal([again.status, again.stdout], [0, 'everything is there already\n'])
    await rm(join(folder, 'almaty', 'anchors'), { recursive: true })
    const lost = await tamga(folder, 'node', ...CHECKING, ...serving)
    is(lost.status, 1)
    match(lost.stderr, /^not-found: /)
    is(existsSync(join(folder, 'almaty', 'anchors')), false)
  })
})

alone.run()

/** A folder with the roster of a register of one node, and the options that name it. */
async function withOneMember(
  work: (folder: string, own: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-alone-'))
  try {
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
    const member = await tamga(folder, 'keygen', 'almaty', '--address', address)
    const authority = await tamga(folder, 'keygen', 'authority', '--kind', 'authority')
    await writeFile(join(folder, 'members'), member.stdout)
    await writeFile(join(folder, 'authority.vkey'), authority.stdout)
    const about = ['--network', 'alone.kz', '--replicas', '1', '--out', 'roster.note']
    await tamga(folder, 'roster', 'sign', 'members', '--authority', 'authority.key', ...about)
    await work(folder, ['--key', 'almaty.key', '--data', 'almaty'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
