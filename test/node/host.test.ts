import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { Host } from '../../node/host.ts'
import { silentLogger } from '../../node/logger.ts'
import { codeOf } from './log/support/test-disk.ts'
import { startTestMesh, type TestMesh } from '../support/test-mesh.ts'
import { seedOf } from '../support/test-officers.ts'

const promises = suite('a node on its own folder')

let mesh: TestMesh
let folder: string

promises.before.each(async () => {
  mesh = await startTestMesh()
  await mesh.stop(0)
  folder = await mkdtemp(join(tmpdir(), 'tamga-host-'))
})

promises.after.each(async () => {
  await mesh.close()
  await rm(folder, { recursive: true })
})

promises('starts on nothing that was not made for it, and makes nothing by itself', async () => {
  is(await codeOf(startAndStop()), 'not-found')
  equal(await readdir(folder), [])
  await init()
  await startAndStop()
  equal(await init(), [])
})

promises('is made also where that was cut short', async () => {
  await mkdir(join(folder, 'keys'))
  await init()
  await startAndStop()
})

for (const what of ['keys', 'anchors', 'store'] as const) {
  promises(`does not start when its ${what} are gone`, async () => {
    await init()
    await startAndStop()
    await rm(join(folder, what), { recursive: true })
    for (let attempt = 0; attempt < 2; attempt += 1) {
      ok(['not-found', 'storage'].includes((await codeOf(startAndStop())) ?? 'started'))
      is(existsSync(join(folder, what)), false)
    }
  })
}

promises('has its log back from its anchor when its database is made anew', async () => {
  await init()
  await startAndStop()
  await rm(join(folder, 'store'), { recursive: true })
  equal(await init(), ['store'])
  await startAndStop()
})

promises.run()

async function init(): Promise<string[]> {
  const { roster } = mesh
  return Host.init({ name: roster.nodes[0]!.name, roster, folder })
}

async function startAndStop(): Promise<void> {
  const { name } = mesh.roster.nodes[0]!
  const { rosterNote: roster, authority } = mesh
  const http = { host: '127.0.0.1', port: 0 }
  const options = { name, roster, authority, seed: seedOf(name), folder, http, workers: 1 }
  const host = await Host.start(options, { logger: silentLogger })
  await host.node.ready()
  equal([host.node.isBroken, host.node.ledger.own.size], [false, 1])
  await host.close()
}
