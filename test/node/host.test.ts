import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Host } from '../../node/host.ts'
import { silentLogger } from '../../node/logger.ts'
import { codeOf } from './log/support/test-disk.ts'
import { seedOf, startTestMesh, type TestMesh } from '../support/test-mesh.ts'

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

promises('makes what it needs at its first start, also if one was cut short', async () => {
  await mkdir(join(folder, 'keys'))
  await startAndStop()
  await rm(join(folder, 'store'), { recursive: true })
  await startAndStop()
})

promises('does not start on a store whose key file is gone', async () => {
  await startAndStop()
  await rm(join(folder, 'keys'), { recursive: true })
  is(await codeOf(startAndStop()), 'not-found')
  is(await codeOf(startAndStop()), 'not-found')
})

promises.run()

async function startAndStop(): Promise<void> {
  const { name } = mesh.roster.nodes[0]!
  const { rosterNote: roster, authority } = mesh
  const http = { host: '127.0.0.1', port: 0 }
  const options = { name, roster, authority, seed: seedOf(name), folder, http, workers: 1 }
  const host = await Host.start(options, { logger: silentLogger })
  equal(host.node.isBroken, false)
  await host.close()
}
